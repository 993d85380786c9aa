//! Renewing a card without the holder: more copies of it, or new content in its place.
//!
//! Two steps, so that nothing is stored that nobody looked at: [`Wallet::renew`] receives and compares,
//! [`Wallet::keep_renewed`] stores. Until the second has come back the card is what it was. The card keeps its id, place,
//! history, profile and policies.

use super::Wallet;
use super::cards;
use super::claim_changes::{ClaimChange, Difference};
use super::deferred::DeferredCard;
use super::due::Life;
use super::enrolment;
use super::given_back::GivenBack;
use super::receive::{Origin, ReceivedCard};
use super::records::{ContextRecord, CredentialRecord, RecordName};
use super::renewal_grant::Refreshing;
use super::store::{self, Stored};
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::Credential;
use crate::issuance::{AuthorizedIssuance, CredentialOrder, DisplaySnapshot, IssuanceContext};
use crate::order;
use crate::presentation::{Linkability, linkability_of_card};
use core::fmt;
use serde_json::Value;

/// How a renewal changes a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenewalKind {
    /// The card says what it said: the new copies join those that were not shown yet.
    Refill,
    /// The new copies take the place of all others.
    Reissue,
}

impl RenewalKind {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refill => "refill",
            Self::Reissue => "reissue",
        }
    }
}

/// A card that was issued again and verified, compared with what it was, and is not stored yet.
pub struct RenewedCard {
    pub(super) id: RecordName,
    pub(super) kind: RenewalKind,
    pub(super) card: ReceivedCard,
    /// Whether all copies were ordered, and not only those that were missing.
    pub(super) is_whole: bool,
    differences: Vec<Difference>,
    linkability_added: Vec<Linkability>,
    display_before: DisplaySnapshot,
    signed_by_before: Option<String>,
}

impl RenewedCard {
    /// The card.
    #[must_use]
    pub const fn id(&self) -> &RecordName {
        &self.id
    }

    /// Whether more copies came, or new content.
    #[must_use]
    pub const fn kind(&self) -> RenewalKind {
        self.kind
    }

    /// The card as it was received.
    #[must_use]
    pub const fn card(&self) -> &ReceivedCard {
        &self.card
    }

    /// For [`Wallet::decline`] and [`Wallet::give_up`]: the card stays what it was.
    #[must_use]
    pub fn into_card(self) -> ReceivedCard {
        self.card
    }

    /// Whether it says something else than before, or lets the holder withhold less, or verifiers recognise it by more, or
    /// somebody else signed it, or what it was cannot be read any more. If not, an app may keep it without asking.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.differences.is_empty()
            || !self.linkability_added.is_empty()
            || self.signed_by_before != self.card.signed_by()
    }

    /// What any showing of it, and none of the card as it was, lets verifiers recognise: see
    /// [`super::CardDetail::linkability`]. Empty where what it was cannot be read any more.
    #[must_use]
    pub fn linkability_added(&self) -> &[Linkability] {
        &self.linkability_added
    }

    /// What it says otherwise than before. Validity, status and keys are not among it: those are new each time.
    #[must_use]
    pub fn changes<S: AsRef<str>>(&self, locales: &[S]) -> Vec<ClaimChange> {
        let differences = self.differences.iter();
        differences
            .filter_map(|one| one.labelled(&self.display_before, &self.card.display, locales))
            .collect()
    }

    /// Who signed the card before, where that was somebody else; see [`ReceivedCard::signed_by`].
    #[must_use]
    pub fn signed_by_before(&self) -> Option<&str> {
        let before = self.signed_by_before.as_deref();
        before.filter(|before| self.card.signed_by().as_deref() != Some(before))
    }
}

