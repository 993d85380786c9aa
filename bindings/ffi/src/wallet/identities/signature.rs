//! What an identity would sign, shown before, and what comes of it.

use crate::bytes::Bytes;
use crate::once::Single;
use crate::redacted::redacted;
use crate::time::system_time;
use serde_json::Value;
use std::time::SystemTime;
use wallet_core::clock::UnixTime;
use wallet_core::identity as core;
use wallet_core::jose::PublicKey;
use wallet_core::text::display_text;
use wallet_core::wallet as facade;
use wallet_core::{ErrorCode, WalletError as CoreError};

redacted!(
    SignatureRequest,
    EthrChange,
    LedgerCall,
    CallArgument,
    IdentitySignature
);

/// Longest argument of a call that is shown, in characters: a list of nine accounts has under 400.
const MAX_ARGUMENT_CHARS: usize = 1000;

/// What a key or delegate of a did:ethr may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum EthrKeyUse {
    /// To assert.
    Assertion,
    /// To authenticate, too.
    Authentication,
}

/// A change of a did:ethr identity. Accounts are `0x` and 40 hexadecimal digits; where their case is mixed it is a checksum.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum EthrChange {
    /// Another account owns the identity from now on; this wallet's key is out of it.
    ChangeOwner {
        /// The new owner. Account zero ends the identity for good.
        owner: String,
    },
    /// Another account may act for the identity.
    AddDelegate {
        /// What for.
        usage: EthrKeyUse,
        /// Who.
        delegate: String,
        /// For how many seconds.
        valid_for_seconds: u64,
    },
    /// It may no longer.
    RevokeDelegate {
        /// What for.
        usage: EthrKeyUse,
        /// Who.
        delegate: String,
    },
    /// A key is one of the identity's: secp256k1 or Ed25519.
    AddKey {
        /// What for.
        usage: EthrKeyUse,
        /// Which, a JWK.
        public_jwk: String,
        /// For how many seconds.
        valid_for_seconds: u64,
    },
    /// It is no longer.
    RevokeKey {
        /// What for.
        usage: EthrKeyUse,
        /// Which, a JWK.
        public_jwk: String,
    },
}

/// What an identity is asked to sign.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum SignatureRequest {
    /// That the holder controls the identity, to one audience: a JWT that is good for five minutes.
    Proof {
        /// Who is told: a URL or a DID.
        audience: String,
        /// What the audience gave, so that the proof is new.
        nonce: String,
    },
    /// A change of a did:ethr identity.
    ChangeEthr {
        /// What is changed.
        change: EthrChange,
        /// The registry's `nonce` of the identity's owner.
        nonce: u64,
    },
    /// The ledger creates the identity of a did:meta.
    CreateMeta {
        /// The account that may take the identity over when the key is lost; the key's own where none is given.
        recovery: Option<String>,
    },
    /// The ledger learns the key of a did:meta.
    AddMetaKey,
}

/// What a contract would be asked to do, made of the fields that would be signed. To be shown.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct LedgerCall {
    /// The network's name.
    pub network: String,
    /// Its chain id.
    pub chain_id: u64,
    /// The account of the contract, with its checksum.
    pub contract: String,
    /// The name of what is done, as the contract has it.
    pub function: String,
    /// The sentence that is signed, where the contract has one.
    pub text: Option<String>,
    /// What it is done with.
    pub arguments: Vec<CallArgument>,
    /// How many changes the owner signed before, where that is in it: so it is not done twice.
    pub nonce: Option<u64>,
    /// Its time, where that is in it: it is void a day later.
    pub time: Option<SystemTime>,
}

/// An argument of a call.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CallArgument {
    /// Its name in the contract.
    pub name: String,
    /// Its value: accounts with their checksum, bytes in hexadecimal, durations in seconds.
    pub value: String,
}

/// What was signed.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum IdentitySignature {
    /// A proof of control.
    Proof {
        /// The JWT.
        jwt: String,
    },
    /// What the app submits: to the contract itself, or to a service that pays for it.
    Call {
        /// The chain id of the network.
        chain_id: u64,
        /// The account of the contract.
        contract: String,
        /// `r`, `s` and `v`: 65 bytes.
        signature: Vec<u8>,
        /// The data of a transaction to the contract.
        calldata: Bytes,
    },
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// What would be signed; nothing was signed yet.
#[derive(uniffi::Object)]
pub struct PreparedSignature {
    pub(super) prepared: Single<facade::PreparedSignature>,
    call: Option<LedgerCall>,
    audience: Option<String>,
    digest: Vec<u8>,
}

