//! Block headers: from their bytes to their hash and the roots below it.

pub(super) mod bft;
mod ethereum;
mod metadium;

pub use metadium::NodeSeal;

use bft::{BftExtraData, BftLayout};

use super::LedgerError;
use super::rlp::{Item, Items};
use alloy_primitives::{Address, B256, Bytes, keccak256};

/// Most bytes of a header. QBFT headers hold the validators and their seals.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Which fields the headers of a chain have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderRules {
    /// Those of Ethereum, with the fields each fork appended.
    Ethereum,
    /// Those of Metadium (go-metadium `core/types/block.go`): fees, rewards and the node's seal stand between.
    Metadium,
    /// Those of Ethereum with IBFT 2.0 seals (Besu) in the extra data; a block's hash leaves seals and round out.
    Ibft2,
    /// Those of Ethereum with QBFT seals (Besu) in the extra data; a block's hash leaves seals and round out.
    Qbft,
}

impl HeaderRules {
    /// The place of the extra data among the fields.
    const fn extra_data_index(self) -> usize {
        match self {
            Self::Ethereum | Self::Ibft2 | Self::Qbft => 12,
            Self::Metadium => 13,
        }
    }

    /// The layout of the extra data, if validators seal there.
    pub(super) const fn bft_layout(self) -> Option<BftLayout> {
        match self {
            Self::Ethereum | Self::Metadium => None,
            Self::Ibft2 => Some(BftLayout::Ibft2),
            Self::Qbft => Some(BftLayout::Qbft),
        }
    }

    /// The word for the rules in a chain profile.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ethereum => "ethereum",
            Self::Metadium => "metadium",
            Self::Ibft2 => "ibft2",
            Self::Qbft => "qbft",
        }
    }

    /// The rules with this word.
    #[must_use]
    pub fn from_identifier(word: &str) -> Option<Self> {
        [Self::Ethereum, Self::Metadium, Self::Ibft2, Self::Qbft]
            .into_iter()
            .find(|rules| rules.as_str() == word)
    }
}

/// A block header and its hash. Holds what its bytes say; whether the block is one of the chain is for a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    rules: HeaderRules,
    rlp: Bytes,
    hash: B256,
    fields: Fields,
}

/// What of a header is used.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fields {
    parent_hash: B256,
    beneficiary: Address,
    state_root: B256,
    receipts_root: B256,
    number: u64,
    time: u64,
    extra_data: Bytes,
    node_seal: Option<NodeSeal>,
}

impl Header {
    /// Reads a header. Its hash is that of the very bytes given; with BFT seals, of the bytes without them.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`]; [`LedgerError::Rlp`] if it is not canonical RLP of the fields' types;
    /// [`LedgerError::Header`] if it has fewer or more fields than `rules` know.
    pub fn parse(rules: HeaderRules, rlp: &[u8]) -> Result<Self, LedgerError> {
        if rlp.len() > MAX_HEADER_BYTES {
            return Err(LedgerError::TooLarge);
        }
        let mut items = FieldItems(Item::only(rlp)?.list()?);
        let fields = match rules {
            HeaderRules::Ethereum | HeaderRules::Ibft2 | HeaderRules::Qbft => {
                ethereum::fields(&mut items)?
            }
            HeaderRules::Metadium => metadium::fields(&mut items)?,
        };
        if !items.0.is_empty() {
            return Err(LedgerError::Header);
        }
        let mut header = Self {
            rules,
            hash: keccak256(rlp),
            rlp: Bytes::copy_from_slice(rlp),
            fields,
        };
        // The genesis is hashed as it is.
        if let Some(layout) = rules.bft_layout()
            && header.number() != 0
        {
            let extra_data = BftExtraData::parse(layout, header.extra_data())?;
            let hashed = extra_data.without_seals_and_round();
            header.hash = keccak256(header.rlp_with_extra_data(&hashed));
        }
        Ok(header)
    }

    /// The rules it was read by.
    #[must_use]
    pub const fn rules(&self) -> HeaderRules {
        self.rules
    }

    /// The hash the chain knows the block by: Keccak-256 of the header's bytes, with BFT seals of those without them.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// The header's bytes.
    #[must_use]
    pub const fn rlp(&self) -> &Bytes {
        &self.rlp
    }

