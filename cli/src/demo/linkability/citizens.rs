//! Citizens whose cards differ in all they can hide and in nothing they must show. Each card is issued by the parties' issuer
//! and verified and shown by the library's formats, without a store: a store for each citizen would stretch as many PINs.

use crate::demo::other;
use crate::failure::Failure;
use serde_json::{Value, json};
use wallet_core::clock::{Clock, SystemClock};
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::formats::data_integrity::{
    self, DataIntegrity, DataIntegrityCredential, IssuerKey,
};
use wallet_core::formats::sd_jwt_vc::{self, KeyBinding, SdJwt, SdJwtVc, resolve_issuer_key};
use wallet_core::jose::Algorithm;
use wallet_core::keys::{HolderKey, KeyPurpose, SoftwareKey};
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_parties::data_integrity::PublicProofKey;
#[cfg(test)]
use wallet_parties::data_integrity::{
    CITIZEN_ID_CONTEXT, CREDENTIALS_CONTEXT, LabelOrder, ProofKey, Signing,
};
use wallet_parties::issuer::CardOptions;
use wallet_parties::sd_jwt::{Audience, IssuerTrust, PresentationCheck};
use wallet_parties::{Parties, random_token, sha256, unix_now};

const FAMILY_NAMES: [&str; 5] = ["홍", "임", "장", "전", "남궁"];
const GIVEN_NAMES: [&str; 4] = ["길동", "꺽정", "산", "우치"];

/// Who asks, and for what.
pub(super) struct Verifier {
    name: &'static str,
    sd_jwt_path: Value,
    bbs_path: Value,
}

/// What a verifier was shown, and what for.
pub(super) struct Shown {
    pub(super) presentation: String,
    nonce: String,
}

impl Verifier {
    pub(super) fn bar() -> Self {
        Self {
            name: "x509_san_dns:bar.example",
            sd_jwt_path: json!(["age_equal_or_over", "19"]),
            bbs_path: json!(["credentialSubject", "age_over_19"]),
        }
    }

    pub(super) fn voting_office() -> Self {
        Self {
            name: "x509_san_dns:vote.example",
            sd_jwt_path: json!(["address", "locality"]),
            bbs_path: json!(["credentialSubject", "address", "locality"]),
        }
    }

    /// What a proof of bbs-2023 is made for.
    fn header(&self, nonce: &str) -> [u8; 32] {
        sha256(format!("{} {nonce}", self.name).as_bytes())
    }

    /// Checks the presentation by the code of the other side.
    pub(super) fn verify(&self, citizen: &Citizen, shown: &Shown) -> Result<(), Failure> {
        match &citizen.trust {
            Trust::Anchor(anchor) => {
                let anchors = [anchor.clone()];
                let audience = Audience {
                    audience: self.name,
                    nonce: &shown.nonce,
                };
                let check = PresentationCheck {
                    trust: IssuerTrust::Anchors(&anchors),
                    key_binding: Some(audience),
                    at: unix_now(),
                };
                let verified = wallet_parties::sd_jwt::verify(&shown.presentation, &check);
                verified.map(drop).map_err(other)
            }
            Trust::Key(key) => {
                let document = serde_json::from_str(&shown.presentation).unwrap_or_default();
                let key = |_: &str| Ok(key.clone());
                let verified = wallet_parties::data_integrity::verify(&document, key);
                let header = verified.map_err(other)?.presentation_header;
                match header.as_deref() == Some(&self.header(&shown.nonce)) {
                    true => Ok(()),
                    false => Err(Failure::Other("made for another occasion".to_owned())),
                }
            }
        }
    }
}

/// A citizen with one copy of the card.
pub(super) struct Citizen {
    card: Card,
    trust: Trust,
}

enum Card {
    SdJwt(Box<SdJwtVc>, Box<SoftwareKey>),
    Bbs(Box<DataIntegrityCredential>),
}

/// What a verifier knows the issuer by.
#[derive(Clone)]
enum Trust {
    /// A certificate (DER).
    Anchor(Vec<u8>),
    Key(PublicProofKey),
}

impl Citizen {
    pub(super) async fn show(&self, to: &Verifier) -> Result<Shown, Failure> {
        let nonce = random_token().map_err(other)?;
        let presentation = match &self.card {
            Card::SdJwt(credential, key) => {
                let binding = KeyBinding {
                    audience: to.name.to_owned(),
                    nonce: nonce.clone(),
                    issued_at: SystemClock::default().now()?,
                    transaction_data_hashes: None,
                };
                let shown = credential.present(&path(&to.sd_jwt_path)).map_err(failed)?;
                shown.bind(binding, key.as_ref()).await.map_err(failed)?
            }
            Card::Bbs(credential) => {
                let shown = credential.present(&path(&to.bbs_path)).map_err(failed)?;
                shown.derive(&to.header(&nonce)).map_err(failed)?
            }
        };
        Ok(Shown {
            presentation,
            nonce,
        })
    }
}

