//! The JSON form of a chain profile, as `wallet resolve --profile` reads it. docs/ledger-checkpoints.md has an example.

use super::{ChainProfile, MetaDidContracts, PinnedContracts};
use crate::jose::PublicKey;
use crate::json::{self as strict_json, Limits};
use crate::ledger::LedgerError;
use crate::ledger::contract::PinnedContract;
use crate::ledger::header::HeaderRules;
use crate::ledger::policy::json::{address, bytes, has_only, hash};
use crate::ledger::policy::{
    ChainIdentity, CheckpointKeys, Endpoint, Endpoints, MetadiumNode, MetadiumSeals, PolicyError,
    TrustPolicy, ValidatorSeals,
};
use alloy_primitives::{B256, hex};
use serde_json::{Map, Value, json};
use url::Url;
use wallet_primitives::hash::sha256;

/// Most bytes of a profile.
const MAX_PROFILE_BYTES: usize = 64 * 1024;

/// Most characters of its name.
const MAX_NAME: usize = 100;

/// Most contracts of one kind.
const MAX_CONTRACTS: usize = 8;

type Members = Map<String, Value>;

impl ChainProfile {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`LedgerError::Json`]; [`LedgerError::Policy`] with [`PolicyError::ProfileForm`] for anything that is not of the
    /// format, members it does not have among them, and with what is not sound about its policy.
    pub fn parse(text: &[u8]) -> Result<Self, LedgerError> {
        let members = strict_json::parse_object(text, Limits::bytes(MAX_PROFILE_BYTES))?;
        Ok(read(&members)?)
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "version": 1,
            "name": self.name,
            "chain_id": self.chain.chain_id,
            "genesis": self.chain.genesis.to_string(),
            "header_rules": self.header_rules.as_str(),
            "max_age_seconds": self.max_age_seconds,
            "trust": self.trust.to_json(),
            "contracts": self.contracts.to_json(),
        })
    }
}

fn read(members: &Members) -> Result<ChainProfile, PolicyError> {
    const MEMBERS: [&str; 8] = [
        "version",
        "name",
        "chain_id",
        "genesis",
        "header_rules",
        "max_age_seconds",
        "trust",
        "contracts",
    ];
    let form = PolicyError::ProfileForm;
    if !has_only(members, &MEMBERS) || number(members, "version")? != 1 {
        return Err(form);
    }
    let name = text(members, "name")?;
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(form);
    }
    let rules = HeaderRules::from_identifier(text(members, "header_rules")?).ok_or(form)?;
    let chain = ChainIdentity {
        chain_id: number(members, "chain_id")?,
        genesis: members.get("genesis").and_then(hash).ok_or(form)?,
    };
    ChainProfile::new(
        name,
        chain,
        rules,
        number(members, "max_age_seconds")?,
        trust(object(members, "trust")?, rules)?,
        contracts(object(members, "contracts")?)?,
    )
}

/// The policy: an object with one member, named after its kind.
fn trust(members: &Members, rules: HeaderRules) -> Result<TrustPolicy, PolicyError> {
    let form = PolicyError::ProfileForm;
    let mut kinds = members.iter();
    let (Some((kind, value)), None) = (kinds.next(), kinds.next()) else {
        return Err(form);
    };
    let policy = value.as_object().ok_or(form)?;
    Ok(match kind.as_str() {
        "checkpoints" => TrustPolicy::Checkpoints(checkpoint_keys(policy)?),
        "endpoints" => TrustPolicy::Endpoints(endpoints(policy)?),
        "seals" => TrustPolicy::Seals(validators(policy, rules)?),
        "metadium_seals" => TrustPolicy::MetadiumSeals(metadium_nodes(policy)?),
        _ => return Err(form),
    })
}

