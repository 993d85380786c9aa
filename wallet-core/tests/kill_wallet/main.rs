//! The process is killed at any moment of any call of an app; afterwards every answered call is there, nothing is half,
//! and the secrets open that must.
//!
//! A child process uses a wallet in every way an app can and prints what it begins and what was answered; also, before
//! bytes of a presentation leave, that they do. The parent kills it, opens the store and compares.
//!
//! `WALLET_KILLS` sets how many kills there are over this test and `kill.rs`; `WALLET_SEED` repeats the choices of a run
//! (not its moments).
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

mod child;
mod content;
#[path = "../support/http.rs"]
mod http;
mod phone;
mod secrets;
#[path = "../store/mod.rs"]
mod store;

use content::{Call, Content, look};
use phone::{Dice, Phone, policy, settings};
use secrets::Secrets;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wallet_core::ErrorCode;
use wallet_core::vault::database::IntegrityState;
use wallet_core::vault::{StoreId, UnlockWith};
use wallet_core::wallet::{NoNetwork, Wallet};
use wallet_parties::Parties;
use wallet_parties::issuer::IssuerOptions;

/// Kills of one store, unless it is erased before.
const KILLS_PER_STORE: u64 = 25;

/// The child: does nothing unless started by the parent below.
#[test]
fn working_child() {
    if let Some(folder) = store::folder_of_child() {
        child::work(&folder);
    }
}

/// What must be true of the phone.
struct Expected {
    /// Whether there is a store.
    exists: bool,
    content: Content,
    secrets: Secrets,
    /// The anchor was taken away and no state since was adopted.
    anchor_is_gone: bool,
    /// Cards whose refresh token may be lost: a kill came between the server's answer and its storing.
    lost_tokens: BTreeSet<String>,
    /// The store as it was last seen.
    store: Option<StoreId>,
}

/// A child's last word.
#[derive(Default)]
struct Unanswered {
    call: Option<Call>,
    sent: bool,
}

struct Round<'a> {
    parties: &'a Parties,
    folder: &'a Path,
    phone: Phone,
    dice: Dice,
    in_hardware: bool,
    expected: Expected,
    /// How often each call was answered, and how often it was cut short.
    answered: &'a mut BTreeMap<String, u64>,
    cut_short: &'a mut BTreeMap<String, u64>,
}

