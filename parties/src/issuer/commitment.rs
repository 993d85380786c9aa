//! Commitments to secrets of the holder's, in a proof type of our own (docs/adr/27-a-proof-type-for-commitments.md), and who
//! has which secret for pseudonyms.

use serde_json::{Map, Value};
use wallet_bbs::{Commitment, SignerNymEntropy};

use super::State;
use super::catalogue::Card;
use super::options::CardOptions;
use super::proofs::check_occasion;
use crate::encoding::from_base64url;
use crate::jws::Jws;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

pub(super) const PROOF_TYPE: &str = "https://citizenwallet.example/proof-types/bbs-commitment/v1";
pub(super) const BINDING_METHOD: &str =
    "https://citizenwallet.example/binding-methods/bbs-commitment/v1";
/// Bytes of a commitment before the proof that its maker knows what is in it.
const POINT: usize = 48;

/// A citizen's one secret for pseudonyms, as far as its issuer has it.
pub(super) struct Enrolled {
    /// The commitment without its proof, and to how many secrets: the same ones under the same blinding.
    commitment: (Vec<u8>, usize),
    pub(super) entropy: SignerNymEntropy,
}

/// Who a card is for.
pub(super) fn citizen(card: &Card, says: &CardOptions) -> String {
    let name = "resident_registration_number";
    let number = says.claims.get(name).or_else(|| card.values.get(name));
    number.map(Value::to_string).unwrap_or_default()
}

impl State {
    /// Checks the commitment of a credential request from `client_id` to `issuer`. The nonce is the caller's to check.
    pub(super) fn committed(
        &self,
        body: &Map<String, Value>,
        issuer: &str,
        client_id: Option<&str>,
        card: &Card,
    ) -> Result<(Commitment, String)> {
        let proofs = body.get("proofs").and_then(Value::as_object);
        let proofs = proofs.or_refuse("proofs are missing")?;
        ensure(proofs.len() == 1, "more than one kind of proof")?;
        let texts = proofs.get(PROOF_TYPE).and_then(Value::as_array);
        let [text] = texts.or_refuse("no commitment")?.as_slice() else {
            return Err(Refused::because("not one commitment"));
        };
        let jws = Jws::parse(text.as_str().or_refuse("a proof is not text")?)?;
        ensure(
            jws.typ() == Some("bbs-commitment+jwt"),
            "typ of the commitment",
        )?;
        let jwk = jws.header.get("jwk").or_refuse("no jwk in the proof")?;
        jws.verify(&VerificationKey::from_jwk(jwk)?)?;
        let nonce = check_occasion(&jws, issuer, client_id)?;
        let member = |name: &str| jws.payload.get(name).and_then(Value::as_str);
        let wanted = member("bbs_feature") == card.format.feature();
        ensure(wanted, "a commitment for another feature")?;
        let bytes = member("commitment").or_refuse("no commitment")?;
        let commitment = Commitment::from_bytes(&from_base64url(bytes)?);
        Ok((commitment.or_refuse("the commitment")?, nonce))
    }

    /// The issuer's part of a citizen's secret: a new one for who comes first, the same for who comes again with the same
    /// secret. Who comes with another is refused, or there would be two pseudonyms. Enrols nobody: the proof of the commitment
    /// is verified by signing it.
    pub(super) fn entropy_for(&self, citizen: &str, commitment: &Commitment) -> Result<Enrolled> {
        let bytes = commitment.to_bytes();
        let point = bytes.get(..POINT).or_refuse("the commitment")?.to_vec();
        let commitment = (point, commitment.count());
        let entropy = match self.enrolled.get(citizen) {
            Some(enrolled) if enrolled.commitment == commitment => enrolled.entropy.clone(),
            Some(_) if !self.options.careless_enrolment => {
                let reason = "the citizen is enrolled with another secret";
                return Err(Refused::because(reason));
            }
            _ => SignerNymEntropy::random().or_refuse("no randomness")?,
        };
        Ok(Enrolled {
            commitment,
            entropy,
        })
    }
}
