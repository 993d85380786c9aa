//! The process is killed at any moment of any mutating call; afterwards every answered call is there and the store is
//! whole.
//!
//! A child process works on a store and prints a line for every call that was answered. The parent kills it, opens the
//! store and compares. Every commit also writes the number of the step into one record, and the content after step `k`
//! follows from `k` alone, so the parent can tell which state it must find: that of the last answered step or of the next.
//! `WALLET_KILLS` sets how many kills there are over this test and `kill_wallet`, which does the same to a whole wallet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod store;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::Duration;
use store::{body, id, random_below, text};
use wallet_core::ErrorCode;
use wallet_core::vault::database::{Changes, Database, IntegrityState, RecordKind};

/// The record that holds the number of the last step.
const COUNTER: u64 = u64::MAX;

/// Records and their texts after some step.
type Content = BTreeMap<u64, String>;

fn content_text(step: u64, n: u64) -> String {
    format!("step {step} record {n} ").repeat(usize::try_from(step * 7 % 90).unwrap())
}

/// What step `step` makes of the content: changes, insertions and deletions.
fn apply(step: u64, content: &mut Content) {
    let n = step * 31 % 40;
    match step % 8 {
        0..=3 => drop(content.insert(n, content_text(step, n))),
        4 | 5 => (0..6).for_each(|i| drop(content.insert(n + i, content_text(step, n + i)))),
        6 => drop(content.remove(&n)),
        _ => content.retain(|n, _| n % 5 != step % 5),
    }
}

fn content_after(step: u64) -> Content {
    let mut content = Content::new();
    (1..=step).for_each(|step| apply(step, &mut content));
    content
}

fn step_of(database: &Database) -> u64 {
    text(&database.get(&id(COUNTER)).unwrap().body)
        .parse()
        .unwrap()
}

/// The changes that lead from one content to the next, and the counter.
fn changes_to(database: &Database, step: u64, before: &Content, after: &Content) -> Changes {
    let mut changes = Changes::new();
    let version = |n| database.get(&id(n)).unwrap().version;
    for (n, text) in after {
        match before.get(n) {
            None => changes.insert(id(*n), RecordKind::COPY, 1, body(text)),
            Some(old) if old != text => changes.update(id(*n), version(*n), 1, body(text)),
            Some(_) => {}
        }
    }
    for n in before.keys().filter(|n| !after.contains_key(n)) {
        changes.delete(id(*n));
    }
    let counter = body(&step.to_string());
    changes.update(id(COUNTER), version(COUNTER), 1, counter);
    changes
}

/// Tells the parent that a call was answered.
fn answered(what: &str, value: u64) {
    println!("\n{what} {value}");
    std::io::stdout().flush().unwrap();
}

fn work(dir: &Path) {
    answered("started", 0);
    let mut database = match store::open(dir) {
        Err(error) if error.code() == ErrorCode::StoreMissing => {
            let database = store::create(dir).unwrap();
            answered("created", 1);
            database
        }
        other => other.unwrap(),
    };
    if database.integrity() == IntegrityState::AnchorMissing {
        database.adopt(Changes::new()).unwrap();
        answered("adopted", 1);
    }
    if database.ids(RecordKind::PENDING).unwrap().is_empty() {
        let mut changes = Changes::new();
        changes.insert(id(COUNTER), RecordKind::PENDING, 1, body("0"));
        database.commit(changes).unwrap();
        answered("step", 0);
    }
    let mut step = step_of(&database);
    let mut content = content_after(step);
    loop {
        step += 1;
        let before = content.clone();
        apply(step, &mut content);
        let changes = changes_to(&database, step, &before, &content);
        database.commit(changes).unwrap();
        answered("step", step);
        match step % 12 {
            2 => {
                let sequence = store::slots(dir) + 1;
                store::write_slots(dir, sequence);
                database.slots_changed(sequence).unwrap();
                answered("slots", sequence);
            }
            5 => {
                let epoch = database.current_epoch().unwrap();
                database.rotate(&store::keyring(epoch)).unwrap();
                answered("epoch", u64::from(epoch) + 1);
            }
            8 => database.suspend().unwrap(),
            11 => {
                database.close().unwrap();
                database = store::open(dir).unwrap();
            }
            _ => {}
        }
    }
}

