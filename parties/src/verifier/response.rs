//! Receiving and checking the wallet's answer (OpenID4VP 1.0 section 8).

use std::collections::{HashMap, HashSet, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::options::RequestFault;
use super::request::Session;
use super::{Shared, Trusted, data_integrity, jwt_vc, query};
use crate::encoding::{base64url, from_base64url, json_object, sha256, unix_now};
use crate::http::{Answer, Request, lock};
use crate::refused::{OrRefuse, Refused, Result, ensure};
use crate::sd_jwt::{Audience, IssuerTrust, Path, PresentationCheck, verify};
use crate::status_list::require_valid;

/// Claims that describe the credential rather than its holder; they are never disclosed selectively.
const ABOUT_THE_CREDENTIAL: [&str; 8] = [
    "iss",
    "vct",
    "vct#integrity",
    "iat",
    "nbf",
    "exp",
    "cnf",
    "status",
];

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No answer yet.
    #[default]
    Pending,
    /// The presentation was verified.
    Accepted,
    /// The answer did not hold; see `refusal`.
    Refused,
    /// The wallet answered with an error; see `error`.
    WalletError,
}

/// What one credential told the verifier.
#[derive(Debug, Clone, Serialize)]
pub struct Learned {
    /// Identifier of the credential query.
    pub query: String,
    /// Places that disclosures opened.
    pub disclosed: Vec<Path>,
    /// Of these, what nobody asked for.
    pub unrequested: Vec<Path>,
    /// Top-level claims about the holder that came without being selected.
    pub always_disclosed: Vec<Path>,
    /// Everything it said.
    pub claims: Value,
    /// What the holder is called here, in hexadecimal, if the query asked for a pseudonym.
    pub pseudonym: Option<String>,
    /// What shows that its issuer anchored it (docs/ledger.md), if the query asked for that and the wallet had it. Not verified.
    pub anchor_proof: Option<Value>,
}

/// What came of a request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PresentationResult {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the presentation was verified.
    pub accepted: bool,
    /// What was learned, by credential; empty unless accepted.
    pub learned: Vec<Learned>,
    /// The error code the wallet answered with.
    pub error: Option<String>,
    /// Why the answer was refused.
    pub refusal: Option<String>,
    /// How many answers came: the first counts, the others are refused.
    pub answers: usize,
    /// What the wallet said of itself when it fetched the request by POST (section 5.10).
    pub wallet_metadata: Option<Value>,
}

impl PresentationResult {
    /// Everything disclosed, over all credentials.
    pub fn disclosed(&self) -> Vec<Path> {
        let all = self.learned.iter();
        all.flat_map(|learned| learned.disclosed.clone()).collect()
    }

    /// What the credential answering `query` said.
    pub fn claims(&self, query: &str) -> Option<&Value> {
        let found = self.learned.iter().find(|learned| learned.query == query);
        found.map(|learned| &learned.claims)
    }
}

enum Response {
    /// `vp_token` and `anchor_proofs`.
    Presentations(Map<String, Value>, Map<String, Value>),
    Error(String),
}

impl Shared {
    pub(super) fn response(&self, id: &str, request: &Request) -> Answer {
        let mut state = self.state();
        let trusted = state.trusted.clone();
        let Some(session) = state.sessions.get_mut(id) else {
            return Answer::error(404, "not_found", "no such session");
        };
        if session.result.answers > 0 {
            session.result.answers += 1;
            return Answer::error(400, "invalid_request", "answered already");
        }
        session.conclude(request.form(), &trusted);
        if let Some(refusal) = &session.result.refusal {
            return Answer::error(400, "invalid_request", refusal);
        }
        if session.fault == Some(RequestFault::ResponseServerError) {
            return Answer::error(500, "server_error", "as ordered");
        }
        match &session.redirect_uri {
            Some(uri) => Answer::json(200, &json!({ "redirect_uri": uri })),
            None => Answer::json(200, &json!({})),
        }
    }
}

impl Session {
    /// Takes the wallet's answer, by its members; only the first counts.
    pub(super) fn conclude(&mut self, form: Result<Map<String, Value>>, trusted: &Trusted) {
        self.result.answers += 1;
        if self.result.outcome != Outcome::Pending {
            return;
        }
        let received = form
            .and_then(|form| read(self, form))
            .and_then(|response| match response {
                Response::Error(code) => Ok(Err(code)),
                Response::Presentations(token, proofs) => {
                    let mut learned = check(self, &token, trusted)?;
                    take_anchor_proofs(self, &mut learned, proofs)?;
                    Ok(Ok(learned))
                }
            });
        match received {
            Ok(Ok(learned)) => {
                self.result.outcome = Outcome::Accepted;
                self.result.accepted = true;
                self.result.learned = learned;
            }
            Ok(Err(code)) => {
                self.result.outcome = Outcome::WalletError;
                self.result.error = Some(code);
            }
            Err(refused) => {
                self.result.outcome = Outcome::Refused;
                self.result.refusal = Some(refused.reason().to_owned());
            }
        }
    }
}

