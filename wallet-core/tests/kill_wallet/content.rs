//! What a wallet holds, as it is found and as the answered calls say it must be.

use crate::child::event_name;
use pollster::block_on;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wallet_core::WalletError;
use wallet_core::vault::database::{IntegrityState, RecordKind};
use wallet_core::vault::{UnlockWith, Vault};
use wallet_core::wallet::{ChainState, HistoryEvent, Wallet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    copies: usize,
    is_once_only: bool,
    /// Showings of all its copies.
    uses: u64,
    usable: usize,
}

/// Cards by name, events by kind, showings by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    pub cards: BTreeMap<String, Card>,
    pub events: BTreeMap<String, u64>,
    pub showings: BTreeMap<String, String>,
}

/// A call, as the child tells it.
#[derive(Clone, Debug)]
pub struct Call {
    pub what: String,
    pub with: Vec<String>,
}

impl Call {
    pub fn parse(words: &[&str]) -> Option<Self> {
        let (what, with) = words.split_first()?;
        Some(Self {
            what: (*what).to_owned(),
            with: with.iter().map(|word| (*word).to_owned()).collect(),
        })
    }
}

impl Content {
    fn happened(&mut self, event: &str) {
        *self.events.entry(event.to_owned()).or_default() += 1;
    }

    /// What the call makes of it, given what it answered.
    pub fn after(&self, call: &Call, answer: &[String]) -> Self {
        let mut new = self.clone();
        match call.what.as_str() {
            "receive" => {
                let copies = call.with[0].parse().unwrap();
                let card = Card {
                    copies,
                    is_once_only: call.with[1] == "once",
                    uses: 0,
                    usable: copies,
                };
                new.cards.insert(answer[0].clone(), card);
                new.happened("received");
            }
            "present" => {
                let card = new.cards.get_mut(&call.with[0]).unwrap();
                card.uses += 1;
                card.usable -= usize::from(card.is_once_only);
                new.showings.insert(answer[0].clone(), answer[1].clone());
                new.happened("presented");
            }
            "renew" => {
                let card = new.cards.get_mut(&call.with[0]).unwrap();
                let copies: usize = call.with[2].parse().unwrap();
                // The used copies of a once-only card go, and all of any other.
                card.usable = match call.with[1].as_str() {
                    "refill" => card.usable + copies,
                    _ => copies,
                };
                (card.copies, card.uses) = (card.usable, 0);
                new.happened("renewed");
            }
            "resend" => drop(new.showings.insert(answer[0].clone(), answer[1].clone())),
            "refuse" => new.happened("declined"),
            "delete" => {
                new.cards.remove(&call.with[0]).unwrap();
                new.happened("deleted");
            }
            "forget" => {
                new.showings.remove(&call.with[0]);
                let count = new.events.get_mut(&call.with[1]).unwrap();
                *count -= 1;
                new.events.retain(|_, count| *count > 0);
            }
            "export" => new.happened("exported"),
            "adopt" => {
                for card in new.cards.values_mut().filter(|card| card.is_once_only) {
                    card.usable = 0;
                }
                new.happened("adopted");
            }
            "create" => new = Self::default(),
            _ => {}
        }
        new
    }

    /// Every state a call may leave behind that was not answered, among those that look like what was `found`.
    /// `sent`: bytes of a presentation have left.
    pub fn during(&self, call: &Call, sent: bool, found: &Self) -> Vec<Self> {
        let new_card = || found.cards.keys().find(|id| !self.cards.contains_key(*id));
        let new_showing = || {
            let mut names = found.showings.iter();
            names.find(|(name, _)| !self.showings.contains_key(*name))
        };
        let after = |answer: &[&str]| {
            let answer: Vec<_> = answer.iter().map(|&word| word.to_owned()).collect();
            self.after(call, &answer)
        };
        let mut states = vec![self.clone()];
        match call.what.as_str() {
            "receive" => states.extend(new_card().map(|id| after(&[id]))),
            "present" => {
                if sent {
                    states.clear();
                }
                states.extend(new_showing().map(|(name, outcome)| after(&[name, outcome])));
            }
            "resend" => states.push(after(&[&call.with[0], "accepted"])),
            _ => states.push(after(&[])),
        }
        states
    }
}

/// What there is in a store.
pub struct Seen {
    pub content: Content,
    pub integrity: IntegrityState,
    /// The keys in hardware that cards need.
    pub hardware_keys: BTreeSet<String>,
}

