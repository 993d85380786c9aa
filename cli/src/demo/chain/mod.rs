//! `wallet demo --chain`: issuers whose keys stand on a chain, proofs on the device, and five lies of a server.

mod attacks;
mod caught;
mod on_device;
mod scene;
mod written;

use super::{PIN, other};
use crate::failure::Failure;
use crate::http_client::UreqClient;
use crate::output::{Output, as_of_text, time_text};
use caught::Caught;
use on_device::OnDevice;
use scene::Scene;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use wallet_core::WalletError;
use wallet_core::clock::{SystemClock, UnixTime};
use wallet_core::did::{Did, DidTrust, ResolvedDid};
use wallet_core::http::FetchSettings;
use wallet_core::ledger::bundle::ProofBundle;
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::ledger::{Address, LedgerError};
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::device_key::InsecureSoftwareDeviceKey;
use wallet_core::vault::{Enrolments, Pin, VaultSettings};
use wallet_core::wallet::{
    AnchorReport, AnchoringIssuer, Platform, Policy, ReceiveOptions, RecordName, Wallet,
};
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;
use wallet_parties::jwt_vc::DidSigner;
use written::Needles;

/// Plays it; with `record`, on a real node only, and writes down what is played where there is none.
pub(crate) async fn run(record: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let scene = match (Scene::play(), record) {
        (Ok(scene), _) => scene,
        (Err(refused), Some(_)) => return Err(other(refused)),
        (Err(refused), None) => {
            output.line(format!(
                "No chain can be started here ({refused}). What follows is a RECORDED run of the same.\n"
            ));
            Scene::recorded()?
        }
    };
    if let Some(path) = record {
        let text = format!("{:#}\n", scene.to_json());
        std::fs::write(path, text)
            .map_err(|error| Failure::Other(format!("{}: {error}", path.display())))?;
    }
    let phone = phone(&scene)?;
    let issuers = [
        Issuer::check(&phone, "a city (did:meta)", &scene.city)?,
        Issuer::check(&phone, "a bank (did:ethr)", &scene.bank)?,
    ];
    let cards = Cards::receive(&scene, Arc::new(phone)).await?;
    let phone = self::phone(&scene)?;
    let caught: Result<Vec<Caught>, Failure> = attacks::all(&scene)?
        .into_iter()
        .map(|attack| Caught::of(&phone, attack))
        .collect();
    let caught = caught?;

    print(output, &scene, &issuers, &cards, &caught);
    output.document(&json!({
        "recorded": scene.is_recorded,
        "issuers": issuers.iter().map(Issuer::json).collect::<Vec<_>>(),
        "cards": cards.names,
        "card_anchor": cards.anchored.as_ref().map(anchor_json),
        "receipt": anchor_json(&cards.receipt),
        "attacks": caught.iter().map(Caught::json).collect::<Vec<_>>(),
        "written": {
            "transactions": cards.written.len(),
            "bytes": cards.written.iter().map(Vec::len).sum::<usize>(),
            "searched_for": cards.needles,
            "found": cards.found,
        },
        "proof_bytes": scene.receipt_proof.to_string().len(),
    }));
    let escaped = caught.iter().filter(|caught| !caught.is_caught()).count();
    if escaped > 0 || cards.found > 0 {
        return Err(Failure::Other(
            "a lie was believed, or something of a person stands on the chain: please report this"
                .to_owned(),
        ));
    }
    Ok(())
}

/// What the app pins, and what an honest server hands out.
fn phone(scene: &Scene) -> Result<OnDevice, Failure> {
    let profile = ChainProfile::parse(scene.profile.to_string().as_bytes()).map_err(ledger)?;
    let evidence = [
        (scene.city.clone(), bundle(&scene.city_evidence)?),
        (scene.bank.clone(), bundle(&scene.bank_evidence)?),
    ];
    Ok(OnDevice {
        profile: Arc::new(profile),
        now: UnixTime::from_secs(i64::try_from(scene.now).unwrap_or(i64::MAX)),
        evidence: BTreeMap::from(evidence),
    })
}

fn bundle(evidence: &Value) -> Result<ProofBundle, Failure> {
    ProofBundle::parse(evidence.to_string().as_bytes()).map_err(ledger)
}

fn ledger(error: LedgerError) -> Failure {
    WalletError::from(error).into()
}

/// An issuer whose keys were proven.
struct Issuer {
    who: &'static str,
    resolved: ResolvedDid,
}

