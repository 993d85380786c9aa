//! The issuer's status list: which copies of which cards are on it, and what is wrong with it if a test wants that.

use std::collections::HashSet;
use std::sync::MutexGuard;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Shared;
use crate::encoding::{random, unix_now};
use crate::http::{Answer, Request, lock};
use crate::refused::{OrRefuse, Refused, Result};
use crate::status_list::{CWT, JWT, Status, StatusListDraft};

/// Where the list is.
pub(super) const PATH: &str = "/statuslists/1";
/// Enough for a holder to disappear among.
const ENTRIES: usize = 1 << 17;

/// What is wrong with the status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusFault {
    /// The server answers 503.
    Unreachable,
    /// It expired an hour ago.
    Expired,
    /// It expires in two hours, and asks to be kept for twelve.
    ShortLived,
    /// It was made a day ago, and is older than the one before.
    Older,
    /// It will be made tomorrow.
    Future,
    /// It inflates to 64 MiB.
    Bomb,
    /// Something follows the compressed list.
    TrailingData,
    /// It has four entries.
    TooShort,
    /// A character of the signature is changed.
    BadSignature,
    /// It is signed under another authority.
    UntrustedSigner,
    /// It says it is another list.
    WrongSubject,
    /// Its `typ` is that of something else.
    WrongTyp,
    /// The answer says it is JSON.
    WrongContentType,
    /// The server sends the wallet somewhere else.
    Redirect,
}

#[derive(Default)]
pub(super) struct StatusEntries {
    issued: Vec<Entry>,
    taken: HashSet<usize>,
    fault: Option<StatusFault>,
}

struct Entry {
    card: &'static str,
    index: usize,
    status: Status,
}

impl StatusEntries {
    /// A free place for a copy: drawn, so that neighbours on the list are not of one batch.
    pub(super) fn take(&mut self, card: &'static str) -> Result<usize> {
        loop {
            let index = u32::from_be_bytes(random::<4>()?) as usize % ENTRIES;
            if self.taken.insert(index) {
                let status = Status::Valid;
                self.issued.push(Entry {
                    card,
                    index,
                    status,
                });
                return Ok(index);
            }
        }
    }

    /// Sets the status of all copies of a card, or of the `copy`th.
    fn set(&mut self, card: &str, copy: Option<usize>, status: Status) -> usize {
        let of_card = self.issued.iter_mut().filter(|entry| entry.card == card);
        let mut changed = 0;
        for (place, entry) in of_card.enumerate() {
            if copy.is_none_or(|copy| copy == place) {
                entry.status = status;
                changed += 1;
            }
        }
        changed
    }
}

impl super::Issuer {
    /// Says something else of all copies of a card from now on. Returns how many there are.
    pub fn set_status(&self, configuration_id: &str, status: Status) -> usize {
        self.shared.status().set(configuration_id, None, status)
    }

    /// Says something else of one copy of a card, in the order of issuance.
    pub fn set_status_of_copy(&self, configuration_id: &str, copy: usize, status: Status) -> usize {
        self.shared
            .status()
            .set(configuration_id, Some(copy), status)
    }

    /// From now on this is wrong with the status list.
    pub fn break_status_list(&self, fault: Option<StatusFault>) {
        self.shared.status().fault = fault;
    }

    /// Where the status list is.
    pub fn status_list_uri(&self) -> String {
        self.shared.status_list_uri()
    }
}

impl Shared {
    pub(super) fn status(&self) -> MutexGuard<'_, StatusEntries> {
        lock(&self.status)
    }

    pub(super) fn status_list_uri(&self) -> String {
        format!("{}{PATH}", self.at.base)
    }

    /// The list, as JWT or, where the wallet asks for it, as CWT.
    pub(super) fn status_list(&self, request: &Request) -> Answer {
        let fault = self.status().fault;
        match fault {
            Some(StatusFault::Unreachable) => {
                return Answer::error(503, "temporarily_unavailable", "as ordered");
            }
            Some(StatusFault::Redirect) => {
                return Answer::empty(302)
                    .header("Location", format!("{}/elsewhere", self.at.base));
            }
            _ => {}
        }
        match self.signed_status_list(fault, request.accepts(CWT)) {
            Ok((_, body)) if fault == Some(StatusFault::WrongContentType) => {
                Answer::bytes(200, "application/json", body)
            }
            Ok((media_type, body)) => Answer::bytes(200, media_type, body),
            Err(refused) => Answer::error(500, "server_error", refused.reason()),
        }
    }

    fn signed_status_list(
        &self,
        fault: Option<StatusFault>,
        as_cwt: bool,
    ) -> Result<(&'static str, Vec<u8>)> {
        let now = unix_now();
        let entries = match fault {
            Some(StatusFault::Bomb) => 256 << 20,
            Some(StatusFault::TooShort) => 4,
            _ => ENTRIES,
        };
        let mut draft = StatusListDraft::new(&self.status_list_uri(), entries, now);
        for entry in &self.status().issued {
            draft.set(entry.index, entry.status);
        }
        match fault {
            Some(StatusFault::Expired) => draft.expires_at = now - 3600,
            Some(StatusFault::ShortLived) => draft.expires_at = now + 7200,
            Some(StatusFault::Older) => draft.issued_at = now - 86_400,
            Some(StatusFault::Future) => draft.issued_at = now + 86_400,
            Some(StatusFault::TrailingData) => draft.trailing = vec![0; 16],
            Some(StatusFault::WrongSubject) => draft.uri.push_str("?other"),
            Some(StatusFault::WrongTyp) => draft.typ = "dc+sd",
            _ => {}
        }
        let signer = match fault {
            Some(StatusFault::UntrustedSigner) => &self.stranger,
            _ => &self.signer,
        };
        let (media_type, mut body) = match as_cwt {
            true => (CWT, draft.cwt(signer)?),
            false => (JWT, draft.jwt(signer)?.into_bytes()),
        };
        if fault == Some(StatusFault::BadSignature) {
            // The eighth character from the end: the last ones may be padding.
            let place = body.len().saturating_sub(8);
            if let Some(byte) = body.get_mut(place) {
                *byte = if *byte == b'A' { b'B' } else { b'A' };
            }
        }
        Ok((media_type, body))
    }

    /// `{"card": "driving_licence", "status": "revoked", "copy": 0}`, `{"fault": "expired"}`
    pub(super) fn control_status(&self, request: &Request) -> Result<Value> {
        let order = request.json()?;
        let mut entries = self.status();
        if let Some(fault) = order.get("fault") {
            entries.fault = serde_json::from_value(fault.clone()).or_refuse("status fault")?;
            return Ok(Value::Null);
        }
        let card = order.get("card").and_then(Value::as_str);
        let status = order.get("status").cloned().unwrap_or_default();
        let status = serde_json::from_value(status).or_refuse("status")?;
        let copy = order.get("copy").and_then(Value::as_u64);
        let copy = copy.and_then(|copy| usize::try_from(copy).ok());
        match entries.set(card.or_refuse("which card?")?, copy, status) {
            0 => Err(Refused::because("no such copy was issued")),
            changed => Ok(json!({ "changed": changed })),
        }
    }
}
