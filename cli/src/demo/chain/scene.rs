//! What happened on the chain, and the evidence an honest server has of it. Made on a real node, or recorded there before.

use crate::failure::Failure;
use serde_json::{Map, Value, json};
use wallet_parties::Refused;
use wallet_parties::chain::{
    AnchorPlace, Artefact, Batch, Chain, ChainKey, CheckpointSigners, IssuedCheckpoint, Kind,
    Question, SMALLEST_BATCH, Write, from_hex, hex,
};

/// Recorded by `wallet demo --chain --record`.
const RECORDED: &str = include_str!("recorded.json");
/// How long ago the old state is from.
const TWO_DAYS: u64 = 2 * 86_400;
/// For how old a block tells how things are now.
const MAX_AGE: u64 = 3600;
const KEY_NAME: &str = "did/pub/Secp256k1/veriKey/hex";
const TEN_YEARS: u64 = 315_360_000;

/// The keys of the issuers. Known to all: the recorded run must be playable again.
pub(super) fn city_key() -> Result<ChainKey, Refused> {
    ChainKey::of("city")
}

/// The key the bank signs cards with.
pub(super) fn bank_key() -> Result<ChainKey, Refused> {
    ChainKey::of("bank 2026")
}

/// The key the bank signed with before, which was stolen and revoked.
pub(super) fn stolen_key() -> Result<ChainKey, Refused> {
    ChainKey::of("bank 2025")
}

/// What became of it: facts, and JSON texts as servers hand them out.
pub(super) struct Scene {
    /// Whether it was played before, on another machine.
    pub(super) is_recorded: bool,
    /// The time it speaks of, seconds since 1970.
    pub(super) now: u64,
    /// What the app pins: a chain profile.
    pub(super) profile: Value,
    /// The issuer's DID whose keys stand in storage.
    pub(super) city: String,
    /// The issuer's DID whose keys stand in events.
    pub(super) bank: String,
    /// What shows the city's keys now.
    pub(super) city_evidence: Value,
    /// What shows the bank's keys now.
    pub(super) bank_evidence: Value,
    /// What showed the bank's keys two days ago.
    pub(super) old_bank_evidence: Value,
    /// A receipt, and the proof that comes with it.
    pub(super) receipt: String,
    /// See [`Self::receipt`].
    pub(super) receipt_proof: Value,
    /// The data of every transaction.
    pub(super) written: Vec<Vec<u8>>,
    /// The node, while it runs.
    pub(super) live: Option<Live>,
}

/// A running chain.
pub(super) struct Live {
    chain: Chain,
    signers: CheckpointSigners,
    anchors: [u8; 20],
}

impl Scene {
    /// Plays it on a real node.
    pub(super) fn play() -> Result<Self, Refused> {
        let now = wallet_parties::unix_now();
        let old = now - TWO_DAYS;
        let chain = Chain::start_at(old)?;
        let signers = CheckpointSigners::generate(3, 2)?;
        let identities = chain.deploy(Artefact::IdentityRegistry, None)?;
        let keys = chain.deploy(Artefact::PublicKeyResolver, Some(identities))?;
        let registry = chain.deploy(Artefact::EthereumDidRegistry, None)?;
        let anchors = chain.deploy(Artefact::AnchorRegistry, None)?;

        let city = city_key()?;
        let bank = ChainKey::of("bank")?.address();
        let stolen = stolen_key()?.compressed();
        let create = Write::create_identity(identities, &[keys], &city, old)?;
        chain.submit(&[create])?;
        let add = Write::add_public_key(keys, &city, old)?;
        chain.submit(&[add])?;
        let first = Write::set_attribute(registry, bank, KEY_NAME, &stolen, TEN_YEARS);
        let first = block_of(chain.submit(&[first])?);
        let then = signers.sign(&chain, first)?;
        let question = Question::of_did_ethr(registry, bank, &[first]);
        let old_bank_evidence = chain.evidence(&question, first, &then)?;

        // The key was stolen. In one block: a new one, and the old one holds no more.
        chain.go_on_at(now - 60)?;
        let fresh = bank_key()?.compressed();
        let changed = block_of(chain.submit(&[
            Write::set_attribute(registry, bank, KEY_NAME, &fresh, TEN_YEARS),
            Write::revoke_attribute(registry, bank, KEY_NAME, &stolen),
        ])?);

        let receipt = receipt(now);
        let mut batch = Batch::new(Kind::Receipt);
        for other in 1..SMALLEST_BATCH {
            batch.add(format!("the receipt of citizen {other}").as_bytes())?;
        }
        let place = batch.add(receipt.as_bytes())?;
        let batch = batch.close()?;
        let of = AnchorPlace {
            registry: anchors,
            issuer: city.address(),
            series: [0x7e; 32],
            epoch: 1,
        };
        let anchor = Write::anchor(anchors, of.issuer, of.series, of.epoch, batch.root());
        let head = block_of(chain.submit(&[anchor])?);
        let checkpoint = signers.sign(&chain, head)?;

        let profile = json!({
            "version": 1, "name": "demo", "chain_id": chain.id()?,
            "genesis": chain.block(Some(0))?["hash"], "header_rules": "ethereum", "max_age_seconds": MAX_AGE,
            "trust": signers.policy(),
            "contracts": {
                "ethr_did_registry": chain.pin(&registry)?,
                "meta_did": {
                    "identity_registry": chain.pin(&identities)?,
                    "public_key_resolver": chain.pin(&keys)?,
                    "service_key_resolvers": [],
                },
                "anchor_registry": chain.pin(&anchors)?,
            },
        });
        let city_question = Question::of_did_meta(identities, keys, 1, city.address());
        let bank_question = Question::of_did_ethr(registry, bank, &[first, changed]);
        Ok(Self {
            is_recorded: false,
            now,
            profile,
            city: format!("did:meta:demo:{:064x}", 1),
            bank: format!("did:ethr:{:#x}:{}", chain.id()?, hex(&bank)),
            city_evidence: chain.evidence(&city_question, head, &checkpoint)?,
            bank_evidence: chain.evidence(&bank_question, head, &checkpoint)?,
            old_bank_evidence,
            receipt,
            receipt_proof: chain.stapled(&batch, place, &of, head, &checkpoint)?,
            written: chain.written(),
            live: Some(Live {
                chain,
                signers,
                anchors,
            }),
        })
    }

