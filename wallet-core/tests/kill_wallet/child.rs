//! The child: uses its wallet in every way an app can, and tells what it begins and what was answered, until it is killed.

use crate::http::Client;
use crate::phone::{Dice, Phone, enrolments, passphrase, pin, policy, settings};
use async_trait::async_trait;
use pollster::block_on;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Purpose};
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::vault::database::IntegrityState;
use wallet_core::vault::{Keep, Passphrase, Pin, Rotated, SlotKind, UnlockWith};
use wallet_core::wallet::{
    FreshAuth, HistoryEvent, KeepPolicy, Outcome, Platform, Policy, Presented, ReceiveOptions,
    RecordName, ReusePolicy, Wallet,
};
use wallet_parties::control;

/// One line, written at once.
pub fn say(line: &str) {
    println!("\n{line}");
    std::io::stdout().flush().unwrap();
}

/// Tells when the bytes of a presentation leave.
#[derive(Default)]
struct Announcing(Client);

#[async_trait]
impl HttpClient for Announcing {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.purpose == Purpose::Response {
            say("sent");
        }
        self.0.send(request).await
    }
}

struct Worker {
    phone: Phone,
    dice: Dice,
    issuer: String,
    verifier: String,
    platform: Platform,
    policy: Policy,
    passphrase: u32,
    pin: Option<u32>,
    has_code: bool,
}

/// Works in `folder`, as the orders there say, until it is killed.
pub fn work(folder: &Path) {
    let describe = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say("failed");
        describe(panic);
    }));
    say("started");
    let phone = Phone::in_folder(folder);
    let orders: Value = serde_json::from_slice(&std::fs::read(phone.orders()).unwrap()).unwrap();
    let text = |name: &str| orders[name].as_str().unwrap().to_owned();
    let number = |name: &str| orders[name].as_u64();
    let in_hardware = orders["hardware"].as_bool().unwrap();
    let mut worker = Worker {
        dice: Dice::new(number("seed").unwrap()),
        issuer: text("issuer"),
        verifier: text("verifier"),
        platform: phone.platform(Arc::new(Announcing::default()), in_hardware),
        policy: policy(&text("issuer_pem"), &text("verifier_pem")),
        passphrase: u32::try_from(number("passphrase").unwrap()).unwrap(),
        pin: number("pin").map(|n| u32::try_from(n).unwrap()),
        has_code: orders["has_code"].as_bool().unwrap(),
        phone,
    };
    loop {
        let wallet = worker.start();
        while worker.step(&wallet) {}
    }
}

impl Worker {
    /// An unlocked wallet that is sound: opened, adopted, or made.
    fn start(&mut self) -> Wallet {
        let (platform, policy) = (self.platform.clone(), self.policy.clone());
        let wallet = match Wallet::open(self.phone.store(), platform, policy, settings()) {
            Ok(wallet) => wallet,
            Err(error) if error.code() == ErrorCode::StoreMissing => return self.create(),
            Err(error) if error.code() == ErrorCode::ErasePending => {
                self.erase();
                return self.create();
            }
            Err(error) => panic!("{error}"),
        };
        let passphrase = passphrase(self.passphrase);
        let with = match self.pin {
            Some(n) if self.dice.one_in(2) => UnlockWith::Pin(pin(n)),
            _ => UnlockWith::Passphrase(&passphrase),
        };
        let report = block_on(wallet.unlock(with)).unwrap();
        if report.integrity != IntegrityState::Ok {
            let auth = block_on(wallet.authenticate(with)).unwrap();
            say("begin adopt");
            wallet.adopt(&auth).unwrap();
            say("done adopt");
        }
        wallet
    }

    fn create(&mut self) -> Wallet {
        (self.passphrase, self.pin) = (0, Some(0));
        say("begin create");
        let (wallet, code) = block_on(Wallet::create(
            self.phone.store(),
            self.platform.clone(),
            self.policy.clone(),
            settings(),
            enrolments(),
        ))
        .unwrap();
        self.told("create", code.unwrap().to_text().to_vec());
        wallet
    }

    fn told(&mut self, what: &str, code: Vec<u8>) {
        say(&format!("done {what} {}", String::from_utf8(code).unwrap()));
        self.has_code = true;
    }

    fn erase(&mut self) {
        say("begin erase");
        block_on(Wallet::erase(&self.phone.store(), &self.platform)).unwrap();
        say("done erase");
    }