impl Round<'_> {
    fn write_orders(&mut self) {
        let secrets = &self.expected.secrets;
        let orders = json!({
            "seed": self.dice.next(),
            "issuer": self.parties.issuer.base_url(),
            "verifier": self.parties.verifier.base_url(),
            "issuer_pem": self.parties.anchors.issuer_pem,
            "verifier_pem": self.parties.anchors.verifier_pem,
            "hardware": self.in_hardware,
            "passphrase": secrets.passphrase,
            "pin": secrets.pin,
            "has_code": secrets.code.is_some(),
        });
        std::fs::write(self.phone.orders(), orders.to_string()).unwrap();
    }

    /// Runs a child for a while, kills it, and takes down what was answered.
    fn run_and_kill(&mut self) -> Unanswered {
        self.write_orders();
        let mut child = store::child("working_child", self.folder).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(lines.any(|line| line == "started"));
        let reader = std::thread::spawn(move || lines.collect::<Vec<String>>());
        // Many kills come early, while the store is made, opened or settled.
        let longest = if self.dice.one_in(4) { 30_000 } else { 300_000 };
        std::thread::sleep(Duration::from_micros(self.dice.below(longest)));
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let lines = reader.join().unwrap();
        let failed = ended.is_some() || lines.iter().any(|line| line == "failed");
        assert!(!failed, "the child failed by itself: {lines:#?}");
        let mut unanswered = Unanswered::default();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words.split_first() {
                Some((&"begin", call)) => {
                    unanswered.call = Call::parse(call);
                    unanswered.sent = false;
                }
                Some((&"sent", [])) => unanswered.sent = true,
                Some((&"done", [_, answer @ ..])) => {
                    self.take_down(&unanswered.call.take().unwrap(), answer);
                }
                _ => {}
            }
        }
        unanswered
    }

    fn take_down(&mut self, call: &Call, answer: &[&str]) {
        let answer: Vec<_> = answer.iter().map(|&word| word.to_owned()).collect();
        *self.answered.entry(call.what.clone()).or_default() += 1;
        let expected = &mut self.expected;
        expected.content = expected.content.after(call, &answer);
        expected.secrets.answered(call, &answer);
        match call.what.as_str() {
            "create" => (expected.exists, expected.anchor_is_gone) = (true, false),
            "adopt" => expected.anchor_is_gone = false,
            "erase" => expected.exists = false,
            "refresh" if answer[0] == "refused" => {
                let is_lost = expected.lost_tokens.contains(&call.with[0]);
                assert!(is_lost, "a refresh token was lost without a kill");
            }
            _ => {}
        }
    }

    fn check(&mut self, unanswered: &Unanswered) {
        let during = unanswered.call.as_ref().map_or("", |call| &call.what);
        *self.cut_short.entry(during.to_owned()).or_default() += 1;
        if let Some(call) = unanswered.call.as_ref().filter(|_| during == "refresh") {
            self.expected.lost_tokens.insert(call.with[0].clone());
        }
        if !self.store_is_there(during) {
            return;
        }
        self.expected
            .secrets
            .check(&self.phone, unanswered.call.as_ref(), &mut self.dice);
        let passphrase = phone::passphrase(self.expected.secrets.passphrase);
        let with = UnlockWith::Passphrase(&passphrase);
        let wallet = self.open().unwrap();
        let vault = self.phone.vault().unwrap();
        let seen = look(&wallet, &vault, with);
        let (found, integrity) = (seen.content, seen.integrity);

        self.expected.store = Some(vault.store_id());
        let expected = &mut self.expected;
        match integrity {
            IntegrityState::Ok => {}
            IntegrityState::AnchorMissing => assert!(expected.anchor_is_gone),
            other => panic!("{other:?}"),
        }
        let possible = match &unanswered.call {
            Some(call) => expected.content.during(call, unanswered.sent, &found),
            None => vec![expected.content.clone()],
        };
        assert!(
            possible.contains(&found),
            "found {found:#?}\nafter {:?}, possible {possible:#?}",
            unanswered.call
        );
        if expected.anchor_is_gone && integrity == IntegrityState::Ok {
            assert_eq!(
                during, "adopt",
                "nothing but adopting makes the store sound again"
            );
        }
        expected.anchor_is_gone = integrity != IntegrityState::Ok;
        expected.content = found;
        self.check_hardware(&wallet, &seen.hardware_keys);
    }

    fn open(&self) -> Result<Wallet, wallet_core::WalletError> {
        let anchors = &self.parties.anchors;
        let policy = policy(&anchors.issuer_pem, &anchors.verifier_pem);
        let platform = self.phone.platform(Arc::new(NoNetwork), self.in_hardware);
        Wallet::open(self.phone.store(), platform, policy, settings())
    }

    /// Whether there is a store; a store that was answered for may be gone only by erasing.
    fn store_is_there(&mut self, during: &str) -> bool {
        let code = match self.open() {
            Ok(_) => {
                if during == "create" {
                    // All but the answer was done.
                    self.expected.secrets = Secrets::default();
                    self.expected.content = Content::default();
                    self.expected.anchor_is_gone = false;
                } else {
                    assert!(self.expected.exists, "an erased store is there again");
                }
                self.expected.exists = true;
                return true;
            }
            Err(error) => error.code(),
        };
        match code {
            ErrorCode::ErasePending => assert_eq!(during, "erase"),
            ErrorCode::StoreMissing => {
                assert!(
                    !self.expected.exists || during == "erase",
                    "a store is gone"
                );
                if during != "create" {
                    self.assert_nothing_is_left();
                }
            }
            other => panic!("{other:?}"),
        }
        if code == ErrorCode::StoreMissing {
            self.expected.exists = false;
        }
        false
    }

    /// No file of the store that was erased, no hardware key, no cell of its records.
    fn assert_nothing_is_left(&self) {
        assert!(phone::files(&self.phone.store()).is_empty());
        let keys = std::fs::read_to_string(self.phone.device_key_file()).unwrap_or_default();
        let cells = phone::files(&self.phone.anchor()).into_keys();
        let cells: Vec<_> = cells
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .collect();
        if let Some(store) = self.expected.store {
            assert!(!keys.contains(&store.to_string()), "{keys}");
            assert!(!cells.contains(&format!("{store}.set")), "{cells:?}");
        }
    }

    /// No key in hardware that a card needs is gone; what no store knows of was made at the moment of a kill.
    fn check_hardware(&self, wallet: &Wallet, needed: &BTreeSet<String>) {
        let store = self.phone.key_store();
        let there = store.handles();
        assert!(needed.iter().all(|handle| there.contains(handle)));
        let known = wallet.hardware_keys().unwrap();
        let orphans = there.iter().filter(|handle| !known.contains(handle));
        orphans.for_each(|handle| store.remove(handle));
    }

    /// As a restored phone: the cell of the records is gone.
    fn take_anchor_away(&mut self) {
        for path in phone::files(&self.phone.anchor()).into_keys() {
            if path.extension().is_some_and(|kind| kind == "set") {
                std::fs::remove_file(path).unwrap();
                self.expected.anchor_is_gone = true;
            }
        }
    }
}

// shows: HOSTILE 12
#[test]
fn whatever_an_app_does_survives_a_kill_at_any_moment() {
    let kills = store::kills() / 3;
    let seed = std::env::var("WALLET_SEED").map_or_else(
        |_| store::random_below(u64::MAX),
        |seed| seed.parse().unwrap(),
    );
    println!("WALLET_SEED={seed}");
    let mut dice = Dice::new(seed);
    let parties = Parties::start().unwrap();
    parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    let (mut answered, mut cut_short) = (BTreeMap::new(), BTreeMap::new());
    let mut done = 0;
    while done < kills {
        let folder = store::fast_folder();
        let mut round = Round {
            parties: &parties,
            folder: folder.path(),
            phone: Phone::in_folder(folder.path()),
            in_hardware: dice.one_in(2),
            dice: Dice::new(dice.next()),
            expected: Expected {
                exists: false,
                content: Content::default(),
                secrets: Secrets::default(),
                anchor_is_gone: false,
                lost_tokens: BTreeSet::new(),
                store: None,
            },
            answered: &mut answered,
            cut_short: &mut cut_short,
        };
        for _ in 0..KILLS_PER_STORE.min(kills - done) {
            done += 1;
            if round.expected.exists && round.dice.one_in(10) {
                round.take_anchor_away();
            }
            let unanswered = round.run_and_kill();
            round.check(&unanswered);
        }
    }
    let all: u64 = answered.values().sum();
    println!(
        "{kills} kills, {all} answered calls, none lost: {answered:?}; killed during {cut_short:?}"
    );
    assert!(all > kills, "the kills came before anything happened");
}
