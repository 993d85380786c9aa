//! Answering a verifier: request, plan, the holder's approval, durable marks, and only then the bytes.

use super::Wallet;
use super::answered::Answered;
use super::cards::{self, Card};
use super::copies;
use super::history;
use super::holder_auth::HolderAuth;
use super::records::{HistoryEvent, Outcome, RecordName, ShownCredential};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::presentation::{
    Answer, ApprovalHash, ApprovedPlan, AuthorizationRequest, Choice, ConsentPlan, NotApproved,
    PresentationError, Proposal, RequestPolicy, Response, VerifiedRequest,
};

/// How a presentation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Its history entry; with [`Outcome::Unknown`] also the name to [`Wallet::resend`] by.
    pub history: RecordName,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the holder's browser or app should go on; checked, not fetched.
    pub redirect_uri: Option<String>,
    /// What was shown.
    pub shown: Vec<ShownCredential>,
    /// The answer for the caller of the Digital Credentials API: JSON with `protocol` and `data`. `None` for an answer
    /// that was sent.
    pub response: Option<Vec<u8>>,
}

/// How declining ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// Whether the verifier took the refusal.
    pub outcome: Outcome,
    /// The refusal for the caller of the Digital Credentials API; `None` for one that was sent.
    pub response: Option<Vec<u8>>,
}

/// The bytes that go to the caller, if any do.
fn for_the_caller(answer: &Answer) -> Option<Vec<u8>> {
    match answer.response() {
        Response::ReturnToCaller { bytes } => Some(bytes.clone()),
        Response::Post { .. } => None,
    }
}

impl Wallet {
    /// Reads and verifies a request and matches it against the cards. Call it after the holder's go only: it may make a
    /// request to the address the link names (see [`AuthorizationRequest::contacts`]).
    ///
    /// # Errors
    /// `locked`, the integrity codes, `request_rate_limited`, `request_pending`, and every refusal of OpenID4VP. A
    /// verifier that was authenticated is told which kind of rule its request broke.
    pub async fn request(&self, link: &str) -> Result<Proposal, WalletError> {
        self.require_sound()?;
        let trust = self.trust()?;
        let policy = RequestPolicy {
            trust: &trust,
            ..self.policy.request_policy()
        };
        let request = AuthorizationRequest::parse(link)?;
        let _reading = self.take_up(&request.claimed_origin())?;
        let received = request
            .retrieve(&self.fetcher(), &policy, self.random(), self.now()?)
            .await;
        let received = self.after_resolving(received)?;
        let now = self.now()?;
        let request = match received.verify(&policy, now) {
            Ok(request) => request,
            Err(refused) => {
                if let Some(answer) = &refused.answer {
                    // The refusal stands whether or not the verifier hears of it.
                    let _ = answer.send(&self.fetcher(), now).await;
                }
                return Err(refused.into());
            }
        };
        self.propose(request, now)
    }

    /// Matches a verified request against the cards.
    pub(super) fn propose(
        &self,
        request: VerifiedRequest,
        now: UnixTime,
    ) -> Result<Proposal, WalletError> {
        self.keep_what_resolvers_saw(request.verifier().did_evidence())?;
        let cards = self.with_store(|db| {
            if history::was_answered(db, &Answered::of(&request))? {
                return Err(PresentationError::Replay.into());
            }
            cards::showable(db, now, self.policy.offer_withdrawn)
        })?;
        self.remember_request(&request, now)?;
        let candidates: Vec<_> = cards.iter().map(Card::candidate).collect();
        Ok(Proposal::make(request, &candidates, now, self.random())?)
    }

    /// Changes a plan: another card, another of the verifier's options. It has another hash then.
    ///
    /// # Errors
    /// `not_found` if the request or the cards do not allow the choice.
    pub fn select(&self, plan: &mut ConsentPlan, choice: &Choice) -> Result<(), WalletError> {
        Ok(plan.select(choice, self.now()?, self.random())?)
    }