/// Looks into a store through the facade and below it, and checks what must hold in every state.
pub fn look(wallet: &Wallet, vault: &Vault, with: UnlockWith<'_>) -> Seen {
    block_on(wallet.unlock(with)).unwrap();
    block_on(vault.unlock(with)).unwrap();
    let mut found = Content::default();
    let history = wallet.history().unwrap();
    assert_eq!(history.chain, ChainState::Intact);
    for item in &history.items {
        found.happened(event_name(&item.event));
        if matches!(item.event, HistoryEvent::Presented { .. }) {
            let outcome = item.outcome.unwrap().as_str().to_owned();
            found
                .showings
                .insert(item.name.as_str().to_owned(), outcome);
        }
    }
    let records = Records::read(vault);
    records.assert_whole(&found);
    for overview in wallet.list::<&str>(&[]).unwrap() {
        let id = overview.id.as_str();
        assert!(
            !wallet
                .detail::<&str>(&overview.id, &[])
                .unwrap()
                .claims
                .is_empty()
        );
        let card = Card {
            copies: overview.copies,
            is_once_only: records.of("credential")[id]["reuse"] == "once_only",
            uses: records
                .of("copy")
                .values()
                .filter(|copy| copy["credential"] == id)
                .map(|copy| copy["uses"].as_u64().unwrap())
                .sum(),
            usable: overview.usable_copies,
        };
        found.cards.insert(id.to_owned(), card);
    }
    Seen {
        content: found,
        integrity: wallet.integrity().unwrap(),
        hardware_keys: records.texts("key", "/place/hardware/handle"),
    }
}

/// Every record by kind and name; those that are not JSON are null.
struct Records(BTreeMap<&'static str, BTreeMap<String, Value>>);

const KINDS: [(&str, RecordKind); 11] = [
    ("profile", RecordKind::PROFILE),
    ("credential", RecordKind::CREDENTIAL),
    ("copy", RecordKind::COPY),
    ("body", RecordKind::BODY),
    ("context", RecordKind::ISSUANCE_CONTEXT),
    ("display", RecordKind::DISPLAY_SNAPSHOT),
    ("key", RecordKind::KEY),
    ("status", RecordKind::STATUS_CACHE),
    ("trust", RecordKind::TRUST_STATE),
    ("pending", RecordKind::PENDING),
    ("history", RecordKind::HISTORY),
];

impl Records {
    fn read(vault: &Vault) -> Self {
        let read = vault.with_database(|db| {
            assert!(db.check()?.is_empty(), "every record decrypts");
            let mut all = BTreeMap::new();
            for (name, kind) in KINDS {
                let records = db.list(kind)?.into_iter();
                let values = records.map(|record| {
                    let value = serde_json::from_slice(&record.body).unwrap_or_default();
                    (record.id.to_string(), value)
                });
                all.insert(name, values.collect());
            }
            Ok::<_, WalletError>(Self(all))
        });
        read.unwrap()
    }

    fn of(&self, kind: &str) -> &BTreeMap<String, Value> {
        &self.0[kind]
    }

    /// The texts at `pointer` in all records of a kind.
    fn texts(&self, kind: &str, pointer: &str) -> BTreeSet<String> {
        let values = self
            .of(kind)
            .values()
            .filter_map(|value| value.pointer(pointer));
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    fn names(&self, kind: &str) -> BTreeSet<String> {
        self.of(kind).keys().cloned().collect()
    }

    /// Nothing half: what refers to a record finds it, and no record is left that nothing refers to.
    fn assert_whole(&self, found: &Content) {
        assert_eq!(self.of("profile").len(), 1);
        assert_eq!(self.of("trust").len(), 1, "one end of the history");
        assert_eq!(self.names("display"), self.texts("credential", "/display"));
        assert_eq!(self.names("context"), self.texts("credential", "/context"));
        assert_eq!(self.names("key"), self.texts("copy", "/key"));
        let copies = self.of("credential").values().flat_map(|card| {
            let copies = card["copies"].as_array().unwrap().iter();
            copies.map(|name| name.as_str().unwrap().to_owned())
        });
        assert_eq!(self.names("copy"), copies.collect());
        let of_keys = self.texts("key", "/place/store/body");
        let of_copies = self.texts("copy", "/body");
        for body in self.names("body") {
            assert!(
                of_keys.contains(&body) || of_copies.contains(&body),
                "a body of nobody"
            );
        }
        assert!(
            of_keys.is_subset(&self.names("body")),
            "a key without its secret"
        );
        for copy in self.of("copy").values() {
            let is_usable = copy["state"] == "usable";
            let has_body = self.of("body").contains_key(copy["body"].as_str().unwrap());
            assert!(has_body || !is_usable, "a usable copy without its body");
            assert_eq!(
                copy["key"].is_string(),
                is_usable,
                "the key goes when the copy is burned"
            );
        }
        // What may be sent again is what may not have arrived.
        let unknown = found
            .showings
            .iter()
            .filter(|(_, outcome)| *outcome == "unknown");
        let unknown: BTreeSet<_> = unknown.map(|(name, _)| name.clone()).collect();
        let kept = self.texts("pending", "/history");
        assert!(
            kept.is_subset(&unknown),
            "an answer is kept that has arrived"
        );
    }
}
