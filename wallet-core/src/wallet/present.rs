//! Answering a verifier: request, plan, the holder's approval, durable marks, and only then the bytes.

use super::Wallet;
use super::cards::{self, Card};
use super::device_bound::DeviceBoundSeal;
use super::history;
use super::holder_keys;
use super::records::{
    CopyRecord, CredentialRecord, HistoryEvent, KeyPlace, KeyRecord, Other, Outcome, PendingRecord,
    RecordName, ShownCredential,
};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::presentation::dcql::CopyRef;
use crate::presentation::{
    self, Answer, ApprovalHash, ApprovedPlan, AuthorizationRequest, Choice, ConsentPlan,
    CopyMaterial, NotApproved, PresentationError, Proposal, Response, Showing, UserAuth,
};
use crate::vault::database::{Database, RecordKind};
use std::collections::HashMap;
use zeroize::Zeroizing;

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
}

/// A copy that is about to be shown.
struct Marked {
    copy: Stored<CopyRecord>,
    card: CredentialRecord,
    key: Option<Stored<KeyRecord>>,
}

impl Wallet {
    /// Reads and verifies a request and matches it against the cards. Call it after the holder's go only: it may make a
    /// request to the address the link names (see [`AuthorizationRequest::contacts`]).
    ///
    /// # Errors
    /// `locked`, the integrity codes, and every refusal of OpenID4VP. A verifier that was authenticated is told which
    /// kind of rule its request broke.
    pub async fn request(&self, link: &str) -> Result<Proposal, WalletError> {
        self.require_sound()?;
        let received = AuthorizationRequest::parse(link)?
            .retrieve(&self.fetcher())
            .await?;
        let now = self.now()?;
        let request = match received.verify(&self.policy.trust, self.policy.fetch, now) {
            Ok(request) => request,
            Err(refused) => {
                if let Some(answer) = &refused.answer {
                    // The refusal stands whether or not the verifier hears of it.
                    let _ = answer.send(&self.fetcher(), now).await;
                }
                return Err(refused.into());
            }
        };
        self.remember_request(&request, now)?;
        self.with_store(|db| {
            let cards = cards::showable(db)?;
            let candidates: Vec<_> = cards.iter().map(Card::candidate).collect();
            Ok(Proposal::make(request, &candidates, now, self.random())?)
        })
    }

    /// Changes a plan: another card, another of the verifier's options. It has another hash then.
    ///
    /// # Errors
    /// `consent_mismatch` if the request or the cards do not allow the choice.
    pub fn select(&self, plan: &mut ConsentPlan, choice: &Choice) -> Result<(), WalletError> {
        Ok(plan.select(choice, self.random())?)
    }

    /// The holder agrees to the plan with this hash.
    ///
    /// # Errors
    /// [`NotApproved`] gives the plan back.
    pub fn approve(
        &self,
        plan: ConsentPlan,
        hash: &ApprovalHash,
        auth: UserAuth,
    ) -> Result<ApprovedPlan, NotApproved> {
        match self.now() {
            Ok(now) => plan.approve(hash, auth, now),
            Err(_) => Err(NotApproved {
                plan: Box::new(plan),
                error: PresentationError::ConsentExpired,
            }),
        }
    }

    /// Makes the presentation, writes down that the copies are used and what is shown, and only then sends it.
    ///
    /// # Errors
    /// Before anything was sent: `locked`, the integrity codes, `conflict`, `one_time_exhausted`, `consent_expired`,
    /// `needs_reissue`, those of the keys and of the store. After that it does not fail: see [`Presented::outcome`].
    pub async fn present(&self, approved: ApprovedPlan) -> Result<Presented, WalletError> {
        self.require_sound()?;
        let seal = self.device_bound_seal()?;
        let verifier = approved.request().verifier().clone();
        let showings = approved.showings().to_vec();
        let (marked, materials) =
            self.with_store(|db| self.load_copies(db, &showings, seal.as_ref()))?;
        let now = self.now()?;
        let answer = approved.respond(&materials, now, self.random()).await?;
        drop(materials);
        let shown = shown(&marked, &showings)?;
        let event = HistoryEvent::Presented {
            verifier: verifier.client_id().as_str().to_owned(),
            verifier_name: verifier.display_name().map(str::to_owned),
            proven_by: verifier.proof().as_str().to_owned(),
            shown: shown.clone(),
        };
        let history = self.with_store(|db| self.mark_shown(db, marked, event, &answer, now))?;
        let (outcome, redirect_uri) = self.deliver(&history, &answer).await;
        Ok(Presented {
            history,
            outcome,
            redirect_uri,
            shown,
        })
    }

