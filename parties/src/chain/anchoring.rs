//! Batches of credentials, status lists or receipts under one Merkle root (docs/ledger.md of the wallet).

use serde_json::{Value, json};

use super::hex;
use crate::encoding::{random, sha256};
use crate::refused::{OrRefuse, Result, ensure};

/// Fewer contents than this are not anchored together: whoever watches the chain could tell whose they are by the time.
pub const SMALLEST_BATCH: usize = 16;

/// What is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What an issuer signed of a credential.
    Credential,
    /// A status list, which is of thousands of people by itself.
    StatusList,
    /// A receipt.
    Receipt,
}

impl Kind {
    const fn text(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::StatusList => "status_list",
            Self::Receipt => "receipt",
        }
    }

    fn digest(self, content: &[u8]) -> [u8; 32] {
        let label = match self {
            Self::Credential => "wallet/v1/anchored-credential",
            Self::StatusList => "wallet/v1/anchored-status-list",
            Self::Receipt => "wallet/v1/anchored-receipt",
        };
        sha256(&[label.as_bytes(), content].concat())
    }
}

/// A batch in the making.
pub struct Batch {
    kind: Kind,
    leaves: Vec<Leaf>,
}

#[derive(Clone)]
struct Leaf {
    salt: [u8; 32],
    digest: [u8; 32],
}

impl Leaf {
    fn hash(&self) -> [u8; 32] {
        sha256(&[&[0][..], &self.salt, &self.digest].concat())
    }
}

impl Batch {
    /// Of nothing yet.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            leaves: Vec::new(),
        }
    }

    /// Adds one content under a fresh salt, and says its number, for [`AnchoredBatch::proof`]. Its place in the tree is another
    /// one, and known to nobody before the batch is closed.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn add(&mut self, content: &[u8]) -> Result<usize> {
        self.leaves.push(Leaf {
            salt: random()?,
            digest: self.kind.digest(content),
        });
        Ok(self.leaves.len() - 1)
    }

    /// The tree, with its leaves in random order: copies of one card that were added one after the other would be neighbours,
    /// and who gets the proofs of two could tell that they are of one holder.
    ///
    /// # Errors
    /// If it has fewer than [`SMALLEST_BATCH`] contents and is not of status lists; if there is no randomness.
    pub fn close(self) -> Result<AnchoredBatch> {
        let smallest = match self.kind {
            Kind::StatusList => 1,
            Kind::Credential | Kind::Receipt => SMALLEST_BATCH,
        };
        ensure(
            self.leaves.len() >= smallest,
            "the batch is too small: it would point at someone",
        )?;
        let order = shuffled(self.leaves.len())?;
        let mut places = vec![0; order.len()];
        let mut leaves = Vec::with_capacity(order.len());
        for (place, number) in order.into_iter().enumerate() {
            leaves.push(self.leaves[number].clone());
            places[number] = place;
        }
        Ok(AnchoredBatch {
            kind: self.kind,
            leaves,
            places,
        })
    }
}

/// The numbers below `count` in random order (Fisher and Yates).
fn shuffled(count: usize) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let chosen = u64::from_be_bytes(random()?) % (last as u64 + 1);
        order.swap(last, usize::try_from(chosen).or_refuse("a number")?);
    }
    Ok(order)
}

/// A batch that takes no more.
pub struct AnchoredBatch {
    kind: Kind,
    leaves: Vec<Leaf>,
    /// Where the content of each number went.
    places: Vec<usize>,
}

impl AnchoredBatch {
    /// What goes on the chain.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        let hashes: Vec<_> = self.leaves.iter().map(Leaf::hash).collect();
        let size = hashes.len() as u64;
        sha256(&[&[2][..], &size.to_be_bytes(), &root(&hashes)].concat())
    }

    /// What the one whose content has this number gets: salt, place and path.
    ///
    /// # Errors
    /// No such number.
    pub fn proof(&self, number: usize) -> Result<Value> {
        let place = *self.places.get(number).or_refuse("no such number")?;
        let leaf = self.leaves.get(place).or_refuse("no such place")?;
        let hashes: Vec<_> = self.leaves.iter().map(Leaf::hash).collect();
        let mut beside = Vec::new();
        path(place, &hashes, &mut beside);
        let beside: Vec<String> = beside.iter().map(|hash| hex(hash)).collect();
        Ok(json!({
            "salt": hex(&leaf.salt), "index": place, "size": hashes.len(), "path": beside,
        }))
    }

    /// The kind, as it stands in a proof.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind.text()
    }
}

/// RFC 9162 2.1.1.
pub(super) fn root(hashes: &[[u8; 32]]) -> [u8; 32] {
    match hashes {
        [] => sha256(&[]),
        [single] => *single,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            sha256(&[&[1][..], &root(left), &root(right)].concat())
        }
    }
}

/// RFC 9162 2.1.3.1.
pub(super) fn path(place: usize, hashes: &[[u8; 32]], beside: &mut Vec<[u8; 32]>) {
    if hashes.len() < 2 {
        return;
    }
    let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
    match place.checked_sub(left.len()) {
        Some(place) => {
            path(place, right, beside);
            beside.push(root(left));
        }
        None => {
            path(place, left, beside);
            beside.push(root(right));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_added_together_does_not_stand_together() {
        let mut batch = Batch::new(Kind::Credential);
        for copy in 0..64_u8 {
            assert_eq!(batch.add(&[copy]).unwrap(), usize::from(copy));
        }
        let leaves = batch.leaves.clone();
        let closed = batch.close().unwrap();
        let mut places = Vec::new();
        for (number, leaf) in leaves.iter().enumerate() {
            let proof = closed.proof(number).unwrap();
            assert_eq!(proof["salt"], hex(&leaf.salt));
            let place = proof["index"].as_u64().unwrap() as usize;
            assert_eq!(closed.leaves[place].hash(), leaf.hash());
            places.push(place);
        }
        let beside = |pair: &&[usize]| pair[0] / 2 == pair[1] / 2;
        assert!(places.windows(2).filter(beside).count() < 16);
        places.sort_unstable();
        assert!(places.into_iter().eq(0..64));
    }

    #[test]
    fn a_batch_that_would_point_at_someone_is_not_closed() {
        let mut batch = Batch::new(Kind::Credential);
        for _ in 1..SMALLEST_BATCH {
            batch.add(b"the same").unwrap();
        }
        let lone = Batch {
            leaves: batch.leaves.clone(),
            ..Batch::new(Kind::Credential)
        };
        assert!(lone.close().is_err());
        batch.add(b"the same").unwrap();
        let closed = batch.close().unwrap();
        let salts: std::collections::BTreeSet<_> = (0..SMALLEST_BATCH)
            .map(|place| closed.proof(place).unwrap()["salt"].to_string())
            .collect();
        assert_eq!(salts.len(), SMALLEST_BATCH);
        assert!(closed.proof(SMALLEST_BATCH).is_err());
        assert!(Batch::new(Kind::StatusList).close().is_err());
    }
}
