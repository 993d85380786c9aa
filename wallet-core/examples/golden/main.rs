//! Makes the golden stores of test-fixtures/golden/v1: `cargo xtask golden FOLDER`.
//!
//! Golden stores are made once for each version of the format and never again: they are what earlier versions wrote.
#![allow(clippy::unwrap_used, reason = "a tool for developers")]

mod camera;
#[path = "../../tests/support/http.rs"]
#[allow(unreachable_pub)]
mod http;
#[path = "../../tests/golden/place.rs"]
#[allow(unreachable_pub)]
mod place;
#[path = "../../tests/golden/shape.rs"]
#[allow(unreachable_pub)]
mod shape;

use async_trait::async_trait;
use camera::{Camera, Watched};
use place::{Place, Snapshot, policy, settings};
use pollster::block_on;
use serde_json::{Value, json};
use shape::{LATER_KIND, records, shape};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wallet_core::ErrorCode;
use wallet_core::clock::{Clock as _, SystemClock};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Purpose};
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::random::OsRandom;
use wallet_core::secret::SecretBytes;
use wallet_core::vault::database::{Changes, RecordId, RecordKind};
use wallet_core::vault::{Enrolments, Keep, Passphrase, Pin, UnlockWith};
use wallet_core::wallet::{
    HistoryEvent, KeepPolicy, NoNetwork, Outcome, Platform, Policy, ReceiveOptions, ReusePolicy,
    Wallet,
};
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;
use wallet_parties::verifier::RequestOptions;

const PASSPHRASE: &str = "golden heron lantern pickle staple orbit";
const OTHER_PASSPHRASE: &str = "golden bishop velvet canyon mustard tulip";
const PIN: &str = "482076";
const OTHER_PIN: &str = "907353";

fn main() {
    let Some(out) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: golden FOLDER");
        std::process::exit(2);
    };
    let maker = Maker {
        parties: Parties::start().unwrap(),
        out,
    };
    maker.cards();
    maker.pin();
    maker.pin_change();
    maker.rotation();
    maker.later();
}

/// The network, until it fails while answers are sent.
#[derive(Default)]
struct Network {
    client: http::Client,
    loses_answers: AtomicBool,
}

#[async_trait]
impl HttpClient for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.purpose == Purpose::Response && self.loses_answers.load(Ordering::SeqCst) {
            return Err(HttpError::SentOrUnknown);
        }
        self.client.send(request).await
    }
}

/// A store in the making.
struct Making {
    folder: tempfile::TempDir,
    place: Place,
    network: Arc<Network>,
    wallet: Wallet,
    code: Option<String>,
}

struct Maker {
    parties: Parties,
    out: PathBuf,
}

impl Maker {
    fn policy(&self) -> Policy {
        policy(
            &self.parties.anchors.issuer_pem,
            &self.parties.anchors.verifier_pem,
        )
    }

