//! Proof values: CBOR behind three bytes that say which kind it is (vc-di-bbs section 3.3, vc-di-ecdsa section 3.5).

use std::collections::BTreeMap;

use super::graph::Labels;
use crate::cbor::{Data, Item};
use crate::encoding::{base64url, from_base64url};
use crate::refused::{OrRefuse, Result, ensure};

const ECDSA_SD_BASE: [u8; 3] = [0xD9, 0x5D, 0x00];
const ECDSA_SD_DERIVED: [u8; 3] = [0xD9, 0x5D, 0x01];
/// Without holder binding and pseudonym.
const BBS_BASE: [u8; 3] = [0xD9, 0x5D, 0x02];
const BBS_DERIVED: [u8; 3] = [0xD9, 0x5D, 0x03];
/// With holder binding.
const BBS_BOUND_BASE: [u8; 3] = [0xD9, 0x5D, 0x04];
const BBS_BOUND_DERIVED: [u8; 3] = [0xD9, 0x5D, 0x05];
/// With holder binding and pseudonym.
const BBS_NYM_BASE: [u8; 3] = [0xD9, 0x5D, 0x08];
const BBS_NYM_DERIVED: [u8; 3] = [0xD9, 0x5D, 0x09];

/// What a base proof of bbs-2023 holds.
pub(super) struct BbsBase<'a> {
    pub(super) signature: &'a [u8],
    pub(super) header: &'a [u8],
    pub(super) public_key: &'a [u8],
    pub(super) hmac_key: &'a [u8],
    pub(super) mandatory: &'a [&'a str],
    pub(super) binding: BaseBinding,
}

/// What a base proof of bbs-2023 is bound to.
pub(super) enum BaseBinding {
    Nothing,
    /// A secret of the holder's.
    Secret,
    /// That, and one for pseudonyms, of which this is the issuer's part.
    SecretAndNym([u8; 32]),
}

impl BbsBase<'_> {
    pub(super) fn serialize(&self) -> String {
        let parts = [self.signature, self.header, self.public_key, self.hmac_key];
        let mut components: Vec<Item> = parts.iter().map(|part| Item::bytes(part)).collect();
        components.push(pointers(self.mandatory));
        let header = match &self.binding {
            BaseBinding::Nothing => BBS_BASE,
            BaseBinding::Secret => BBS_BOUND_BASE,
            BaseBinding::SecretAndNym(entropy) => {
                components.push(Item::bytes(entropy));
                BBS_NYM_BASE
            }
        };
        multibase(header, &components)
    }
}

/// What a base proof of ecdsa-sd-2023 holds.
pub(super) struct EcdsaSdBase<'a> {
    pub(super) signature: &'a [u8],
    /// Of the key that signed the statements, as Multikey.
    pub(super) public_key: &'a [u8],
    pub(super) hmac_key: &'a [u8],
    pub(super) signatures: &'a [Vec<u8>],
    pub(super) mandatory: &'a [&'a str],
}

impl EcdsaSdBase<'_> {
    pub(super) fn serialize(&self) -> String {
        let signatures: Vec<Item> = self.signatures.iter().map(|s| Item::bytes(s)).collect();
        let components = [
            Item::bytes(self.signature),
            Item::bytes(self.public_key),
            Item::bytes(self.hmac_key),
            Item::array(&signatures),
            pointers(self.mandatory),
        ];
        multibase(ECDSA_SD_BASE, &components)
    }
}

fn pointers(pointers: &[&str]) -> Item {
    let items: Vec<Item> = pointers.iter().map(|pointer| Item::text(pointer)).collect();
    Item::array(&items)
}

fn multibase(header: [u8; 3], components: &[Item]) -> String {
    let components = Item::array(components).into_bytes();
    format!("u{}", base64url(&[&header[..], &components].concat()))
}

/// A derived proof of bbs-2023.
pub(super) struct BbsDerived {
    pub(super) proof: Vec<u8>,
    /// From canonical labels to those that were signed.
    pub(super) labels: Labels,
    pub(super) mandatory: Vec<usize>,
    pub(super) selective: Vec<usize>,
    pub(super) presentation_header: Vec<u8>,
    pub(super) binding: Option<DerivedBinding>,
}