fn read(session: &Session, mut form: Map<String, Value>) -> Result<Response> {
    if let Some(jwe) = form.get("response") {
        ensure(session.encrypted, "an encrypted answer nobody asked for")?;
        ensure(form.len() == 1, "something beside the encrypted answer")?;
        let jwe = jwe.as_str().or_refuse("response is not text")?;
        let (header, plaintext) = crate::jwe::decrypt(jwe, &session.encryption_key)?;
        let kid = header.get("kid").and_then(Value::as_str);
        ensure(
            kid == Some(session.encryption_kid.as_str()),
            "kid of the encrypted answer",
        )?;
        form = json_object(&plaintext)?;
    } else {
        // Errors may come in the clear in either mode (section 8.5), presentations may not.
        let clear = !session.encrypted || form.contains_key("error");
        ensure(clear, "the answer is not encrypted")?;
        for name in ["vp_token", "anchor_proofs"] {
            if let Some(text) = form.get(name).and_then(Value::as_str) {
                let object = json_object(text.as_bytes())?;
                form.insert(name.into(), object.into());
            }
        }
    }
    let state = form.get("state").and_then(Value::as_str);
    let by_browser = session.audience.starts_with("origin:");
    let expected = (!by_browser).then_some(session.state.as_str());
    ensure(state == expected, "state was not returned")?;
    if let Some(code) = form.get("error") {
        ensure(
            !form.contains_key("vp_token"),
            "an error and a presentation",
        )?;
        let code = code.as_str().or_refuse("error is not text")?;
        return Ok(Response::Error(code.to_owned()));
    }
    let proofs = match form.remove("anchor_proofs") {
        None => Map::new(),
        Some(Value::Object(proofs)) => proofs,
        Some(_) => return Err(Refused::because("anchor_proofs is not an object")),
    };
    match form.remove("vp_token") {
        Some(Value::Object(token)) => Ok(Response::Presentations(token, proofs)),
        _ => Err(Refused::because("vp_token is not an object")),
    }
}

/// Puts each proof to the presentation at its place. Only what was asked for may be there.
fn take_anchor_proofs(
    session: &Session,
    learned: &mut [Learned],
    proofs: Map<String, Value>,
) -> Result<()> {
    ensure(
        proofs
            .keys()
            .all(|id| learned.iter().any(|one| one.query == *id)),
        "a proof of what was not shown",
    )?;
    let mut left: HashMap<String, VecDeque<Value>> = HashMap::new();
    for (id, value) in proofs {
        let Value::Array(values) = value else {
            return Err(Refused::because("anchor_proofs are not in an array"));
        };
        left.insert(id, values.into());
    }
    for one in learned {
        let Some(proofs) = left.get_mut(&one.query) else {
            continue;
        };
        let proof = proofs.pop_front().or_refuse("a proof is missing")?;
        one.anchor_proof = (!proof.is_null()).then_some(proof);
        let asked = query::credential_query(&session.query, &one.query)?["meta"]["anchor_proof"]
            == Value::Bool(true);
        ensure(
            asked || one.anchor_proof.is_none(),
            "a proof nobody asked for",
        )?;
    }
    ensure(
        left.values().all(VecDeque::is_empty),
        "more proofs than presentations",
    )
}

fn check(session: &Session, token: &Map<String, Value>, trusted: &Trusted) -> Result<Vec<Learned>> {
    let mut learned = Vec::new();
    for (id, presentations) in token {
        let query = query::credential_query(&session.query, id)?;
        let presentations = presentations.as_array().or_refuse("not an array")?;
        ensure(!presentations.is_empty(), "an empty array of presentations")?;
        let single = query["multiple"] != Value::Bool(true);
        ensure(
            !single || presentations.len() == 1,
            "more than one presentation",
        )?;
        for presentation in presentations {
            learned.push(match (query["format"].as_str(), presentation) {
                (Some("dc+sd-jwt"), Value::String(text)) => {
                    check_sd_jwt(session, id, query, text, &trusted.anchors)
                }
                (Some("jwt_vc_json"), Value::String(text)) => {
                    jwt_vc::check(session, id, query, text, &trusted.anchors)
                }
                (Some("ldp_vc"), Value::Object(_)) => {
                    data_integrity::check(session, id, query, presentation, &trusted.controllers)
                }
                _ => Err(Refused::because("not of the format we asked for")),
            }?);
        }
    }
    let answered: Vec<&str> = learned.iter().map(|l| l.query.as_str()).collect();
    query::check_complete(&session.query, &answered)?;
    if session.once {
        let mut comers = Vec::new();
        for one in &learned {
            comers.push(once(session, one)?);
        }
        let issuers: HashSet<&Value> = learned.iter().map(|one| &one.claims["issuer"]).collect();
        // Each issuer gives a citizen a secret of its own.
        ensure(issuers.len() <= 1, "more than one issuer")?;
        let mut seen = lock(&trusted.seen);
        let new = comers.iter().all(|one| !seen.contains(one));
        ensure(new, "this pseudonym was here before")?;
        seen.extend(comers);
    }
    Ok(learned)
}