/// The child: does nothing unless started by the parent below.
#[test]
fn working_child() {
    if let Some(dir) = store::folder_of_child() {
        work(&dir);
    }
}

/// The last answers of a child.
#[derive(Clone, Copy, Default)]
struct Answers {
    created: u64,
    adopted: u64,
    step: Option<u64>,
    slots: u64,
    epoch: u64,
    count: u64,
    /// The anchor was removed, and no state since was found adopted.
    anchor_gone: bool,
}

fn run_and_kill(dir: &Path, answers: &mut Answers) {
    let mut child = store::child("working_child", dir).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("started")));
    let reader = std::thread::spawn(move || lines.collect::<Vec<String>>());
    // Many kills come early, while the store is made or opened.
    let longest = if random_below(3) == 0 {
        10_000
    } else {
        150_000
    };
    std::thread::sleep(Duration::from_micros(random_below(longest)));
    let ended = child.try_wait().unwrap();
    assert!(ended.is_none(), "the child failed by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    for line in reader.join().unwrap() {
        // Lines are flushed as a whole, with one write.
        let Some((what, value)) = line.split_once(' ') else {
            continue;
        };
        let Ok(value) = value.parse::<u64>() else {
            continue;
        };
        match what {
            "created" => answers.created = value,
            "adopted" => answers.adopted += value,
            "step" => answers.step = Some(value),
            "slots" => answers.slots = value,
            "epoch" => answers.epoch = value,
            _ => continue,
        }
        answers.count += 1;
    }
}

/// Opens the store and compares; returns whether it is there.
fn check(dir: &Path, answers: &mut Answers) -> bool {
    let database = match store::open(dir) {
        Err(error) if error.code() == ErrorCode::StoreMissing => {
            assert_eq!(answers.created, 0, "a created store is gone");
            return false;
        }
        other => other.unwrap(),
    };
    let may_be_missing = answers.anchor_gone && answers.adopted == 0;
    let state = database.integrity();
    assert!(
        state == IntegrityState::Ok || (may_be_missing && state == IntegrityState::AnchorMissing),
        "{state:?}"
    );
    answers.anchor_gone = state != IntegrityState::Ok;
    assert!(database.check().unwrap().is_empty());
    assert!(u64::from(database.current_epoch().unwrap()) >= answers.epoch);
    if database.ids(RecordKind::PENDING).unwrap().is_empty() {
        assert_eq!(answers.step, None);
        return true;
    }
    let step = step_of(&database);
    let last = answers.step.unwrap_or(step);
    assert!(
        step == last || step == last + 1,
        "found {step}, answered {last}"
    );
    let found: Content = database
        .list(RecordKind::COPY)
        .unwrap()
        .into_iter()
        .map(|record| {
            let n = u64::from_be_bytes(*record.id.as_bytes().last_chunk().unwrap());
            (n, text(&record.body))
        })
        .collect();
    assert_eq!(found, content_after(step));
    drop(database);
    if answers.slots > 0 && state == IntegrityState::Ok {
        let state = store::open_with(dir, answers.slots - 1)
            .unwrap()
            .integrity();
        assert!(
            matches!(state, IntegrityState::SlotsRolledBack { .. }),
            "{state:?}"
        );
    }
    true
}

#[test]
fn whatever_was_answered_survives_a_kill_at_any_moment() {
    let kills = store::kills() * 2 / 3;
    let mut answered = 0;
    let mut round = 0;
    while round < kills {
        // A new store every 30 kills, so that creating one is killed too.
        let dir = store::fast_folder();
        let mut answers = Answers::default();
        for _ in 0..30.min(kills - round) {
            round += 1;
            if answers.created == 1 && !answers.anchor_gone && random_below(12) == 0 {
                std::fs::remove_dir_all(store::anchor_folder(dir.path())).unwrap();
                answers.anchor_gone = true;
            }
            answers.adopted = 0;
            run_and_kill(dir.path(), &mut answers);
            if check(dir.path(), &mut answers) {
                answers.created = 1;
            }
            // What was found is at least what the next round must find.
            if let Ok(database) = store::open(dir.path())
                && !database.ids(RecordKind::PENDING).unwrap().is_empty()
            {
                answers.step = Some(step_of(&database));
            }
        }
        answered += answers.count;
    }
    println!("{kills} kills, {answered} answered calls, none lost");
    assert!(answered > kills, "the kills came before anything happened");
}
