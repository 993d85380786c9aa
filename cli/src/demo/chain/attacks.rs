//! Five lies a server can tell about a chain: evidence it changed, or true evidence of another time.

use super::scene::{self, Scene};
use crate::failure::Failure;
use serde_json::Value;
use wallet_core::ledger::header::{Header, HeaderRules};
use wallet_parties::chain::{ChainKey, from_hex, hex};

/// What a server says instead of the truth.
pub(super) struct Attack {
    /// What it does.
    pub(super) name: &'static str,
    /// Whose keys it lies about.
    pub(super) did: String,
    /// What it hands out.
    pub(super) evidence: Value,
}

/// All five.
pub(super) fn all(scene: &Scene) -> Result<Vec<Attack>, Failure> {
    let bank = |name, evidence| Attack {
        name,
        did: scene.bank.clone(),
        evidence,
    };
    Ok(vec![
        Attack {
            name: "a key of its own instead of the city's",
            did: scene.city.clone(),
            evidence: fake_key(scene)?,
        },
        bank(
            "the state of two days ago, truly signed then",
            scene.old_bank_evidence.clone(),
        ),
        bank(
            "the bank without the block that revokes a key",
            hidden_block(scene)?,
        ),
        bank(
            "the bank without the second event of a block",
            hidden_event(scene)?,
        ),
        bank("a header with a state root of its own", forged_root(scene)?),
    ])
}

/// The attacker's key in the place of the city's, wherever it stands.
fn fake_key(scene: &Scene) -> Result<Value, Failure> {
    let key = |key: ChainKey| key.public_key().get(..32).map(hex).unwrap_or_default();
    let attacker = ChainKey::of("attacker").map_err(super::super::other)?;
    let city = scene::city_key().map_err(super::super::other)?;
    let (own, theirs) = (key(city), key(attacker));
    let digits = |text: &str| text.trim_start_matches("0x").to_owned();
    let text = scene.city_evidence.to_string();
    let changed = text.replace(&digits(&own), &digits(&theirs));
    if changed == text {
        return Err(damaged());
    }
    serde_json::from_str(&changed).map_err(|_| damaged())
}

/// The newest header, but the storage from before the revocation and no sign of its block.
fn hidden_block(scene: &Scene) -> Result<Value, Failure> {
    let mut evidence = scene.bank_evidence.clone();
    evidence["contracts"] = scene.old_bank_evidence["contracts"].clone();
    let blocks = evidence["blocks"].as_array_mut().ok_or_else(damaged)?;
    blocks.pop().ok_or_else(damaged)?;
    Ok(evidence)
}

/// The block in which a key is added and the stolen one revoked, without the latter.
fn hidden_event(scene: &Scene) -> Result<Value, Failure> {
    let mut evidence = scene.bank_evidence.clone();
    let block = evidence["blocks"].as_array_mut();
    let block = block.and_then(|blocks| blocks.last_mut());
    let receipts = block.and_then(|block| block["receipts"].as_array_mut());
    let receipts = receipts.ok_or_else(damaged)?;
    if receipts.len() != 2 {
        return Err(damaged());
    }
    receipts.pop();
    Ok(evidence)
}

/// The newest header with the state root of two days ago, so that the storage of then stands under it.
fn forged_root(scene: &Scene) -> Result<Value, Failure> {
    let mut evidence = hidden_block(scene)?;
    let header = |evidence: &Value| evidence["blocks"][0]["header"].as_str().map(str::to_owned);
    let (new, old) = (header(&evidence), header(&scene.old_bank_evidence));
    let (new, old) = new.zip(old).ok_or_else(damaged)?;
    let (new_root, old_root) = (state_root(&new)?, state_root(&old)?);
    evidence["blocks"][0]["header"] = new.replace(&new_root, &old_root).into();
    Ok(evidence)
}

/// Its digits.
fn state_root(header: &str) -> Result<String, Failure> {
    let bytes = from_hex(header).map_err(super::super::other)?;
    let header = Header::parse(HeaderRules::Ethereum, &bytes).map_err(|_| damaged())?;
    let root = hex(header.state_root().as_slice());
    Ok(root.trim_start_matches("0x").to_owned())
}

fn damaged() -> Failure {
    Failure::Other("the evidence of the demo is not what it should be".to_owned())
}
