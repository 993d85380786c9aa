//! Claims paths and DCQL against a reading of OpenID4VP 1.0 written here.

use super::fixture::{Decisions, NOW, VCT, WORLD, json, lines, object};
use super::issuer::Issued;
use serde_json::Value;
use std::collections::BTreeSet;
use wallet_core::formats::Credential;
use wallet_core::formats::claim_path::{ClaimPath, MAX_SEGMENTS};
use wallet_core::formats::sd_jwt_vc::{SdJwt, VerifyPolicy};
use wallet_core::presentation::dcql::{
    Candidate, CopyRef, CredentialRef, DcqlQuery, Limits, Meta, UserAuthPolicy, match_query,
    match_sets,
};

/// A path and a document: what is selected is what 7.1.1 selects.
pub(super) fn claim_path(input: &[u8]) {
    let [path, document] = lines(input);
    let Some(written) = json(path) else { return };
    let Some(path) = ClaimPath::from_json(&written) else {
        assert!(!is_path(&written));
        return;
    };
    assert!(is_path(&written));
    assert_eq!(path.to_json(), written);
    let document = json(document).unwrap_or_default();
    let selected = path.resolve(&document);
    let selected: Vec<_> = selected.iter().map(ClaimPath::to_json).collect();
    let expected = select(written.as_array().unwrap(), &document).unwrap_or_default();
    assert_eq!(selected, expected);
    for concrete in path.resolve(&document) {
        assert!(concrete.is_concrete());
        assert!(concrete.value_in(&document).is_some());
        assert_eq!(
            concrete.resolve(&document),
            core::slice::from_ref(&concrete)
        );
    }
}

fn is_path(value: &Value) -> bool {
    value.as_array().is_some_and(|segments| {
        (1..=MAX_SEGMENTS).contains(&segments.len())
            && segments
                .iter()
                .all(|segment| segment.is_string() || segment.is_null() || segment.is_u64())
    })
}

/// The processing of 7.1.1 word by word; `None` is "abort processing and return an error".
fn select(path: &[Value], root: &Value) -> Option<Vec<Value>> {
    let mut selected = vec![(Vec::new(), root)];
    for component in path {
        let mut next = Vec::new();
        for (at, element) in selected {
            let mut add = |segment: Value, child| {
                let at = at.iter().cloned().chain([segment]).collect();
                next.push((at, child));
            };
            match component {
                Value::String(key) => {
                    if let Some(child) = element.as_object()?.get(key) {
                        add(component.clone(), child);
                    }
                }
                Value::Null => {
                    for (index, child) in element.as_array()?.iter().enumerate() {
                        add(index.into(), child);
                    }
                }
                index => {
                    let elements = element.as_array()?;
                    let child = index
                        .as_u64()
                        .and_then(|at| elements.get(usize::try_from(at).ok()?));
                    if let Some(child) = child {
                        add(index.clone(), child);
                    }
                }
            }
        }
        selected = next;
    }
    Some(
        selected
            .into_iter()
            .map(|(at, _): (Vec<Value>, _)| at.into())
            .collect(),
    )
}

/// A query that is taken keeps its limits and refers to nothing that is not there.
pub(super) fn dcql_query(input: &[u8]) {
    let Some(value) = json(input) else { return };
    let Ok(query) = DcqlQuery::parse(&value) else {
        return;
    };
    let credentials = query.credentials();
    assert!((1..=Limits::CREDENTIALS).contains(&credentials.len()));
    let ids: BTreeSet<_> = credentials
        .iter()
        .map(|credential| &credential.id)
        .collect();
    assert_eq!(ids.len(), credentials.len());
    let mut count = 0;
    for credential in credentials {
        assert!(!credential.id.is_empty() && credential.id.len() <= Limits::ID_BYTES);
        assert_eq!(query.credential(&credential.id), Some(credential));
        let claims = credential.claims.as_deref().unwrap_or_default();
        count += claims.len();
        for set in credential.claim_sets.iter().flatten() {
            assert!(!set.is_empty() && set.iter().all(|at| *at < claims.len()));
        }
    }
    assert!(count <= Limits::CLAIMS);
    for set in query.credential_sets().unwrap_or_default() {
        assert!(!set.options.is_empty());
        assert!(
            set.options
                .iter()
                .flatten()
                .all(|at| *at < credentials.len())
        );
    }
    let matches = match_query(&query, None, &[], NOW);
    assert!(matches.iter().all(|found| found.candidates.is_empty()));
}

/// A query against a credential of fuzzed claims: what would be disclosed is of the credential, was asked for, and is what a
/// presentation then shows.
pub(super) fn dcql_match(input: &[u8]) {
    let [decisions, query, claims] = lines(input);
    let Some(query) = json(query) else { return };
    let Ok(query) = DcqlQuery::parse(&query) else {
        return;
    };
    let mut decisions = Decisions::new(decisions);
    let Some(issued) = Issued::new(object(claims), &mut decisions) else {
        return;
    };
    let Ok(sd_jwt) = SdJwt::parse(&issued.text) else {
        return;
    };
    let credential: Credential = sd_jwt
        .verify(&WORLD.issuer, &VerifyPolicy::at(NOW))
        .unwrap()
        .into();
    let candidate = Candidate::of(
        CredentialRef("card".to_owned()),
        CopyRef("copy".to_owned()),
        &credential,
        &["urn:example:base".to_owned()],
        0,
        UserAuthPolicy::Unlocked,
    );
    let disclosable: BTreeSet<_> = candidate.disclosable.iter().cloned().collect();
    let matches = match_query(&query, None, core::slice::from_ref(&candidate), NOW);
    assert_eq!(matches.len(), query.credentials().len());
    for (asked, found) in query.credentials().iter().zip(&matches) {
        assert_eq!(asked.id, found.query);
        assert!(found.candidates.len() <= 1);
        for option in found.candidates.iter().flat_map(|found| &found.options) {
            if let Meta::Vct(types) = &asked.meta {
                let ours = [VCT, "urn:example:base"];
                assert!(types.iter().any(|vct| ours.contains(&vct.as_str())));
            }
            let mut selected = Vec::new();
            for claim in &option.claims {
                assert!(!claim.selected.is_empty());
                let wanted = claim.asked.resolve(credential.claims());
                assert!(claim.selected.iter().all(|path| wanted.contains(path)));
                selected.extend(claim.selected.iter().cloned());
            }
            let disclosed: BTreeSet<_> = option.disclosed.iter().cloned().collect();
            let withheld: BTreeSet<_> = option.withheld.iter().cloned().collect();
            assert!(disclosed.is_disjoint(&withheld));
            assert_eq!(&disclosed | &withheld, disclosable);
            let presentation = credential
                .as_sd_jwt_vc()
                .unwrap()
                .present(&selected)
                .unwrap();
            let shown: BTreeSet<_> = presentation.disclosed().iter().cloned().collect();
            assert_eq!(shown, disclosed, "the plan says other than what is shown");
        }
    }
    for set in match_sets(&query, &matches).unwrap_or_default() {
        assert!(!set.required || !set.satisfiable.is_empty());
        for option in &set.satisfiable {
            let answered = |at: &usize| !matches[*at].candidates.is_empty();
            assert!(set.options[*option].iter().all(answered));
        }
    }
}
