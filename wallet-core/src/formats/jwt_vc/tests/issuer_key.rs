//! Whose key it is.

use super::issuer::{Draft, did, holder_signing_key, public, sign_jwt, signing_key};
use super::{JwtVc, JwtVcError, NOW, VerifyPolicy};
use crate::did::{
    Did, DidDocument, DidError, DidResolver, Evidence, ResolvedDid, Resolving, Unproven, address_of,
};
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::jwt_vc::resolve_issuer_key;
use crate::formats::sd_jwt_vc::{IssuerKey, SdJwtError};
use crate::http::{FetchSettings, Fetcher};
use crate::jose::{JoseError, PublicKey, base64url};
use crate::trust::{PinnedDidKey, TrustAnchors};
use crate::wallet::NoNetwork;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use wallet_primitives::k256;

fn trusting(issuer: &str) -> TrustAnchors {
    TrustAnchors {
        issuer_keys: vec![PinnedDidKey {
            issuer: issuer.to_owned(),
            did: issuer.to_owned(),
        }],
        ..TrustAnchors::default()
    }
}

/// Signed by the key of this issuer, under this name of it.
fn issue(issuer: &str, kid: Option<Value>) -> String {
    let mut draft = Draft::v1().with("", json!({"iss": issuer}));
    if let Some(kid) = kid {
        draft = draft.with_header(json!({"kid": kid}));
    }
    sign_jwt(
        &draft.header.to_string(),
        &draft.payload.to_string(),
        &signing_key(),
    )
}

fn resolve(text: &str, trust: &TrustAnchors) -> Result<IssuerKey, JwtVcError> {
    let parsed = JwtVc::parse(text).unwrap();
    pollster::block_on(resolve_issuer_key(&parsed, trust, None, NOW))
}

#[test]
fn the_key_of_a_did_the_app_trusts_is_the_one_kid_names() {
    let issuer = did(&signing_key());
    for kid in [format!("{issuer}#0"), "#0".to_owned()] {
        let text = issue(&issuer, Some(kid.into()));
        let key = resolve(&text, &trusting(&issuer)).unwrap();
        assert_eq!(*key.public_key(), public(&signing_key()));
        assert_eq!(
            key.evidence().signer(),
            crate::text::display_text(&issuer, 200)
        );
        let parsed = JwtVc::parse(&text).unwrap();
        parsed.verify(&key, &VerifyPolicy::at(NOW)).unwrap();
    }
}

#[test]
fn a_kid_of_another_did_is_refused_even_where_the_app_trusts_both() {
    let issuer = did(&signing_key());
    let other = did(&holder_signing_key());
    let mut trust = trusting(&issuer);
    trust.issuer_keys.extend(trusting(&other).issuer_keys);
    for (iss, kid) in [(&issuer, &other), (&other, &issuer)] {
        let text = issue(iss, Some(format!("{kid}#0").into()));
        assert_eq!(
            resolve(&text, &trust).err(),
            Some(JwtVcError::WrongIssuerKey)
        );
    }
}

#[test]
fn a_did_nobody_trusts_and_a_key_without_a_name_are_refused() {
    let issuer = did(&signing_key());
    let named = issue(&issuer, Some(format!("{issuer}#0").into()));
    let error = resolve(&named, &TrustAnchors::default()).err().unwrap();
    assert_eq!(error, JwtVcError::UntrustedIssuer);
    let error = WalletError::from(error);
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::UntrustedIssuer, Category::Issuer)
    );
    let nameless = issue(&issuer, None);
    assert_eq!(
        resolve(&nameless, &trusting(&issuer)).err(),
        Some(JwtVcError::NoIssuerKey)
    );
    for kid in [
        format!("{issuer}#1"),
        issuer.clone(),
        format!("{issuer}#0#0"),
    ] {
        let text = issue(&issuer, Some(kid.into()));
        assert!(matches!(
            resolve(&text, &trusting(&issuer)),
            Err(JwtVcError::Did(_))
        ));
    }
}

