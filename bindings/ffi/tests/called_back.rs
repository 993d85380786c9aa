//! Functions of the app's that call back into the wallet that waits for them.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak, mpsc};
use std::time::Duration;
use wallet_ffi::*;

/// The app: its parts call back as soon as they know the wallet, and note what they were told.
#[derive(Default)]
struct App {
    wallet: OnceLock<Weak<NativeWallet>>,
    told: Mutex<BTreeSet<(&'static str, String)>>,
    cells: Mutex<BTreeMap<String, Vec<u8>>>,
    seconds: AtomicI64,
}

impl App {
    fn call_back(&self, from: &'static str) {
        let Some(wallet) = self.wallet.get().and_then(Weak::upgrade) else {
            return;
        };
        let answers = [
            wallet.list(vec![]).map(drop),
            wallet.lock(),
            wallet.is_unlocked().map(drop),
            wallet.begin_unlock(typed()).map(drop),
            pollster::block_on(wallet.authenticate(typed())).map(drop),
        ];
        let mut told = self.told.lock().unwrap();
        for answer in answers {
            let code = answer.map_or_else(|error| error.fault().code.clone(), |()| "done".into());
            told.insert((from, code));
        }
    }
}

impl AnchorStore for App {
    fn read(&self, name: String) -> Result<Option<Vec<u8>>, AnchorError> {
        self.call_back("read");
        Ok(self.cells.lock().unwrap().get(&name).cloned())
    }

    fn write(&self, name: String, bytes: Vec<u8>) -> Result<(), AnchorError> {
        self.call_back("write");
        self.cells.lock().unwrap().insert(name, bytes);
        Ok(())
    }

    fn delete(&self, name: String) -> Result<(), AnchorError> {
        self.cells.lock().unwrap().remove(&name);
        Ok(())
    }

    fn is_rollback_safe(&self) -> Result<bool, AnchorError> {
        self.call_back("is_rollback_safe");
        Ok(true)
    }
}

impl Clock for App {
    fn now(&self) -> Result<i64, ClockError> {
        self.call_back("now");
        Ok(1_800_000_000 + self.seconds.load(Ordering::SeqCst))
    }

    fn monotonic_millis(&self) -> Result<u64, ClockError> {
        self.call_back("monotonic_millis");
        Ok(self.seconds.load(Ordering::SeqCst).unsigned_abs() * 1_000)
    }
}

impl ProgressObserver for App {
    fn on_step(&self, _: ProgressStep) -> Result<(), ObserverError> {
        self.call_back("on_step");
        Ok(())
    }
}

impl LockObserver for App {
    fn on_lock_state(&self, _: LockState) -> Result<(), ObserverError> {
        self.call_back("on_lock_state");
        Ok(())
    }
}

/// A network on which nobody answers.
struct NoNetwork;

#[async_trait::async_trait]
impl HttpClient for NoNetwork {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::NotSent)
    }
}

const PASSPHRASE: &[u8] = b"seven brown foxes under the bridge";

#[test]
fn a_function_that_calls_back_is_refused_and_nothing_waits_for_itself() {
    let app = Arc::new(App::default());
    let (done, ended) = mpsc::channel();
    let working = Arc::clone(&app);
    std::thread::spawn(move || {
        pollster::block_on(work(&working));
        done.send(()).unwrap();
    });
    ended
        .recv_timeout(Duration::from_secs(60))
        .expect("ended, and does not wait for itself");
    let told = app.told.lock().unwrap();
    let expected = [
        "is_rollback_safe",
        "monotonic_millis",
        "now",
        "on_lock_state",
        "on_step",
        "read",
        "write",
    ];
    let expected = expected.map(|from| (from, "called_back".to_owned()));
    assert_eq!(*told, BTreeSet::from(expected));
}

/// Creates, locks, unlocks and reads.
async fn work(app: &Arc<App>) {
    let folder = tempfile::tempdir().unwrap();
    let platform = Platform {
        http: Arc::new(NoNetwork),
        anchor: app.clone(),
        device_key: None,
        key_store: None,
        attestation: None,
        clock: Some(app.clone()),
        progress: Some(app.clone()),
        lock: Some(app.clone()),
    };
    let (policy, settings, enrolments) = how();
    let dir = folder.path().join("store").to_str().unwrap().to_owned();
    let made = create_wallet(dir, platform, policy, settings, enrolments)
        .await
        .unwrap();
    app.wallet.set(Arc::downgrade(&made.wallet)).unwrap();
    made.wallet.lock().unwrap();
    let attempt = made.wallet.begin_unlock(typed()).unwrap();
    made.wallet.finish_unlock(attempt).await.unwrap();
    assert_eq!(made.wallet.list(vec![]).unwrap(), []);
    assert!(made.wallet.is_unlocked().unwrap());
}

fn typed() -> UnlockWith {
    UnlockWith::Passphrase {
        secret: Secret::new(PASSPHRASE),
    }
}

fn how() -> (Policy, VaultSettings, Enrolments) {
    let policy = Policy {
        trust: Trust::default(),
        client_id: None,
        redirect_uri: None,
        allow_loopback_http: false,
        accept_vc_sd_jwt_typ: false,
        offer_withdrawn: false,
        require_signed_metadata: false,
        profile: None,
        requests_per_minute: None,
        scopes: vec![],
        transaction_data_types: vec![],
        ledgers: vec![],
        anchors: vec![],
    };
    let settings = VaultSettings {
        key_derivation: Some(KeyDerivation::Fixed {
            memory_kib: 19_456,
            passes: 3,
        }),
        lock_after_idle_seconds: 60,
        lock_after_seconds: 900,
    };
    let enrolments = Enrolments {
        pin: None,
        erase_pin_after: None,
        os_auth: false,
        passphrase: Some(Passphrase::new(PASSPHRASE).unwrap()),
        recovery_code: false,
        accept_loss_on_key_invalidation: false,
    };
    (policy, settings, enrolments)
}
