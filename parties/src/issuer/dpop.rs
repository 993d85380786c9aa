//! Access tokens at the issuer's endpoints, and DPoP proofs (RFC 9449).

use std::collections::HashSet;

use serde_json::Value;

use super::State;
use super::offer::Offer;
use super::options::Support;
use crate::encoding::{base64url, random_token, sha256, unix_now};
use crate::http::{Answer, Request};
use crate::jws::Jws;
use crate::keys::{VerificationKey, thumbprint};
use crate::refused::{OrRefuse, Result, ensure};

/// How far the clock of a proof may be off, in seconds.
const PROOF_AGE: u64 = 300;

/// What the server remembers of proofs.
#[derive(Default)]
pub(super) struct Proofs {
    /// Given out and not yet used.
    nonces: HashSet<String>,
    /// `jti` of every proof seen.
    seen: HashSet<String>,
}

impl Proofs {
    /// Section 8: every answer brings the next nonce.
    pub(super) fn fresh_nonce(&mut self) -> Result<String> {
        let nonce = random_token()?;
        self.nonces.insert(nonce.clone());
        Ok(nonce)
    }
}

impl State {
    /// The thumbprint of the key that proved itself, if a proof came. `token` is the access token it must speak of.
    pub(super) fn dpop_key(
        &mut self,
        request: &Request,
        url: &str,
        token: Option<&str>,
    ) -> std::result::Result<Option<String>, Answer> {
        let Some(proof) = request.header("dpop").filter(|_| self.speaks_dpop()) else {
            return match self.options.dpop {
                Support::Required => Err(Answer::error(400, "invalid_dpop_proof", "no proof")),
                _ => Ok(None),
            };
        };
        let invalid = |reason: &str| Answer::error(400, "invalid_dpop_proof", reason);
        let proof = Jws::parse(proof).map_err(|r| invalid(r.reason()))?;
        let jkt = self
            .check_proof(&proof, &request.method, url, token)
            .map_err(|refused| invalid(refused.reason()))?;
        let nonce = proof.payload.get("nonce").and_then(Value::as_str);
        if self.options.dpop_nonce && !nonce.is_some_and(|n| self.proofs.nonces.remove(n)) {
            let status = if token.is_some() { 401 } else { 400 };
            let answer = Answer::error(status, "use_dpop_nonce", "a nonce is demanded");
            return Err(match token {
                Some(_) => answer.header("WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""),
                None => answer,
            });
        }
        Ok(Some(jkt))
    }

    pub(super) fn speaks_dpop(&self) -> bool {
        self.options.dpop != Support::Absent
    }

    /// Section 4.3.
    fn check_proof(
        &mut self,
        proof: &Jws,
        method: &str,
        url: &str,
        token: Option<&str>,
    ) -> Result<String> {
        ensure(proof.typ() == Some("dpop+jwt"), "typ of the proof")?;
        let jwk = proof.header.get("jwk").or_refuse("no jwk in the proof")?;
        proof.verify(&VerificationKey::from_jwk(jwk)?)?;
        let member = |name: &str| proof.payload.get(name).and_then(Value::as_str);
        ensure(member("htm") == Some(method), "htm of the proof")?;
        ensure(member("htu") == Some(url), "htu of the proof")?;
        let iat = proof.payload.get("iat").and_then(Value::as_u64);
        let fresh = iat.is_some_and(|iat| iat.abs_diff(unix_now()) <= PROOF_AGE);
        ensure(fresh, "iat of the proof")?;
        let hash = token.map(|token| base64url(&sha256(token.as_bytes())));
        ensure(member("ath") == hash.as_deref(), "ath of the proof")?;
        let jti = member("jti").or_refuse("no jti in the proof")?;
        ensure(
            self.proofs.seen.insert(jti.to_owned()),
            "a proof came twice",
        )?;
        thumbprint(jwk)
    }

    /// The offer whose access token the request carries, as the scheme demands (RFC 6750 section 3, RFC 9449 section 7.1).
    pub(super) fn authorized(
        &mut self,
        request: &Request,
        url: &str,
    ) -> std::result::Result<&mut Offer, Answer> {
        let refused = |scheme: &str| {
            Answer::error(401, "invalid_token", "unknown access token").header(
                "WWW-Authenticate",
                format!("{scheme} error=\"invalid_token\""),
            )
        };
        let sent = request
            .header("authorization")
            .and_then(|h| h.split_once(' '));
        let (scheme, token) = sent.ok_or_else(|| refused("Bearer"))?;
        let jkt = match scheme.to_ascii_lowercase().as_str() {
            "dpop" => self.dpop_key(request, url, Some(token))?,
            "bearer" => None,
            _ => return Err(refused("Bearer")),
        };
        let mut offers = self.offers.values_mut();
        let found = offers.find(|offer| {
            let tokens = offer.tokens.as_ref();
            tokens.is_some_and(|tokens| tokens.access == token && tokens.jkt == jkt)
        });
        found.ok_or_else(|| refused(scheme))
    }
}