#[test]
fn a_web_issuer_the_app_does_not_list_is_not_asked() {
    let text = Draft::v1().sign();
    assert_eq!(
        resolve(&text, &TrustAnchors::default()).err(),
        Some(JwtVcError::NoIssuerKey)
    );
    let client = crate::wallet::NoNetwork;
    let fetcher = crate::http::Fetcher::new(&client, crate::http::FetchSettings::default());
    let parsed = JwtVc::parse(&text).unwrap();
    let trust = TrustAnchors::default();
    let resolved = pollster::block_on(resolve_issuer_key(&parsed, &trust, Some(&fetcher), NOW));
    assert_eq!(
        resolved.err(),
        Some(JwtVcError::Issuer(SdJwtError::UntrustedWebIssuer))
    );
}

/// An issuer's document as a resolver of the app's gives it, with this member for its key.
struct Ledger {
    member: &'static str,
    value: Value,
    evidence: Evidence,
}

const LEDGER_DID: &str = "did:city:busan";

#[async_trait]
impl DidResolver for Ledger {
    fn resolves(&self, did: &Did) -> bool {
        did.as_str() == LEDGER_DID
    }

    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        let kind = "EcdsaSecp256k1VerificationKey2019";
        let method =
            json!({"id": "#key", "type": kind, "controller": LEDGER_DID, self.member: self.value});
        let document = json!({"id": LEDGER_DID, "assertionMethod": [method]}).to_string();
        let document = DidDocument::parse(did, document.as_bytes())?;
        ResolvedDid::new(did, document, self.evidence.clone(), with.now)
    }
}

/// A credential of the ledger's DID, signed with ES256K by the secret of sevens.
fn es256k_credential() -> (String, PublicKey) {
    let draft = Draft::v1().with("", json!({"iss": LEDGER_DID}));
    let mut header = draft.header.clone();
    header["alg"] = "ES256K".into();
    header["kid"] = format!("{LEDGER_DID}#key").into();
    let encode = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", encode(&header), encode(&draft.payload));
    let signature = k256::sign(&[7; 32], input.as_bytes()).unwrap();
    let key = PublicKey::Secp256k1(k256::public_half(&[7; 32]).unwrap());
    (format!("{input}.{}", base64url::encode(&signature)), key)
}

fn by_ledger(text: &str, ledger: Ledger, is_listed: bool) -> Result<IssuerKey, JwtVcError> {
    let mut trust = TrustAnchors::default();
    trust.dids.resolvers = vec![Arc::new(ledger)];
    if is_listed {
        trust.dids.issuers = vec![LEDGER_DID.to_owned()];
    }
    let parsed = JwtVc::parse(text).unwrap();
    let fetcher = Fetcher::new(&NoNetwork, FetchSettings::default());
    pollster::block_on(resolve_issuer_key(&parsed, &trust, Some(&fetcher), NOW))
}

#[test]
fn a_key_that_a_ledger_knows_by_its_address_verifies_and_the_evidence_is_kept() {
    let (text, key) = es256k_credential();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let address = hex(&address_of(&key).unwrap());
    let ledger = |value: &str, evidence| Ledger {
        member: "publicKeyHash",
        value: value.into(),
        evidence,
    };
    let found = by_ledger(&text, ledger(&address, Evidence::SelfCertifying), true).unwrap();
    assert_eq!(found.public_key(), &key);
    let dated = found.evidence().of_did().unwrap();
    assert_eq!(
        (&dated.evidence, dated.as_of),
        (&Evidence::SelfCertifying, Some(NOW))
    );
    assert_eq!(found.evidence().signer(), LEDGER_DID);
    let parsed = JwtVc::parse(&text).unwrap();
    let verified = parsed.verify(&found, &VerifyPolicy::at(NOW)).unwrap();
    assert_eq!(verified.evidence().identifier(), Some(LEDGER_DID));

    let not_listed = by_ledger(&text, ledger(&address, Evidence::SelfCertifying), false);
    assert_eq!(not_listed.unwrap_err(), JwtVcError::UntrustedIssuer);
    let why = Unproven::NoProof;
    let unproven = by_ledger(&text, ledger(&address, Evidence::Unverified { why }), true);
    assert_eq!(
        unproven.unwrap_err(),
        JwtVcError::Did(DidError::EvidenceTooWeak)
    );
    let other = "00".repeat(20);
    let another_key = by_ledger(&text, ledger(&other, Evidence::SelfCertifying), true);
    assert_eq!(
        another_key.unwrap_err(),
        JwtVcError::Jose(JoseError::SignatureInvalid)
    );
}