    /// Plays what was recorded.
    pub(super) fn recorded() -> Result<Self, Failure> {
        let damaged = || Failure::Other("the recorded run is damaged".to_owned());
        let scene: Value = serde_json::from_str(RECORDED).map_err(|_| damaged())?;
        let text = |name: &str| scene[name].as_str().map(str::to_owned).ok_or_else(damaged);
        let written = scene["written"].as_array().ok_or_else(damaged)?;
        let written = written
            .iter()
            .map(|data| from_hex(data.as_str().unwrap_or_default()).ok());
        Ok(Self {
            is_recorded: true,
            now: scene["now"].as_u64().ok_or_else(damaged)?,
            profile: scene["profile"].clone(),
            city: text("city")?,
            bank: text("bank")?,
            city_evidence: scene["city_evidence"].clone(),
            bank_evidence: scene["bank_evidence"].clone(),
            old_bank_evidence: scene["old_bank_evidence"].clone(),
            receipt: text("receipt")?,
            receipt_proof: scene["receipt_proof"].clone(),
            written: written.collect::<Option<_>>().ok_or_else(damaged)?,
            live: None,
        })
    }

    /// What is to be recorded of it.
    pub(super) fn to_json(&self) -> Value {
        let written: Vec<String> = self.written.iter().map(|data| hex(data)).collect();
        json!({
            "_provenance": "wallet demo --chain --record: anvil 1.7.1 (npm) with the contracts of contracts/artefacts. Test keys.",
            "now": self.now, "profile": self.profile, "city": self.city, "bank": self.bank,
            "city_evidence": self.city_evidence, "bank_evidence": self.bank_evidence,
            "old_bank_evidence": self.old_bank_evidence, "receipt": self.receipt,
            "receipt_proof": self.receipt_proof, "written": written,
        })
    }

    /// The account the city anchors with.
    pub(super) fn anchoring_account(&self) -> Result<[u8; 20], Refused> {
        Ok(city_key()?.address())
    }
}

impl Live {
    /// Anchors a card that was just issued with those of others, and gives the proof the city staples to it.
    pub(super) fn anchor_card(&self, signed: &str) -> Result<Value, Refused> {
        let mut batch = Batch::new(Kind::Credential);
        for other in 1..SMALLEST_BATCH {
            batch.add(format!("the card of citizen {other}").as_bytes())?;
        }
        let place = batch.add(signed.as_bytes())?;
        let batch = batch.close()?;
        let of = AnchorPlace {
            registry: self.anchors,
            issuer: city_key()?.address(),
            series: [0xca; 32],
            epoch: 1,
        };
        let anchor = Write::anchor(of.registry, of.issuer, of.series, of.epoch, batch.root());
        let head = block_of(self.chain.submit(&[anchor])?);
        let checkpoint: IssuedCheckpoint = self.signers.sign(&self.chain, head)?;
        self.chain.stapled(&batch, place, &of, head, &checkpoint)
    }

    /// The data of every transaction so far.
    pub(super) fn written(&self) -> Vec<Vec<u8>> {
        self.chain.written()
    }
}

fn block_of(receipts: Vec<wallet_parties::chain::Receipt>) -> u64 {
    receipts.first().map_or(0, |receipt| receipt.block)
}

/// A receipt of the city: a vote was counted. It names nobody.
fn receipt(now: u64) -> String {
    let mut receipt = Map::new();
    receipt.insert("issuer".into(), "https://city.example".into());
    receipt.insert("type".into(), "urn:example:vote-counted".into());
    receipt.insert("title".into(), "Your vote was counted".into());
    receipt.insert("issued_at".into(), now.into());
    receipt.insert(
        "details".into(),
        json!({"election": "Fictional election 2026"}),
    );
    Value::Object(receipt).to_string()
}
