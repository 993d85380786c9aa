//! Receiving by way of the browser: the holder authorizes the issuance there, and a link leads back to the wallet.

use super::Wallet;
use super::records::{Other, PendingRecord, RecordName};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::issuance::{
    AuthorizationAnswer, AuthorizedIssuance, OfferedIssuance, PendingAuthorization,
};
use crate::order;
use crate::vault::database::{Database, RecordKind};

/// Most authorizations that wait at once; the oldest makes room.
const CAPACITY: usize = 16;

/// Where the holder is to be sent. No `Debug` on purpose: the address belongs to one issuance.
pub struct AuthorizationUrl {
    /// To be opened in the system's browser, never in a view of the app's own.
    pub url: String,
    /// Until when the answer is taken.
    pub expires_at: UnixTime,
}

impl Wallet {
    /// What `issuer` (a Credential Issuer Identifier) offers for the credential configurations with these ids, for a
    /// wallet that comes by itself. Call it after the holder's go only: it makes requests.
    ///
    /// # Errors
    /// As [`Wallet::offer`].
    pub async fn discover(
        &self,
        issuer: &str,
        configuration_ids: &[String],
    ) -> Result<OfferedIssuance, WalletError> {
        self.require_sound()?;
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        Ok(OfferedIssuance::discover(&ports, issuer, configuration_ids).await?)
    }

    /// After the holder agreed: begins an authorization in the browser, for the configurations with these ids or, if
    /// there are none, for all that can be received. What is needed to go on is kept in the store: the app may end in
    /// the meantime. Go on with [`Wallet::resume`].
    ///
    /// # Errors
    /// `not_supported` without [`super::Policy::redirect_uri`] or where the offer has no such grant; see
    /// [`OfferedIssuance::authorize`]; those of the store.
    pub async fn authorize(
        &self,
        offered: &OfferedIssuance,
        configuration_ids: &[String],
    ) -> Result<AuthorizationUrl, WalletError> {
        self.require_sound()?;
        let redirect_uri = self.policy.redirect_uri.as_deref();
        let redirect_uri = redirect_uri
            .ok_or_else(|| WalletError::new(ErrorCode::NotSupported).about("redirect_uri"))?;
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        let requested = offered
            .authorize(&ports, redirect_uri, configuration_ids)
            .await?;
        let expires_at = requested.waiting.expires_at();
        let record = PendingRecord::Authorization {
            waiting: Box::new(requested.waiting),
            other: Other::new(),
        };
        let now = self.now()?;
        self.commit(|db, batch| {
            make_room(db, batch, now)?;
            batch.insert(RecordKind::PENDING, &make_name(self.random())?, &record)
        })?;
        Ok(AuthorizationUrl {
            url: requested.url,
            expires_at,
        })
    }

    /// Takes the link the browser came back with, also after a restart. The authorization it answers is used up by it,
    /// whatever comes of it: a second answer is refused. A link that answers none of ours changes nothing.
    ///
    /// # Errors
    /// `authorization_response_invalid`, `authorization_refused`, `issuance_expired`: all without a request; see
    /// [`PendingAuthorization::resume`]; those of the store.
    pub async fn resume(&self, redirect_url: &str) -> Result<AuthorizedIssuance, WalletError> {
        self.require_sound()?;
        let answer = AuthorizationAnswer::parse(redirect_url)?;
        // Durably gone before the code is sent: nothing is ever exchanged twice, not even where the power fails.
        let waiting = self.commit(|db, batch| {
            let mut all = waiting(db)?.into_iter();
            let found = all.find(|(_, waiting)| waiting.is_answered_by(&answer));
            let (name, waiting) = found.ok_or_else(unknown_state)?;
            batch.delete(&name)?;
            Ok(waiting)
        })?;
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        Ok(waiting.resume(&ports, &answer).await?)
    }

    /// Forgets authorizations nobody came back from.
    pub(super) fn give_up_old_authorizations(&self, now: UnixTime) -> Result<(), WalletError> {
        let is_old = |(_, waiting): &(_, Box<PendingAuthorization>)| waiting.expires_at() < now;
        if !self.with_store(|db| Ok(waiting(db)?.iter().any(is_old)))? {
            return Ok(());
        }
        self.commit(|db, batch| {
            let mut old = waiting(db)?.into_iter().filter(is_old);
            old.try_for_each(|(name, _)| batch.delete(&name))
        })
    }
}

fn unknown_state() -> WalletError {
    let unknown = WalletError::new(ErrorCode::AuthorizationResponseInvalid);
    unknown.about("state").rule("RFC 6749 10.12")
}

type Waiting = (RecordName, Box<PendingAuthorization>);

fn waiting(db: &Database) -> Result<Vec<Waiting>, WalletError> {
    let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
    let waiting = pending.into_iter().filter_map(|todo| match todo.value {
        PendingRecord::Authorization { waiting, .. } => Some((todo.name, waiting)),
        _ => None,
    });
    Ok(waiting.collect())
}

/// Removes what has expired, and the oldest where there are too many.
fn make_room(db: &Database, batch: &mut Batch, now: UnixTime) -> Result<(), WalletError> {
    let mut all = waiting(db)?;
    order::sort_by_key(&mut all, |(_, waiting)| waiting.expires_at().as_secs());
    let surplus = (all.len() + 1).saturating_sub(CAPACITY);
    all.iter()
        .enumerate()
        .filter(|(index, (_, waiting))| *index < surplus || waiting.expires_at() < now)
        .try_for_each(|(_, (name, _))| batch.delete(name))
}
