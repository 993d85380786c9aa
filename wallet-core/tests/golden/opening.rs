//! Every golden store opens in every way described, and holds what is written beside it.

use super::*;
use wallet_core::vault::Advisory;
use wallet_core::vault::database::IntegrityState;

#[test]
fn every_store_opens_in_every_way_and_holds_what_is_written_down() {
    let names = names();
    assert_eq!(names.len(), 6);
    for name in names {
        let golden = Golden::read(&name);
        for way in golden.ways() {
            let copy = golden.copy();
            if let Some(code) = way["refused"].as_str() {
                assert_eq!(copy.refused(way).as_str(), code, "{name}");
                continue;
            }
            let (wallet, report) = copy.unlock(way).unwrap();
            assert_eq!(report.integrity, IntegrityState::Ok, "{name}");
            let advisories = report.advisories.iter().map(|found| found.as_str());
            let expected: Vec<_> = way["advisory"].as_str().into_iter().collect();
            assert_eq!(advisories.collect::<Vec<_>>(), expected, "{name}");
            let holds = shape::shape(&wallet).unwrap();
            assert_eq!(holds, golden.description["holds"], "{name}");
            assert_eq!(copy.records(way), golden.description["records"], "{name}");
        }
    }
}

#[test]
fn of_an_interrupted_change_what_was_used_first_stays_and_the_other_is_void() {
    for name in ["pin-change", "rotation-begun"] {
        let golden = Golden::read(name);
        let (first, second) = (&golden.ways()[0], &golden.ways()[1]);
        for (used, other) in [(first, second), (second, first)] {
            let copy = golden.copy();
            drop(copy.unlock(used).unwrap());
            assert_eq!(copy.refused(other), ErrorCode::WrongSecret, "{name}");
            let (_, report) = copy.unlock(used).unwrap();
            assert_eq!(report.advisories, [], "{name}: settled once and for all");
        }
    }
}

#[test]
fn without_the_hardware_key_the_recovery_code_gives_the_cards_but_not_their_keys() {
    let golden = Golden::read("pin");
    let mut files = golden.files.clone();
    files.remove(Path::new("./insecure.key")).unwrap();
    let copy = Copy::of(&golden, &files);
    assert_eq!(copy.refused(&golden.ways()[0]), ErrorCode::DeviceKeyMissing);
    let (wallet, report) = copy.unlock(&golden.ways()[1]).unwrap();
    assert_eq!(report.advisories, [Advisory::DeviceKeyUnavailable]);
    assert_eq!(shape::shape(&wallet).unwrap(), golden.description["holds"]);
    let refused = showing::show(&wallet, "licence_number").unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NeedsReissue);
}

#[test]
fn without_its_anchor_a_store_can_be_read_but_not_shown_from() {
    let golden = Golden::read("cards");
    let mut files = golden.files.clone();
    files.retain(|path, _| !path.starts_with("anchor"));
    let copy = Copy::of(&golden, &files);
    // Whoever takes the counter away gains no tries.
    assert_eq!(copy.refused(&golden.ways()[0]), ErrorCode::LockedOut);
    let (wallet, report) = copy.unlock(&golden.ways()[1]).unwrap();
    assert_eq!(report.integrity, IntegrityState::AnchorMissing);
    assert_eq!(shape::shape(&wallet).unwrap(), golden.description["holds"]);
    let refused = showing::show(&wallet, "licence_number").unwrap_err();
    assert_eq!(refused.code(), ErrorCode::AnchorMissing);
}
