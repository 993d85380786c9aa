//! What the parties issue, their own verifier accepts, and refuses when one thing is changed.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Map, Value, json};
use wallet_parties::pki::{CertificateAuthority, CertificateFault, Leaf, LeafProfile};
use wallet_parties::sd_jwt::{
    Audience, HashAlgorithm, IssuerTrust, PresentationCheck, SdJwtDraft, VerifiedPresentation,
    break_signature, verify,
};
use wallet_parties::{EcKey, base64url, jws, sha256, unix_now};

struct World {
    authority: CertificateAuthority,
    signer: Leaf,
    holder: EcKey,
}

fn issuer_profile() -> LeafProfile {
    LeafProfile::Issuer {
        common_name: "Test issuer".into(),
        uri: Some("https://issuer.example".into()),
    }
}

fn world() -> World {
    let authority = CertificateAuthority::generate("Test root").unwrap();
    let signer = authority.issue_leaf(&issuer_profile()).unwrap();
    let holder = EcKey::generate().unwrap();
    World {
        authority,
        signer,
        holder,
    }
}

impl World {
    fn draft(&self) -> SdJwtDraft {
        SdJwtDraft::new(json!({
            "vct": "https://issuer.example/card", "iss": "https://issuer.example", "exp": unix_now() + 1000,
            "name": "Hong Gildong",
            "address": {"country": "KR", "locality": "Seoul", "lines": ["a", "b"]},
            "classes": [{"code": "1"}, {"code": "2"}],
        }))
        .unwrap()
        .disclosable(json!(["name"])).unwrap()
        .disclosable(json!(["address"])).unwrap()
        .disclosable(json!(["address", "locality"])).unwrap()
        .disclosable(json!(["address", "lines", null])).unwrap()
        .disclosable(json!(["classes", 1])).unwrap()
        .bound_to(&self.holder.public_jwk())
    }

