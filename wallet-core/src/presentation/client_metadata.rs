//! `client_metadata`: the verifier about itself (OpenID4VP 1.0 5.1 and 11.1). Other members than these are ignored.

use super::dcql::{JwtVcAlgorithms, LdpVcProofs, SdJwtVcAlgorithms, VpFormats};
use super::error::PresentationError;
use super::verifier::ResponseEncryption;
use crate::jose::jwe::{ContentEncryption, RecipientKey};
use crate::text::display_text;
use serde_json::{Map, Value};

/// Longest verifier name that is shown.
const NAME_CHARS: usize = 80;

/// What the verifier says about itself.
#[derive(Debug, Default)]
pub(super) struct ClientMetadata {
    pub(super) client_name: Option<String>,
    pub(super) formats: Option<VpFormats>,
    jwks: Option<Value>,
    content_encryption: Option<Value>,
}

impl ClientMetadata {
    pub(super) fn parse(value: Option<&Value>) -> Result<Self, PresentationError> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        let object = object(value)?;
        let client_name = object
            .get("client_name")
            .and_then(Value::as_str)
            .map(|name| display_text(name, NAME_CHARS))
            .filter(|name| !name.is_empty());
        if object
            .get("jwks")
            .is_some_and(|jwks| !jwks.get("keys").is_some_and(Value::is_array))
        {
            return Err(PresentationError::ClientMetadata);
        }
        let content = "encrypted_response_enc_values_supported";
        strings(object, content)?;
        Ok(Self {
            client_name,
            formats: object
                .get("vp_formats_supported")
                .map(parse_formats)
                .transpose()?,
            jwks: object.get("jwks").cloned(),
            content_encryption: object.get(content).cloned(),
        })
    }

    /// The key and algorithm for an encrypted answer. There is no way to an unencrypted one from here (8.3, 14.6).
    pub(super) fn encryption(&self) -> Result<ResponseEncryption, PresentationError> {
        let key = self.jwks.as_ref().and_then(RecipientKey::select);
        let content = ContentEncryption::choose(self.content_encryption.as_ref());
        match (key, content) {
            (Some(key), Some(content)) => Ok(ResponseEncryption { key, content }),
            _ => Err(PresentationError::NoEncryptionKey),
        }
    }
}

fn parse_formats(value: &Value) -> Result<VpFormats, PresentationError> {
    let formats = object(value)?;
    let ldp_vc = formats
        .get("ldp_vc")
        .map(|format| {
            let format = object(format)?;
            Ok::<_, PresentationError>(LdpVcProofs {
                types: strings(format, "proof_type_values")?,
                suites: strings(format, "cryptosuite_values")?,
            })
        })
        .transpose()?;
    let sd_jwt_vc = formats
        .get("dc+sd-jwt")
        .map(|format| {
            let format = object(format)?;
            Ok::<_, PresentationError>(SdJwtVcAlgorithms {
                issuer: strings(format, "sd-jwt_alg_values")?,
                key_binding: strings(format, "kb-jwt_alg_values")?,
            })
        })
        .transpose()?;
    let jwt_vc = formats
        .get("jwt_vc_json")
        .map(|format| {
            let named = strings(object(format)?, "alg_values")?;
            Ok::<_, PresentationError>(JwtVcAlgorithms { named })
        })
        .transpose()?;
    Ok(VpFormats {
        sd_jwt_vc,
        ldp_vc,
        jwt_vc,
    })
}

fn object(value: &Value) -> Result<&Map<String, Value>, PresentationError> {
    value.as_object().ok_or(PresentationError::ClientMetadata)
}

/// A non-empty array of strings, if it is there.
fn strings(
    object: &Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<String>>, PresentationError> {
    let Some(value) = object.get(name) else {
        return Ok(None);
    };
    let strings = value
        .as_array()
        .filter(|array| !array.is_empty())
        .and_then(|array| {
            array
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
    strings.map(Some).ok_or(PresentationError::ClientMetadata)
}