impl Issuer {
    fn check(phone: &OnDevice, who: &'static str, did: &str) -> Result<Self, Failure> {
        let evidence = phone.evidence.get(did);
        let evidence = evidence.ok_or_else(|| Failure::Other("no evidence".to_owned()))?;
        let did = Did::parse(did).map_err(WalletError::from)?;
        let resolved = phone.check(&did, evidence).map_err(WalletError::from)?;
        Ok(Self { who, resolved })
    }

    fn print(&self, output: &Output) {
        let (evidence, block) = (self.resolved.evidence(), self.resolved.evidence().block());
        output.line(format!(
            "{}, {}: {} at block {}, as of {}",
            self.who,
            self.resolved.document().id(),
            evidence.as_str(),
            block.map_or(0, |block| block.number),
            as_of_text(self.resolved.as_of()),
        ));
        for step in self.resolved.steps() {
            output.line(format!("  {step}"));
        }
    }

    fn json(&self) -> Value {
        json!({
            "did": self.resolved.document().id(),
            "evidence": self.resolved.evidence().as_str(),
            "block": self.resolved.evidence().block().map(|block| block.number),
            "steps": self.resolved.steps(),
        })
    }
}

/// What the citizen has in the end.
struct Cards {
    names: Vec<String>,
    /// Of the city's card: on a real chain only, since it is issued now.
    anchored: Option<AnchorReport>,
    receipt: AnchorReport,
    written: Vec<Vec<u8>>,
    needles: usize,
    found: usize,
}

impl Cards {
    /// A citizen card of the city and a bank card of the bank, each verified by the key the chain holds.
    async fn receive(scene: &Scene, phone: Arc<OnDevice>) -> Result<Self, Failure> {
        let parties = Parties::start().map_err(other)?;
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::Other(format!("no temporary folder: {error}")))?;
        let wallet = wallet(scene, &parties, phone, folder.path()).await?;
        let city = DidSigner {
            did: scene.city.clone(),
            key_id: city_key_id(scene)?,
            key: scene::city_key().map_err(other)?,
        };
        let bank = DidSigner {
            did: scene.bank.clone(),
            key_id: format!("{}#delegate-2", scene.bank),
            key: scene::bank_key().map_err(other)?,
        };
        let first = receive(&wallet, &parties, "citizen_id_jwt", city).await?;
        receive(&wallet, &parties, "bank_card_vc_jwt", bank).await?;

        let stolen = DidSigner {
            did: scene.bank.clone(),
            key_id: format!("{}#delegate-1", scene.bank),
            key: scene::stolen_key().map_err(other)?,
        };
        if receive(&wallet, &parties, "bank_card_vc_jwt", stolen)
            .await
            .is_ok()
        {
            return Err(Failure::Other(
                "a card by a stolen key was taken".to_owned(),
            ));
        }

        let mut needles = Needles::default();
        let mut names = Vec::new();
        for card in wallet.list(&["en"])? {
            let detail = wallet.detail(&card.id, &["en"])?;
            for claim in &detail.claims {
                needles.add_claims(&claim.value);
            }
            names.push(format!(
                "{} by {}",
                card.name,
                card.signed_by.unwrap_or_default()
            ));
        }
        for text in parties.issuer.issued_texts() {
            needles.add(text.as_bytes());
            if let Some(key) = holder_key(&text) {
                needles.add_key(&key);
            }
        }
        let proof = scene.receipt_proof.to_string();
        let receipt = wallet.keep_receipt(scene.receipt.as_bytes(), proof.as_bytes())?;
        let anchored = match &scene.live {
            Some(live) => {
                let issued = parties.issuer.issued_texts();
                let signed = issued.first().cloned().unwrap_or_default();
                let proof = live.anchor_card(&signed).map_err(other)?.to_string();
                Some(wallet.staple(&first, proof.as_bytes())?)
            }
            None => None,
        };
        let written = match &scene.live {
            Some(live) => live.written(),
            None => scene.written.clone(),
        };
        Ok(Self {
            names,
            anchored,
            receipt: receipt.report?,
            found: needles.found_in(&written),
            needles: needles.len(),
            written,
        })
    }
}

/// The key a JWT is bound to: its subject is a did:jwk.
fn holder_key(jwt: &str) -> Option<Value> {
    let part = |text: &str| wallet_parties::from_base64url(text).ok();
    let payload: Value = serde_json::from_slice(&part(jwt.split('.').nth(1)?)?).ok()?;
    let subject = payload["sub"]
        .as_str()
        .or_else(|| payload["credentialSubject"]["id"].as_str())?;
    let key = subject.strip_prefix("did:jwk:")?;
    serde_json::from_slice(&part(key)?).ok()
}

