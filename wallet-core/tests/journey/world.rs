//! An issuer, verifiers, a phone with a wallet, and the steps the tests are made of.

use crate::phone::{PASSPHRASE, Phone};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::presentation::{ApprovedPlan, ConsentPlan, Proposal, UserAuth};
use wallet_core::secret::SecretBytes;
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::{
    FreshAuth, KeepPolicy, Outcome, Presented, ReceiveOptions, RecordName, ReusePolicy,
    UserAuthPolicy, Wallet,
};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::issuer::{OfferLink, OfferOptions};
use wallet_parties::verifier::{PresentationResult, RequestLink, RequestOptions};

pub struct World {
    pub parties: Parties,
    pub phone: Phone,
    pub wallet: Wallet,
    pub recovery_code: SecretBytes,
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world whose phone was changed before the wallet was made.
    pub fn with(change: impl FnOnce(&mut Phone)) -> Self {
        let parties = Parties::start().unwrap();
        let mut phone = Phone::trusting(&parties.anchors);
        phone.policy.trust.web_issuers = vec![parties.issuer.controller()];
        change(&mut phone);
        let (wallet, recovery_code) = phone.create();
        Self {
            parties,
            phone,
            wallet,
            recovery_code,
        }
    }

    pub fn offer(&self, change: impl FnOnce(&mut OfferOptions)) -> OfferLink {
        let mut options = OfferOptions::default();
        change(&mut options);
        self.parties.issuer.offer(&options).unwrap()
    }

    /// One card of this configuration.
    pub fn receive_one(&self, configuration: &str) -> Result<RecordName, WalletError> {
        let link = self.offer(|offer| offer.configurations = vec![configuration.to_owned()]);
        let kept = block_on(self.wallet.receive(&link.uri, &ReceiveOptions::default()))?;
        Ok(kept[0].id.clone())
    }

    /// The resident card in this many copies.
    pub fn receive(&self, copies: u16, reuse: ReusePolicy) -> RecordName {
        let keep = KeepPolicy {
            reuse,
            ..KeepPolicy::default()
        };
        self.receive_as(copies, keep)
    }

    pub fn receive_as(&self, copies: u16, keep: KeepPolicy) -> RecordName {
        let options = ReceiveOptions {
            copies,
            keep,
            ..ReceiveOptions::default()
        };
        let link = self.offer(|_| {});
        let kept = block_on(self.wallet.receive(&link.uri, &options)).unwrap();
        kept[0].id.clone()
    }

    /// A card that asks for authentication at each showing.
    pub fn receive_guarded(&self) -> RecordName {
        self.receive_as(
            1,
            KeepPolicy {
                reuse: ReusePolicy::Rotating,
                user_auth: UserAuthPolicy::EachShowing,
            },
        )
    }

    /// Time passes, and the holder touches the screen now and then.
    pub fn keep_unlocked_for(&self, seconds: i64) {
        for _ in 0..seconds / 30 {
            self.phone.clock.turn(30);
            self.wallet.touch().unwrap();
        }
        self.phone.clock.turn(seconds % 30);
    }

    pub fn ask(&self, query: Value, change: impl FnOnce(&mut RequestOptions)) -> RequestLink {
        let mut options = RequestOptions::new("bar", query);
        change(&mut options);
        self.parties.verifier.request(&options).unwrap()
    }

    /// A bar asks whether the holder is over 19.
    pub fn ask_age(&self) -> RequestLink {
        self.ask(age(), |_| {})
    }

    pub fn result(&self, link: &RequestLink) -> PresentationResult {
        self.parties.verifier.result(&link.session).unwrap()
    }

    pub fn show(&self, wallet: &Wallet, link: &RequestLink) -> Result<Presented, WalletError> {
        let approved = approve(wallet, plan(wallet, &link.uri));
        block_on(wallet.present(approved))
    }

    /// A bar asks, and the wallet shows.
    pub fn show_age(&self, wallet: &Wallet) -> Presented {
        let link = self.ask_age();
        let presented = self.show(wallet, &link).unwrap();
        assert_eq!(presented.outcome, Outcome::Accepted);
        assert!(self.result(&link).accepted);
        presented
    }
}

/// Age over 19 of the resident card.
pub fn age() -> Value {
    claims(&[json!({"path": ["age_equal_or_over", "19"]})])
}

/// These claims of a card.
pub fn claims(claims: &[Value]) -> Value {
    json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": claims}]})
}

pub fn propose(wallet: &Wallet, link: &str) -> Proposal {
    block_on(wallet.request(link)).unwrap()
}

pub fn plan(wallet: &Wallet, link: &str) -> ConsentPlan {
    match propose(wallet, link) {
        Proposal::Plan(plan) => *plan,
        Proposal::Unavailable(plan) => panic!("nothing fits {:?}", plan.unmatched()),
    }
}

pub fn approve(wallet: &Wallet, plan: ConsentPlan) -> ApprovedPlan {
    let hash = *plan.hash();
    wallet.approve(plan, &hash, UserAuth::None).unwrap()
}

pub fn authenticate(wallet: &Wallet) -> FreshAuth {
    block_on(wallet.authenticate(UnlockWith::Passphrase(PASSPHRASE))).unwrap()
}

/// The code of what must not have worked.
pub fn refused<T>(result: Result<T, WalletError>) -> ErrorCode {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => error.code(),
    }
}
