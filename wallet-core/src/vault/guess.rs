//! One try to open a slot: stretch the secret, count the try, ask the hardware, open.

use super::Place;
use super::attempts::{self, FREE_TRIES, Guard};
use super::device_key::DeviceKeyError;
use super::error::VaultError;
use super::keyring::Keyring;
use super::passphrase::Passphrase;
use super::pin::Pin;
use super::recovery::RecoveryCode;
use super::slots::pair::Pair;
use super::slots::wrap::{SlotKey, Stretched};
use super::slots::{Method, Slot, SlotKind};
use super::tally::{Counted, Tally, Unanswered};
use crate::secret::{Secret, SecretBytes};

/// What the holder unlocks with.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum UnlockWith<'a> {
    /// The PIN's ASCII digits.
    Pin(&'a [u8]),
    /// The operating system's authentication; it prompts by itself.
    OsAuth,
    /// The passphrase as it was typed, in UTF-8 (not a [`Passphrase`], which is one fit to be chosen).
    Passphrase(&'a [u8]),
    /// The recovery code as text.
    RecoveryCode(&'a [u8]),
}

impl UnlockWith<'_> {
    /// The kind of slot it opens.
    #[must_use]
    pub const fn kind(&self) -> SlotKind {
        match self {
            Self::Pin(_) => SlotKind::Pin,
            Self::OsAuth => SlotKind::OsAuth,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::RecoveryCode(_) => SlotKind::RecoveryCode,
        }
    }

    /// The bytes that are stretched; `None` if they cannot be right whatever the slot holds.
    fn normalised(&self) -> Result<Option<SecretBytes>, VaultError> {
        Ok(match self {
            Self::Pin(digits) => {
                Pin::entered(digits).map(|pin| SecretBytes::new(pin.expose().to_vec()))
            }
            Self::OsAuth => Some(SecretBytes::new(Vec::new())),
            Self::Passphrase(text) => Passphrase::entered(text)
                .ok()
                .map(|passphrase| SecretBytes::new(passphrase.expose().to_vec())),
            Self::RecoveryCode(text) => Some(SecretBytes::new(
                RecoveryCode::parse(text)?.expose().to_vec(),
            )),
        })
    }
}

/// A secret stretched for every slot it may open.
pub(crate) struct Guess {
    kind: SlotKind,
    store_alias: Option<String>,
    /// Newest version first; more than one only while a change is under way.
    candidates: Vec<(Slot, Stretched)>,
}

/// A slot that opened.
pub(crate) struct Opened {
    pub(crate) slot: Slot,
    pub(crate) key: SlotKey,
    pub(crate) keyring: Keyring,
    /// What the store's hardware key answered, or why it did not; `None` if the store has none.
    pub(crate) store_answer: Option<Result<Secret<32>, DeviceKeyError>>,
    pub(crate) guard: Guard,
    counted: Option<Counted>,
}

impl Guess {
    /// Stretches the secret: slow, on the caller's thread. Nothing is counted yet, nothing can be learnt yet.
    ///
    /// # Errors
    /// `slot_missing`, `locked_out`, `wrong_secret`, `recovery_code_malformed`, `header_corrupt`, `store_too_new`,
    /// `kdf_params_out_of_range`, `kdf_memory_unavailable`
    pub(crate) fn begin(place: &Place, with: UnlockWith<'_>) -> Result<Self, VaultError> {
        let pair = Pair::load(&place.dir)?;
        let table = pair.newest()?;
        if table.store != place.store {
            return Err(VaultError::SlotTampered);
        }
        let slots = table.of_kind(with.kind());
        let newest = slots.first().ok_or(VaultError::SlotMissing)?;
        let tries = match counts(newest) {
            true => Tally::new(place, newest.header.id).refuse_early()?,
            false => 0,
        };
        let Some(secret) = with.normalised()? else {
            return Err(VaultError::WrongSecret {
                tries_left: FREE_TRIES.saturating_sub(tries),
                wait_seconds: 0,
            });
        };
        let stretch = |slot: &Slot| {
            Stretched::new(&place.store, &slot.header, &secret).map(|a| (slot.clone(), a))
        };
        Ok(Self {
            kind: with.kind(),
            store_alias: table.store_alias.clone(),
            candidates: slots.into_iter().map(stretch).collect::<Result<_, _>>()?,
        })
    }

    /// Counts the try durably, asks the hardware, opens the slot. If the hardware gives no answer, or is not waited for,
    /// no guess was made and none is counted.
    ///
    /// # Errors
    /// `wrong_secret`, `locked_out`, `device_key_*`, `slot_tampered`, `anchor_failed`
    pub(crate) async fn run(self, place: &Place) -> Result<Opened, VaultError> {
        let (newest, _) = self.candidates.first().ok_or(VaultError::SlotMissing)?;
        let slot_id = newest.header.id;
        let must_count = counts(newest);
        let erase_after = erase_after(newest);
        let aliases = self.aliases();

        let store_answer = match &self.store_alias {
            Some(alias) if must_count || place.ports.device_key.is_some() => {
                Some(place.ports.store_answer(&place.store, alias).await)
            }
            Some(_) => Some(Err(DeviceKeyError::NotFound.into())),
            None => None,
        };
        let guard = match &store_answer {
            Some(Ok(answer)) => Guard::hardware(&place.store, answer)?,
            // A secret that needs no hardware opens without it.
            Some(Err(_)) if self.kind.is_durable() => Guard::None,
            Some(Err(error)) => return Err(error.clone()),
            None => Guard::None,
        };

        let tally = Tally::new(place, slot_id);
        if must_count
            && let Some(limit) = erase_after
            && attempts::wrong_tries(tally.failures(&guard)?) >= limit
        {
            place.delete_keys(&aliases).await?;
            return Err(DeviceKeyError::NotFound.into());
        }
        let counted = match must_count {
            true => Some(tally.count(&guard)?),
            false => None,
        };
        let unanswered = Unanswered {
            tally: &tally,
            guard: &guard,
            counted: counted.as_ref(),
        };
        match self.open(place, unanswered).await? {
            Some((slot, key, keyring)) => Ok(Opened {
                slot,
                key,
                keyring,
                store_answer: store_answer.map(|answer| answer.map_err(device_error)),
                guard,
                counted,
            }),
            None => {
                let failures = counted.map_or(0, |counted| counted.written.failures);
                if erase_after.is_some_and(|limit| attempts::wrong_tries(failures) >= limit) {
                    place.delete_keys(&aliases).await?;
                }
                Err(wrong(failures, erase_after))
            }
        }
    }

    fn aliases(&self) -> Vec<String> {
        let aliases = self
            .candidates
            .iter()
            .filter_map(|(slot, _)| slot.header.alias());
        aliases.map(str::to_owned).collect()
    }

    /// Tries every candidate. `None` if the secret opens none of them.
    async fn open(
        self,
        place: &Place,
        mut unanswered: Unanswered<'_>,
    ) -> Result<Option<(Slot, SlotKey, Keyring)>, VaultError> {
        let mut asked = false;
        let mut no_answer = None;
        for (slot, a) in self.candidates {
            let h = match slot.header.alias() {
                Some(alias) => {
                    let x = a.prf_input(&place.store, &slot.header)?;
                    match place.ports.prf(alias, &x).await {
                        Ok(h) => Some(h),
                        // An interrupted change may have left a slot without its key.
                        Err(error @ (DeviceKeyError::NotFound | DeviceKeyError::Invalidated)) => {
                            no_answer.get_or_insert(error);
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                None => None,
            };
            asked = true;
            unanswered.counted = None;
            let key = SlotKey::new(&place.store, &slot.header, &a, h.as_ref())?;
            if let Some(keyring) = key.open(&place.store, &slot)? {
                return Ok(Some((slot, key, keyring)));
            }
        }
        match no_answer {
            Some(error) if !asked => Err(error.into()),
            _ => Ok(None),
        }
    }
}

impl Opened {
    /// The slot opened, but it was replaced: the count of the try stands.
    pub(crate) fn wrong(&self) -> VaultError {
        let failures = self
            .counted
            .as_ref()
            .map_or(0, |counted| counted.written.failures);
        wrong(failures, erase_after(&self.slot))
    }

    /// The secret was right: the counter starts again.
    pub(crate) fn forgive(&self, place: &Place) -> Result<(), VaultError> {
        match self.counted {
            Some(_) => Tally::new(place, self.slot.header.id).start(&self.guard),
            None => Ok(()),
        }
    }
}

fn wrong(failures: u32, erase_after: Option<u32>) -> VaultError {
    let free = FREE_TRIES.min(erase_after.unwrap_or(FREE_TRIES));
    VaultError::WrongSecret {
        tries_left: free.saturating_sub(failures),
        wait_seconds: attempts::wait_after(failures),
    }
}

fn device_error(error: VaultError) -> DeviceKeyError {
    match error {
        VaultError::DeviceKey(error) => error,
        _ => DeviceKeyError::HardwareFault,
    }
}

fn counts(slot: &Slot) -> bool {
    slot.header.kind().counts_attempts()
}

fn erase_after(slot: &Slot) -> Option<u32> {
    match slot.header.method {
        Method::Pin { erase_after, .. } if erase_after > 0 => Some(u32::from(erase_after)),
        _ => None,
    }
}