/// `did#MetaManagementKey#address`
fn city_key_id(scene: &Scene) -> Result<String, Failure> {
    let address = wallet_parties::chain::hex(&scene.anchoring_account().map_err(other)?);
    let digits = address.trim_start_matches("0x");
    Ok(format!("{}#MetaManagementKey#{digits}", scene.city))
}

async fn wallet(
    scene: &Scene,
    parties: &Parties,
    phone: Arc<OnDevice>,
    folder: &Path,
) -> Result<Wallet, Failure> {
    let store = folder.join("store");
    let platform = Platform {
        http: Arc::new(UreqClient::new(&[])),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom),
        anchor: Arc::new(FileAnchorStore::new(folder.join("anchor"))),
        device_key: Some(Arc::new(InsecureSoftwareDeviceKey::new(
            folder.join("insecure.key"),
            &store,
            Arc::new(OsRandom),
        )?)),
        key_store: None,
        attestation: None,
    };
    let chain = Arc::clone(&phone.profile);
    let account = Address::from(scene.anchoring_account().map_err(other)?);
    let believes = |issuer: String| AnchoringIssuer {
        issuer,
        chain: Arc::clone(&chain),
        account,
    };
    let policy = Policy {
        trust: TrustAnchors {
            issuers: TrustAnchor::from_pem(&parties.anchors.issuer_pem)
                .map_err(WalletError::from)?,
            dids: DidTrust {
                resolvers: vec![phone],
                issuers: vec![scene.city.clone(), scene.bank.clone()],
                ..DidTrust::default()
            },
            ..TrustAnchors::default()
        },
        fetch: FetchSettings {
            allow_loopback_http: true,
        },
        anchors: vec![
            believes("https://city.example".to_owned()),
            believes(parties.issuer.identifier().to_owned()),
        ],
        ..Policy::default()
    };
    let enrolments = Enrolments {
        pin: Some(Pin::new(PIN).map_err(WalletError::from)?),
        recovery_code: true,
        ..Enrolments::default()
    };
    let settings = VaultSettings::default();
    let (wallet, _) = Wallet::create(&store, platform, policy, settings, enrolments).await?;
    Ok(wallet)
}

async fn receive(
    wallet: &Wallet,
    parties: &Parties,
    card: &str,
    signer: DidSigner,
) -> Result<RecordName, Failure> {
    parties.issuer.sign_jwts_as(Some(signer));
    let offer = parties
        .issuer
        .offer(&OfferOptions::of(card))
        .map_err(other)?;
    let kept = wallet
        .receive(&offer.uri, &ReceiveOptions::default())
        .await?;
    let kept = kept.into_iter().next();
    kept.map(|kept| kept.id)
        .ok_or_else(|| Failure::Other("nothing was issued".to_owned()))
}

fn anchor_json(report: &AnchorReport) -> Value {
    json!({
        "issuer": report.issuer, "block": report.anchored.block, "epoch": report.anchored.epoch,
        "newest": report.anchored.is_newest(), "leaves": report.anchored.size,
    })
}

fn print(output: &Output, scene: &Scene, issuers: &[Issuer; 2], cards: &Cards, caught: &[Caught]) {
    output.line("Issuers whose keys stand on a chain, proven on this device:");
    issuers.iter().for_each(|issuer| issuer.print(output));
    output.line(
        "\nCards received and verified by those keys; one by the bank's stolen key was refused:",
    );
    cards
        .names
        .iter()
        .for_each(|name| output.line(format!("  {name}")));
    let anchored = |what: &str, report: &AnchorReport| {
        output.line(format!(
            "{what}: under epoch {} of its issuer, one of {}, at block {} ({})",
            report.anchored.epoch,
            report.anchored.size,
            report.anchored.block,
            time_text(report.as_of.as_secs()),
        ));
    };
    output.line("\nAnchored, proven without asking anybody:");
    if let Some(report) = &cards.anchored {
        anchored("  the citizen card", report);
    }
    anchored("  a receipt, \"Your vote was counted\"", &cards.receipt);
    output.line(format!(
        "\nOn the chain stand {} bytes in {} transactions. {} texts, keys and hashes of the citizen were searched in them: {} found.",
        cards.written.iter().map(Vec::len).sum::<usize>(),
        cards.written.len(),
        cards.needles,
        cards.found,
    ));
    output.line("\nWhat a server said, and what became of it:");
    let rows = caught
        .iter()
        .map(|caught| vec![caught.name.to_owned(), caught.text()]);
    output.table(&["the server gives", "the wallet"], rows.collect());
    if scene.is_recorded {
        output.line("\nAll of it recorded before, on another machine; checked here and now.");
    }
}
