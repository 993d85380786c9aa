//! A holder with a card, and somebody who means harm.

use crate::phone::{Contents, Phone};
use crate::world::{World, age};
use pollster::block_on;
use serde_json::Value;
use wallet_core::http::{HttpRequest, Purpose};
use wallet_core::presentation::{ConsentPlan, Proposal};
use wallet_core::wallet::{KeptCard, ReceiveOptions, ReceivedCard, ReusePolicy};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::hostile::{ForgedRequest, Forger, Hostile, Impostor, Trick};

pub struct Attack {
    pub world: World,
    pub hostile: Hostile,
    /// What the wallet had.
    before: Contents,
    /// How many requests there were.
    mark: usize,
}

/// What a refusal must look like.
pub type Refusal = (ErrorCode, Option<&'static str>);

impl Attack {
    /// The holder has the resident card in two copies for one use each.
    pub fn begin() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Phone)) -> Self {
        let world = World::with(change);
        world.receive(2, ReusePolicy::OnceOnly);
        let hostile = Hostile::start().unwrap();
        hostile.set("/response", Trick::json(&serde_json::json!({})));
        Self {
            before: kept(&world.phone),
            mark: world.phone.network.count(),
            world,
            hostile,
        }
    }

    pub fn forger(&self) -> Forger {
        let authority = &self.world.parties.verifier_authority;
        Forger::new(authority, &self.hostile.base_url()).unwrap()
    }

    /// A request for the holder's age that breaks no rule.
    pub fn forged(&self) -> ForgedRequest {
        self.forger().request(&age()).unwrap()
    }

    /// The same with one thing changed.
    pub fn forged_with(&self, change: impl FnOnce(&mut ForgedRequest)) -> ForgedRequest {
        let mut request = self.forged();
        change(&mut request);
        request
    }

    pub fn impostor(&self) -> Impostor {
        Impostor::new(&self.hostile, &self.world.parties.issuer_authority).unwrap()
    }

    /// An offer of the impostor's, whose documents stand already.
    pub fn impostor_offer(&self) -> String {
        Impostor::offer_of_any(&self.hostile.base_url())
    }

    /// From now on the impostor's credential endpoint answers with the card that `make` makes of the request's body.
    pub fn issues(&self, make: impl Fn(&Impostor, &[u8]) -> String + Send + Sync + 'static) {
        let impostor = self.impostor();
        let answer = move |received: &wallet_parties::hostile::Received| serde_json::json!({"credentials": [{"credential": make(&impostor, &received.body)}]});
        self.hostile.set("/credential", Trick::computed(answer));
    }

    /// What became of a request.
    pub fn ask(&self, link: &str) -> Result<Proposal, WalletError> {
        block_on(self.world.wallet.request(link))
    }

    pub fn plan(&self, link: &str) -> ConsentPlan {
        match self.ask(link).unwrap() {
            Proposal::Plan(plan) => *plan,
            Proposal::Unavailable(_) => panic!("nothing fits"),
        }
    }

    /// The request is refused like this.
    pub fn refused(&self, name: &str, link: &str, refusal: Refusal) {
        check(name, self.ask(link).err(), refusal);
    }

    /// Receiving from this offer is refused like this.
    pub fn offer_refused(&self, name: &str, link: &str, refusal: Refusal) {
        check(name, self.receive(link).err(), refusal);
    }

    /// What became of an offer.
    pub fn receive(&self, link: &str) -> Result<Vec<KeptCard>, WalletError> {
        block_on(self.world.wallet.receive(link, &ReceiveOptions::default()))
    }

    /// Orders the first card of an offer; it is not kept.
    pub fn order(&self, link: &str) -> Result<ReceivedCard, WalletError> {
        let wallet = &self.world.wallet;
        block_on(async {
            let offered = wallet.offer(link).await?;
            let authorized = wallet.accept(&offered, None).await?;
            let order = authorized.orders().first().unwrap();
            wallet.order(&authorized, order, 1).await?.received()
        })
    }

    /// The requests since the attack began.
    pub fn requests(&self) -> Vec<HttpRequest> {
        let all = self.world.phone.network.requests();
        all[self.mark..].to_vec()
    }

    /// Nothing was asked of anybody.
    pub fn silent(&self) {
        assert_eq!(self.requests().len(), 0, "{:?}", targets(&self.requests()));
    }

    /// Nothing about the holder left, nobody was called but the attacker and the honest parties, the wallet has what it
    /// had, and shows it to who asks decently.
    pub fn unharmed(&self) {
        let parties = &self.world.parties;
        let allowed = [
            self.hostile.base_url(),
            parties.issuer.base_url().to_owned(),
            parties.verifier.base_url().to_owned(),
        ];
        for request in self.requests() {
            let is_allowed = allowed.iter().any(|base| {
                let rest = request.url.strip_prefix(base.as_str());
                rest.is_some_and(|rest| rest.starts_with('/'))
            });
            assert!(is_allowed, "{} was called", request.url);
            let body = String::from_utf8(request.body).unwrap();
            assert!(
                !body.contains("vp_token") && !body.contains('~'),
                "something was shown"
            );
            if request.purpose == Purpose::Response {
                assert!(body.starts_with("error="), "more than an error was sent");
            }
        }
        assert_eq!(
            kept(&self.world.phone),
            self.before,
            "the wallet has changed"
        );
        self.world.phone.network.calm();
        self.world.show_age(&self.world.wallet);
    }
}

/// Cards, copies, keys and history; not what the wallet notes of requests it saw.
fn kept(phone: &Phone) -> Contents {
    let kinds = [
        "credential",
        "copy",
        "body",
        "context",
        "display",
        "key",
        "history",
    ];
    let mut contents = phone.contents();
    contents.retain(|(kind, _), _| kinds.contains(kind));
    contents
}

fn check(name: &str, error: Option<WalletError>, refusal: Refusal) {
    let error = error.unwrap_or_else(|| panic!("{name} was not refused"));
    assert_eq!(
        (error.code(), error.failed_rule()),
        refusal,
        "{name}: {error:?}"
    );
}

/// What the attacker posts with its own client: the status of the answer.
pub fn post_form(url: &str, form: &[(&str, &str)]) -> u16 {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let sent = agent.post(url).send_form(form.iter().copied());
    sent.unwrap().status().as_u16()
}

pub fn targets(requests: &[HttpRequest]) -> Vec<String> {
    requests.iter().map(|request| request.url.clone()).collect()
}

/// A query for claims, by path.
pub fn query(format: &str, meta: Value, paths: &[Value]) -> Value {
    let claims: Vec<Value> = paths
        .iter()
        .map(|path| serde_json::json!({ "path": path }))
        .collect();
    serde_json::json!({"credentials": [{"id": "card", "format": format, "meta": meta, "claims": claims}]})
}