#[uniffi::export]
impl PreparedSignature {
    /// What a contract would be asked to do, to be shown; none for a proof.
    pub fn call(&self) -> Option<LedgerCall> {
        self.call.clone()
    }

    /// Who would be given a proof, safe to show; none for a call.
    pub fn audience(&self) -> Option<String> {
        self.audience.clone()
    }

    /// The digest that would be signed: by it the app says what it showed.
    pub fn digest(&self) -> Vec<u8> {
        self.digest.clone()
    }
}

impl EthrKeyUse {
    const fn to_core(self) -> core::EthrKeyUse {
        match self {
            Self::Assertion => core::EthrKeyUse::Assertion,
            Self::Authentication => core::EthrKeyUse::Authentication,
        }
    }
}

impl EthrChange {
    fn into_core(self) -> Result<core::Erc1056Change, CoreError> {
        use core::{Erc1056Change as Core, parse_account};
        let key = |text: &str| -> Result<PublicKey, CoreError> {
            let jwk: Value = serde_json::from_slice(text.as_bytes())
                .map_err(|_| CoreError::new(ErrorCode::Malformed).about("public_jwk"))?;
            Ok(PublicKey::from_jwk(&jwk)?)
        };
        Ok(match self {
            Self::ChangeOwner { owner } => Core::ChangeOwner {
                owner: parse_account(&owner)?,
            },
            Self::AddDelegate {
                usage,
                delegate,
                valid_for_seconds,
            } => Core::AddDelegate {
                usage: usage.to_core(),
                delegate: parse_account(&delegate)?,
                seconds: valid_for_seconds,
            },
            Self::RevokeDelegate { usage, delegate } => Core::RevokeDelegate {
                usage: usage.to_core(),
                delegate: parse_account(&delegate)?,
            },
            Self::AddKey {
                usage,
                public_jwk,
                valid_for_seconds,
            } => Core::AddKey {
                usage: usage.to_core(),
                key: key(&public_jwk)?,
                seconds: valid_for_seconds,
            },
            Self::RevokeKey { usage, public_jwk } => Core::RevokeKey {
                usage: usage.to_core(),
                key: key(&public_jwk)?,
            },
        })
    }
}

impl SignatureRequest {
    pub(super) fn into_core(self) -> Result<core::SignatureRequest, CoreError> {
        use core::{Erc1484Change, SignatureRequest as Core};
        Ok(match self {
            Self::Proof { audience, nonce } => Core::Proof { audience, nonce },
            Self::ChangeEthr { change, nonce } => Core::Erc1056 {
                change: change.into_core()?,
                nonce,
            },
            Self::CreateMeta { recovery } => {
                let recovery = recovery.as_deref().map(core::parse_account).transpose()?;
                Core::Erc1484(Erc1484Change::CreateIdentity { recovery })
            }
            Self::AddMetaKey => Core::Erc1484(Erc1484Change::AddPublicKey),
        })
    }
}

impl LedgerCall {
    fn of(call: core::LedgerCall) -> Self {
        let (nonce, time) = match call.replay {
            core::Replay::Nonce(nonce) => (Some(nonce), None),
            core::Replay::Time(seconds) => {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                (None, Some(system_time(UnixTime::from_secs(seconds))))
            }
        };
        let argument = |argument: core::CallArgument| CallArgument {
            name: argument.name.to_owned(),
            value: display_text(&argument.value, MAX_ARGUMENT_CHARS),
        };
        Self {
            network: call.network,
            chain_id: call.chain_id,
            contract: call.contract.to_string(),
            function: call.function.to_owned(),
            text: call.text.map(str::to_owned),
            arguments: call.arguments.into_iter().map(argument).collect(),
            nonce,
            time,
        }
    }
}

impl IdentitySignature {
    pub(super) fn of(signed: core::Signed) -> Self {
        match signed {
            core::Signed::Proof(jwt) => Self::Proof { jwt },
            core::Signed::Call(signed) => Self::Call {
                chain_id: signed.call.chain_id,
                contract: signed.call.contract.to_string(),
                signature: signed.signature.to_vec(),
                calldata: signed.calldata.into(),
            },
            _ => Self::Other {
                code: "unknown".to_owned(),
            },
        }
    }
}

impl PreparedSignature {
    pub(super) fn of(prepared: facade::PreparedSignature) -> Self {
        let audience = match prepared.what() {
            core::IdentitySignature::Proof(proof) => {
                Some(display_text(proof.audience(), MAX_ARGUMENT_CHARS))
            }
            _ => None,
        };
        Self {
            call: prepared.call().map(LedgerCall::of),
            audience,
            digest: prepared.digest().to_vec(),
            prepared: Single::new(prepared),
        }
    }
}