    /// The holder agrees to the plan with this hash. `auth` is a [`FreshAuth`](super::FreshAuth) of this wallet or, where
    /// the app has a check of its own, a [`UserAuth`](crate::presentation::UserAuth).
    ///
    /// # Errors
    /// [`NotApproved`] gives the plan back: `consent_mismatch`, `consent_expired`, `user_auth_required`, those of the
    /// clock; `locked` with a [`FreshAuth`](super::FreshAuth).
    pub fn approve<'a>(
        &self,
        plan: ConsentPlan,
        hash: &ApprovalHash,
        auth: impl Into<HolderAuth<'a>>,
    ) -> Result<ApprovedPlan, NotApproved> {
        let checked = self
            .checked_auth(auth.into())
            .and_then(|auth| Ok((auth, self.now()?)));
        match checked {
            Ok((auth, now)) => plan.approve(hash, auth, now),
            Err(error) => Err(NotApproved {
                plan: Box::new(plan),
                error,
            }),
        }
    }

    /// Makes the presentation, writes down that the copies are used and what is shown, and only then sends it, or gives
    /// out the bytes for the caller.
    ///
    /// # Errors
    /// Before anything was sent: `locked`, the integrity codes, `conflict`, `one_time_exhausted`, `consent_expired`,
    /// `needs_reissue`, those of the keys and of the store. After that it does not fail: see [`Presented::outcome`].
    pub async fn present(&self, approved: ApprovedPlan) -> Result<Presented, WalletError> {
        self.require_sound()?;
        let verifier = approved.request().verifier().clone();
        let answered = Answered::of(approved.request());
        let transactions = approved.request().transaction_data().len();
        let showings = approved.showings().to_vec();
        let (marked, materials) = self.load_copies(&showings)?;
        let answer = approved
            .respond(&materials, self.now()?, self.random())
            .await?;
        drop(materials);
        // The holder may have been asked by the hardware for a while.
        let now = self.now()?;
        if now > answer.valid_until() {
            return Err(ErrorCode::ConsentExpired.into());
        }
        let shown = copies::shown(&marked, &showings)?;
        let event = HistoryEvent::Presented {
            verifier: verifier.client_id().as_str().to_owned(),
            verifier_name: verifier.display_name().map(str::to_owned),
            proven_by: verifier.proof().as_str().to_owned(),
            shown: shown.clone(),
            transactions,
        };
        let (history, kept) = self.commit(|db, batch| {
            self.mark_shown(db, batch, &marked)?;
            let event = event.clone();
            let history =
                history::append_answer(db, batch, now, event, Some(&answered), self.random())?;
            let kept = self.keep_answer(batch, &history, &answer)?;
            Ok((history, kept))
        })?;
        let (outcome, redirect_uri) = self.deliver(&history, &answer, kept.as_ref()).await;
        // Keys of burned copies; what stays is on the to-do list.
        let _ = self.do_pending().await;
        Ok(Presented {
            history,
            outcome,
            redirect_uri,
            shown,
            response: for_the_caller(&answer),
        })
    }

    /// The holder says no, or has seen that no card fits: the verifier cannot tell the two apart (OpenID4VP 1.0 15.9).
    ///
    /// # Errors
    /// `locked` and those of the store; the refusal is sent all the same.
    pub async fn refuse(&self, proposal: Proposal) -> Result<Declined, WalletError> {
        let verifier = proposal.request().verifier();
        let event = HistoryEvent::Declined {
            verifier: verifier.client_id().as_str().to_owned(),
            proven_by: verifier.proof().as_str().to_owned(),
        };
        let answered = Answered::of(proposal.request());
        let answer = proposal.decline();
        // Before a byte leaves: what was answered is not answered otherwise later.
        let noted = self.now().and_then(|now| {
            self.commit(|db, batch| {
                let event = event.clone();
                history::append_answer(db, batch, now, event, Some(&answered), self.random())
            })
        });
        let outcome = self.send(&answer).await.0;
        noted?;
        Ok(Declined {
            outcome,
            response: for_the_caller(&answer),
        })
    }
}