/// Their cards as SD-JWT VCs, one copy each.
pub(super) async fn with_sd_jwt(parties: &Parties, count: usize) -> Result<Vec<Citizen>, Failure> {
    let now = SystemClock::default().now()?;
    let anchors = TrustAnchor::from_pem(&parties.anchors.issuer_pem);
    let trust = TrustAnchors {
        issuers: anchors.map_err(wallet_core::WalletError::from)?,
        ..TrustAnchors::default()
    };
    let mut citizens = Vec::with_capacity(count);
    for index in 0..count {
        let key = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom)?;
        let jwk = Value::Object(key.public_key().to_jwk());
        let mut claims = hidden(index);
        claims["address"] = address(index);
        let credential = issued(parties, "resident_card", claims, &jwk)?;
        let text = credential.as_str().unwrap_or_default();
        let received = SdJwt::parse(text).map_err(failed)?;
        let issuer = resolve_issuer_key(&received, &trust, None, now).await;
        let policy = sd_jwt_vc::VerifyPolicy::at(now);
        let verified = received.verify(&issuer.map_err(failed)?, &policy);
        citizens.push(Citizen {
            card: Card::SdJwt(Box::new(verified.map_err(failed)?), Box::new(key)),
            trust: Trust::Anchor(parties.issuer_authority.der().to_vec()),
        });
    }
    Ok(citizens)
}

/// Their cards with proofs of bbs-2023.
pub(super) fn with_bbs(parties: &Parties, count: usize) -> Result<Vec<Citizen>, Failure> {
    let controller = parties.issuer.controller();
    let document = wallet_parties::control::get(&controller).map_err(other)?;
    let document = document.as_object().cloned().unwrap_or_default();
    let mut citizens = Vec::with_capacity(count);
    for index in 0..count {
        let mut claims = hidden(index);
        claims["address"] = address(index);
        let credential = issued(parties, "citizen_id_bbs", claims, &Value::Null)?;
        let received = DataIntegrity::parse(&credential.to_string()).map_err(failed)?;
        let method = received.verification_method();
        let key = IssuerKey::of_controller(&controller, &document, method, true);
        citizens.push(with_credential(received, &key.map_err(failed)?)?);
    }
    Ok(citizens)
}

fn with_credential(received: DataIntegrity, key: &IssuerKey) -> Result<Citizen, Failure> {
    let policy = data_integrity::VerifyPolicy::at(SystemClock::default().now()?);
    let trust = PublicProofKey::from_multibase(&key.key().to_text()).map_err(other)?;
    let credential = received.verify(key, &policy).map_err(failed)?;
    Ok(Citizen {
        card: Card::Bbs(Box::new(credential)),
        trust: Trust::Key(trust),
    })
}

/// Citizens of an issuer who signs as it likes.
#[cfg(test)]
pub(super) fn signed_by_another(
    count: usize,
    alter: impl Fn(usize, &mut Signing),
) -> Result<Vec<Citizen>, Failure> {
    let key = ProofKey::bbs().map_err(other)?;
    let did = format!("did:key:{}", key.public().to_multibase().map_err(other)?);
    let method = format!("{did}#{}", did.trim_start_matches("did:key:"));
    let mut citizens = Vec::with_capacity(count);
    for index in 0..count {
        let mut subject = hidden(index);
        subject["address"] = address(index);
        subject["age_over_19"] = true.into();
        let document = json!({
            "@context": [CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT],
            "type": ["VerifiableCredential", "CitizenIdCredential"],
            "issuer": did,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        });
        let mut signing = Signing {
            key: &key,
            verification_method: &method,
            created: "2026-01-01T00:00:00Z",
            mandatory: &["/issuer", "/validFrom"],
            named: &["/issuer", "/validFrom"],
            labels: LabelOrder::OfTheDocument,
        };
        alter(index, &mut signing);
        let credential = signing.issue(&document).map_err(other)?;
        let received = DataIntegrity::parse(&credential.to_string()).map_err(failed)?;
        let key = IssuerKey::pinned(&did, &method).map_err(failed)?;
        citizens.push(with_credential(received, &key)?);
    }
    Ok(citizens)
}

fn issued(parties: &Parties, card: &str, claims: Value, holder: &Value) -> Result<Value, Failure> {
    let says = CardOptions {
        claims: claims.as_object().cloned().unwrap_or_default(),
        ..CardOptions::default()
    };
    parties.issuer.issue(card, &says, holder).map_err(other)
}

/// What only this citizen's card says, of lengths of its own.
fn hidden(index: usize) -> Value {
    let name = |names: &[&'static str], index: usize| names[index % names.len()];
    let (family, given) = (name(&FAMILY_NAMES, index), name(&GIVEN_NAMES, index / 5));
    json!({
        "name": format!("{family}{given}"),
        "name_latin": format!("CITIZEN {}", "I".repeat(index + 1)),
        "birthdate": format!("19{:02}-{:02}-{:02}", 60 + index, 1 + index % 12, 1 + index),
        "resident_registration_number": format!("{:06}-1000000", 600_101 + index),
        "portrait": format!("data:image/png;base64,{}", "A".repeat(4 * (index + 1))),
    })
}

/// All live in one district, each in a street of their own.
fn address(index: usize) -> Value {
    json!({
        "region": "가상특별시",
        "locality": "율도구",
        "street_address": format!("활빈로 {}", 3_usize.pow(index as u32 % 12)),
        "postal_code": format!("{index:05}"),
        "country": "KR",
    })
}

fn path(path: &Value) -> Vec<ClaimPath> {
    ClaimPath::from_json(path).into_iter().collect()
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