    /// The holder says no, or has seen that no card fits: the verifier cannot tell the two apart (OpenID4VP 1.0 15.9).
    ///
    /// # Errors
    /// `locked` and those of the store; the refusal is sent all the same.
    pub async fn refuse(&self, proposal: Proposal) -> Result<Outcome, WalletError> {
        let verifier = proposal.request().verifier();
        let event = HistoryEvent::Declined {
            verifier: verifier.client_id().as_str().to_owned(),
            proven_by: verifier.proof().as_str().to_owned(),
        };
        let answer = proposal.decline();
        let sent = self.send(&answer).await.0;
        self.with_store(|db| {
            let mut batch = Batch::default();
            history::append(db, &mut batch, self.now()?, event, self.random())?;
            db.commit(batch.into_changes())
        })?;
        Ok(sent)
    }

    /// Sends the very bytes of a presentation again whose arrival is unknown, to the very same place.
    ///
    /// # Errors
    /// `not_found` if there is nothing to send again, `request_expired` after the request has ended.
    pub async fn resend(&self, history: &RecordName) -> Result<Presented, WalletError> {
        self.require_sound()?;
        let (answer, shown) = self.with_store(|db| {
            let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
            let answer = pending.into_iter().find_map(|pending| match pending.value {
                PendingRecord::Resend {
                    history: of,
                    uri,
                    body,
                    expires_at,
                    ..
                } if of == *history => Some(Answer::again(
                    uri,
                    body.into_bytes(),
                    UnixTime::from_secs(expires_at),
                )),
                _ => None,
            });
            let shown = history::read(db)?
                .items
                .into_iter()
                .find(|item| item.name == *history);
            let shown = match shown.map(|item| item.event) {
                Some(HistoryEvent::Presented { shown, .. }) => shown,
                _ => Vec::new(),
            };
            Ok((answer.ok_or(ErrorCode::NotFound)?, shown))
        })?;
        if self.now()? > answer.valid_until() {
            return Err(ErrorCode::RequestExpired.into());
        }
        let (outcome, redirect_uri) = self.deliver(history, &answer).await;
        Ok(Presented {
            history: history.clone(),
            outcome,
            redirect_uri,
            shown,
        })
    }

    fn load_copies(
        &self,
        db: &Database,
        showings: &[Showing],
        seal: Option<&DeviceBoundSeal>,
    ) -> Result<(Vec<Marked>, HashMap<CopyRef, CopyMaterial>), WalletError> {
        let mut marked: Vec<Marked> = Vec::new();
        let mut materials = HashMap::new();
        for showing in showings {
            if materials.contains_key(&showing.copy) {
                continue;
            }
            let copy: Stored<CopyRecord> = store::get(db, &RecordName::parse(&showing.copy.0)?)?;
            let card: Stored<CredentialRecord> = store::get(db, &copy.value.credential)?;
            if !copy.value.may_be_shown(card.value.reuse) {
                return Err(WalletError::new(ErrorCode::OneTimeExhausted).about(card.name.as_str()));
            }
            let credential = cards::open_copy(db, &card.value, &copy.value)?;
            let key: Option<Stored<KeyRecord>> = copy
                .value
                .key
                .as_ref()
                .map(|name| store::get(db, name))
                .transpose()?;
            let holder_key = match &key {
                Some(key) => {
                    let secret = match &key.value.place {
                        KeyPlace::Store { body, .. } => Some(store::body(db, body)?),
                        KeyPlace::Hardware { .. } => None,
                    };
                    let secret = secret
                        .as_ref()
                        .map(|bytes: &Zeroizing<Vec<u8>>| bytes.as_slice());
                    let key_store = self.platform.key_store.as_ref();
                    Some(holder_keys::open(
                        &key.name, &key.value, secret, seal, key_store,
                    )?)
                }
                None => None,
            };
            materials.insert(
                showing.copy.clone(),
                CopyMaterial {
                    credential,
                    key: holder_key,
                },
            );
            marked.push(Marked {
                copy,
                card: card.value,
                key,
            });
        }
        Ok((marked, materials))
    }

