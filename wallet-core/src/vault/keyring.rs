//! The root keys of a store, by epoch.

use crate::secret::Secret;
use std::sync::Arc;

/// A root key and the epoch it is of.
type Entry = (u32, Arc<Secret<32>>);

/// The root keys an unlocked store holds: one, or two while the root is being rotated.
///
/// Clones share the same secret memory; it is wiped when the last one is dropped.
#[derive(Clone)]
pub struct Keyring {
    previous: Option<Entry>,
    current: Entry,
}

impl Keyring {
    /// A keyring of one root key.
    #[must_use]
    pub fn new(epoch: u32, root: Secret<32>) -> Self {
        Self {
            previous: None,
            current: (epoch, Arc::new(root)),
        }
    }

    /// The current root key and that of the next epoch, or `None` after 2³² epochs.
    #[must_use]
    pub fn with_next(&self, root: Secret<32>) -> Option<Self> {
        let next = self.current.0.checked_add(1)?;
        Some(Self {
            previous: Some(self.current.clone()),
            current: (next, Arc::new(root)),
        })
    }

    /// Only the key of `epoch`, if it is here.
    pub(crate) fn only(&self, epoch: u32) -> Option<Self> {
        let current = self.entries().find(|entry| entry.0 == epoch)?.clone();
        Some(Self {
            previous: None,
            current,
        })
    }

    /// The newest root key and its epoch.
    pub(crate) fn current(&self) -> (u32, &Secret<32>) {
        (self.current.0, &self.current.1)
    }

    /// The root key of `epoch`.
    pub(crate) fn get(&self, epoch: u32) -> Option<&Secret<32>> {
        self.entries()
            .find(|entry| entry.0 == epoch)
            .map(|entry| entry.1.as_ref())
    }

    /// All keys with their epochs, ascending.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.previous.iter().chain([&self.current])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn root(byte: u8) -> Secret<32> {
        Secret::take(&mut [byte; 32])
    }

    #[test]
    fn a_keyring_keeps_at_most_the_current_key_and_the_one_before() {
        let first = Keyring::new(7, root(1));
        let third = first
            .with_next(root(2))
            .unwrap()
            .with_next(root(3))
            .unwrap();
        assert_eq!(third.entries().map(|e| e.0).collect::<Vec<_>>(), [8, 9]);
        assert!(third.get(7).is_none());
        assert!(third.current().1 == &root(3));
        let only = third.only(8).unwrap();
        assert!(only.current().0 == 8 && only.get(9).is_none());
    }

    #[test]
    fn epochs_end_rather_than_start_again() {
        assert!(Keyring::new(u32::MAX, root(1)).with_next(root(2)).is_none());
    }
}