fn checkpoint_keys(members: &Members) -> Result<CheckpointKeys, PolicyError> {
    only(members, &["version", "threshold", "keys"])?;
    let keys = list(members, "keys", |jwk| PublicKey::from_jwk(jwk).ok())?;
    let version = number(members, "version")?;
    let version = u32::try_from(version).map_err(|_| PolicyError::ProfileForm)?;
    CheckpointKeys::new(version, count(members, "threshold")?, keys)
}

fn endpoints(members: &Members) -> Result<Endpoints, PolicyError> {
    only(members, &["tolerated_faults", "endpoints"])?;
    let endpoint = |value: &Value| {
        let members = value.as_object()?;
        has_only(members, &["operator", "url"]).then_some(())?;
        Some(Endpoint {
            operator: text(members, "operator").ok()?.to_owned(),
            url: Url::parse(text(members, "url").ok()?).ok()?,
        })
    };
    let endpoints = list(members, "endpoints", endpoint)?;
    Endpoints::new(endpoints, count(members, "tolerated_faults")?)
}

fn validators(members: &Members, rules: HeaderRules) -> Result<ValidatorSeals, PolicyError> {
    only(members, &["validators", "valid_from", "valid_until"])?;
    let if_any = |name: &str| {
        let value = members.get(name);
        value.map(|_| number(members, name)).transpose()
    };
    ValidatorSeals::new(rules, &list(members, "validators", address)?)?
        .for_blocks(if_any("valid_from")?.unwrap_or(0), if_any("valid_until")?)
}

fn metadium_nodes(members: &Members) -> Result<MetadiumSeals, PolicyError> {
    only(members, &["threshold", "pangyo_block", "nodes"])?;
    let node = |value: &Value| {
        let members = value.as_object()?;
        has_only(members, &["coinbase", "key"]).then_some(())?;
        Some(MetadiumNode {
            coinbase: address(members.get("coinbase")?)?,
            key: bytes(members.get("key")?)?,
        })
    };
    let nodes = list(members, "nodes", node)?;
    let threshold = count(members, "threshold")?;
    MetadiumSeals::new(&nodes, threshold, number(members, "pangyo_block")?)
}

fn contracts(members: &Members) -> Result<PinnedContracts, PolicyError> {
    only(
        members,
        &["ethr_did_registry", "meta_did", "anchor_registry"],
    )?;
    let if_any = |name: &str| members.get(name).map(contract).transpose();
    let meta_did = |value: &Value| {
        let members = value.as_object().ok_or(PolicyError::ProfileForm)?;
        let names = [
            "identity_registry",
            "public_key_resolver",
            "service_key_resolvers",
        ];
        only(members, &names)?;
        let one = |name: &str| contract(members.get(name).ok_or(PolicyError::ProfileForm)?);
        let service_key_resolvers = list(members, "service_key_resolvers", |value| {
            contract(value).ok()
        })?;
        if service_key_resolvers.len() > MAX_CONTRACTS {
            return Err(PolicyError::ProfileForm);
        }
        Ok(MetaDidContracts {
            identity_registry: one("identity_registry")?,
            public_key_resolver: one("public_key_resolver")?,
            service_key_resolvers,
        })
    };
    Ok(PinnedContracts {
        ethr_did_registry: if_any("ethr_did_registry")?,
        meta_did: members.get("meta_did").map(meta_did).transpose()?,
        anchor_registry: if_any("anchor_registry")?,
    })
}

fn contract(value: &Value) -> Result<PinnedContract, PolicyError> {
    let members = value.as_object().ok_or(PolicyError::ProfileForm)?;
    only(members, &["address", "code_hash"])?;
    let read = || {
        Some(PinnedContract {
            address: address(members.get("address")?)?,
            code_hash: hash(members.get("code_hash")?)?,
        })
    };
    read().ok_or(PolicyError::ProfileForm)
}

fn only(members: &Members, names: &[&str]) -> Result<(), PolicyError> {
    if has_only(members, names) {
        Ok(())
    } else {
        Err(PolicyError::ProfileForm)
    }
}

