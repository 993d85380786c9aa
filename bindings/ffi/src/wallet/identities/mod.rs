//! The holder's own DIDs, and what their keys sign.

mod signature;

pub use signature::{
    CallArgument, EthrChange, EthrKeyUse, IdentitySignature, LedgerCall, PreparedSignature,
    SignatureRequest,
};

use super::{NativeWallet, name};
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::secrets::FreshAuth;
use crate::time::system_time;
use serde_json::Value;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::identity as core;
use wallet_core::wallet as facade;
use wallet_core::{ErrorCode, WalletError as CoreError};

redacted!(IdentityMethod, Identity);

/// What an identity is made for. There is one for each, with a key of its own.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum IdentityMethod {
    /// did:key of a P-256 key.
    Key,
    /// did:jwk of a P-256 key.
    Jwk,
    /// did:ethr on one network.
    Ethr {
        /// Its name in DIDs; `mainnet` is left out of them.
        network: String,
        /// Its chain id.
        chain_id: u64,
        /// The account of its ERC-1056 registry.
        registry: String,
    },
    /// did:meta on one network.
    Meta {
        /// Its name in DIDs; `mainnet` is left out of them.
        network: String,
        /// Its chain id.
        chain_id: u64,
        /// The account of its registry of identities (ERC-1484).
        identity_registry: String,
        /// The account of its resolver of public keys.
        public_key_resolver: String,
        /// Further resolvers of new identities.
        other_resolvers: Vec<String>,
        /// Who may act on what the holder signs.
        providers: Vec<String>,
    },
    /// One that came after these bindings were written.
    Other {
        /// Its name in DIDs.
        code: String,
    },
}

/// A DID of the holder's own.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Identity {
    /// Its name in this wallet.
    pub id: String,
    /// What it is for.
    pub method: IdentityMethod,
    /// Its DID; none as long as no ledger gave it one.
    pub did: Option<String>,
    /// The account of its key on the ledger, with its checksum; none for methods without one.
    pub account: Option<String>,
    /// Its key's public half, a JWK.
    pub public_jwk: String,
    /// When it was made.
    pub made_at: SystemTime,
}

#[uniffi::export]
impl NativeWallet {
    /// The holder's identity of this method and network; a new one with a random key where there is none.
    ///
    /// # Errors
    /// `malformed` about `network` or `account`, `not_supported`, `random_unavailable`, `locked` and those of the store
    pub fn create_identity(&self, method: IdentityMethod) -> Result<Identity, WalletError> {
        self.call(|core| Ok(Identity::of(core.create_identity(&method.to_core()?)?)))
    }

    /// All identities, oldest first.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn identities(&self) -> Result<Vec<Identity>, WalletError> {
        self.call(|core| Ok(core.identities()?.into_iter().map(Identity::of).collect()))
    }

    /// Writes down the DID a ledger gave an identity, once. That the ledger says so is for the app to resolve.
    ///
    /// # Errors
    /// `not_found`, `malformed` about `did`, `locked` and those of the store
    pub fn name_identity(&self, identity: String, did: String) -> Result<Identity, WalletError> {
        self.call(|core| Ok(Identity::of(core.name_identity(&name(&identity)?, &did)?)))
    }

    /// What the identity would sign, to be shown.
    ///
    /// # Errors
    /// `not_found`, `key_purpose`, `malformed` about `account`, `not_supported`, `too_large`, `locked` and those of the store
    pub fn prepare_signature(
        &self,
        identity: String,
        request: SignatureRequest,
    ) -> Result<Arc<PreparedSignature>, WalletError> {
        self.call(|core| {
            let prepared = core.prepare_signature(&name(&identity)?, request.into_core()?)?;
            Ok(Arc::new(PreparedSignature::of(prepared)))
        })
    }

    /// Signs what was shown under this digest. The history says so first.
    ///
    /// # Errors
    /// `consent_mismatch`, `consent_expired`, `user_auth_required`, `used_up`, `not_found`, `needs_reissue`, `key_failed`,
    /// `locked` and those of the store
    pub async fn sign_prepared(
        &self,
        auth: Arc<FreshAuth>,
        prepared: Arc<PreparedSignature>,
        shown: Vec<u8>,
    ) -> Result<IdentitySignature, WalletError> {
        self.call_async(async {
            // As a plan, it stays as it was where something else was shown.
            let approve = |prepared: &facade::PreparedSignature| prepared.clone().approve(&shown);
            let approved = prepared.prepared.with(approve)??;
            prepared.prepared.take()?;
            let signed = self.core.sign_approved(&auth.0, approved).await?;
            Ok(IdentitySignature::of(signed))
        })
        .await
    }

    /// Deletes an identity with its key. What is on a ledger stays there, and nobody can change it any more.
    ///
    /// # Errors
    /// `user_auth_required`, `not_found`, `locked` and those of the store
    pub fn delete_identity(
        &self,
        auth: Arc<FreshAuth>,
        identity: String,
    ) -> Result<(), WalletError> {
        self.call(|core| Ok(core.delete_identity(&auth.0, &name(&identity)?)?))
    }
}

impl IdentityMethod {
    fn of(method: &core::IdentityMethod) -> Self {
        match method {
            core::IdentityMethod::Key => Self::Key,
            core::IdentityMethod::Jwk => Self::Jwk,
            core::IdentityMethod::Ethr(network) => Self::Ethr {
                network: network.name().to_owned(),
                chain_id: network.chain_id(),
                registry: network.registry().to_string(),
            },
            core::IdentityMethod::Meta(network) => Self::Meta {
                network: network.name().to_owned(),
                chain_id: network.chain_id(),
                identity_registry: network.identity_registry().to_string(),
                public_key_resolver: network.public_key_resolver().to_string(),
                other_resolvers: network
                    .other_resolvers()
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                providers: network
                    .providers()
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            },
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }

    fn to_core(&self) -> Result<core::IdentityMethod, CoreError> {
        let all = |accounts: &[String]| {
            let accounts = accounts.iter().map(|account| core::parse_account(account));
            accounts.collect::<Result<Vec<_>, _>>()
        };
        Ok(match self {
            Self::Key => core::IdentityMethod::Key,
            Self::Jwk => core::IdentityMethod::Jwk,
            Self::Ethr {
                network,
                chain_id,
                registry,
            } => {
                let registry = core::parse_account(registry)?;
                core::IdentityMethod::Ethr(core::EthrNetwork::new(network, *chain_id, registry)?)
            }
            Self::Meta {
                network,
                chain_id,
                identity_registry,
                public_key_resolver,
                other_resolvers,
                providers,
            } => core::IdentityMethod::Meta(core::MetaNetwork::new(
                network,
                *chain_id,
                core::parse_account(identity_registry)?,
                core::parse_account(public_key_resolver)?,
                all(other_resolvers)?,
                all(providers)?,
            )?),
            Self::Other { .. } => return Err(ErrorCode::NotSupported.into()),
        })
    }
}

impl Identity {
    fn of(identity: facade::Identity) -> Self {
        Self {
            id: identity.name.as_str().to_owned(),
            method: IdentityMethod::of(&identity.method),
            account: identity.account().map(|account| account.to_string()),
            public_jwk: Value::Object(identity.public_key.to_jwk()).to_string(),
            did: identity.did,
            made_at: system_time(identity.made_at),
        }
    }
}