/// Whom a card is of that counts once: its scope and pseudonym, whatever else was asked with it. Only where its issuer says that
/// nobody has two.
fn once(session: &Session, learned: &Learned) -> Result<(String, String)> {
    let pseudonym = learned.pseudonym.clone();
    let pseudonym = pseudonym.or_refuse("nobody in particular")?;
    let flag: Path = vec!["credentialSubject".into(), "one_per_person".into()];
    let says = learned.claims["credentialSubject"]["one_per_person"] == Value::Bool(true);
    let always = learned.always_disclosed.contains(&flag);
    ensure(says && always, "a pseudonym that is not one per person")?;
    let query = query::credential_query(&session.query, &learned.query)?;
    let service = query["meta"]["pseudonym"]["service"].as_str();
    let service = service.or_refuse("nobody in particular")?;
    let scope = data_integrity::pseudonym_scope(&session.client_id, service);
    Ok((scope, pseudonym))
}

fn check_sd_jwt(
    session: &Session,
    id: &str,
    query: &Value,
    text: &str,
    anchors: &[Vec<u8>],
) -> Result<Learned> {
    let bound = query["require_cryptographic_holder_binding"] != Value::Bool(false);
    // Without binding asked for, a KB-JWT is still welcome (RFC 9901 section 7.3).
    let bound = bound || !text.ends_with('~');
    let check = PresentationCheck {
        trust: IssuerTrust::Anchors(anchors),
        key_binding: bound.then_some(Audience {
            audience: &session.audience,
            nonce: &session.nonce,
        }),
        at: unix_now(),
    };
    let verified = verify(text, &check)?;
    ensure(
        verified.header.get("typ").and_then(Value::as_str) == Some("dc+sd-jwt"),
        "typ of the credential",
    )?;
    query::check_answer(query, &verified.claims)?;
    check_transaction_data(session, id, verified.key_binding.as_ref())?;
    if let Some(status) = verified.claims.get("status") {
        require_valid(status, anchors, unix_now())?;
    }
    let members = verified.claims.as_object().into_iter().flatten();
    let always_disclosed = members.filter_map(|(name, _)| {
        let path: Path = vec![name.as_str().into()];
        let opened = verified.disclosed.iter().any(|d| d.starts_with(&path));
        (!opened && !ABOUT_THE_CREDENTIAL.contains(&name.as_str())).then_some(path)
    });
    Ok(Learned {
        query: id.to_owned(),
        unrequested: query::unrequested(query, &verified.claims, &verified.disclosed),
        always_disclosed: always_disclosed.collect(),
        disclosed: verified.disclosed,
        claims: verified.claims,
        pseudonym: None,
        anchor_proof: None,
    })
}

/// Section 8.4 and appendix B.3.3: the hashes of what concerns this credential, in order, and of nothing else.
fn check_transaction_data(
    session: &Session,
    id: &str,
    key_binding: Option<&Map<String, Value>>,
) -> Result<()> {
    let mut expected = Vec::new();
    let mut algorithms_named = false;
    for text in &session.transaction_data {
        let entry = json_object(&from_base64url(text)?)?;
        let ids = entry.get("credential_ids").and_then(Value::as_array);
        if ids.is_some_and(|ids| ids.iter().any(|one| one == id)) {
            expected.push(base64url(&sha256(text.as_bytes())));
            algorithms_named |= entry.contains_key("transaction_data_hashes_alg");
        }
    }
    let member = |name: &str| key_binding.and_then(|kb| kb.get(name));
    if expected.is_empty() {
        let none = member("transaction_data_hashes").is_none();
        return ensure(none, "hashes of transaction data nobody sent");
    }
    let hashes = member("transaction_data_hashes");
    ensure(hashes == Some(&json!(expected)), "transaction_data_hashes")?;
    let named = member("transaction_data_hashes_alg").and_then(Value::as_str);
    let right = named == Some("sha-256") || (named.is_none() && !algorithms_named);
    ensure(right, "transaction_data_hashes_alg")
}