    /// One transaction: the copies are used, the entry is written, the bytes are kept in case they must be sent again.
    fn mark_shown(
        &self,
        db: &Database,
        marked: Vec<Marked>,
        event: HistoryEvent,
        answer: &Answer,
        now: UnixTime,
    ) -> Result<RecordName, WalletError> {
        let mut batch = Batch::default();
        for mut shown in marked {
            if shown.copy.value.mark_shown(shown.card.reuse) {
                self.burn(db, &mut batch, &mut shown)?;
            }
            batch.update(&shown.copy)?;
        }
        let history = history::append(db, &mut batch, now, event, self.random())?;
        if let Response::Post { uri, body } = answer.response() {
            let body =
                String::from_utf8(body.clone()).map_err(|_| WalletError::new(ErrorCode::Bug))?;
            let pending = PendingRecord::Resend {
                history: history.clone(),
                uri: uri.clone(),
                body,
                expires_at: answer.valid_until().as_secs(),
                other: Other::new(),
            };
            batch.insert(RecordKind::PENDING, &make_name(self.random())?, &pending)?;
        }
        db.commit(batch.into_changes())?;
        Ok(history)
    }

    /// The key of a burned copy goes at once, so that nothing can ever be signed with it again. The body stays while it
    /// is the only one left to show the card to its holder from.
    fn burn(
        &self,
        db: &Database,
        batch: &mut Batch,
        shown: &mut Marked,
    ) -> Result<(), WalletError> {
        if let Some(key) = shown.key.take() {
            super::delete::remove_key(batch, &key, self.random())?;
            shown.copy.value.key = None;
        }
        let mut others = shown
            .card
            .copies
            .iter()
            .filter(|name| **name != shown.copy.name);
        if others.any(|name| has_body(db, name)) {
            batch.delete(&shown.copy.value.body)?;
        }
        Ok(())
    }

    /// Sends and writes down how it ended. A failure to write the end leaves it unknown.
    async fn deliver(&self, history: &RecordName, answer: &Answer) -> (Outcome, Option<String>) {
        let (outcome, redirect_uri) = self.send(answer).await;
        if outcome != Outcome::Unknown {
            let _ = self.with_store(|db| {
                let mut batch = Batch::default();
                let event = HistoryEvent::Ended { presentation: history.clone(), outcome };
                history::append(db, &mut batch, self.now()?, event, self.random())?;
                let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
                for pending in pending {
                    if matches!(&pending.value, PendingRecord::Resend { history: of, .. } if of == history) {
                        batch.delete(&pending.name)?;
                    }
                }
                db.commit(batch.into_changes())
            });
        }
        let _ = self.do_pending().await;
        (outcome, redirect_uri)
    }

    async fn send(&self, answer: &Answer) -> (Outcome, Option<String>) {
        let Ok(now) = self.now() else {
            return (Outcome::Unknown, None);
        };
        match answer.send(&self.fetcher(), now).await {
            Ok(presentation::Outcome::Accepted { redirect_uri }) => {
                (Outcome::Accepted, redirect_uri)
            }
            Ok(presentation::Outcome::Refused) => (Outcome::Refused, None),
            Ok(_) | Err(_) => (Outcome::Unknown, None),
        }
    }
}

fn has_body(db: &Database, copy: &RecordName) -> bool {
    store::get::<CopyRecord>(db, copy).is_ok_and(|copy| store::body(db, &copy.value.body).is_ok())
}

fn shown(marked: &[Marked], showings: &[Showing]) -> Result<Vec<ShownCredential>, WalletError> {
    showings
        .iter()
        .map(|showing| {
            let card = marked
                .iter()
                .find(|marked| marked.copy.name.as_str() == showing.copy.0);
            Ok(ShownCredential {
                query: showing.query.clone(),
                credential: RecordName::parse(&showing.credential.0)?,
                credential_type: card
                    .map(|marked| marked.card.credential_type.clone())
                    .unwrap_or_default(),
                claims: showing
                    .disclosed
                    .iter()
                    .map(crate::formats::claim_path::ClaimPath::to_json)
                    .collect(),
            })
        })
        .collect()
}
