//! Credentials that come later (OpenID4VCI 1.0 section 9).

use serde_json::{Value, json};

use super::credential::{Denied, Deny};
use super::encryption::{Wanted, seal};
use super::fault::Fault;
use super::offer::Deferral;
use super::{Shared, State};
use crate::encoding::{random_token, unix_now};
use crate::http::{Answer, Request};
use crate::refused::{OrRefuse, Result};

/// Credentials that are not ready yet.
pub(super) struct Waiting {
    body: Value,
    interval: u64,
    not_yet: u32,
    /// When the wallet may ask next.
    from: u64,
    fault: Option<Fault>,
    /// Whose it is.
    offer: String,
}

impl Waiting {
    fn answer(&self, transaction_id: &str, wanted: Option<&Wanted>) -> Result<Answer> {
        let body = json!({"transaction_id": transaction_id, "interval": self.interval});
        seal(202, &body, wanted, self.fault)
    }
}

impl State {
    /// Keeps the answer `body` for later.
    pub(super) fn defer(
        &mut self,
        deferral: Deferral,
        offer: &str,
        mut body: Value,
        wanted: Option<&Wanted>,
        fault: Option<Fault>,
    ) -> Result<Answer> {
        if let Some(members) = body.as_object_mut().filter(|_| !deferral.notification) {
            members.remove("notification_id");
        }
        let waiting = Waiting {
            body,
            interval: deferral.interval,
            not_yet: deferral.not_yet,
            from: unix_now() + deferral.interval,
            fault,
            offer: offer.to_owned(),
        };
        let transaction_id = random_token()?;
        let answer = waiting.answer(&transaction_id, wanted)?;
        self.waiting.insert(transaction_id, waiting);
        Ok(answer)
    }
}

impl Shared {
    pub(super) fn deferred(&self, request: &Request) -> std::result::Result<Answer, Answer> {
        let mut state = self.state();
        let offer = state.authorized(request, &self.url(request))?.id.clone();
        let later = self.later(&mut state, request, &offer);
        later.map_err(|Denied(code, refused)| Answer::error(400, code, refused.reason()))
    }

    fn later(
        &self,
        state: &mut State,
        request: &Request,
        offer: &str,
    ) -> std::result::Result<Answer, Denied> {
        let opened = self.open(state, request);
        let (body, wanted) = opened.deny("invalid_encryption_parameters")?;
        let id = body.get("transaction_id").and_then(Value::as_str);
        let id = id
            .or_refuse("no transaction_id")
            .deny("invalid_credential_request")?;
        let found = state.waiting.get_mut(id);
        let waiting = found
            .filter(|waiting| waiting.offer == offer)
            .or_refuse("unknown transaction")
            .deny("invalid_transaction_id")?;
        let now = unix_now();
        if waiting.not_yet > 0 || now < waiting.from {
            if now >= waiting.from {
                waiting.not_yet -= 1;
                waiting.from = now + waiting.interval;
            }
            let answer = waiting.answer(id, wanted.as_ref());
            return answer.deny("invalid_encryption_parameters");
        }
        let waiting = state
            .waiting
            .remove(id)
            .or_refuse("unknown transaction")
            .deny("invalid_transaction_id")?;
        if waiting.fault == Some(Fault::DeferredDenied) {
            let refused = crate::Refused::because("as ordered");
            return Err(Denied("credential_request_denied", refused));
        }
        seal(200, &waiting.body, wanted.as_ref(), waiting.fault)
            .deny("invalid_encryption_parameters")
    }
}
