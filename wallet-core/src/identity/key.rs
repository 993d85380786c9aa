//! An identity's key: it signs typed structures of its own method, network and account, and nothing else.

use super::field::SignatureWords;
use super::{
    ControlProof, Erc1056Call, Erc1484Delegation, IdentityError, IdentityMethod, LedgerCall,
    SignedCall, account_of,
};
use crate::error::WalletError;
use crate::jose::PublicKey;
use crate::keys::{HolderKey as _, KeyId, KeyPurpose, SoftwareKey, sign_jws};
use crate::random::Random;
use crate::secret::Secret;
use wallet_primitives::hash;

/// What an identity's key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentitySignature {
    /// A JWS, by ES256 or ES256K.
    Proof(ControlProof),
    /// The digest of a change in an ERC-1056 registry.
    Erc1056(Erc1056Call),
    /// The digest of a delegation to contracts of ERC-1484.
    Erc1484(Erc1484Delegation),
}

impl IdentitySignature {
    /// What a contract is asked to do; `None` for a proof.
    ///
    /// # Errors
    /// [`IdentityError::KeyKind`], which building it refused already.
    pub fn call(&self) -> Result<Option<LedgerCall>, IdentityError> {
        match self {
            Self::Proof(_) => Ok(None),
            Self::Erc1056(call) => call.shown().map(Some),
            Self::Erc1484(delegation) => Ok(Some(delegation.shown())),
        }
    }

    /// What is signed, or its hash: by it the app says what it showed.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub fn digest(&self) -> Result<[u8; 32], IdentityError> {
        match self {
            Self::Proof(proof) => Ok(hash::sha256(&[proof.draft().signing_input()])),
            _ => Ok(self.call()?.ok_or(IdentityError::OtherMethod)?.digest),
        }
    }
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signed {
    /// A compact JWS.
    Proof(String),
    /// What the app submits.
    Call(Box<SignedCall>),
}

/// The key of one identity. No `Debug`, `Clone` or `Serialize` on purpose.
pub struct IdentityKey {
    method: IdentityMethod,
    key: SoftwareKey,
}

impl IdentityKey {
    /// A fresh random key.
    ///
    /// # Errors
    /// `random_unavailable`.
    pub fn generate(method: IdentityMethod, random: &dyn Random) -> Result<Self, WalletError> {
        let key = SoftwareKey::generate(method.algorithm(), KeyPurpose::Identity, random)?;
        Ok(Self { method, key })
    }

    /// The key with these secret bytes.
    ///
    /// # Errors
    /// `key_unavailable` where they are no key.
    pub fn from_secret(
        id: KeyId,
        method: IdentityMethod,
        secret: Secret<32>,
    ) -> Result<Self, WalletError> {
        let key = SoftwareKey::from_secret(id, method.algorithm(), KeyPurpose::Identity, secret)?;
        Ok(Self { method, key })
    }

    /// What it is for.
    #[must_use]
    pub fn method(&self) -> &IdentityMethod {
        &self.method
    }

    /// Its public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    pub(crate) fn expose_secret(&self) -> &Secret<32> {
        self.key.expose_secret()
    }

    /// Signs what is of this key's method, network and account.
    ///
    /// # Errors
    /// `key_purpose` about `method`, `network` or `account` for anything else; `key_failed`.
    pub async fn sign(&self, what: &IdentitySignature) -> Result<Signed, WalletError> {
        self.require(what)?;
        match what {
            IdentitySignature::Proof(proof) => {
                let jws = sign_jws(proof.draft(), &self.key, KeyPurpose::Identity).await?;
                Ok(Signed::Proof(jws))
            }
            IdentitySignature::Erc1056(call) => {
                let shown = call.shown()?;
                let words = self.sign_digest(&shown)?;
                let calldata = call.calldata(&words)?;
                Ok(Signed::Call(Box::new(signed(shown, &words, calldata))))
            }
            IdentitySignature::Erc1484(delegation) => {
                let shown = delegation.shown();
                let words = self.sign_digest(&shown)?;
                let calldata = delegation.calldata(&words);
                Ok(Signed::Call(Box::new(signed(shown, &words, calldata))))
            }
        }
    }

    fn require(&self, what: &IdentitySignature) -> Result<(), IdentityError> {
        let (same_network, account) = match (what, &self.method) {
            (IdentitySignature::Proof(proof), _) => {
                return match proof.algorithm() == self.public_key().algorithm() {
                    true => Ok(()),
                    false => Err(IdentityError::OtherMethod),
                };
            }
            (IdentitySignature::Erc1056(call), IdentityMethod::Ethr(network)) => {
                (call.network() == network, call.identity())
            }
            (IdentitySignature::Erc1484(call), IdentityMethod::Meta(network)) => {
                (call.network() == network, call.account())
            }
            _ => return Err(IdentityError::OtherMethod),
        };
        if !same_network {
            return Err(IdentityError::OtherNetwork);
        }
        match account == account_of(self.public_key())? {
            true => Ok(()),
            false => Err(IdentityError::OtherAccount),
        }
    }

    fn sign_digest(&self, call: &LedgerCall) -> Result<SignatureWords, IdentityError> {
        let secret = self.key.expose_secret().expose();
        let (signature, is_odd) = wallet_primitives::k256::sign_digest(secret, &call.digest)
            .map_err(|_| IdentityError::KeyFailed)?;
        let (r, s) = signature.split_at(32);
        let half = |half: &[u8]| half.try_into().map_err(|_| IdentityError::KeyFailed);
        Ok(SignatureWords {
            v: 27 + u8::from(is_odd),
            r: half(r)?,
            s: half(s)?,
        })
    }
}

fn signed(call: LedgerCall, words: &SignatureWords, calldata: Vec<u8>) -> SignedCall {
    let mut signature = [words.v; 65];
    let (r, rest) = signature.split_at_mut(32);
    r.copy_from_slice(&words.r);
    rest[..32].copy_from_slice(&words.s);
    SignedCall {
        call,
        signature,
        calldata,
    }
}
