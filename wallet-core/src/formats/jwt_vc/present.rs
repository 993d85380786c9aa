//! A presentation for one verifier (OpenID4VP 1.0 B.1.3.1): a JWT by the holder's key around the credential, by the rules of
//! the credential's data model.

use super::credential::JwtVcCredential;
use super::document::DataModel;
use super::error::JwtVcError;
use super::holder::Holder;
use super::limits::{MAX_TEXT, PRESENTATION_SECONDS};
use crate::clock::UnixTime;
use crate::jose::{CompactJws, JwsDraft};
use crate::keys::{HolderKey, KeyPurpose, sign_jws};
use serde_json::{Map, Value, json};

/// What a presentation is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// `aud`: the full client identifier of the verifier, or its origin.
    pub audience: String,
    /// `nonce` of the request.
    pub nonce: String,
    /// `iat`: now.
    pub issued_at: UnixTime,
}

impl JwtVcCredential {
    /// The credential with everything in it, in a JWT by the holder's key, which may prompt the holder.
    ///
    /// # Errors
    /// [`JwtVcError::NotBound`] where the credential names no key, [`JwtVcError::HolderKeyMismatch`] where it names
    /// another, [`JwtVcError::Signing`].
    pub async fn present(
        &self,
        occasion: &Occasion,
        key: &dyn HolderKey,
    ) -> Result<String, JwtVcError> {
        let holder = self.holder()?;
        if *key.public_key() != holder.key {
            return Err(JwtVcError::HolderKeyMismatch);
        }
        let draft = JwsDraft::new(&self.header(holder), &self.payload(holder, occasion));
        let signed = sign_jws(draft, key, KeyPurpose::Holder).await;
        signed.map_err(JwtVcError::Signing)
    }

    /// Reads a presentation of this credential as a verifier does: it says what it must, to the letter, holds the very
    /// credential that was verified, and is signed by the key that credential names.
    ///
    /// # Errors
    /// [`JwtVcError::ForeignPresentation`], [`JwtVcError::NotBound`], [`JwtVcError::Jose`].
    pub fn read_presentation(&self, text: &str, occasion: &Occasion) -> Result<(), JwtVcError> {
        let holder = self.holder()?;
        // The credential in it is as large as one may be, in base64.
        let jws = CompactJws::parse(text, 2 * MAX_TEXT)?;
        let is_expected = *jws.header() == self.header(holder)
            && jws.payload_object()? == self.payload(holder, occasion);
        if !is_expected {
            return Err(JwtVcError::ForeignPresentation);
        }
        Ok(jws.verify(&holder.key)?)
    }

    fn holder(&self) -> Result<&Holder, JwtVcError> {
        self.source.holder.as_ref().ok_or(JwtVcError::NotBound)
    }

    fn header(&self, holder: &Holder) -> Map<String, Value> {
        let typ = match self.data_model() {
            DataModel::V1 => "JWT",
            DataModel::V2 => "vp+jwt",
        };
        object([
            ("alg", holder.key.algorithm().as_str().into()),
            ("typ", typ.into()),
            ("kid", holder.key_url.as_str().into()),
        ])
    }

    fn payload(&self, holder: &Holder, occasion: &Occasion) -> Map<String, Value> {
        let expires = occasion.issued_at.saturating_add(PRESENTATION_SECONDS);
        let mut payload = object([
            ("iss", holder.did.as_str().into()),
            ("aud", occasion.audience.as_str().into()),
            ("nonce", occasion.nonce.as_str().into()),
            ("iat", occasion.issued_at.as_secs().into()),
            ("exp", expires.as_secs().into()),
        ]);
        let context = self.data_model().context();
        let presentation = |credential| {
            object([
                ("@context", json!([context])),
                ("type", json!(["VerifiablePresentation"])),
                ("verifiableCredential", Value::Array(vec![credential])),
            ])
        };
        match self.data_model() {
            // VCDM 1.1 6.3.1: `iss` is the holder.
            DataModel::V1 => {
                let presentation = presentation(self.text().into());
                payload.insert("vp".to_owned(), Value::Object(presentation));
            }
            // VC-JOSE-COSE 3.1.2, VCDM 2.0 4.13.
            DataModel::V2 => {
                let mut presentation = presentation(json!({
                    "@context": [context],
                    "type": "EnvelopedVerifiableCredential",
                    "id": format!("data:application/vc+jwt,{}", self.text()),
                }));
                presentation.insert("holder".to_owned(), holder.did.as_str().into());
                payload.extend(presentation);
            }
        }
        payload
    }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