impl fmt::Debug for RenewedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenewedCard")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Wallet {
    /// Lets the issuer issue a card again, without the holder: as many copies as are missing where it is only short of
    /// them, else all. Nothing of the card changes: look at [`RenewedCard::is_changed`], show the changes, and call
    /// [`Wallet::keep_renewed`] or [`Wallet::decline`].
    ///
    /// Servers may replace the refresh token at each use. The new one is stored before it is used for anything, so that
    /// it is kept whatever fails afterwards. If the process is killed between the server's answer and that write, the new
    /// one is lost and the server may refuse the old: then the next call is `renewal_needs_holder`, and the card is what
    /// it was.
    ///
    /// # Errors
    /// `renewal_needs_holder` where there is no refresh token, or none that is still good: let the holder begin anew with
    /// an offer or with the issuer, and put the card in this one's place with [`Wallet::replacing`]. `renewal_mismatch`
    /// if what was issued is another card. `issuance_deferred` if it comes later: it is among [`Wallet::deferred`], and
    /// [`Wallet::replacing`] puts it in this one's place then. `conflict` while another renewal is under way, or about
    /// `refresh_token` if no card holds the one any more that the server has just replaced. `not_found`, `locked`, the
    /// integrity codes, and those of [`Wallet::offer`] and [`Wallet::order`].
    pub async fn renew(&self, id: &RecordName) -> Result<RenewedCard, WalletError> {
        self.require_sound()?;
        let now = self.now()?;
        let seal = self.device_bound_seal();
        let (record, life) = self.with_store(|db| {
            let record: Stored<CredentialRecord> = store::get(db, id)?;
            let life = Life::read(db, &record, &seal, now)?;
            Ok((record.value, life))
        })?;
        let (copies, refills) = match life.missing() {
            Some(missing) if !life.is_running_out(now) => (missing, true),
            _ => (life.batch, false),
        };
        let authorized = {
            let _refreshing = Refreshing::begin(&self.refreshing)?;
            self.refresh(&record.context).await?
        };
        let context = self.context_of(&record)?;
        let order = same_order(&authorized, &context)?;
        let copies = u16::try_from(copies).unwrap_or(u16::MAX);
        let origin = Origin::Renewal(id.clone());
        let ordered = self.order_from(&authorized, order, copies, origin);
        let card = ordered.await?.received()?;
        match self.compare(id, &card, refills) {
            Ok(compared) => Ok(compared.with(card)),
            Err(error) => {
                let _ = self.give_up(card).await;
                Err(error)
            }
        }
    }

    /// Compares a card that was received by an offer or an authorization with the card whose place it is to take: for
    /// cards that cannot be renewed without the holder. Go on as after [`Wallet::renew`].
    ///
    /// # Errors
    /// [`GivenBack`] gives the card back: `renewal_mismatch` if it is another card, `not_found`, `locked`, those of the
    /// store.
    pub fn replacing(
        &self,
        id: &RecordName,
        card: ReceivedCard,
    ) -> Result<RenewedCard, GivenBack<ReceivedCard>> {
        let compared = self
            .is_promised_refill(id, &card)
            .and_then(|refills| self.compare(id, &card, refills));
        match compared {
            Ok(compared) => Ok(compared.with(card)),
            Err(error) => Err(GivenBack::new(card, error)),
        }
    }

    /// Whether the card is what [`Wallet::renew`] ordered as missing copies, and the issuer gave later.
    fn is_promised_refill(
        &self,
        id: &RecordName,
        card: &ReceivedCard,
    ) -> Result<bool, WalletError> {
        let Some(promise) = &card.deferred else {
            return Ok(false);
        };
        let renews = |it: &DeferredCard| it.id == *promise && it.renews.as_ref() == Some(id);
        if !self.deferred()?.iter().any(renews) {
            return Ok(false);
        }
        let (seal, now) = (self.device_bound_seal(), self.now()?);
        let life = self.with_store(|db| Life::read(db, &store::get(db, id)?, &seal, now))?;
        Ok(life.missing().is_some() && !life.is_running_out(now))
    }

    fn context_of(&self, record: &CredentialRecord) -> Result<IssuanceContext, WalletError> {
        self.with_store(|db| {
            let context: Stored<ContextRecord> = store::get(db, &record.context)?;
            Ok(context.value.issued)
        })
    }

    fn compare(
        &self,
        id: &RecordName,
        card: &ReceivedCard,
        refills: bool,
    ) -> Result<Compared, WalletError> {
        self.with_store(|db| {
            let record: Stored<CredentialRecord> = store::get(db, id)?;
            let issued = &card.received.context;
            require_same(
                "issuer",
                record.value.issuer.as_str(),
                issued.issuer.as_str(),
            )?;
            let types = (&record.value.credential_type, &issued.credential_type);
            require_same("type", types.0, types.1)?;
            enrolment::require_same_entropy(db, card)?;
            let new = card.received.copies.first();
            let new = &new.ok_or(ErrorCode::Bug)?.credential;
            let old = cards::readable(cards::readable_copy(db, &record.value))?.flatten();
            let (differences, linkability_added) = match &old {
                Some(old) => {
                    for copy in &card.received.copies {
                        require_same_identity(old, &copy.credential)?;
                        require_same("feature", &old.feature(), &copy.credential.feature())?;
                    }
                    let links = |one: &Credential| {
                        linkability_of_card(&cards::candidate(&record, id, one, 0))
                    };
                    (Difference::between(old, new), added(links, old, card))
                }
                None => (Vec::new(), Vec::new()),
            };
            let signed_by_before = old.as_ref().map(|old| old.evidence().signer());
            let is_same = differences.is_empty()
                && linkability_added.is_empty()
                && signed_by_before == card.signed_by();
            Ok(Compared {
                id: id.clone(),
                kind: match refills && is_same {
                    true => RenewalKind::Refill,
                    false => RenewalKind::Reissue,
                },
                is_whole: !refills,
                differences,
                linkability_added,
                display_before: cards::display_of(db, &record.value)?,
                signed_by_before,
            })
        })
    }
}

