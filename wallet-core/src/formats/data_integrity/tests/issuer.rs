//! Credentials of `wallet-parties`, which has code of its own for all of it.

use super::*;
use serde_json::json;
use wallet_parties::data_integrity::{
    CITIZEN_ID_CONTEXT, CREDENTIALS_CONTEXT, LabelOrder, ProofKey, PublicProofKey, Signing, verify,
};

pub(super) const MANDATORY: [&str; 3] = ["/issuer", "/validFrom", "/validUntil"];

/// When the credentials here are valid.
pub(super) const NOW: UnixTime = UnixTime::from_secs(1_770_000_000);

/// An issuer with a did:key.
pub(super) struct Issuer {
    pub(super) key: ProofKey,
    pub(super) did: String,
}

impl Issuer {
    pub(super) fn of(suite: Cryptosuite) -> Self {
        let key = match suite {
            Cryptosuite::Bbs2023 => ProofKey::bbs().unwrap(),
            Cryptosuite::EcdsaSd2023 => ProofKey::p256().unwrap(),
        };
        let did = format!("did:key:{}", key.public().to_multibase().unwrap());
        Self { key, did }
    }

    pub(super) fn pinned(&self) -> IssuerKey {
        IssuerKey::pinned(&self.did, &self.did).unwrap()
    }

    /// A base proof over any document.
    pub(super) fn secure(&self, document: &Value, mandatory: &[&str]) -> Value {
        let method = format!(
            "{}#{}",
            self.did,
            self.did.strip_prefix("did:key:").unwrap()
        );
        let signing = Signing {
            key: &self.key,
            verification_method: &method,
            created: "2026-01-01T00:00:00Z",
            mandatory,
            named: mandatory,
            labels: LabelOrder::Shuffled,
        };
        signing.issue(document).unwrap()
    }

    pub(super) fn citizen(&self) -> Value {
        json!({
            "@context": [CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT],
            "type": ["VerifiableCredential", "CitizenIdCredential"],
            "issuer": self.did,
            "validFrom": "2026-01-01T00:00:00Z",
            "validUntil": "2027-01-01T00:00:00Z",
            "credentialSubject": {
                "name": "홍길동 \"the\\other\"\n",
                "birthdate": "1999-01-01",
                "address": {"region": "가상특별시", "locality": "율도구", "street_address": "활빈로 0"},
                "age_over_19": true,
                "age_over_65": false,
            },
        })
    }

    /// The citizen's card as it is received.
    pub(super) fn card(&self) -> Value {
        self.secure(&self.citizen(), &MANDATORY)
    }

    pub(super) fn verified(
        &self,
        card: &Value,
    ) -> Result<DataIntegrityCredential, DataIntegrityError> {
        DataIntegrity::parse(&card.to_string())?.verify(&self.pinned(), &VerifyPolicy::at(NOW))
    }

    pub(super) fn credential(&self) -> DataIntegrityCredential {
        self.verified(&self.card()).unwrap()
    }
}

/// Whether the verifier of `wallet-parties` takes it.
pub(super) fn parties_accept(shown: &str) -> bool {
    let shown: Value = serde_json::from_str(shown).unwrap();
    let key_of = |method: &str| {
        let multibase = method.split_once('#').unwrap().1;
        PublicProofKey::from_multibase(multibase)
    };
    verify(&shown, key_of).is_ok()
}

pub(super) const SUITES: [Cryptosuite; 2] = [Cryptosuite::Bbs2023, Cryptosuite::EcdsaSd2023];