    fn check<'a>(&self, anchors: &'a [Vec<u8>]) -> PresentationCheck<'a> {
        PresentationCheck {
            trust: IssuerTrust::Anchors(anchors),
            key_binding: Some(Audience {
                audience: "x509_san_dns:shop",
                nonce: "n-1",
            }),
            at: unix_now(),
        }
    }

    fn anchors(&self) -> Vec<Vec<u8>> {
        vec![self.authority.der().to_vec()]
    }

    fn verify(&self, presentation: &str) -> wallet_parties::Result<VerifiedPresentation> {
        verify(presentation, &self.check(&self.anchors()))
    }

    fn bind(&self, presentation: &str) -> String {
        self.bind_as(
            presentation,
            "x509_san_dns:shop",
            "n-1",
            unix_now(),
            &self.holder,
        )
    }

    fn bind_as(&self, presentation: &str, aud: &str, nonce: &str, iat: u64, key: &EcKey) -> String {
        let header = json!({"typ": "kb+jwt"});
        let hash = base64url(&sha256(presentation.as_bytes()));
        let payload = json!({"aud": aud, "nonce": nonce, "iat": iat, "sd_hash": hash});
        presentation.to_owned() + &jws::sign(&object(header), &object(payload), key)
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn refusal(result: wallet_parties::Result<VerifiedPresentation>) -> String {
    result.unwrap_err().reason().to_owned()
}

#[test]
fn everything_disclosed_gives_the_claims_back() {
    let w = world();
    for hash in [
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ] {
        let text = w.draft().decoys(3).hash(hash).issue(&w.signer).unwrap();
        let mut check = w.check(&[]);
        let anchors = w.anchors();
        check.trust = IssuerTrust::Anchors(&anchors);
        check.key_binding = None;
        let seen = verify(&text, &check).unwrap();
        assert_eq!(seen.claims["address"]["lines"], json!(["a", "b"]));
        assert_eq!(
            seen.claims["classes"],
            json!([{"code": "1"}, {"code": "2"}])
        );
        assert_eq!(seen.claims["name"], "Hong Gildong");
        assert_eq!(seen.disclosed.len(), 6);
        assert!(seen.claims.get("_sd").is_none() && seen.claims.get("_sd_alg").is_none());
    }
}

#[test]
fn nothing_disclosed_hides_what_is_disclosable() {
    let w = world();
    let text = w.draft().decoys(2).issue(&w.signer).unwrap();
    let bare = text.split_once('~').unwrap().0.to_owned() + "~";
    let seen = w.verify(&w.bind(&bare)).unwrap();
    assert_eq!(seen.claims["classes"], json!([{"code": "1"}]));
    assert!(seen.claims.get("name").is_none() && seen.claims.get("address").is_none());
    assert!(seen.disclosed.is_empty());
    assert!(seen.claims.get("cnf").is_some());
}

#[test]
fn a_child_without_its_parent_is_refused() {
    let w = world();
    let text = w.draft().issue(&w.signer).unwrap();
    let jwt = text.split('~').next().unwrap();
    let with_locality = text.split('~').skip(1).find(|d| {
        wallet_parties::from_base64url(d)
            .is_ok_and(|b| String::from_utf8_lossy(&b).contains("\"locality\",\"Seoul\""))
    });
    let lone = format!("{jwt}~{}~", with_locality.unwrap());
    assert_eq!(
        refusal(w.verify(&w.bind(&lone))),
        "a disclosure is referenced nowhere"
    );
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let w = world();
    let text = w.draft().issue(&w.signer).unwrap();
    let first = text.split('~').nth(1).unwrap().to_owned();
    assert_eq!(
        refusal(w.verify(&w.bind(&format!("{text}{first}~")))),
        "a disclosure is there twice"
    );
}

#[test]
fn a_broken_issuer_signature_is_refused() {
    let w = world();
    let text = break_signature(&w.draft().issue(&w.signer).unwrap()).unwrap();
    assert_eq!(refusal(w.verify(&w.bind(&text))), "the signature is wrong");
}

#[test]
fn a_key_binding_for_someone_or_something_else_is_refused() {
    let w = world();
    let text = w.draft().issue(&w.signer).unwrap();
    let now = unix_now();
    let stranger = EcKey::generate().unwrap();
    let shop = "x509_san_dns:shop";
    for (bound, reason) in [
        (
            w.bind_as(&text, "x509_san_dns:bar", "n-1", now, &w.holder),
            "aud of the key binding",
        ),
        (
            w.bind_as(&text, "shop", "n-1", now, &w.holder),
            "aud of the key binding",
        ),
        (
            w.bind_as(&text, shop, "n-2", now, &w.holder),
            "nonce of the key binding",
        ),
        (
            w.bind_as(&text, shop, "n-1", now - 4000, &w.holder),
            "iat of the key binding",
        ),
        (
            w.bind_as(&text, shop, "n-1", now + 4000, &w.holder),
            "iat of the key binding",
        ),
        (
            w.bind_as(&text, shop, "n-1", now, &stranger),
            "the signature is wrong",
        ),
        (text.clone(), "the key binding is missing"),
    ] {
        assert_eq!(refusal(w.verify(&bound)), reason);
    }
    // Less disclosed than the key binding was made for.
    let bound = w.bind(&text);
    let kb = bound.rsplit_once('~').unwrap().1;
    let bare = text.split_once('~').unwrap().0;
    assert_eq!(
        refusal(w.verify(&format!("{bare}~{kb}"))),
        "sd_hash of the key binding"
    );
}

#[test]
fn certificates_lead_to_the_anchor_or_are_refused() {
    let w = world();
    let intermediate = w
        .authority
        .issue_intermediate("Intermediate", Some(0))
        .unwrap();
    let below = intermediate.issue_leaf(&issuer_profile()).unwrap();
    assert_eq!(below.chain.len(), 2);
    let text = w.draft().issue(&below).unwrap();
    w.verify(&w.bind(&text)).unwrap();

    let stranger = CertificateAuthority::generate("Test root").unwrap();
    let foreign = stranger.issue_leaf(&issuer_profile()).unwrap();
    let text = w.draft().issue(&foreign).unwrap();
    assert!(refusal(w.verify(&w.bind(&text))).starts_with("no path to a trust anchor"));

    for fault in [
        CertificateFault::Expired,
        CertificateFault::NotYetValid,
        CertificateFault::CaLeaf,
        CertificateFault::SelfSigned,
        CertificateFault::BadSignature,
    ] {
        let leaf = w
            .authority
            .issue_faulty_leaf(&issuer_profile(), fault)
            .unwrap();
        let text = w.draft().issue(&leaf).unwrap();
        assert!(w.verify(&w.bind(&text)).is_err(), "{fault:?}");
    }
}

#[test]
fn an_expired_credential_is_refused() {
    let w = world();
    let draft = SdJwtDraft::new(json!({"vct": "x", "exp": unix_now() - 100})).unwrap();
    let text = draft
        .bound_to(&w.holder.public_jwk())
        .issue(&w.signer)
        .unwrap();
    assert_eq!(
        refusal(w.verify(&w.bind(&text))),
        "the credential has expired"
    );
}

#[test]
fn a_path_that_names_nothing_is_refused_when_issuing() {
    let w = world();
    for path in [
        json!(["absent"]),
        json!(["vct", "below"]),
        json!(["classes", "x"]),
        json!(["classes", 2]),
        json!(["address", null]),
    ] {
        let draft = w.draft().disclosable(path.clone()).unwrap();
        assert!(draft.issue(&w.signer).is_err(), "{path}");
    }
    assert!(SdJwtDraft::new(json!([])).is_err());
    assert!(w.draft().disclosable(json!([])).is_err());
}