/// What a derived proof of bbs-2023 says of what it is bound to.
pub(super) struct DerivedBinding {
    /// How many messages the issuer saw.
    pub(super) count: usize,
    /// `nym_domain`, and the pseudonym in it.
    pub(super) pseudonym: Option<(String, Vec<u8>)>,
}

impl BbsDerived {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let bytes = decoded(text)?;
        let count = |data: Data| usize::try_from(data.integer()?).or_refuse("a count");
        if bytes.starts_with(&BBS_BOUND_DERIVED) {
            let [parts @ .., messages] = components::<6>(&bytes, BBS_BOUND_DERIVED)?;
            let binding = DerivedBinding {
                count: count(messages)?,
                pseudonym: None,
            };
            return Self::read(parts, Some(binding));
        }
        if bytes.starts_with(&BBS_NYM_DERIVED) {
            let [parts @ .., domain, pseudonym, messages] =
                components::<8>(&bytes, BBS_NYM_DERIVED)?;
            let binding = DerivedBinding {
                count: count(messages)?,
                pseudonym: Some((domain.text()?, pseudonym.bytes()?)),
            };
            return Self::read(parts, Some(binding));
        }
        Self::read(components(&bytes, BBS_DERIVED)?, None)
    }

    fn read(parts: [Data; 5], binding: Option<DerivedBinding>) -> Result<Self> {
        let [proof, labels, mandatory, selective, header] = parts;
        let signed = |label: Data| Ok(format!("b{}", label.integer()?));
        Ok(Self {
            proof: proof.bytes()?,
            labels: label_map(labels, signed)?,
            mandatory: indexes(mandatory)?,
            selective: indexes(selective)?,
            presentation_header: header.bytes()?,
            binding,
        })
    }
}

/// A derived proof of ecdsa-sd-2023.
pub(super) struct EcdsaSdDerived {
    pub(super) signature: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) signatures: Vec<Vec<u8>>,
    /// From canonical labels to those that were signed.
    pub(super) labels: Labels,
    pub(super) mandatory: Vec<usize>,
}

impl EcdsaSdDerived {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let [signature, key, signatures, labels, mandatory] =
            components(&decoded(text)?, ECDSA_SD_DERIVED)?;
        let signed = |label: Data| {
            let digest = label.bytes()?;
            ensure(digest.len() == 32, "a label is no HMAC")?;
            Ok(format!("u{}", base64url(&digest)))
        };
        Ok(Self {
            signature: signature.bytes()?,
            public_key: key.bytes()?,
            signatures: signatures
                .array()?
                .into_iter()
                .map(Data::bytes)
                .collect::<Result<_>>()?,
            labels: label_map(labels, signed)?,
            mandatory: indexes(mandatory)?,
        })
    }
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    let encoded = text
        .strip_prefix('u')
        .or_refuse("not base64url multibase")?;
    from_base64url(encoded)
}

fn components<const N: usize>(bytes: &[u8], header: [u8; 3]) -> Result<[Data; N]> {
    let body = bytes.strip_prefix(&header);
    let components = Data::read(body.or_refuse("another kind of proof value")?)?.array()?;
    components
        .try_into()
        .ok()
        .or_refuse("another number of components")
}

fn label_map(map: Data, signed: impl Fn(Data) -> Result<String>) -> Result<Labels> {
    let mut labels = BTreeMap::new();
    for (canonical, label) in map.map()? {
        let canonical = format!("c14n{}", canonical.integer()?);
        let twice = labels.insert(canonical, signed(label)?).is_some();
        ensure(!twice, "a label is mapped twice")?;
    }
    let distinct: std::collections::BTreeSet<_> = labels.values().collect();
    ensure(distinct.len() == labels.len(), "two labels become one")?;
    Ok(labels)
}

/// Ascending, each once.
fn indexes(data: Data) -> Result<Vec<usize>> {
    let indexes: Result<Vec<usize>> = data
        .array()?
        .into_iter()
        .map(|index| usize::try_from(index.integer()?).or_refuse("an index"))
        .collect();
    let indexes = indexes?;
    let ascending = indexes.is_sorted_by(|a, b| a < b);
    ensure(ascending, "indexes do not ascend")?;
    Ok(indexes)
}
