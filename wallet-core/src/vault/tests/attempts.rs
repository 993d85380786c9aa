//! Counting wrong tries, against a model.

use super::*;
use crate::error::ErrorCode;
use crate::secret::Secret;
use crate::vault::anchor::{AnchorStore, FileAnchorStore};
use crate::vault::device_key::{DeviceKey, DeviceKeyCapabilities, DeviceKeyPolicy};
use async_trait::async_trait;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
    Wrong,
    Right,
    Pass(u64),
    SetClock(i64),
    Restart,
    Snapshot,
    Restore,
    DeleteCells,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Wrong),
        2 => Just(Step::Right),
        3 => prop_oneof![Just(29), Just(30), Just(300), Just(3600), Just(86_400), 0..100_000_u64].prop_map(Step::Pass),
        2 => (-100_000..100_000_i64).prop_map(Step::SetClock),
        1 => Just(Step::Restart),
        1 => Just(Step::Snapshot),
        1 => Just(Step::Restore),
        1 => Just(Step::DeleteCells),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Opened,
    Wrong,
    Refused,
}

/// What the rules say, written down a second time.
struct Model {
    wall: i64,
    monotonic: u64,
    cell: Option<(u32, i64)>,
    snapshot: Option<(u32, i64)>,
    /// Until when the running process waits by the monotonic clock.
    waits_until: u64,
}

impl Model {
    const LOST: u32 = 0x8000_0000;
    const LOST_AND_1: u32 = 0x8000_0001;

    fn wait(failures: u32) -> u64 {
        match failures {
            0..=4 => 0,
            5 => 30,
            6 => 300,
            7 => 3600,
            8 | Self::LOST_AND_1 => 28_800,
            Self::LOST => 3600,
            _ => 86_400,
        }
    }

    fn write(&mut self, failures: u32) {
        self.cell = Some((failures, self.wall));
        self.waits_until = self.monotonic + Self::wait(failures);
    }

    fn try_pin(&mut self, right: bool) -> Outcome {
        if self.monotonic < self.waits_until {
            return Outcome::Refused;
        }
        let Some((failures, since)) = self.cell else {
            self.write(Self::LOST);
            return Outcome::Refused;
        };
        let wait = Self::wait(failures);
        if wait > 0 && self.wall < since {
            self.write(failures);
            return Outcome::Refused;
        }
        if self.wall - since < wait as i64 && wait > 0 {
            return Outcome::Refused;
        }
        self.write(if right { 0 } else { failures + 1 });
        if right {
            Outcome::Opened
        } else {
            Outcome::Wrong
        }
    }
}

fn try_pin(vault: &Vault, right: bool) -> Outcome {
    let with = if right {
        UnlockWith::Pin(PIN)
    } else {
        wrong_pin()
    };
    match block_on(vault.unlock(with)) {
        Ok(_) => Outcome::Opened,
        Err(VaultError::WrongSecret { .. }) => Outcome::Wrong,
        Err(VaultError::LockedOut { seconds }) => {
            assert!(seconds > 0);
            Outcome::Refused
        }
        Err(other) => panic!("{other}"),
    }
}

/// The attempt cells only: the test is about them and not about the set of records.
fn attempt_cells(phone: &Phone) -> BTreeMap<String, Vec<u8>> {
    let mut cells = phone.anchor.snapshot();
    cells.retain(|name, _| name.contains(".attempts."));
    cells
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tries_are_counted_as_the_model_says(steps in proptest::collection::vec(step(), 1..60)) {
        let (phone, _) = Phone::with_everything();
        let mut vault = phone.open().unwrap();
        let wall = phone.clock.now().unwrap().as_secs();
        let mut snapshot = attempt_cells(&phone);
        let mut model = Model { wall, monotonic: 1000, cell: Some((0, wall)), snapshot: Some((0, wall)), waits_until: 0 };
        for step in steps {
            match step {
                Step::Wrong => prop_assert_eq!(try_pin(&vault, false), model.try_pin(false)),
                Step::Right => prop_assert_eq!(try_pin(&vault, true), model.try_pin(true)),
                Step::Pass(seconds) => {
                    phone.clock.pass(seconds);
                    model.wall += seconds as i64;
                    model.monotonic += seconds;
                }
                Step::SetClock(seconds) => {
                    phone.clock.set(seconds);
                    model.wall += seconds;
                }
                Step::Restart => {
                    vault = phone.open().unwrap();
                    model.waits_until = 0;
                }
                Step::Snapshot => {
                    snapshot = attempt_cells(&phone);
                    model.snapshot = model.cell;
                }
                Step::Restore => {
                    let mut cells = phone.anchor.snapshot();
                    cells.retain(|name, _| !name.contains(".attempts."));
                    cells.extend(snapshot.clone());
                    phone.anchor.restore(cells);
                    model.cell = model.snapshot;
                }
                Step::DeleteCells => {
                    let mut cells = phone.anchor.snapshot();
                    cells.retain(|name, _| !name.contains(".attempts."));
                    phone.anchor.restore(cells);
                    model.cell = None;
                }
            }
        }
    }
}