fn text<'a>(members: &'a Members, name: &str) -> Result<&'a str, PolicyError> {
    let text = members.get(name).and_then(Value::as_str);
    text.ok_or(PolicyError::ProfileForm)
}

fn number(members: &Members, name: &str) -> Result<u64, PolicyError> {
    let number = members.get(name).and_then(Value::as_u64);
    number.ok_or(PolicyError::ProfileForm)
}

fn count(members: &Members, name: &str) -> Result<usize, PolicyError> {
    usize::try_from(number(members, name)?).map_err(|_| PolicyError::ProfileForm)
}

fn object<'a>(members: &'a Members, name: &str) -> Result<&'a Members, PolicyError> {
    let object = members.get(name).and_then(Value::as_object);
    object.ok_or(PolicyError::ProfileForm)
}

/// Every element must be readable.
fn list<T>(
    members: &Members,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, PolicyError> {
    let list = members.get(name).and_then(Value::as_array);
    list.and_then(|list| list.iter().map(read).collect())
        .ok_or(PolicyError::ProfileForm)
}

impl TrustPolicy {
    /// The JSON form: an object with one member, named after the kind.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Checkpoints(keys) => json!({"checkpoints": {
                "version": keys.version(),
                "threshold": keys.threshold(),
                "keys": keys.keys().map(PublicKey::to_jwk).collect::<Vec<_>>(),
            }}),
            Self::Endpoints(endpoints) => json!({"endpoints": {
                "tolerated_faults": endpoints.tolerated_faults(),
                "endpoints": endpoints.iter().map(|endpoint| json!({
                    "operator": endpoint.operator,
                    "url": endpoint.url.as_str(),
                })).collect::<Vec<_>>(),
            }}),
            Self::Seals(validators) => json!({"seals": seals(validators)}),
            Self::MetadiumSeals(seals) => json!({"metadium_seals": {
                "threshold": seals.threshold(),
                "pangyo_block": seals.pangyo_block(),
                "nodes": seals.nodes().map(|node| json!({
                    "coinbase": node.coinbase.to_string(),
                    "key": hex::encode_prefixed(node.key),
                })).collect::<Vec<_>>(),
            }}),
        }
    }

    /// Tells this policy from every other, for what is remembered under it: SHA-256 of its JSON form.
    #[must_use]
    pub fn fingerprint(&self) -> B256 {
        B256::new(sha256(&[self.to_json().to_string().as_bytes()]))
    }
}

/// Bounds are written only where there are some, so that the fingerprint of a policy without stays the same.
fn seals(validators: &ValidatorSeals) -> Value {
    let accounts = validators.validators().map(ToString::to_string);
    let mut members = Map::new();
    members.insert("validators".to_owned(), accounts.collect::<Vec<_>>().into());
    let (from, until) = validators.blocks();
    if from > 0 {
        members.insert("valid_from".to_owned(), from.into());
    }
    if let Some(until) = until {
        members.insert("valid_until".to_owned(), until.into());
    }
    members.into()
}

impl PinnedContracts {
    fn to_json(&self) -> Value {
        let pinned = |contract: &PinnedContract| {
            json!({
                "address": contract.address.to_string(),
                "code_hash": contract.code_hash.to_string(),
            })
        };
        let mut members = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        let meta_did = self.meta_did.as_ref().map(|meta| {
            json!({
                "identity_registry": pinned(&meta.identity_registry),
                "public_key_resolver": pinned(&meta.public_key_resolver),
                "service_key_resolvers":
                    meta.service_key_resolvers.iter().map(pinned).collect::<Vec<_>>(),
            })
        });
        add(
            "ethr_did_registry",
            self.ethr_did_registry.as_ref().map(pinned),
        );
        add("meta_did", meta_did);
        add("anchor_registry", self.anchor_registry.as_ref().map(pinned));
        members.into()
    }
}
