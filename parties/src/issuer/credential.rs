//! The credential endpoint (OpenID4VCI 1.0 section 8).

use serde_json::{Map, Value, json};
use wallet_bbs::SignerNymEntropy;

use super::catalogue::{Card, CardFormat};
use super::commitment::citizen;
use super::documents::{integrity, type_metadata};
use super::encryption::seal;
use super::fault::Fault;
use super::offer::Offer;
use super::options::CardOptions;
use super::{CREDENTIAL_LIFETIME, Shared, State};
use crate::data_integrity::Bound;
use crate::encoding::{base64url, random_token, sha256, unix_now};
use crate::http::{Answer, Request};
use crate::jwt_vc::DidSigner;
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};
use crate::sd_jwt::{SdJwtDraft, break_signature};

/// Why a credential request was refused: the error code of section 8.3.1.2 and a reason.
pub(super) struct Denied(pub(super) &'static str, pub(super) Refused);

pub(super) trait Deny<T> {
    fn deny(self, code: &'static str) -> std::result::Result<T, Denied>;
}

impl<T> Deny<T> for Result<T> {
    fn deny(self, code: &'static str) -> std::result::Result<T, Denied> {
        self.map_err(|refused| Denied(code, refused))
    }
}

impl super::Issuer {
    /// One copy of a card that says this, as the credential endpoint would give it, without the protocol: for what needs
    /// many citizens. A JWT is bound to the public JWK `holder`, an `ldp_vc` to nothing.
    pub fn issue(
        &self,
        configuration_id: &str,
        says: &CardOptions,
        holder: &Value,
    ) -> Result<Value> {
        let card = self
            .shared
            .card(configuration_id)
            .or_refuse("no such card")?;
        match card.format {
            CardFormat::SdJwtVc => {
                let credential = self.shared.credential_for(card, says, holder, None);
                credential.map(Value::from)
            }
            CardFormat::JwtVc(kind) => {
                let credential = self.shared.jwt_vc(card, kind, says, holder, None, None);
                credential.map(Value::from)
            }
            _ => self.shared.data_integrity(card, says, None, None),
        }
    }
}

impl State {
    /// A nonce is good once.
    fn use_up(&mut self, nonces: &[String]) -> std::result::Result<(), Denied> {
        let now = unix_now();
        for nonce in nonces {
            let lives = self.nonces.get(nonce).is_some_and(|dies| *dies > now);
            ensure(lives, "unknown or expired nonce").deny("invalid_nonce")?;
        }
        self.nonces.retain(|nonce, _| !nonces.contains(nonce));
        Ok(())
    }
}

impl Shared {
    pub(super) fn credential(&self, request: &Request) -> std::result::Result<Answer, Answer> {
        let mut state = self.state();
        let offer = state.authorized(request, &self.url(request))?.id.clone();
        let issued = self.issue(&mut state, &offer, request);
        issued.map_err(|Denied(code, refused)| match code {
            "server_error" => Answer::error(500, code, refused.reason()),
            _ => Answer::error(400, code, refused.reason()),
        })
    }

    fn issue(
        &self,
        state: &mut State,
        offer_id: &str,
        request: &Request,
    ) -> std::result::Result<Answer, Denied> {
        let opened = self.open(state, request);
        let (body, wanted) = opened.deny(match request.has_content_type("application/jwt") {
            true => "invalid_encryption_parameters",
            false => "invalid_credential_request",
        })?;
        let offer = state.offers.get_mut(offer_id);
        let offer = offer.or_refuse("no offer").deny("server_error")?;
        let (fault, deferred) = (offer.options.fault, offer.options.deferred);
        let as_ordered = ensure(fault != Some(Fault::ServerError), "as ordered");
        as_ordered.deny("server_error")?;
        let card = self.ordered_card(&body, offer)?;
        let stale = match fault {
            Some(Fault::AlwaysStaleNonce) => true,
            Some(Fault::StaleNonce) => !std::mem::replace(&mut offer.stale_nonce_shown, true),
            _ => false,
        };
        ensure(!stale, "the nonce is stale").deny("invalid_nonce")?;
        let client_id = offer.tokens.as_ref().and_then(|t| t.client_id.clone());

        let says = state.says.get(card.id).cloned().unwrap_or_default();
        let credentials = match card.format {
            CardFormat::SdJwtVc | CardFormat::JwtVc(_) => {
                let proven = state
                    .proven(&body, &self.at.issuer, client_id.as_deref())
                    .deny("invalid_proof")?;
                state.use_up(&proven.nonces)?;
                self.credentials(card, &says, &proven.keys, state.did_signer.as_ref(), fault)
            }
            CardFormat::Bbs2023Bound | CardFormat::Bbs2023Pseudonym => {
                let commits = state.committed(&body, &self.at.issuer, client_id.as_deref(), card);
                let (commitment, nonce) = commits.deny("invalid_proof")?;
                state.use_up(&[nonce])?;
                let citizen = citizen(card, &says);
                let mut enrolled = match card.format {
                    CardFormat::Bbs2023Pseudonym => Some(
                        state
                            .entropy_for(&citizen, &commitment)
                            .deny("credential_request_denied")?,
                    ),
                    _ => None,
                };
                if let (Some(Fault::OtherEntropy), Some(enrolled)) = (fault, &mut enrolled) {
                    let other = SignerNymEntropy::random().or_refuse("no randomness");
                    enrolled.entropy = other.deny("server_error")?;
                }
                let bound = Bound {
                    commitment: &commitment,
                    entropy: enrolled.as_ref().map(|enrolled| &enrolled.entropy),
                };
                let signed = self.data_integrity(card, &says, fault, Some(&bound));
                if let (Ok(_), Some(enrolled)) = (&signed, enrolled) {
                    state.enrolled.insert(citizen, enrolled);
                }
                signed.map(|one| vec![one])
            }
            CardFormat::Bbs2023 | CardFormat::EcdsaSd2023 => {
                let unasked = body.contains_key("proofs");
                ensure(!unasked, "proofs nobody asked for").deny("invalid_proof")?;
                match fault {
                    Some(Fault::OneCopyMissing) => Ok(Vec::new()),
                    fault => self
                        .data_integrity(card, &says, fault, None)
                        .map(|one| vec![one]),
                }
            }
        };
        let credentials = credentials.deny("credential_request_denied")?;
        let notification_id = random_token().deny("credential_request_denied")?;
        let texts = credentials.iter().filter_map(Value::as_str);
        state.issued_texts.extend(texts.map(str::to_owned));
        if let Some(offer) = state.offers.get_mut(offer_id) {
            offer.issued += credentials.len();
            offer.notification_ids.push(notification_id.clone());
        }
        let stapler = state.stapler.clone();
        let credentials = credentials.into_iter().map(|credential| {
            let text = credential.as_str();
            let stapled = stapler
                .as_ref()
                .zip(text)
                .and_then(|(make, text)| make(text));
            match stapled {
                Some(proof) => json!({"credential": credential, "anchor_proof": proof}),
                None => json!({"credential": credential}),
            }
        });
        let body = json!({
            "credentials": credentials.collect::<Vec<_>>(),
            "notification_id": notification_id,
        });
        match deferred {
            Some(deferral) => state.defer(deferral, offer_id, body, wanted.as_ref(), fault),
            None => seal(200, &body, wanted.as_ref(), fault),
        }
        .deny("invalid_encryption_parameters")
    }

    /// Section 8.2: an identifier from the token response if there was one, else the configuration identifier.
    fn ordered_card(
        &self,
        body: &Map<String, Value>,
        offer: &Offer,
    ) -> std::result::Result<&Card, Denied> {
        let member = |name: &str| body.get(name).and_then(Value::as_str);
        let (id, code) = match (
            member("credential_identifier"),
            member("credential_configuration_id"),
            offer.by_identifier,
        ) {
            (Some(id), None, true) => (id.strip_suffix(":1"), "unknown_credential_identifier"),
            (None, Some(id), false) => (Some(id), "unknown_credential_configuration"),
            _ => {
                let refused = Refused::because("the wrong kind of identifier");
                return Err(Denied("invalid_credential_request", refused));
            }
        };
        let id = id.filter(|id| offer.options.configurations.iter().any(|c| c == id));
        id.and_then(|id| self.card(id))
            .or_refuse("not offered")
            .deny(code)
    }

    fn credentials(
        &self,
        card: &Card,
        says: &CardOptions,
        keys: &[Value],
        did: Option<&DidSigner>,
        fault: Option<Fault>,
    ) -> Result<Vec<Value>> {
        let mut credentials = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let last = index + 1 == keys.len();
            let fault = match fault {
                Some(Fault::OneCopyMissing) if last => break,
                Some(Fault::OneBadCopy) => last.then_some(Fault::BadSignature),
                other => other,
            };
            let credential = match card.format {
                CardFormat::JwtVc(kind) => self.jwt_vc(card, kind, says, key, did, fault),
                _ => self.credential_for(card, says, key, fault),
            };
            credentials.push(credential?.into());
        }
        Ok(credentials)
    }

    fn credential_for(
        &self,
        card: &Card,
        says: &CardOptions,
        key: &Value,
        fault: Option<Fault>,
    ) -> Result<String> {
        let now = unix_now();
        let mut claims = Map::new();
        claims.insert("iss".into(), self.at.issuer.clone().into());
        let vct = match fault {
            Some(Fault::WrongType) => format!("{}/types/unheard-of", self.at.base),
            _ => self.at.vct(card),
        };
        claims.insert("vct".into(), vct.into());
        let document = match fault {
            Some(Fault::WrongTypeIntegrity) => Vec::new(),
            _ => type_metadata(&self.at, card),
        };
        claims.insert("vct#integrity".into(), integrity(&document).into());
        // To the day: copies of a batch must not be told apart, nor linked, by the second they were made.
        let day = now - now % 86_400;
        let until = match says.lifetime {
            Some(lifetime) => now + lifetime,
            None => day + CREDENTIAL_LIFETIME,
        };
        let (from, until) = match fault {
            Some(Fault::Expired) => (day - 30 * 86_400, now - 3600),
            Some(Fault::NotYetValid) => (now + 86_400, until),
            _ => (day, until),
        };
        claims.insert("iat".into(), day.into());
        claims.insert("nbf".into(), from.into());
        claims.insert("exp".into(), until.into());
        if fault == Some(Fault::RepeatedDigest) {
            let digest = base64url(&sha256(b"twice"));
            claims.insert("_sd".into(), json!([digest, digest]));
        }
        if let Value::Object(values) = card.values.clone() {
            claims.extend(values);
        }
        if card.has_status {
            let index = self.status().take(card.id)?;
            let list = json!({ "idx": index, "uri": self.status_list_uri() });
            claims.insert("status".into(), json!({ "status_list": list }));
        }
        claims.extend(says.claims.clone());
        let mut draft = SdJwtDraft::new(Value::Object(claims))?.decoys(2);
        if fault != Some(Fault::RepeatedDigest) {
            for path in card
                .disclosable
                .iter()
                .filter(|path| !says.open.contains(path))
            {
                draft = draft.disclosable(path.clone())?;
            }
        }
        let key = match fault {
            Some(Fault::WrongKey) => EcKey::generate()?.public_jwk(),
            _ => key.clone(),
        };
        let signer = match fault {
            Some(Fault::UntrustedSigner) => &self.stranger,
            _ => &self.signer,
        };
        let credential = draft.bound_to(&key).issue(signer)?;
        match fault {
            Some(Fault::BadSignature) => break_signature(&credential),
            _ => Ok(credential),
        }
    }
}
