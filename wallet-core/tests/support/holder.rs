//! A holder with cards, who answers requests over real sockets.
#![allow(dead_code, reason = "each test file uses a part")]

use super::http::{Client, Receiver};
use std::collections::HashMap;
use std::sync::Arc;
use wallet_core::WalletError;
use wallet_core::clock::{Clock as _, SystemClock, UnixTime};
use wallet_core::formats::Credential;
use wallet_core::http::{FetchSettings, Fetcher};
use wallet_core::jose::Algorithm;
use wallet_core::keys::{HolderKey, KeyPurpose, SoftwareKey};
use wallet_core::presentation::dcql::{Candidate, CopyRef, CredentialRef, UserAuthPolicy};
use wallet_core::presentation::{
    Answer, AuthorizationRequest, Choice, CopyMaterial, DcApiRequest, Origin, Outcome, Proposal,
    RequestPolicy, RequestRefused, SeenRequests, Showing, TransactionDataType, UserAuth,
    VerifiedRequest,
};
use wallet_core::random::OsRandom;
use wallet_core::trust::{PinnedDidKey, TrustAnchor, TrustAnchors};

const SETTINGS: FetchSettings = FetchSettings {
    allow_loopback_http: true,
};

/// Its name, and the key it is bound to.
type Card = (String, Credential, Option<Arc<dyn HolderKey>>);

pub struct Holder {
    pub client: Client,
    anchors: TrustAnchors,
    cards: Vec<Card>,
    seen: SeenRequests,
    pub transaction_data_types: Vec<TransactionDataType>,
}

/// What was sent, and what came of it.
pub struct Presented {
    pub showings: Vec<Showing>,
    pub answer: Answer,
    pub outcome: Outcome,
}

pub fn now() -> UnixTime {
    SystemClock::default().now().unwrap()
}

impl Holder {
    pub fn trusting(verifier_anchors_pem: &str) -> Self {
        Self {
            client: Client::default(),
            anchors: TrustAnchors {
                verifiers: TrustAnchor::from_pem(verifier_anchors_pem).unwrap(),
                ..TrustAnchors::default()
            },
            cards: Vec::new(),
            seen: SeenRequests::new(),
            transaction_data_types: Vec::new(),
        }
    }

    /// Receives one copy by this offer and keeps it as `name`.
    pub fn receive(&mut self, name: &str, offer: &str, issuer_anchors_pem: &str) {
        let receiver = Receiver::trusting(issuer_anchors_pem);
        let authorized = receiver.accept(offer, None).unwrap();
        let order = authorized.orders().first().unwrap();
        let key = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom).unwrap();
        let key: Arc<dyn HolderKey> = Arc::new(key);
        let ports = receiver.ports();
        let ordered = authorized.request(&ports, order, core::slice::from_ref(&key));
        let mut received = pollster::block_on(ordered).unwrap().received().unwrap();
        let copy = received.copies.pop().unwrap();
        let card = (name.to_owned(), copy.credential, Some(key));
        self.cards.push(card);
    }

    /// Receives a W3C credential of this issuer, which is bound to no key, by this offer and keeps it as `name`.
    pub fn receive_unbound(
        &mut self,
        name: &str,
        offer: &str,
        issuer: &str,
    ) -> Result<(), WalletError> {
        let mut receiver = Receiver::trusting_none();
        receiver.trust.issuer_keys = vec![PinnedDidKey {
            issuer: issuer.to_owned(),
            did: issuer.to_owned(),
        }];
        let authorized = receiver.accept(offer, None)?;
        let order = authorized.orders().first().unwrap();
        let ports = receiver.ports();
        let ordered = pollster::block_on(authorized.request(&ports, order, &[]))?;
        let mut received = ordered.received().unwrap();
        let copy = received.copies.pop().unwrap();
        self.cards.push((name.to_owned(), copy.credential, None));
        Ok(())
    }

    fn fetcher(&self) -> Fetcher<'_> {
        Fetcher::new(&self.client, SETTINGS)
    }

    /// Reads, fetches and verifies a request.
    pub fn open(&mut self, link: &str) -> Result<VerifiedRequest, RequestRefused> {
        let request = AuthorizationRequest::parse(link)?;
        let policy = RequestPolicy {
            transaction_data_types: &self.transaction_data_types,
            ..RequestPolicy::new(&self.anchors, SETTINGS)
        };
        let fetcher = self.fetcher();
        let retrieving = request.retrieve(&fetcher, &policy, &OsRandom, now());
        let request = pollster::block_on(retrieving)?.verify(&policy, now())?;
        self.seen.remember(&request, now())?;
        Ok(request)
    }

    pub fn propose(&self, request: VerifiedRequest) -> Proposal {
        let candidates: Vec<_> = self
            .cards
            .iter()
            .map(|(name, credential, _)| {
                let copy = CopyRef(name.clone());
                let card = CredentialRef(name.clone());
                Candidate::of(card, copy, credential, &[], 0, UserAuthPolicy::Unlocked)
            })
            .collect();
        Proposal::make(request, &candidates, now(), &OsRandom).unwrap()
    }

    /// Answers a request with these choices. The cards are used up.
    pub fn present(mut self, link: &str, choices: &[Choice]) -> Presented {
        let request = self.open(link).unwrap();
        let (showings, answer) = self.answer(request, choices);
        let outcome = self.send(&answer);
        Presented {
            showings,
            answer,
            outcome,
        }
    }

    /// Verifies a request that the platform hands over.
    pub fn take(
        &self,
        protocol: &str,
        data: &str,
        origin: &str,
    ) -> Result<VerifiedRequest, RequestRefused> {
        let origin = Origin::from_platform(origin, SETTINGS)?;
        let policy = RequestPolicy {
            transaction_data_types: &self.transaction_data_types,
            ..RequestPolicy::new(&self.anchors, SETTINGS)
        };
        DcApiRequest::parse(protocol, data, origin)?.verify(&policy, now())
    }

    /// Makes an answer with these choices. The cards are used up.
    pub fn answer(
        &mut self,
        request: VerifiedRequest,
        choices: &[Choice],
    ) -> (Vec<Showing>, Answer) {
        let Proposal::Plan(mut plan) = self.propose(request) else {
            panic!("nothing to show");
        };
        for choice in choices {
            plan.select(choice, now(), &OsRandom).unwrap();
        }
        let hash = *plan.hash();
        let plan = plan
            .approve(&hash, UserAuth::Verified { at: now() }, now())
            .unwrap();
        let showings = plan.showings().to_vec();
        let materials: HashMap<_, _> = self
            .cards
            .drain(..)
            .map(|(name, credential, key)| {
                (
                    CopyRef(name),
                    CopyMaterial {
                        holder: None,
                        anchor_proof: None,
                        credential,
                        key,
                    },
                )
            })
            .collect();
        let answer = pollster::block_on(plan.respond(&materials, now(), &OsRandom)).unwrap();
        (showings, answer)
    }

    pub fn send(&self, answer: &Answer) -> Outcome {
        pollster::block_on(answer.send(&self.fetcher(), now())).unwrap()
    }
}

/// The selectively disclosed paths, as sorted JSON texts.
pub fn disclosed(showings: &[Showing]) -> Vec<String> {
    let paths = showings.iter().flat_map(|showing| &showing.disclosed);
    let mut texts: Vec<_> = paths.map(|path| path.to_json().to_string()).collect();
    texts.sort();
    texts
}