/// A [`RenewedCard`] without the card.
struct Compared {
    id: RecordName,
    kind: RenewalKind,
    is_whole: bool,
    differences: Vec<Difference>,
    linkability_added: Vec<Linkability>,
    display_before: DisplaySnapshot,
    signed_by_before: Option<String>,
}

impl Compared {
    fn with(self, card: ReceivedCard) -> RenewedCard {
        RenewedCard {
            id: self.id,
            kind: self.kind,
            is_whole: self.is_whole,
            card,
            differences: self.differences,
            linkability_added: self.linkability_added,
            display_before: self.display_before,
            signed_by_before: self.signed_by_before,
        }
    }
}

/// What makes any of the new copies linkable, and did not the old one.
fn added(
    links: impl Fn(&Credential) -> Vec<Linkability>,
    old: &Credential,
    card: &ReceivedCard,
) -> Vec<Linkability> {
    let before = links(old);
    let copies = card.received.copies.iter();
    let now = order::set(copies.flat_map(|copy| links(&copy.credential)));
    now.into_iter()
        .filter(|note| !before.contains(note))
        .collect()
}

/// What the card was ordered by: the same configuration, and of several credentials of it the same one. A server may name
/// the only one anew.
fn same_order<'a>(
    authorized: &'a AuthorizedIssuance,
    context: &IssuanceContext,
) -> Result<&'a CredentialOrder, WalletError> {
    let orders = authorized.orders().iter();
    let of_configuration: Vec<_> = orders
        .filter(|order| order.configuration().id() == context.configuration_id)
        .collect();
    let mut same = of_configuration
        .iter()
        .filter(|order| order.credential_identifier() == context.credential_identifier.as_deref());
    match (same.next(), of_configuration.as_slice()) {
        (Some(same), _) => Ok(same),
        (None, [only]) => Ok(only),
        _ => Err(mismatch("configuration")),
    }
}

/// Issuer and subject by their own names, as far as both cards have them.
fn require_same_identity(old: &Credential, new: &Credential) -> Result<(), WalletError> {
    for ((reason, old), (_, new)) in old.identities().into_iter().zip(new.identities()) {
        if let (Some(old), Some(new)) = (old, new) {
            require_same::<Value>(reason, old, new)?;
        }
    }
    Ok(())
}

fn require_same<T: PartialEq + ?Sized>(
    reason: &'static str,
    old: &T,
    new: &T,
) -> Result<(), WalletError> {
    match old == new {
        true => Ok(()),
        false => Err(mismatch(reason)),
    }
}

fn mismatch(reason: &'static str) -> WalletError {
    WalletError::new(ErrorCode::RenewalMismatch)
        .by(Category::Issuer)
        .about(reason)
}