    /// One call, or some. `false` once the wallet is to be opened anew.
    fn step(&mut self, wallet: &Wallet) -> bool {
        if !self.has_code {
            self.renew_code(wallet);
        }
        match self.dice.below(46) {
            0..=7 => self.receive(wallet),
            8..=19 => self.answer(wallet),
            20 | 21 => self.resend(wallet),
            22..=24 => self.delete(wallet),
            25 | 26 => self.forget(wallet),
            27 => self.export(wallet),
            28 | 29 => {
                say("begin pending");
                let left = block_on(wallet.do_pending()).unwrap();
                say(&format!("done pending {left}"));
            }
            30..=32 => self.change_pin(wallet),
            33 | 34 => self.change_passphrase(wallet),
            35 => self.renew_code(wallet),
            36 | 37 => self.change_slots(wallet),
            40..=45 => self.renew(wallet),
            38 => {
                wallet.lock();
                return false;
            }
            _ if self.dice.one_in(4) => {
                wallet.lock();
                self.erase();
                return false;
            }
            _ => {}
        }
        true
    }

    fn receive(&mut self, wallet: &Wallet) {
        if wallet.list::<&str>(&[]).unwrap().len() > 5 {
            return self.delete(wallet);
        }
        let offer = control::post(&format!("{}/control/offer", self.issuer), &json!({})).unwrap();
        let copies = u16::try_from(1 + self.dice.below(3)).unwrap();
        let (reuse, name) = match self.dice.one_in(3) {
            true => (ReusePolicy::Rotating, "rotating"),
            false => (ReusePolicy::OnceOnly, "once"),
        };
        let options = ReceiveOptions {
            copies,
            keep: KeepPolicy {
                reuse,
                ..KeepPolicy::default()
            },
            ..ReceiveOptions::default()
        };
        say(&format!("begin receive {copies} {name}"));
        let kept = block_on(wallet.receive(offer["uri"].as_str().unwrap(), &options)).unwrap();
        say(&format!("done receive {}", kept[0].id.as_str()));
    }

    /// Refills a card or has it issued again, with something else on it now and then; or keeps it as it is.
    fn renew(&mut self, wallet: &Wallet) {
        let cards = wallet.list::<&str>(&[]).unwrap();
        let Some(card) = self.any(cards) else { return };
        let street = format!("활빈로 {}", self.dice.below(3));
        let says = json!({"claims": {"street": street}});
        let change = format!("{}/control/change?card=resident_card", self.issuer);
        control::post(&change, &says).unwrap();
        let id = card.id.as_str();
        say(&format!("begin refresh {id}"));
        let renewed = match block_on(wallet.renew(&card.id)) {
            Ok(renewed) => renewed,
            // A kill took the answer that had the new refresh token in it.
            Err(error) if error.code() == ErrorCode::RenewalNeedsHolder => {
                return say("done refresh refused");
            }
            Err(error) => panic!("{error}"),
        };
        say("done refresh taken");
        if self.dice.one_in(6) {
            let _ = block_on(wallet.decline(renewed.into_card()));
            return;
        }
        let (kind, copies) = (renewed.kind(), renewed.card().copies());
        say(&format!("begin renew {id} {} {copies}", kind.as_str()));
        block_on(wallet.keep_renewed(renewed)).unwrap();
        say("done renew");
    }

    /// Shows a card, or says no.
    fn answer(&mut self, wallet: &Wallet) {
        let query = json!({"credentials": [{
            "id": "card", "format": "dc+sd-jwt", "meta": {},
            "claims": [{"path": ["age_equal_or_over", "19"]}],
        }]});
        let options = json!({"name": "bar", "query": query});
        let link = control::post(&format!("{}/control/request", self.verifier), &options).unwrap();
        let proposal = block_on(wallet.request(link["uri"].as_str().unwrap())).unwrap();
        let plan = match proposal {
            Proposal::Plan(plan) if !self.dice.one_in(8) => plan,
            proposal => {
                say("begin refuse");
                block_on(wallet.refuse(proposal)).unwrap();
                return say("done refuse");
            }
        };
        say(&format!(
            "begin present {}",
            plan.showings()[0].credential.0
        ));
        let hash = *plan.hash();
        let approved = wallet.approve(*plan, &hash, UserAuth::None).unwrap();
        let presented = block_on(wallet.present(approved)).unwrap();
        assert_eq!(presented.outcome, Outcome::Accepted);
        told_of_showing("present", &presented);
    }

