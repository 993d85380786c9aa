//! Credentials with proofs of Data Integrity (`ldp_vc`, OpenID4VCI 1.0 appendix A.1.2).

use serde_json::{Value, json};

use super::Shared;
use super::catalogue::{Card, CardFormat};
use super::fault::Fault;
use super::options::CardOptions;
use crate::calendar::{date_time, start_of_month};
use crate::data_integrity::{
    Bound, CITIZEN_ID_CONTEXT, CREDENTIALS_CONTEXT, LabelOrder, ProofKey, Signing, break_proof,
};
use crate::encoding::unix_now;
use crate::refused::Result;

pub(super) const CONTEXTS: [&str; 2] = [CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT];
pub(super) const TYPES: [&str; 2] = ["VerifiableCredential", "CitizenIdCredential"];
/// What every presentation shows: the same for all citizens, so that it tells none from another.
const MANDATORY: [&str; 3] = ["/issuer", "/validFrom", "/validUntil"];
/// A year and a day, so that it ends in the month of the next year.
const LIFETIME: u64 = 366 * 86_400;

/// What the issuer signs with.
pub(super) struct ProofKeys {
    bbs: ProofKey,
    p256: ProofKey,
}

impl ProofKeys {
    pub(super) fn generate() -> Result<Self> {
        Ok(Self {
            bbs: ProofKey::bbs()?,
            p256: ProofKey::p256()?,
        })
    }

    /// For bbs-2023 and for ecdsa-sd-2023.
    pub(super) const fn all(&self) -> [&ProofKey; 2] {
        [&self.bbs, &self.p256]
    }
}

/// The verification method of a key: a name of its own could be one for each citizen, and every verifier sees it.
pub(super) fn method(controller: &str, key: &ProofKey) -> Result<String> {
    Ok(format!("{controller}#{}", key.public().to_multibase()?))
}

impl Shared {
    /// One credential of a card that is an `ldp_vc`.
    pub(super) fn data_integrity(
        &self,
        card: &Card,
        says: &CardOptions,
        fault: Option<Fault>,
        bound: Option<&Bound>,
    ) -> Result<Value> {
        let [bbs, p256] = self.proof_keys.all();
        let key = match card.format {
            CardFormat::EcdsaSd2023 => p256,
            _ => bbs,
        };
        let controller = self.at.controller();
        let method = method(&controller, key)?;
        let stranger;
        let key = match fault {
            Some(Fault::UntrustedSigner) => {
                stranger = ProofKey::generate_like(key)?;
                &stranger
            }
            _ => key,
        };
        let now = unix_now();
        // To the month: the second of issuance, which every presentation shows, would tell citizens apart.
        let month = start_of_month(now);
        let (from, until) = match (fault, says.lifetime) {
            (Some(Fault::Expired), _) => (month - 366 * 86_400, now - 3600),
            (Some(Fault::NotYetValid), _) => (now + 86_400, start_of_month(month + LIFETIME)),
            (_, Some(lifetime)) => (month, now + lifetime),
            _ => (month, start_of_month(month + LIFETIME)),
        };
        let types = match fault {
            Some(Fault::WrongType) => &TYPES[..1],
            _ => &TYPES[..],
        };
        let mut subject = card.values.as_object().cloned().unwrap_or_default();
        subject.extend(says.claims.clone());
        let mut mandatory = MANDATORY.to_vec();
        if card.format == CardFormat::Bbs2023Pseudonym {
            subject.insert("one_per_person".to_owned(), true.into());
            mandatory.push("/credentialSubject/one_per_person");
        }
        let document = json!({
            "@context": CONTEXTS,
            "type": types,
            "issuer": controller,
            "validFrom": date_time(from),
            "validUntil": date_time(until),
            "credentialSubject": subject,
        });
        let named: &[&str] = match fault {
            Some(Fault::OtherMandatory) => &MANDATORY[..1],
            _ => &mandatory,
        };
        let signing = Signing {
            key,
            verification_method: &method,
            created: &date_time(month),
            mandatory: &mandatory,
            named,
            labels: match says.own_label_order {
                true => LabelOrder::OfItsOwn,
                false => LabelOrder::OfTheDocument,
            },
        };
        let credential = signing.issue_bound(&document, bound)?;
        match fault {
            Some(Fault::BadSignature) => break_proof(credential),
            _ => Ok(credential),
        }
    }
}
