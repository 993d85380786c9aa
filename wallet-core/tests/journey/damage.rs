//! One damaged record takes nothing else with it.

use crate::anchors::{Anchoring, staple};
use crate::phone::Phone;
use crate::world::{World, authenticate, refused};
use pollster::block_on;
use serde_json::Value;
use wallet_core::ErrorCode;
use wallet_core::ledger::B256;
use wallet_core::ledger::policy::{ChainIdentity, LastSeen};
use wallet_core::wallet::{RecordName, ReusePolicy};

/// Flips a bit in the sealed record.
pub fn damage(phone: &Phone, name: &RecordName) {
    let file = rusqlite::Connection::open(phone.store().join("vault.db")).unwrap();
    let id = *name.id().unwrap().as_bytes();
    let select = "SELECT blob FROM record WHERE id = ?1";
    let mut blob: Vec<u8> = file.query_row(select, [&id[..]], |row| row.get(0)).unwrap();
    *blob.last_mut().unwrap() ^= 1;
    let update = "UPDATE record SET blob = ?2 WHERE id = ?1";
    assert_eq!(file.execute(update, (&id[..], blob)).unwrap(), 1);
}

/// The names of the records of a kind.
pub fn names(phone: &Phone, kind: &str) -> Vec<RecordName> {
    let contents = phone.contents().into_keys();
    let of_kind = contents.filter(|(other, _)| *other == kind);
    of_kind.map(|(_, name)| name).collect()
}

/// A body, copy or key of the card.
fn parts(phone: &Phone, kind: &str, card: &RecordName) -> Vec<RecordName> {
    let contents = phone.contents();
    let copies = contents.iter().filter_map(|((other, name), bytes)| {
        let copy: Value = serde_json::from_slice(bytes).ok()?;
        let is_ours = *other == "copy" && copy["credential"] == card.as_str();
        is_ours.then_some((name, copy))
    });
    let part = |(name, copy): (&RecordName, Value)| match kind {
        "copy" => name.clone(),
        kind => RecordName::parse(copy[kind].as_str().unwrap()).unwrap(),
    };
    copies.map(part).collect()
}

#[test]
fn a_damaged_copy_is_passed_over_for_the_next() {
    for kind in ["copy", "body"] {
        let world = World::new();
        let id = world.receive(2, ReusePolicy::OnceOnly);
        damage(&world.phone, &parts(&world.phone, kind, &id)[0]);
        let wallet = world.phone.reopen();
        world.show_age(&wallet);
        assert!(!wallet.detail::<&str>(&id, &[]).unwrap().claims.is_empty());
    }
}

#[test]
fn a_damaged_copy_is_told_apart_from_proofs_of_the_others() {
    for kind in ["copy", "body"] {
        let anchoring = Anchoring::new();
        staple(&anchoring, |text| text);
        let world = &anchoring.world;
        let id = world.receive(2, ReusePolicy::OnceOnly);
        damage(&world.phone, &parts(&world.phone, kind, &id)[0]);
        let reports = world.phone.reopen().stapled(&id).unwrap();
        let damaged = reports.iter().filter_map(|one| one.as_ref().err());
        let codes: Vec<_> = damaged.map(|error| error.code()).collect();
        assert_eq!(
            (reports.len(), &codes[..]),
            (2, &[ErrorCode::RecordCorrupt][..])
        );
    }
}

#[test]
fn no_proof_of_anchoring_outlives_a_card_whose_copy_is_damaged() {
    let anchoring = Anchoring::new();
    staple(&anchoring, |text| text);
    let world = &anchoring.world;
    let id = world.receive(2, ReusePolicy::OnceOnly);
    assert_eq!(names(&world.phone, "anchored").len(), 2);
    damage(&world.phone, &parts(&world.phone, "copy", &id)[0]);
    block_on(world.phone.reopen().delete(&id)).unwrap();
    assert_eq!(names(&world.phone, "anchored"), []);
}