#[test]
fn after_five_wrong_pins_even_the_right_one_waits_and_is_told_how_long() {
    let (phone, _) = Phone::with_everything();
    for left in (0..5).rev() {
        match phone.unlock(wrong_pin()).err().unwrap() {
            VaultError::WrongSecret {
                tries_left,
                wait_seconds,
            } => {
                assert_eq!((tries_left, wait_seconds > 0), (left, left == 0));
            }
            other => panic!("{other}"),
        }
    }
    let refused: WalletError = phone.unlock(UnlockWith::Pin(PIN)).err().unwrap().into();
    assert_eq!(
        (refused.code(), refused.retry_after()),
        (ErrorCode::LockedOut, Some(30))
    );
    assert!(
        phone.opens(UnlockWith::Passphrase(PASSPHRASE)),
        "other slots are not concerned"
    );
    phone.clock.pass(30);
    assert!(phone.opens(UnlockWith::Pin(PIN)));
    assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::WrongSecret);
}

#[test]
fn wrong_pins_never_destroy_the_slot() {
    let (phone, _) = Phone::with_everything();
    for _ in 0..40 {
        assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::WrongSecret);
        phone.clock.pass(86_400);
    }
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

#[test]
fn with_erase_after_n_the_nth_wrong_pin_ends_the_slot_and_no_other() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        erase_pin_after: Some(6),
        ..everything()
    };
    write_record(&phone.create(enrolments).unwrap().vault);
    for _ in 0..6 {
        assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::WrongSecret);
        phone.clock.pass(86_400);
    }
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyMissing
    );
    assert!(phone.opens(UnlockWith::Passphrase(PASSPHRASE)));
}

#[test]
fn a_key_that_could_not_be_deleted_at_the_nth_wrong_pin_is_deleted_before_the_next_guess() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        erase_pin_after: Some(5),
        ..everything()
    };
    write_record(&phone.create(enrolments).unwrap().vault);
    phone.fail("delete", 0, DeviceKeyError::UnavailableNow);
    for _ in 0..5 {
        assert!(phone.unlock(wrong_pin()).is_err());
    }
    phone.clock.pass(86_400);
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyUnavailableNow
    );
    phone.device_key.inject(None);
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyMissing
    );
    assert!(phone.opens(UnlockWith::Passphrase(PASSPHRASE)));
}

#[test]
fn an_anchor_that_fails_allows_no_guess() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    phone.anchor.set_failing(true);
    let calls = phone.device_key.prf_calls();
    assert_eq!(
        code_of(block_on(vault.unlock(UnlockWith::Pin(PIN)))),
        ErrorCode::AnchorFailed
    );
    assert_eq!(phone.device_key.prf_calls(), calls);
    phone.anchor.set_failing(false);
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

#[test]
fn a_lost_counter_gains_no_free_tries_and_loses_no_slot() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        erase_pin_after: Some(5),
        ..everything()
    };
    write_record(&phone.create(enrolments).unwrap().vault);
    for _ in 0..6 {
        phone.anchor.restore(BTreeMap::new());
        let locked_out = VaultError::LockedOut { seconds: 3600 };
        assert_eq!(phone.unlock(wrong_pin()).err(), Some(locked_out));
        phone.clock.pass(3600);
        let wrong = VaultError::WrongSecret {
            tries_left: 0,
            wait_seconds: 28_800,
        };
        assert_eq!(phone.unlock(wrong_pin()).err(), Some(wrong));
    }
    phone.clock.pass(28_800);
    let (_, report) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    assert_eq!(report.integrity, IntegrityState::AnchorMissing);
}

