//! Cards as the holder sees them, and as a query sees them.

use super::anchored;
use super::records::{CopyRecord, CredentialRecord, RecordName};
use super::status_cache::StatusCaches;
use super::store::{self, Stored};
use crate::clock::UnixTime;
use crate::did::DatedEvidence;
use crate::error::{ErrorCode, WalletError};
use crate::formats::claim_path::ClaimPath;
use crate::formats::{self, Credential, CredentialFormat, IssuerEvidence};
use crate::issuance::{DisplaySnapshot, lookup};
use crate::order;
use crate::presentation::dcql::{Candidate, CopyRef, CredentialRef};
use crate::presentation::{Linkability, linkability_of_card};
use crate::text::display_text;
use crate::trust::status::CardStatus;
use crate::vault::database::{Database, RecordKind};

/// Longest identifier that stands for a name.
const MAX_NAME_CHARS: usize = 120;

/// Whether a card is valid in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// It is.
    Valid,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
}

impl Validity {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
        }
    }
}

/// A card in a list: everything here is known without reading the credential itself.
#[derive(Clone, Debug)]
pub struct CardOverview {
    /// Its name.
    pub id: RecordName,
    /// What the issuer calls it in the preferred language; the type where the issuer says nothing.
    pub name: String,
    /// What the issuer calls itself in the preferred language; the identifier where it says nothing. Nobody vouches for
    /// it: show [`Self::signed_by`] beside it.
    pub issuer_name: String,
    /// Who signed the card: the name in the certificate, which the anchor's owner vouches for, or the trusted
    /// identifier.
    pub signed_by: Option<String>,
    /// The Credential Issuer Identifier.
    pub issuer: String,
    /// The format identifier.
    pub format: String,
    /// The type.
    pub credential_type: String,
    /// When it was received.
    pub received_at: UnixTime,
    /// When it expires.
    pub expires_at: Option<UnixTime>,
    /// Whether it is valid now.
    pub validity: Validity,
    /// What its issuer's status list said when it was last asked: the worst of its copies. Reading it asks nobody; see
    /// [`super::Wallet::refresh_status`].
    pub status: CardStatus,
    /// How many copies may still be shown.
    pub usable_copies: usize,
    /// How many copies there are.
    pub copies: usize,
}

/// One claim of a card.
#[derive(Clone)]
pub struct CardClaim {
    /// Where it is.
    pub path: ClaimPath,
    /// The issuer's label in the preferred language.
    pub label: Option<String>,
    /// Its value. Received text: make it safe with [`crate::text::display_text`] before showing it.
    pub value: serde_json::Value,
    /// Whether the holder may withhold it.
    pub is_disclosable: bool,
}

impl core::fmt::Debug for CardClaim {
    /// What is claimed is the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CardClaim")
    }
}

/// A card with its claims.
#[derive(Clone)]
pub struct CardDetail {
    /// The card.
    pub overview: CardOverview,
    /// Its claims, as in its first copy. What a plan would show is told by [`super::Wallet::revealed`].
    pub claims: Vec<CardClaim>,
    /// What any showing of it lets verifiers recognise: see [`crate::presentation::Showing::linkability`] for one of them.
    pub linkability: Vec<Linkability>,
    /// What showed that the key which signed it is that of the issuer's DID, when it was received; `None` where the issuer
    /// was found in another way.
    pub issuer_did: Option<DatedEvidence>,
    /// How it looks, in all languages.
    pub display: DisplaySnapshot,
}

/// A card with the copy that would be shown next.
pub(crate) struct Card {
    pub(crate) record: Stored<CredentialRecord>,
    pub(crate) copy: Stored<CopyRecord>,
    pub(crate) credential: Credential,
    pub(crate) status: CardStatus,
    pub(crate) is_anchored: bool,
}

impl Card {
    pub(crate) fn candidate(&self) -> Candidate<'_> {
        let uses = self.copy.value.uses;
        candidate(&self.record, &self.copy.name, &self.credential, uses)
            .with_status(self.status)
            .with_anchor(self.is_anchored)
    }
}

/// A copy of a card as a query sees it, but for its status.
pub(super) fn candidate<'a>(
    card: &Stored<CredentialRecord>,
    copy: &RecordName,
    credential: &'a Credential,
    uses: u32,
) -> Candidate<'a> {
    Candidate::of(
        CredentialRef(card.name.as_str().to_owned()),
        CopyRef(copy.as_str().to_owned()),
        credential,
        &card.value.extended_types,
        uses,
        card.value.user_auth,
    )
}