    /// Sends again what may not have arrived.
    fn resend(&mut self, wallet: &Wallet) {
        let history = wallet.history().unwrap();
        let mut unknown = history.items.iter().filter(|item| {
            matches!(item.event, HistoryEvent::Presented { .. })
                && item.outcome == Some(Outcome::Unknown)
        });
        let Some(item) = unknown.next_back() else {
            return;
        };
        say(&format!("begin resend {}", item.name.as_str()));
        match block_on(wallet.resend(&item.name)) {
            Ok(again) => told_of_showing("resend", &again),
            // The card was deleted, and the answer with it.
            Err(error) if error.code() == ErrorCode::NotFound => {
                say(&format!("done resend {} unknown", item.name.as_str()));
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn any<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        let at = self.dice.below(u64::try_from(list.len().max(1)).unwrap());
        (!list.is_empty()).then(|| list.swap_remove(usize::try_from(at).unwrap()))
    }

    fn delete(&mut self, wallet: &Wallet) {
        let cards = wallet.list::<&str>(&[]).unwrap();
        if let Some(card) = self.any(cards) {
            say(&format!("begin delete {}", card.id.as_str()));
            block_on(wallet.delete(&card.id)).unwrap();
            say("done delete");
        }
    }

    fn forget(&mut self, wallet: &Wallet) {
        let items = wallet.history().unwrap().items;
        if let Some(item) = self.any(items) {
            let name: &RecordName = &item.name;
            say(&format!(
                "begin forget {} {}",
                name.as_str(),
                event_name(&item.event)
            ));
            wallet.delete_history(name).unwrap();
            say("done forget");
        }
    }

    fn authenticate(&self, wallet: &Wallet) -> FreshAuth {
        let passphrase = passphrase(self.passphrase);
        block_on(wallet.authenticate(UnlockWith::Passphrase(&passphrase))).unwrap()
    }

    fn export(&mut self, wallet: &Wallet) {
        let auth = self.authenticate(wallet);
        say("begin export");
        wallet.export(&auth).unwrap();
        say("done export");
    }

    fn change_pin(&mut self, wallet: &Wallet) {
        let Some(n) = self.pin else { return };
        say(&format!("begin change_pin {}", n + 1));
        let new = Pin::new(pin(n + 1)).unwrap();
        block_on(wallet.change_pin(pin(n), &new)).unwrap();
        self.pin = Some(n + 1);
        say("done change_pin");
    }

    fn change_passphrase(&mut self, wallet: &Wallet) {
        let (old, next) = (passphrase(self.passphrase), self.passphrase + 1);
        let new = Passphrase::new(&passphrase(next)).unwrap();
        let keep = Keep {
            pin: self.pin.map(pin),
            ..Keep::default()
        };
        say(&format!("begin change_passphrase {next}"));
        let rotated = block_on(wallet.change_passphrase(&old, &new, keep)).unwrap();
        self.passphrase = next;
        self.rotated("change_passphrase", &rotated);
    }

    fn renew_code(&mut self, wallet: &Wallet) {
        let passphrase = passphrase(self.passphrase);
        let keep = Keep {
            pin: self.pin.map(pin),
            passphrase: Some(&passphrase),
            ..Keep::default()
        };
        let auth = self.authenticate(wallet);
        say("begin renew_code");
        let rotated = block_on(wallet.renew_recovery_code(&auth, keep)).unwrap();
        self.rotated("renew_code", &rotated);
    }

    fn rotated(&mut self, what: &str, rotated: &Rotated) {
        assert_eq!(rotated.dropped, []);
        self.told(what, rotated.recovery_code.to_text().to_vec());
    }

    fn change_slots(&mut self, wallet: &Wallet) {
        let auth = self.authenticate(wallet);
        match self.pin {
            Some(_) => {
                say("begin remove_pin");
                block_on(wallet.remove_slot(&auth, SlotKind::Pin)).unwrap();
                self.pin = None;
                say("done remove_pin");
            }
            None => {
                say("begin add_pin 7");
                let new = Pin::new(pin(7)).unwrap();
                block_on(wallet.add_pin(&auth, &new, None)).unwrap();
                self.pin = Some(7);
                say("done add_pin");
            }
        }
    }
}

fn told_of_showing(what: &str, presented: &Presented) {
    let name = presented.history.as_str();
    say(&format!(
        "done {what} {name} {}",
        presented.outcome.as_str()
    ));
}

/// The kind of an event.
pub fn event_name(event: &HistoryEvent) -> &'static str {
    match event {
        HistoryEvent::Received { .. } => "received",
        HistoryEvent::Renewed { .. } => "renewed",
        HistoryEvent::Presented { .. } => "presented",
        HistoryEvent::Declined { .. } => "declined",
        HistoryEvent::Deleted { .. } => "deleted",
        HistoryEvent::Exported => "exported",
        HistoryEvent::Adopted => "adopted",
        _ => "another",
    }
}