#[test]
fn a_lost_counter_still_destroys_the_pin_after_so_many_wrong_ones() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        erase_pin_after: Some(5),
        ..everything()
    };
    write_record(&phone.create(enrolments).unwrap().vault);
    phone.anchor.restore(BTreeMap::new());
    assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::LockedOut);
    for _ in 0..5 {
        phone.clock.pass(86_400);
        assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::WrongSecret);
    }
    phone.clock.pass(86_400);
    let gone = code_of(phone.unlock(UnlockWith::Pin(PIN)));
    assert_eq!(gone, ErrorCode::DeviceKeyMissing);
}

#[test]
fn passphrase_tries_are_counted_and_recovery_codes_are_not() {
    let (phone, code) = Phone::with_everything();
    for _ in 0..5 {
        let wrong = phone.unlock(UnlockWith::Passphrase(OTHER_PASSPHRASE));
        assert_eq!(code_of(wrong), ErrorCode::WrongSecret);
    }
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Passphrase(PASSPHRASE))),
        ErrorCode::LockedOut
    );
    let other = RecoveryCode::make(&OsRandom).unwrap().to_text();
    for _ in 0..20 {
        let wrong = phone.unlock(UnlockWith::RecoveryCode(&other));
        assert_eq!(code_of(wrong), ErrorCode::WrongSecret);
    }
    assert!(phone.opens(UnlockWith::RecoveryCode(&code)));
}

#[test]
fn guesses_at_the_same_time_are_each_counted() {
    let (phone, _) = Phone::with_everything();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(code_of(phone.unlock(wrong_pin())), ErrorCode::WrongSecret));
        }
    });
    let fifth = phone.unlock(wrong_pin()).err().unwrap();
    assert_eq!(
        fifth,
        VaultError::WrongSecret {
            tries_left: 0,
            wait_seconds: 30
        }
    );
}

/// Notes what the anchor holds whenever the hardware is asked.
struct Witness {
    inner: Arc<InMemoryDeviceKey>,
    anchor: Arc<InMemoryAnchorStore>,
    seen: Mutex<Vec<BTreeMap<String, Vec<u8>>>>,
}

#[async_trait]
impl DeviceKey for Witness {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        self.inner.capabilities().await
    }
    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        self.inner.create(alias, policy).await
    }
    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        self.seen.lock().unwrap().push(self.anchor.snapshot());
        self.inner.prf(alias, input).await
    }
    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        self.inner.delete(alias).await
    }
    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        self.inner.list().await
    }
}

#[test]
fn the_try_is_written_before_the_hardware_hears_the_guess_and_taken_back_after_the_right_one() {
    let (phone, _) = Phone::with_everything();
    let witness = Arc::new(Witness {
        inner: phone.device_key.clone(),
        anchor: phone.anchor.clone(),
        seen: Mutex::default(),
    });
    let ports = Ports {
        device_key: Some(witness.clone()),
        ..phone.ports()
    };
    let vault = Vault::open(phone.dir(), ports, settings()).unwrap();
    block_on(vault.unlock(UnlockWith::Pin(PIN))).unwrap();
    let id = Pair::load(&phone.dir())
        .unwrap()
        .newest()
        .unwrap()
        .of_kind(SlotKind::Pin)[0]
        .header
        .id;
    let name = crate::vault::attempts::cell_name(&vault.store_id(), &id);
    let failures = |cells: &BTreeMap<String, Vec<u8>>| cells[&name][4];
    let seen = witness.seen.lock().unwrap();
    assert_eq!(seen.iter().map(failures).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(failures(&phone.anchor.snapshot()), 0);
}

#[test]
fn a_counter_in_a_file_is_reported_as_not_rollback_safe() {
    let phone = Phone::default();
    let anchor = Arc::new(FileAnchorStore::new(phone.folder.path().join("anchor")));
    assert!(!anchor.is_rollback_safe());
    let ports = Ports {
        anchor,
        ..phone.ports()
    };
    let created = block_on(Vault::create(phone.dir(), ports, settings(), everything())).unwrap();
    let report = block_on(created.vault.unlock(UnlockWith::Pin(PIN))).unwrap();
    assert_eq!(
        report.attempts,
        AttemptProtection::Authenticated {
            rollback_safe: false
        }
    );
}