/// The cards that can be read, in the order of their receiving.
pub(crate) fn in_order(db: &Database) -> Result<Vec<Stored<CredentialRecord>>, WalletError> {
    let mut cards: Vec<Stored<CredentialRecord>> =
        store::list_readable(db, RecordKind::CREDENTIAL)?;
    order::sort_by(&mut cards, |a, b| {
        let key = |card: &CredentialRecord| (card.place, card.received_at);
        (key(&a.value), &a.name).cmp(&(key(&b.value), &b.name))
    });
    Ok(cards)
}

/// The place after all others.
pub(crate) fn next_place(db: &Database) -> Result<u64, WalletError> {
    let cards: Vec<Stored<CredentialRecord>> = store::list_readable(db, RecordKind::CREDENTIAL)?;
    let last = cards.iter().filter_map(|card| card.value.place).max();
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

/// The cards that can be shown, each with the copy to show. Cards without one are left out, and unless
/// `offer_withdrawn` also copies known to be revoked or suspended: to the verifier they are cards the holder does not
/// have.
pub(crate) fn showable(
    db: &Database,
    now: UnixTime,
    offer_withdrawn: bool,
) -> Result<Vec<Card>, WalletError> {
    let caches = StatusCaches::read(db)?;
    let is_offered =
        |copy: &CopyRecord| offer_withdrawn || !caches.of_copy(copy, now).is_withdrawn();
    let records = in_order(db)?;
    let anchored = anchored::copies(db)?;
    let mut cards = Vec::with_capacity(records.len());
    for record in records {
        if CredentialFormat::from_identifier(&record.value.format).is_none() {
            // A format of a later version: kept, not shown.
            continue;
        }
        if let Some((copy, credential)) = next_copy(db, &record.value, now, is_offered)? {
            cards.push(Card {
                status: caches.of_copy(&copy.value, now),
                is_anchored: anchored.contains(&copy.name),
                record,
                copy,
                credential,
            });
        }
    }
    Ok(cards)
}

/// The least used copy that may be shown and is valid; of equally used ones the first issued. Where none is valid, one
/// that is not. A copy that is damaged, or was used up by another process while we look, does not count.
fn next_copy(
    db: &Database,
    record: &CredentialRecord,
    now: UnixTime,
    is_offered: impl Fn(&CopyRecord) -> bool,
) -> Result<Option<(Stored<CopyRecord>, Credential)>, WalletError> {
    let mut copies = copies(db, record)?;
    copies.retain(|copy| copy.value.may_be_shown(record.reuse) && is_offered(&copy.value));
    order::sort_by_key(&mut copies, |copy| copy.value.uses);
    let mut invalid = None;
    for copy in copies {
        let Some(credential) = readable(open_copy(db, record, &copy.value))? else {
            continue;
        };
        let starts = credential.not_before().is_none_or(|start| start <= now);
        if starts && credential.expires().is_none_or(|end| now < end) {
            return Ok(Some((copy, credential)));
        }
        invalid = invalid.or(Some((copy, credential)));
    }
    Ok(invalid)
}

/// The copies of a card that can be read.
pub(crate) fn copies(
    db: &Database,
    record: &CredentialRecord,
) -> Result<Vec<Stored<CopyRecord>>, WalletError> {
    let mut copies = Vec::with_capacity(record.copies.len());
    for name in &record.copies {
        copies.extend(readable(store::get(db, name))?);
    }
    Ok(copies)
}

/// `None` for one record that is damaged or gone; other errors are those of the store.
pub(crate) fn readable<T>(record: Result<T, WalletError>) -> Result<Option<T>, WalletError> {
    match record {
        Err(error) if is_damage(&error) => Ok(None),
        other => other.map(Some),
    }
}

/// Whether one record is at fault and not the store.
pub(crate) fn is_damage(error: &WalletError) -> bool {
    matches!(
        error.code(),
        ErrorCode::RecordCorrupt
            | ErrorCode::RecordMisplaced
            | ErrorCode::NotFound
            | ErrorCode::SetMismatch
    )
}

/// The verified credential in a copy.
pub(crate) fn open_copy(
    db: &Database,
    card: &CredentialRecord,
    copy: &CopyRecord,
) -> Result<Credential, WalletError> {
    let damaged = || WalletError::new(ErrorCode::RecordCorrupt).about(copy.body.as_str());
    let format = CredentialFormat::from_identifier(&card.format).ok_or(ErrorCode::NotSupported)?;
    let parsed = db.reading(&copy.body.id()?, |body| {
        formats::Stored::parse(format, &body.body).ok_or_else(damaged)
    })?;
    let reopened = parsed.reopen(copy.issuer_evidence.clone());
    reopened.ok_or_else(damaged)
}

/// All cards, in the order of their receiving.
pub(crate) fn overviews<S: AsRef<str>>(
    db: &Database,
    now: UnixTime,
    locales: &[S],
) -> Result<Vec<CardOverview>, WalletError> {
    let caches = StatusCaches::read(db)?;
    in_order(db)?
        .iter()
        .map(|record| {
            let display = display_of(db, &record.value)?;
            overview(db, record, &display, &caches, now, locales)
        })
        .collect()
}

/// One card with its claims, read from its first copy that is still there.
pub(crate) fn detail<S: AsRef<str>>(
    db: &Database,
    name: &RecordName,
    now: UnixTime,
    locales: &[S],
) -> Result<CardDetail, WalletError> {
    let record: Stored<CredentialRecord> = store::get(db, name)?;
    let display = display_of(db, &record.value)?;
    let overview = overview(
        db,
        &record,
        &display,
        &StatusCaches::read(db)?,
        now,
        locales,
    )?;
    let (claims, linkability, issuer_did) = match readable_copy(db, &record.value)? {
        Some(credential) => (
            claims(&credential, &display, locales),
            linkability_of_card(&candidate(&record, name, &credential, 0)),
            credential.evidence().of_did().cloned(),
        ),
        None => (Vec::new(), Vec::new(), None),
    };
    Ok(CardDetail {
        overview,
        claims,
        linkability,
        issuer_did,
        display,
    })
}

/// How a card looks; plain where that is damaged.
pub(super) fn display_of(
    db: &Database,
    record: &CredentialRecord,
) -> Result<DisplaySnapshot, WalletError> {
    let display: Option<Stored<DisplaySnapshot>> = readable(store::get(db, &record.display))?;
    Ok(display.map(|display| display.value).unwrap_or_default())
}

/// The credential in the first copy that can be read. Where all are damaged, what is wrong with the first.
pub(super) fn readable_copy(
    db: &Database,
    record: &CredentialRecord,
) -> Result<Option<Credential>, WalletError> {
    if CredentialFormat::from_identifier(&record.format).is_none() {
        // Of a later version: kept, not read.
        return Ok(None);
    }
    let mut problem = None;
    for copy in copies(db, record)? {
        match open_copy(db, record, &copy.value) {
            // A burned copy has none.
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) if is_damage(&error) => problem = problem.or(Some(error)),
            found => return found.map(Some),
        }
    }
    problem.map_or(Ok(None), Err)
}

