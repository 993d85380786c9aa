//! Who asks: the client identifier and what shows that the request is its (OpenID4VP 1.0 section 5.9.3).

use serde_json::{Map, Value, json};

use super::Shared;
use super::options::{ClientIdPrefix, RequestFault, RequestOptions};
use crate::encoding::{base58, base64url, sha256, unix_now};
use crate::keys::EcKey;
use crate::pki::Leaf;
use crate::refused::{OrRefuse, Result, ensure};

const ATTESTATION_LIFETIME: u64 = 3600;

/// A client identifier with what a signed request of it needs.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) client_id: String,
    /// Header parameters of the request object.
    pub(super) header: Map<String, Value>,
    pub(super) key: EcKey,
}

impl Shared {
    /// What the relying party of the options signs under.
    pub(super) fn identity(
        &self,
        options: &RequestOptions,
        response_uri: &str,
    ) -> Result<Identity> {
        let fits = match options.fault {
            Some(fault) => options.prefix.is_signed() || !fault.is_of_signed_requests(),
            None => true,
        };
        ensure(fits, "an unsigned request")?;
        let leaf = self.signer(options)?;
        let (client_id, header) = match options.prefix {
            ClientIdPrefix::RedirectUri => (format!("redirect_uri:{response_uri}"), json!({})),
            ClientIdPrefix::X509SanDns => (
                "x509_san_dns:localhost".to_owned(),
                json!({"x5c": leaf.x5c()}),
            ),
            ClientIdPrefix::X509Hash => (
                format!("x509_hash:{}", base64url(&sha256(leaf.certificate()))),
                json!({"x5c": leaf.x5c()}),
            ),
            ClientIdPrefix::DidJwk => {
                let did = did_jwk(&leaf.key);
                let header = json!({"kid": format!("{did}#0")});
                (format!("decentralized_identifier:{did}"), header)
            }
            ClientIdPrefix::DidKey => {
                let key = multikey(&leaf.key.verifying_key());
                let header = json!({"kid": format!("did:key:{key}#{key}")});
                (format!("decentralized_identifier:did:key:{key}"), header)
            }
            ClientIdPrefix::VerifierAttestation => {
                let header = json!({"jwt": self.attestation(options, &leaf, response_uri)?});
                (format!("verifier_attestation:{}", options.name), header)
            }
            ClientIdPrefix::OpenidFederation => {
                let entity = self.entity(&options.name);
                let header = json!({"kid": super::federation::KEY_ID});
                (format!("openid_federation:{entity}"), header)
            }
        };
        let client_id = match (options.fault, options.prefix) {
            (Some(RequestFault::UnknownPrefix), _) => "made_up:localhost".into(),
            (Some(RequestFault::CertificateMismatch), ClientIdPrefix::X509Hash) => {
                format!("x509_hash:{}", base64url(&sha256(b"another certificate")))
            }
            (Some(RequestFault::CertificateMismatch), _) => "x509_san_dns:other.example".into(),
            _ => client_id,
        };
        Ok(Identity {
            client_id,
            header: header.as_object().cloned().unwrap_or_default(),
            key: leaf.key,
        })
    }

    fn signer(&self, options: &RequestOptions) -> Result<Leaf> {
        if options.fault == Some(RequestFault::UntrustedSigner) {
            let stranger = crate::pki::CertificateAuthority::generate("Stranger")?;
            return stranger.issue_leaf(&super::profile(&options.name, "Stranger"));
        }
        let leaf = self.state().certificates.get(&options.name).cloned();
        leaf.or_refuse("no such relying party")
    }

    /// OpenID4VP 1.0 section 12.
    fn attestation(
        &self,
        options: &RequestOptions,
        leaf: &Leaf,
        response_uri: &str,
    ) -> Result<String> {
        let subject = match options.fault {
            Some(RequestFault::VoucherOfAnother) => "another",
            _ => &options.name,
        };
        let exp = match options.fault {
            Some(RequestFault::VoucherExpired) => unix_now() - ATTESTATION_LIFETIME,
            _ => unix_now() + ATTESTATION_LIFETIME,
        };
        let payload = json!({
            "iss": self.attester.identifier,
            "sub": subject,
            "exp": exp,
            "cnf": {"jwk": leaf.key.public_jwk()},
            "redirect_uris": [response_uri],
        });
        let key = match options.fault {
            Some(RequestFault::UnknownVoucher) => EcKey::generate()?,
            _ => self.attester.key.clone(),
        };
        let header = json!({"typ": "verifier-attestation+jwt"});
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        Ok(crate::jws::sign(&object(&header), &object(&payload), &key))
    }
}

fn did_jwk(key: &EcKey) -> String {
    format!(
        "did:jwk:{}",
        base64url(key.public_jwk().to_string().as_bytes())
    )
}

/// The public key as Multikey: base58btc of the multicodec prefix p256-pub and the compressed point.
fn multikey(key: &p256::ecdsa::VerifyingKey) -> String {
    let point = key.to_sec1_point(true);
    let mut bytes = vec![0x80, 0x24];
    bytes.extend_from_slice(point.as_bytes());
    format!("z{}", base58(&bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keys::VerificationKey;

    #[test]
    fn a_key_has_the_identifier_that_other_implementations_give_it() {
        // did:key Method, test vectors, P-256; the same in the W3C's implementation reports.
        let jwk = json!({
            "kty": "EC", "crv": "P-256",
            "x": "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI",
            "y": "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU",
        });
        let VerificationKey::P256(key) = VerificationKey::from_jwk(&jwk).unwrap() else {
            panic!("another kind of key");
        };
        assert_eq!(
            multikey(&key),
            "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
        );
    }
}