    fn make(
        &self,
        has_device_key: bool,
        change: impl FnOnce(&mut Platform, &Place),
        enrolments: Enrolments,
    ) -> Making {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            folder: folder.path().to_owned(),
            has_device_key,
        };
        let network = Arc::new(Network::default());
        let mut platform = place.platform(network.clone(), Arc::new(SystemClock::default()));
        change(&mut platform, &place);
        let created = Wallet::create(
            place.store(),
            platform,
            self.policy(),
            settings(),
            enrolments,
        );
        let (wallet, code) = block_on(created).unwrap();
        let code = code.map(|code| String::from_utf8(code.to_text().to_vec()).unwrap());
        Making {
            folder,
            place,
            network,
            wallet,
            code,
        }
    }

    fn receive(&self, wallet: &Wallet, card: &str, copies: u16, reuse: ReusePolicy) {
        let offer = self.parties.issuer.offer(&OfferOptions::of(card)).unwrap();
        let options = ReceiveOptions {
            copies,
            keep: KeepPolicy {
                reuse,
                ..KeepPolicy::default()
            },
            ..ReceiveOptions::default()
        };
        block_on(wallet.receive(&offer.uri, &options)).unwrap();
    }

    fn show(&self, wallet: &Wallet, card: &str, claim: &[&str]) -> Outcome {
        let query = json!({"credentials": [{
            "id": "card", "format": "dc+sd-jwt",
            "meta": {"vct_values": [self.parties.issuer.vct(card)]},
            "claims": [{"path": claim}],
        }]});
        let request = RequestOptions::new("bar", query);
        let link = self.parties.verifier.request(&request).unwrap();
        let Proposal::Plan(plan) = block_on(wallet.request(&link.uri)).unwrap() else {
            panic!("no card fits");
        };
        let hash = *plan.hash();
        let approved = wallet.approve(*plan, &hash, UserAuth::None).unwrap();
        block_on(wallet.present(approved)).unwrap().outcome
    }

    /// Copies the files and writes down what they hold; `opens` says with what.
    fn keep(&self, name: &str, files: &Snapshot, has_device_key: bool, opens: &[Value]) {
        let folder = self.out.join(name);
        assert!(!folder.exists(), "golden stores are never made again");
        // What is in it is found out in a copy: opening settles what was interrupted.
        let copy = tempfile::tempdir().unwrap();
        let place = Place::from_snapshot(copy.path(), files, has_device_key);
        let clock = Arc::new(SystemClock::default());
        let platform = place.platform(Arc::new(NoNetwork), clock.clone());
        let wallet = place.wallet(platform, Policy::default()).unwrap();
        let secret = opens[0]["secret"].as_str().unwrap().as_bytes();
        let with = match opens[0]["with"].as_str().unwrap() {
            "pin" => UnlockWith::Pin(secret),
            _ => UnlockWith::Passphrase(secret),
        };
        block_on(wallet.unlock(with)).unwrap();
        let vault = place.vault(clock.clone()).unwrap();
        block_on(vault.unlock(with)).unwrap();
        let holds = shape(&wallet).unwrap();
        self.assert_claims(&holds);
        let description = json!({
            "TEST": "Public secrets and an invented holder. Never use any of this for anything else.",
            "made_at": clock.now().unwrap().as_secs(),
            "device_key": has_device_key,
            "opens": opens,
            "holds": holds,
            "records": records(&vault).unwrap(),
        });
        Place::from_snapshot(&folder, files, has_device_key);
        let text = serde_json::to_string_pretty(&description).unwrap() + "\n";
        std::fs::write(folder.join("secrets.json"), text).unwrap();
    }

    /// What is written down is what the issuer knows.
    fn assert_claims(&self, holds: &Value) {
        for card in holds["cards"].as_array().unwrap() {
            let is_type =
                |id: &&str| self.parties.issuer.vct(id).as_deref() == card["type"].as_str();
            let id = ["resident_card", "driving_licence"]
                .into_iter()
                .find(is_type)
                .unwrap();
            let known = self.parties.issuer.claims(id).unwrap();
            let claims = card["claims"].as_array().unwrap();
            let mut names = known.as_object().unwrap().keys();
            assert!(names.all(|name| claims.iter().any(|claim| claim["path"][0] == *name)));
            for claim in claims {
                let steps = claim["path"].as_array().unwrap().iter();
                let steps = steps.map(|step| match step {
                    Value::String(name) => format!("/{name}"),
                    step => format!("/{step}"),
                });
                let pointer: String = steps.collect();
                if let Some(value) = known.pointer(&pointer) {
                    assert_eq!(claim["value"], *value, "{pointer}");
                }
            }
        }
    }

    /// Two cards, a burned copy, a presentation whose arrival is unknown, a history with a gap.
    fn cards(&self) {
        let enrolments = Enrolments {
            passphrase: Some(Passphrase::new(PASSPHRASE.as_bytes()).unwrap()),
            recovery_code: true,
            ..Enrolments::default()
        };
        let made = self.make(false, |_, _| {}, enrolments);
        let wallet = &made.wallet;
        self.receive(wallet, "resident_card", 2, ReusePolicy::OnceOnly);
        self.receive(wallet, "driving_licence", 1, ReusePolicy::Rotating);
        let age = ["age_equal_or_over", "19"];
        assert_eq!(self.show(wallet, "resident_card", &age), Outcome::Accepted);
        let number = ["licence_number"];
        assert_eq!(
            self.show(wallet, "driving_licence", &number),
            Outcome::Accepted
        );
        made.network.loses_answers.store(true, Ordering::SeqCst);
        assert_eq!(
            self.show(wallet, "driving_licence", &number),
            Outcome::Unknown
        );
        let history = wallet.history().unwrap();
        let mut shown = history
            .items
            .iter()
            .filter(|item| matches!(item.event, HistoryEvent::Presented { .. }));
        let deleted = shown.nth(1).unwrap();
        wallet.delete_history(&deleted.name).unwrap();
        wallet.lock();
        let opens = [
            json!({"with": "passphrase", "secret": PASSPHRASE}),
            json!({"with": "recovery_code", "secret": made.code}),
        ];
        self.keep("cards", &made.place.snapshot(), false, &opens);
    }

    fn with_pin(passphrase: Option<&str>) -> Enrolments {
        let passphrase = passphrase.map(|text| Passphrase::new(text.as_bytes()).unwrap());
        Enrolments {
            pin: Some(Pin::new(PIN.as_bytes()).unwrap()),
            passphrase,
            recovery_code: true,
            ..Enrolments::default()
        }
    }

    /// A card whose keys need the device.
    fn pin(&self) {
        let made = self.make(true, |_, _| {}, Self::with_pin(None));
        self.receive(&made.wallet, "driving_licence", 1, ReusePolicy::Rotating);
        made.wallet.lock();
        let opens = [
            json!({"with": "pin", "secret": PIN}),
            json!({"with": "recovery_code", "secret": made.code}),
        ];
        self.keep("pin", &made.place.snapshot(), true, &opens);
    }

    /// A store whose ports are watched.
    fn watched(&self, enrolments: Enrolments) -> (Making, Arc<Camera>) {
        let mut camera = None;
        let made = self.make(
            true,
            |platform, place| {
                let at = camera.insert(Camera::at(place)).clone();
                platform.anchor = Arc::new(Watched {
                    camera: at.clone(),
                    port: platform.anchor.clone(),
                });
                let port = platform.device_key.take().unwrap();
                platform.device_key = Some(Arc::new(Watched { camera: at, port }));
            },
            enrolments,
        );
        (made, camera.unwrap())
    }

    /// An entry of the history, and the log of changes emptied, so that pictures are small.
    fn fill_a_little(wallet: &Wallet) {
        let with = UnlockWith::Pin(PIN.as_bytes());
        let auth = block_on(wallet.authenticate(with)).unwrap();
        wallet.export(&auth).unwrap();
        wallet.lock();
        block_on(wallet.unlock(with)).unwrap();
    }

    /// Why a secret does not open a picture, or what opening it says.
    fn opening(files: &Snapshot, with: UnlockWith<'_>) -> Result<Vec<&'static str>, ErrorCode> {
        let copy = tempfile::tempdir().unwrap();
        let place = Place::from_snapshot(copy.path(), files, true);
        let vault = place.vault(Arc::new(SystemClock::default())).unwrap();
        match block_on(vault.unlock(with)) {
            Ok(report) => Ok(report
                .advisories
                .iter()
                .map(|found| found.as_str())
                .collect()),
            Err(error) => Err(wallet_core::WalletError::from(error).code()),
        }
    }

    /// In the middle of a PIN change: both PINs open, whichever is used first stays.
    fn pin_change(&self) {
        let (made, camera) = self.watched(Self::with_pin(None));
        Self::fill_a_little(&made.wallet);
        drop(camera.develop());
        let new = Pin::new(OTHER_PIN.as_bytes()).unwrap();
        block_on(made.wallet.change_pin(PIN.as_bytes(), &new)).unwrap();
        let settled = |files: &&Snapshot| {
            let opening = |pin: &str| Self::opening(files, UnlockWith::Pin(pin.as_bytes()));
            let expected = Ok(vec!["pin_change_settled"]);
            opening(PIN) == expected && opening(OTHER_PIN) == expected
        };
        let pictures = camera.develop();
        let opens = [PIN, OTHER_PIN]
            .map(|pin| json!({"with": "pin", "secret": pin, "advisory": "pin_change_settled"}));
        self.keep(
            "pin-change",
            pictures.iter().find(settled).unwrap(),
            true,
            &opens,
        );
    }

    /// In the middle of a change of the passphrase: before the records are under the new root key, and after.
    fn rotation(&self) {
        let (made, camera) = self.watched(Self::with_pin(Some(PASSPHRASE)));
        Self::fill_a_little(&made.wallet);
        drop(camera.develop());
        let new = Passphrase::new(OTHER_PASSPHRASE.as_bytes()).unwrap();
        let keep = Keep {
            pin: Some(PIN.as_bytes()),
            ..Keep::default()
        };
        block_on(
            made.wallet
                .change_passphrase(PASSPHRASE.as_bytes(), &new, keep),
        )
        .unwrap();
        let opening = |files: &Snapshot, text: &str| {
            Self::opening(files, UnlockWith::Passphrase(text.as_bytes()))
        };
        let pictures = camera.develop();
        let begun = pictures.iter().find(|files| {
            opening(files, PASSPHRASE) == Ok(vec!["rotation_undone"])
                && opening(files, OTHER_PASSPHRASE) == Ok(vec!["rotation_finished"])
        });
        let opens = [
            json!({"with": "passphrase", "secret": PASSPHRASE, "advisory": "rotation_undone"}),
            json!({"with": "passphrase", "secret": OTHER_PASSPHRASE, "advisory": "rotation_finished"}),
            json!({"with": "pin", "secret": PIN, "advisory": "rotation_finished"}),
        ];
        self.keep("rotation-begun", begun.unwrap(), true, &opens);
        let committed = pictures.iter().find(|files| {
            opening(files, PASSPHRASE) == Err(ErrorCode::WrongSecret)
                && opening(files, OTHER_PASSPHRASE) == Ok(vec!["rotation_finished"])
        });
        let opens = [
            json!({"with": "passphrase", "secret": OTHER_PASSPHRASE, "advisory": "rotation_finished"}),
            json!({"with": "pin", "secret": PIN, "advisory": "rotation_finished"}),
            json!({"with": "passphrase", "secret": PASSPHRASE, "refused": "wrong_secret"}),
        ];
        self.keep("rotation-committed", committed.unwrap(), true, &opens);
    }

    /// Records as a later version may write them.
    fn later(&self) {
        let enrolments = Enrolments {
            passphrase: Some(Passphrase::new(PASSPHRASE.as_bytes()).unwrap()),
            recovery_code: true,
            ..Enrolments::default()
        };
        let made = self.make(false, |_, _| {}, enrolments);
        self.receive(&made.wallet, "driving_licence", 1, ReusePolicy::Rotating);
        made.wallet.lock();
        let vault = made.place.vault(Arc::new(SystemClock::default())).unwrap();
        block_on(vault.unlock(UnlockWith::Passphrase(PASSPHRASE.as_bytes()))).unwrap();
        let changed = vault.with_database(|db| {
            let mut changes = Changes::new();
            let kinds = [
                RecordKind::PROFILE,
                RecordKind::CREDENTIAL,
                RecordKind::COPY,
                RecordKind::KEY,
                RecordKind::TRUST_STATE,
                RecordKind::HISTORY,
            ];
            for kind in kinds {
                for record in db.list(kind)? {
                    let mut value: Value = serde_json::from_slice(&record.body).unwrap();
                    value["from_later"] = json!({"kept": [1, "두", null]});
                    let body = SecretBytes::new(serde_json::to_vec(&value).unwrap());
                    changes.update(record.id, record.version, 2, body);
                }
            }
            let body = |text: &str| SecretBytes::new(text.as_bytes().to_vec());
            changes.insert(
                RecordId::make(&OsRandom)?,
                LATER_KIND,
                7,
                body("not even JSON"),
            );
            let todo = r#"{"todo":"something_later","until":4102444800}"#;
            changes.insert(
                RecordId::make(&OsRandom)?,
                RecordKind::PENDING,
                2,
                body(todo),
            );
            db.commit(changes)
        });
        changed.unwrap();
        vault.lock();
        let opens = [
            json!({"with": "passphrase", "secret": PASSPHRASE}),
            json!({"with": "recovery_code", "secret": made.code}),
        ];
        self.keep("later", &made.place.snapshot(), false, &opens);
        drop(made.folder);
    }
}