pub(crate) fn claims<S: AsRef<str>>(
    credential: &Credential,
    display: &DisplaySnapshot,
    locales: &[S],
) -> Vec<CardClaim> {
    let fixed = credential
        .always_disclosed()
        .into_iter()
        .map(|path| (path, false));
    let disclosable = credential
        .disclosable()
        .into_iter()
        .map(|path| (path, true));
    disclosable
        .chain(fixed)
        .filter_map(|(path, is_disclosable)| {
            let value = path.value_in(credential.claims())?.clone();
            let label = display
                .claims
                .iter()
                .find(|claim| claim.path.covers(&path))
                .and_then(|claim| lookup(&claim.labels, locales))
                .and_then(|label| label.label.clone());
            Some(CardClaim {
                path,
                label,
                value,
                is_disclosable,
            })
        })
        .collect()
}

fn overview<S: AsRef<str>>(
    db: &Database,
    record: &Stored<CredentialRecord>,
    display: &DisplaySnapshot,
    caches: &StatusCaches,
    now: UnixTime,
    locales: &[S],
) -> Result<CardOverview, WalletError> {
    let card = &record.value;
    let copies = copies(db, card)?;
    let usable = copies
        .iter()
        .filter(|copy| copy.value.may_be_shown(card.reuse));
    let usable_copies = usable.count();
    let evidence = copies.first().map(|copy| &copy.value.issuer_evidence);
    let name = lookup(&display.credential, locales).and_then(|display| display.name.clone());
    let issuer_name = lookup(&display.issuer, locales).and_then(|display| display.name.clone());
    Ok(CardOverview {
        id: record.name.clone(),
        name: name.unwrap_or_else(|| display_text(&card.credential_type, MAX_NAME_CHARS)),
        issuer_name: issuer_name.unwrap_or_else(|| display_text(&card.issuer, MAX_NAME_CHARS)),
        signed_by: evidence.map(IssuerEvidence::signer),
        issuer: card.issuer.clone(),
        format: card.format.clone(),
        credential_type: card.credential_type.clone(),
        received_at: UnixTime::from_secs(card.received_at),
        expires_at: card.expires_at.map(UnixTime::from_secs),
        validity: validity(card, now),
        status: caches.of_card(&copies, now),
        usable_copies,
        copies: card.copies.len(),
    })
}

fn validity(card: &CredentialRecord, now: UnixTime) -> Validity {
    let now = now.as_secs();
    if card.expires_at.is_some_and(|end| end <= now) {
        Validity::Expired
    } else if card.valid_from.is_some_and(|start| start > now) {
        Validity::NotYetValid
    } else {
        Validity::Valid
    }
}