    /// The hash of the block before.
    #[must_use]
    pub const fn parent_hash(&self) -> B256 {
        self.fields.parent_hash
    }

    /// Who made the block; in Metadium the node's account.
    #[must_use]
    pub const fn beneficiary(&self) -> Address {
        self.fields.beneficiary
    }

    /// The root of the trie of accounts after this block.
    #[must_use]
    pub const fn state_root(&self) -> B256 {
        self.fields.state_root
    }

    /// The root of the trie of this block's receipts.
    #[must_use]
    pub const fn receipts_root(&self) -> B256 {
        self.fields.receipts_root
    }

    /// How many blocks there are before.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.fields.number
    }

    /// When the block was made, as its maker says: seconds since 1970.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.fields.time
    }

    /// What the maker added; in QBFT the validators and their seals.
    #[must_use]
    pub const fn extra_data(&self) -> &Bytes {
        &self.fields.extra_data
    }

    /// The seal of the Metadium node that made the block.
    #[must_use]
    pub const fn node_seal(&self) -> Option<&NodeSeal> {
        self.fields.node_seal.as_ref()
    }

    /// This header's RLP with other extra data: QBFT and IBFT seals are made over a header whose extra data lacks them.
    #[must_use]
    pub fn rlp_with_extra_data(&self, extra_data: &[u8]) -> Vec<u8> {
        use alloy_rlp::Encodable;
        let mut payload = Vec::with_capacity(self.rlp.len() + extra_data.len());
        // Parsed before: no item is refused.
        let mut items = Item::only(&self.rlp)
            .and_then(Item::list)
            .unwrap_or_default();
        let mut index = 0_usize;
        while let Ok(Some(item)) = items.next_if_any() {
            if index == self.rules.extra_data_index() {
                extra_data.encode(&mut payload);
            } else {
                payload.extend_from_slice(item.raw);
            }
            index += 1;
        }
        let mut rlp = Vec::with_capacity(payload.len() + 9);
        alloy_rlp::Header {
            list: true,
            payload_length: payload.len(),
        }
        .encode(&mut rlp);
        rlp.extend_from_slice(&payload);
        rlp
    }
}

/// The fields of a header, one after another.
struct FieldItems<'a>(Items<'a>);

impl<'a> FieldItems<'a> {
    /// The next field, which every header has.
    fn next(&mut self) -> Result<Item<'a>, LedgerError> {
        self.optional()?.ok_or(LedgerError::Header)
    }

    /// The next field, if the header is of a fork that has it.
    fn optional(&mut self) -> Result<Option<Item<'a>>, LedgerError> {
        self.0.next_if_any()
    }

    /// The fields of every header up to the gas used.
    fn start(&mut self) -> Result<Start, LedgerError> {
        let parent_hash = self.hash()?;
        let _uncles = self.hash()?;
        let beneficiary = Address::from(self.next()?.array()?);
        let state_root = self.hash()?;
        let _transactions_root = self.hash()?;
        let receipts_root = self.hash()?;
        let _bloom: [u8; 256] = self.next()?.array()?;
        let _difficulty = self.next()?.number()?;
        let number = self.next()?.u64()?;
        let _gas_limit = self.next()?.u64()?;
        let _gas_used = self.next()?.u64()?;
        Ok(Start {
            parent_hash,
            beneficiary,
            state_root,
            receipts_root,
            number,
        })
    }

    fn hash(&mut self) -> Result<B256, LedgerError> {
        self.next()?.array().map(B256::from)
    }

    fn bytes(&mut self) -> Result<Bytes, LedgerError> {
        self.next()?.string().map(Bytes::copy_from_slice)
    }
}

/// The fields both rules begin with.
struct Start {
    parent_hash: B256,
    beneficiary: Address,
    state_root: B256,
    receipts_root: B256,
    number: u64,
}

impl Start {
    fn with(self, time: u64, extra_data: Bytes, node_seal: Option<NodeSeal>) -> Fields {
        Fields {
            parent_hash: self.parent_hash,
            beneficiary: self.beneficiary,
            state_root: self.state_root,
            receipts_root: self.receipts_root,
            number: self.number,
            time,
            extra_data,
            node_seal,
        }
    }
}

#[cfg(test)]
mod tests;
