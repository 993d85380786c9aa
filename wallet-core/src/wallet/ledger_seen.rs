//! The newest block of each ledger that was taken for current. Later answers about "now" may not go behind it.

use super::Wallet;
use super::records::{LedgerSeenRecord, Other, RecordName};
use super::store::{self, Stored, make_name};
use crate::did::{BlockRef, DatedEvidence, Evidence, HolderState};
use crate::error::{ErrorCode, WalletError};
use crate::ledger::policy::{
    ChainIdentity, Equivocation, LastSeen, PolicyError, Regression, SignedCheckpoint,
    VerifiedCheckpoint,
};
use crate::trust::TrustAnchors;
use crate::vault::database::{Database, RecordKind};
use serde_json::Value;

/// Most contradictions kept of one chain: the first ones convict.
const MAX_EQUIVOCATIONS: usize = 4;

impl Wallet {
    /// The newest blocks this device took for current, one for each chain and trust policy: what a resolver of a ledger may
    /// not go behind.
    ///
    /// # Errors
    /// `record_corrupt` if something of it is damaged ([`Self::forget_damaged_ledgers`]); `locked` and those of the store.
    pub fn ledgers_seen(&self) -> Result<Vec<LastSeen>, WalletError> {
        let memory = self.with_store(Memory::read)?;
        memory.is_whole()?;
        Ok(memory.seen())
    }

    /// Keeps the block of an answer about "now", before the answer is used.
    ///
    /// # Errors
    /// `ledger_stale` if a newer one was seen; `ledger_disagreement` if another one of the same height was, or if its
    /// checkpoint and the one seen before cannot both be true: both are kept then ([`Self::ledger_equivocations`]).
    /// `record_corrupt` if something of what was seen is damaged. `locked` and those of the store.
    pub fn keep_ledger_seen(&self, seen: &LastSeen) -> Result<(), WalletError> {
        Ok(self.keep_seen(seen)??)
    }

    /// Gives up what is damaged of the blocks seen and of the contradictions kept. From then on an older answer about now is
    /// believed of that ledger, until a newer one comes: whoever can write the store's file can bring about the damage, so
    /// let the holder decide. What can be read stays. Says how many records went.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn forget_damaged_ledgers(&self) -> Result<usize, WalletError> {
        self.commit(|db, batch| {
            let damaged = Memory::read(db)?.damaged;
            for name in &damaged {
                batch.delete(name)?;
            }
            Ok(damaged.len())
        })
    }

    /// As [`Self::keep_ledger_seen`], with what is wrong with the block apart from what failed.
    fn keep_seen(&self, seen: &LastSeen) -> Result<Result<(), PolicyError>, WalletError> {
        self.commit(|db, batch| {
            let memory = Memory::read(db)?;
            if let Err(damaged) = memory.is_whole() {
                return Ok(Err(damaged));
            }
            let mut known = memory.records.into_iter();
            let Some((mut known, before)) = known.find(|(_, known)| known.is_beside(seen)) else {
                let name = make_name(self.random())?;
                batch.insert(RecordKind::LEDGER_SEEN, &name, &LedgerSeenRecord::of(seen))?;
                return Ok(Ok(()));
            };
            if before == *seen {
                return Ok(Ok(()));
            }
            let outcome = seen.follows(&before);
            let is_new = match &outcome {
                Ok(()) => {
                    known.value.advance(seen);
                    true
                }
                Err(Regression::Equivocation(two)) => known.value.convict(two),
                Err(_) => false,
            };
            if is_new {
                batch.update(&known)?;
            }
            Ok(outcome.map_err(|regression| PolicyError::from(&regression)))
        })
    }

    /// Whom the app trusts, with what resolvers have to heed: the holder's own DIDs and the blocks seen.
    pub(super) fn trust(&self) -> Result<TrustAnchors, WalletError> {
        let mut trust = self.policy.trust.clone();
        if !trust.dids.resolvers.is_empty() {
            let memory = self.with_store(Memory::read)?;
            trust.dids.holder = HolderState {
                own: self.own_dids()?,
                ledgers_seen: memory.seen(),
                is_memory_damaged: memory.is_whole().is_err(),
            };
        }
        Ok(trust)
    }

    /// Passes on what came of resolving, once checkpoints that contradict each other are kept: the evidence must outlive
    /// the refusal.
    pub(super) fn after_resolving<T>(&self, outcome: T) -> T {
        for resolver in &self.policy.trust.dids.resolvers {
            let Some(contradiction) = resolver.contradiction() else {
                continue;
            };
            // With the one before it, if the wallet has that not yet. That they disagree was said; where nothing can be
            // written by now, the resolver still has both.
            for seen in resolver.last_seen().iter().chain([&contradiction]) {
                let _ = self.keep_ledger_seen(seen);
            }
        }
        outcome
    }

    /// Keeps what the resolvers of the app's policy took for current, before what they found is used. A resolver that
    /// remembers an older block than the wallet has nothing to keep, which stops nothing by itself: refused is what was
    /// judged by that block.
    pub(super) fn keep_what_resolvers_saw<'a>(
        &self,
        used: impl IntoIterator<Item = &'a DatedEvidence>,
    ) -> Result<(), WalletError> {
        let blocks = |dated: &'a DatedEvidence| match &dated.evidence {
            Evidence::LedgerProof { block, .. } => Some(block),
            _ => None,
        };
        let used: Vec<&BlockRef> = used.into_iter().filter_map(blocks).collect();
        for resolver in &self.policy.trust.dids.resolvers {
            let Some(seen) = resolver.last_seen() else {
                continue;
            };
            let kept = self.keep_seen(&seen)?;
            if used.iter().any(|block| is_block(&seen, block)) {
                kept?;
            }
        }
        Ok(())
    }

    /// Pairs of checkpoints that were validly signed and contradict each other, as they came: evidence against who signed
    /// both.
    ///
    /// # Errors
    /// `record_corrupt` if something of what was seen is damaged ([`Self::forget_damaged_ledgers`]); `locked` and those of the
    /// store.
    pub fn ledger_equivocations(&self) -> Result<Vec<Equivocation>, WalletError> {
        let memory = self.with_store(Memory::read)?;
        memory.is_whole()?;
        let mut equivocations = Vec::new();
        for (record, _) in &memory.records {
            for [first, second] in &record.value.equivocations {
                equivocations.push(Equivocation {
                    first: signed(first)?,
                    second: signed(second)?,
                });
            }
        }
        Ok(equivocations)
    }
}

