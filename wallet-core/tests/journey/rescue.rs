//! A damaged store, and the wallet that is made from what is left of it.

use crate::phone::{PASSPHRASE, Phone};
use crate::world::{World, refused};
use pollster::block_on;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wallet_core::ErrorCode;
use wallet_core::vault::database::IntegrityState;
use wallet_core::vault::device_key::InMemoryDeviceKey;
use wallet_core::vault::{Enrolments, KdfProfile, Passphrase, UnlockWith, VaultSettings};
use wallet_core::wallet::{ChainState, HistoryEvent, RecordName, Rescued, ReusePolicy, Wallet};

const NEW_PASSPHRASE: &[u8] = b"fresh otter vellum quartz anvil plum heron";
const PAGE: usize = 8192;

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let files = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

/// Overwrites these pages of the closed database, counted from the first.
fn damage(phone: &Phone, pages: impl IntoIterator<Item = usize>) {
    let path = phone.store().join("vault.db");
    let mut bytes = std::fs::read(&path).unwrap();
    for page in pages {
        let start = page * PAGE;
        if let Some(page) = bytes.get_mut(start..start + PAGE) {
            page.fill(0xaa);
        }
    }
    std::fs::write(&path, bytes).unwrap();
}

pub fn rescue(wallet: &Wallet, dir: PathBuf) -> Result<Rescued, wallet_core::WalletError> {
    let enrolments = Enrolments {
        passphrase: Some(Passphrase::new(NEW_PASSPHRASE).unwrap()),
        recovery_code: true,
        ..Enrolments::default()
    };
    let settings = VaultSettings {
        kdf: KdfProfile::fast_for_tests(),
        ..VaultSettings::default()
    };
    block_on(wallet.rescue(
        UnlockWith::Passphrase(PASSPHRASE),
        dir,
        settings,
        enrolments,
    ))
}

/// Claims as text, of every card.
fn claims(wallet: &Wallet) -> BTreeMap<RecordName, Vec<String>> {
    let cards = wallet.list::<&str>(&[]).unwrap();
    let claims = cards.into_iter().map(|card| {
        let detail = wallet.detail::<&str>(&card.id, &[]).unwrap();
        let texts = detail.claims.iter().map(|claim| claim.value.to_string());
        (card.id, texts.collect())
    });
    claims.collect()
}

#[test]
fn what_is_not_damaged_is_in_the_new_wallet_and_the_damaged_files_are_untouched() {
    let world = World::new();
    let cards: Vec<_> = (0..8)
        .map(|_| world.receive(2, ReusePolicy::Rotating))
        .collect();
    let once = world.receive(2, ReusePolicy::OnceOnly);
    world.show_age(&world.wallet);
    let before = claims(&world.wallet);
    world.wallet.lock();
    // The schema, and every seventh page.
    let pages = std::fs::metadata(world.phone.store().join("vault.db"))
        .unwrap()
        .len();
    let pages = usize::try_from(pages).unwrap() / PAGE;
    damage(&world.phone, (0..pages).step_by(7));

    let wallet = world.phone.open();
    let unlocked = block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE)));
    assert_eq!(refused(unlocked), ErrorCode::StoreCorrupt);
    let damaged = files(&world.phone.store());
    let dir = world.phone.store().with_file_name("rescued");
    let rescued = rescue(&wallet, dir).unwrap();
    let mut left = files(&world.phone.store());
    left.retain(|path, _| damaged.contains_key(path));
    assert_eq!(left, damaged);

    let report = &rescued.report;
    assert!(
        report.records.recovered > 20 && !report.records.lost.is_empty(),
        "{report:?}"
    );
    let new = &rescued.wallet;
    assert_eq!(new.integrity().unwrap(), IntegrityState::Ok);
    let after = claims(new);
    let whole: Vec<_> = after
        .iter()
        .filter(|(id, _)| !report.incomplete.contains(id))
        .collect();
    assert!(
        !whole.is_empty() && !report.incomplete.is_empty(),
        "{report:?}"
    );
    for (id, claims) in whole {
        assert_eq!(before[id], *claims);
    }
    // What is neither whole nor incomplete is among the lost.
    for id in cards.iter().filter(|id| !after.contains_key(*id)) {
        let lost = report.records.lost.iter();
        assert!(
            lost.map(|(lost, _)| lost)
                .any(|lost| *lost == id.id().unwrap())
        );
    }
    // Nobody knows what was shown since.
    for card in new.list::<&str>(&[]).unwrap() {
        assert!(card.id != once || card.usable_copies == 0);
    }
    world.show_age(new);
    let history = new.history().unwrap();
    assert!(
        history
            .items
            .iter()
            .any(|item| item.event == HistoryEvent::Adopted)
    );
}

#[test]
fn of_a_store_whose_schema_alone_is_damaged_nothing_is_lost_and_the_history_goes_on() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    let before = claims(&world.wallet);
    let events = world.wallet.history().unwrap().items.len();
    world.wallet.lock();
    damage(&world.phone, [0]);
    let dir = world.phone.store().with_file_name("rescued");
    let rescued = rescue(&world.phone.open(), dir.clone()).unwrap();
    assert!(rescued.report.records.lost.is_empty() && rescued.report.incomplete.is_empty());
    assert_eq!(claims(&rescued.wallet), before);
    world.show_age(&rescued.wallet);
    let history = rescued.wallet.history().unwrap();
    assert_eq!(history.chain, ChainState::Intact);
    assert_eq!(history.items.len(), events + 2);

    // It opens like any other, and is not made twice.
    rescued.wallet.lock();
    block_on(
        rescued
            .wallet
            .unlock(UnlockWith::Passphrase(NEW_PASSPHRASE)),
    )
    .unwrap();
    assert_eq!(claims(&rescued.wallet), before);
    let again = rescue(&world.phone.open(), dir);
    assert_eq!(refused(again), ErrorCode::StoreExists);
}

#[test]
fn keys_that_need_the_device_come_along_on_the_same_device() {
    let world = World::with(|phone| phone.device_key = Some(InMemoryDeviceKey::default().into()));
    world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    damage(&world.phone, [0]);
    let dir = world.phone.store().with_file_name("rescued");
    let rescued = rescue(&world.phone.open(), dir).unwrap();
    world.show_age(&rescued.wallet);
}

#[test]
fn a_wrong_secret_rescues_nothing_and_leaves_no_store() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.wallet.lock();
    damage(&world.phone, [0]);
    let dir = world.phone.store().with_file_name("rescued");
    let wallet = world.phone.open();
    let wrong = UnlockWith::Passphrase(NEW_PASSPHRASE);
    let settings = VaultSettings::default();
    let tried = block_on(wallet.rescue(wrong, &dir, settings, Enrolments::default()));
    assert_eq!(refused(tried), ErrorCode::WrongSecret);
    assert!(!dir.exists());
}

#[test]
fn a_quarantine_keeps_the_damaged_files_as_they_are() {
    let world = World::new();
    world.wallet.lock();
    damage(&world.phone, [0, 3]);
    let wallet = world.phone.open();
    let kept = wallet.quarantine().unwrap();
    let damaged = std::fs::read(world.phone.store().join("vault.db")).unwrap();
    assert_eq!(std::fs::read(kept.join("vault.db")).unwrap(), damaged);
}