#[test]
fn a_damaged_card_is_named_and_the_others_are_shown_and_exported() {
    let world = World::new();
    let broken = world.receive(1, ReusePolicy::Rotating);
    let whole = world.receive(1, ReusePolicy::Rotating);
    let body = parts(&world.phone, "body", &broken).remove(0);
    damage(&world.phone, &body);
    damage(&world.phone, &broken);
    let wallet = world.phone.reopen();
    let listed = wallet.list::<&str>(&[]).unwrap();
    assert_eq!(
        listed.iter().map(|card| &card.id).collect::<Vec<_>>(),
        [&whole]
    );
    let mut damaged: Vec<_> = wallet.damaged().unwrap();
    damaged.sort_by(|one, other| one.0.cmp(&other.0));
    let mut expected = [body, broken.clone()];
    expected.sort();
    assert_eq!(
        damaged.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        expected.each_ref()
    );
    let detail = wallet.detail::<&str>(&broken, &[]);
    assert_eq!(refused(detail), ErrorCode::RecordCorrupt);
    world.show_age(&wallet);
    let export: Value =
        serde_json::from_str(&wallet.export(&authenticate(&wallet)).unwrap()).unwrap();
    let cards = export["credentials"].as_array().unwrap();
    assert_eq!(cards.len(), 2);
    assert_eq!(
        cards.iter().filter(|card| card["damaged"] == true).count(),
        1
    );
    // Nothing was deleted because of it.
    assert_eq!(wallet.damaged().unwrap().len(), 2);
}

#[test]
fn a_card_whose_looks_are_damaged_is_shown_by_its_type() {
    let world = World::new();
    let id = world.receive(1, ReusePolicy::Rotating);
    damage(&world.phone, &names(&world.phone, "display")[0]);
    let wallet = world.phone.reopen();
    let card = wallet.detail(&id, &["en"]).unwrap();
    assert_eq!(card.overview.name, card.overview.credential_type);
    assert!(!card.claims.is_empty());
    world.show_age(&wallet);
}

#[test]
fn a_damaged_memory_of_a_ledger_is_not_silently_none_and_takes_nothing_else_with_it() {
    let world = World::new();
    let [one, other] = [1, 2].map(|chain_id| LastSeen {
        chain: ChainIdentity {
            chain_id,
            genesis: B256::ZERO,
        },
        policy: B256::ZERO,
        number: 5,
        hash: B256::ZERO,
        checkpoint: None,
    });
    world.wallet.keep_ledger_seen(&one).unwrap();
    damage(&world.phone, &names(&world.phone, "ledger seen")[0]);
    let wallet = world.phone.reopen();
    for _ in 0..2 {
        assert_eq!(refused(wallet.ledgers_seen()), ErrorCode::RecordCorrupt);
        let kept = wallet.keep_ledger_seen(&other);
        assert_eq!(refused(kept), ErrorCode::RecordCorrupt);
        let equivocations = wallet.ledger_equivocations();
        assert_eq!(refused(equivocations), ErrorCode::RecordCorrupt);
    }
    world.receive(1, ReusePolicy::Rotating);
    world.show_age(&wallet);
    assert_eq!(wallet.forget_damaged_ledgers().unwrap(), 1);
    assert_eq!(wallet.forget_damaged_ledgers().unwrap(), 0);
    wallet.keep_ledger_seen(&other).unwrap();
    assert_eq!(wallet.ledgers_seen().unwrap(), [other]);
    assert_eq!(wallet.ledger_equivocations().unwrap(), []);
}

#[test]
fn a_damaged_history_says_so_and_goes_on() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    world.show_age(&world.wallet);
    for name in names(&world.phone, "history") {
        damage(&world.phone, &name);
    }
    let wallet = world.phone.reopen();
    world.show_age(&wallet);
    let history = wallet.history().unwrap();
    assert_eq!(history.chain, wallet_core::wallet::ChainState::Broken);
    assert_eq!(history.items.len(), 1);
}

#[test]
fn a_damaged_card_can_be_deleted_with_everything_of_it() {
    for kind in ["copy", "body", "key"] {
        let world = World::new();
        world.receive(1, ReusePolicy::Rotating);
        let mut before = world.phone.census();
        let id = world.receive(2, ReusePolicy::Rotating);
        damage(&world.phone, &parts(&world.phone, kind, &id)[0]);
        let wallet = world.phone.reopen();
        block_on(wallet.delete(&id)).unwrap();
        assert_eq!(wallet.list::<&str>(&[]).unwrap().len(), 1);
        // Also what only the damaged record knew of; and nothing of the other card.
        *before.get_mut("history").unwrap() += 2;
        assert_eq!(world.phone.census(), before, "{kind}");
        world.show_age(&wallet);
    }
}