/// What the store has of the blocks seen.
struct Memory {
    records: Vec<(Stored<LedgerSeenRecord>, LastSeen)>,
    /// Records that nobody can read any more.
    damaged: Vec<RecordName>,
}

impl Memory {
    fn read(db: &Database) -> Result<Self, WalletError> {
        let mut memory = Self {
            records: Vec::new(),
            damaged: Vec::new(),
        };
        for (name, record) in store::list_each(db, RecordKind::LEDGER_SEEN)? {
            let read = |record: Stored<LedgerSeenRecord>| Ok((record.value.seen()?, record));
            match record.and_then(read) {
                Ok((seen, record)) => memory.records.push((record, seen)),
                Err(_) => memory.damaged.push(name),
            }
        }
        Ok(memory)
    }

    /// Which ledger a damaged record was of cannot be known: it may be any.
    const fn is_whole(&self) -> Result<(), PolicyError> {
        match self.damaged.is_empty() {
            true => Ok(()),
            false => Err(PolicyError::MemoryDamaged),
        }
    }

    fn seen(&self) -> Vec<LastSeen> {
        self.records.iter().map(|(_, seen)| seen.clone()).collect()
    }
}

fn is_block(seen: &LastSeen, block: &BlockRef) -> bool {
    let seen = (seen.chain.chain_id, seen.number, seen.hash.0);
    seen == (block.chain_id, block.number, block.hash)
}

fn signed(value: &Value) -> Result<SignedCheckpoint, WalletError> {
    let members = value.as_object();
    let signed = members.and_then(|members| SignedCheckpoint::from_members(members).ok());
    signed.ok_or_else(|| WalletError::new(ErrorCode::RecordCorrupt).about("record_form"))
}

impl LedgerSeenRecord {
    fn of(seen: &LastSeen) -> Self {
        let mut record = Self {
            chain_id: seen.chain.chain_id,
            genesis: seen.chain.genesis.0,
            policy: seen.policy.0,
            number: 0,
            hash: [0; 32],
            checkpoint: None,
            equivocations: Vec::new(),
            other: Other::new(),
        };
        record.advance(seen);
        record
    }

    fn advance(&mut self, seen: &LastSeen) {
        self.number = seen.number;
        self.hash = seen.hash.0;
        let checkpoint = seen.checkpoint.as_ref();
        self.checkpoint = checkpoint.map(|it| it.signed().to_members().into());
    }

    /// Whether that is new.
    fn convict(&mut self, two: &Equivocation) -> bool {
        let pair = [&two.first, &two.second].map(|it| Value::Object(it.to_members()));
        let is_new =
            self.equivocations.len() < MAX_EQUIVOCATIONS && !self.equivocations.contains(&pair);
        if is_new {
            self.equivocations.push(pair);
        }
        is_new
    }

    fn seen(&self) -> Result<LastSeen, WalletError> {
        let checkpoint = self.checkpoint.as_ref().map(signed).transpose()?;
        Ok(LastSeen {
            chain: ChainIdentity {
                chain_id: self.chain_id,
                genesis: self.genesis.into(),
            },
            policy: self.policy.into(),
            number: self.number,
            hash: self.hash.into(),
            checkpoint: checkpoint.map(VerifiedCheckpoint::verified_before),
        })
    }
}
