//! The bytes of a slot file, format version 1. Integers are big-endian; there is one encoding of every table.
//! docs/vault-format.md "Slot files" is the description.

use super::{Entry, MAX_SLOTS, Method, Slot, SlotHeader, SlotTable, StatedKdf};
use crate::labels;
use crate::secret::Secret;
use crate::vault::create::MIN_ERASE_AFTER;
use crate::vault::derive::{hkdf, hmac, hmac_matches};
use crate::vault::error::VaultError;
use crate::vault::keyring::Keyring;
use crate::vault::store_id::StoreId;
use wallet_primitives::hash::sha256;

/// Largest slot file.
pub(crate) const MAX_BYTES: usize = 16 * 1024;
pub(crate) const MAGIC: &[u8; 8] = b"WLTSLOTS";
const VERSION: u16 = 1;
const MAX_ALIAS: usize = 120;
/// Wrapped key or keys: 36 bytes each and the tag.
const WRAPPED_LENGTHS: [usize; 2] = [36 + 16, 2 * 36 + 16];

/// Why bytes are not a slot file of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Damaged: not what was written.
    Damaged,
    /// Written by a later version that says we must not touch it.
    TooNew,
}

/// A slot file whose checksum is right and whose MAC has yet to be checked: that takes the root key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedTable {
    pub(crate) table: SlotTable,
    pub(crate) bytes: Vec<u8>,
}

impl SealedTable {
    /// Whether the file was written by someone with the root key.
    pub(crate) fn is_authentic(&self, keyring: &Keyring) -> Result<bool, VaultError> {
        let Some(root) = keyring.get(self.table.mac_epoch) else {
            return Ok(false);
        };
        let key = mac_key(&self.table.store, root)?;
        let parts = self.bytes.split_last_chunk::<64>();
        match parts
            .and_then(|(signed, trailer)| trailer.first_chunk::<32>().map(|mac| (signed, mac)))
        {
            Some((signed, mac)) => hmac_matches(&key, &[signed], mac),
            None => Ok(false),
        }
    }
}

fn mac_key(store: &StoreId, root: &Secret<32>) -> Result<Secret<32>, VaultError> {
    hkdf(
        Some(store.as_bytes()),
        root.expose(),
        &[labels::SLOT_FILE_MAC],
    )
}

/// Encodes and authenticates a table under the root key of its `mac_epoch`.
pub(crate) fn encode(table: &SlotTable, keyring: &Keyring) -> Result<Vec<u8>, VaultError> {
    let root = keyring.get(table.mac_epoch).ok_or(VaultError::Conflict)?;
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_be_bytes());
    out.extend_from_slice(&0_u16.to_be_bytes());
    out.extend_from_slice(table.store.as_bytes());
    out.extend_from_slice(&table.sequence.to_be_bytes());
    out.extend_from_slice(&table.mac_epoch.to_be_bytes());
    push_alias(&mut out, table.store_alias.as_deref().unwrap_or_default())?;
    push_count(&mut out, table.entries.len())?;
    for entry in &table.entries {
        let bytes = match entry {
            Entry::Known(slot) => encode_slot(slot)?,
            Entry::Unknown(bytes) => bytes.clone(),
        };
        let length = u16::try_from(bytes.len()).map_err(|_| VaultError::TooManySlots)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&bytes);
    }
    push_count(&mut out, table.retired.len())?;
    for alias in &table.retired {
        push_alias(&mut out, alias)?;
    }
    let mac = hmac(&mac_key(&table.store, root)?, &[&out])?;
    out.extend_from_slice(&mac);
    let checksum = sha256(&[&out]);
    out.extend_from_slice(&checksum);
    if out.len() > MAX_BYTES {
        return Err(VaultError::TooManySlots);
    }
    Ok(out)
}

/// The header as it stands in the file and as it goes into the slot's key.
pub(crate) fn encode_header(header: &SlotHeader) -> Result<Vec<u8>, VaultError> {
    let mut out = Vec::with_capacity(256);
    out.push(match header.method {
        Method::Pin { .. } => 1,
        Method::OsAuth { .. } => 2,
        Method::Passphrase { .. } => 3,
        Method::RecoveryCode => 4,
    });
    out.push(0);
    out.extend_from_slice(&header.id);
    out.extend_from_slice(&header.version.to_be_bytes());
    out.extend_from_slice(&header.epoch.to_be_bytes());
    out.extend_from_slice(&header.salt);
    match &header.method {
        Method::Pin {
            kdf,
            erase_after,
            alias,
        } => {
            push_kdf(&mut out, *kdf);
            out.push(*erase_after);
            push_alias(&mut out, alias)?;
        }
        Method::OsAuth { alias } => push_alias(&mut out, alias)?,
        Method::Passphrase { kdf } => push_kdf(&mut out, *kdf),
        Method::RecoveryCode => {}
    }
    Ok(out)
}

fn encode_slot(slot: &Slot) -> Result<Vec<u8>, VaultError> {
    let mut out = encode_header(&slot.header)?;
    out.extend_from_slice(&slot.commitment);
    out.extend_from_slice(&slot.nonce);
    out.extend_from_slice(&slot.wrapped);
    Ok(out)
}

fn push_kdf(out: &mut Vec<u8>, kdf: StatedKdf) {
    out.extend_from_slice(&kdf.memory_kib.to_be_bytes());
    out.extend_from_slice(&kdf.passes.to_be_bytes());
}

fn push_count(out: &mut Vec<u8>, count: usize) -> Result<(), VaultError> {
    let count = u8::try_from(count)
        .ok()
        .filter(|count| usize::from(*count) <= MAX_SLOTS);
    out.push(count.ok_or(VaultError::TooManySlots)?);
    Ok(())
}

fn push_alias(out: &mut Vec<u8>, alias: &str) -> Result<(), VaultError> {
    let length = u8::try_from(alias.len()).map_err(|_| VaultError::TooManySlots)?;
    out.push(length);
    out.extend_from_slice(alias.as_bytes());
    Ok(())
}

/// Reads a slot file.
pub(crate) fn parse(bytes: &[u8]) -> Result<SealedTable, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::Damaged);
    }
    // In every version: magic first, SHA-256 of all before it last.
    let (checked, checksum) = bytes.split_last_chunk::<32>().ok_or(Unreadable::Damaged)?;
    if !checked.starts_with(MAGIC) || sha256(&[checked]) != *checksum {
        return Err(Unreadable::Damaged);
    }
    let (signed, _mac) = checked
        .split_last_chunk::<32>()
        .ok_or(Unreadable::Damaged)?;
    let mut input = Reader(signed);
    let table = parse_table(&mut input)?;
    if !input.0.is_empty() {
        return Err(Unreadable::Damaged);
    }
    Ok(SealedTable {
        table,
        bytes: bytes.to_vec(),
    })
}

fn parse_table(input: &mut Reader<'_>) -> Result<SlotTable, Unreadable> {
    input.array::<8>()?;
    let version = u16::from_be_bytes(input.array()?);
    let critical = u16::from_be_bytes(input.array()?);
    if version > VERSION || (version == VERSION && critical != 0) {
        return Err(Unreadable::TooNew);
    }
    if version != VERSION {
        return Err(Unreadable::Damaged);
    }
    let store = StoreId::from_bytes(input.array()?);
    let sequence = u64::from_be_bytes(input.array()?);
    let mac_epoch = u32::from_be_bytes(input.array()?);
    let store_alias = input.alias()?;
    let mut entries = Vec::new();
    for _ in 0..input.count()? {
        let length = u16::from_be_bytes(input.array()?);
        entries.push(parse_entry(input.bytes(usize::from(length))?)?);
    }
    let mut retired = Vec::new();
    for _ in 0..input.count()? {
        retired.push(input.alias()?.ok_or(Unreadable::Damaged)?);
    }
    Ok(SlotTable {
        store,
        sequence,
        mac_epoch,
        store_alias,
        entries,
        retired,
    })
}

fn parse_entry(bytes: &[u8]) -> Result<Entry, Unreadable> {
    let mut input = Reader(bytes);
    let kind = input.byte()?;
    if input.byte()? != 0 {
        // A flag that we must understand and do not.
        return Err(Unreadable::TooNew);
    }
    if !(1..=4).contains(&kind) {
        return Ok(Entry::Unknown(bytes.to_vec()));
    }
    let id = input.array()?;
    let version = u32::from_be_bytes(input.array()?);
    let epoch = u32::from_be_bytes(input.array()?);
    let salt = input.array()?;
    let method = match kind {
        1 => Method::Pin {
            kdf: input.kdf()?,
            erase_after: input.erase_after()?,
            alias: input.alias()?.ok_or(Unreadable::Damaged)?,
        },
        2 => Method::OsAuth {
            alias: input.alias()?.ok_or(Unreadable::Damaged)?,
        },
        3 => Method::Passphrase { kdf: input.kdf()? },
        _ => Method::RecoveryCode,
    };
    let header = SlotHeader {
        id,
        version,
        epoch,
        salt,
        method,
    };
    let commitment = input.array()?;
    let nonce = input.array()?;
    if !WRAPPED_LENGTHS.contains(&input.0.len()) {
        return Err(Unreadable::Damaged);
    }
    Ok(Entry::Known(Slot {
        header,
        commitment,
        nonce,
        wrapped: input.0.to_vec(),
    }))
}

/// The bytes not yet read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Unreadable> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (head, rest) = self.0.split_first_chunk().ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.array().map(|[byte]| byte)
    }

    fn count(&mut self) -> Result<u8, Unreadable> {
        let count = self.byte()?;
        if usize::from(count) > MAX_SLOTS {
            return Err(Unreadable::Damaged);
        }
        Ok(count)
    }

    fn kdf(&mut self) -> Result<StatedKdf, Unreadable> {
        Ok(StatedKdf {
            memory_kib: u32::from_be_bytes(self.array()?),
            passes: u32::from_be_bytes(self.array()?),
        })
    }

    /// 0 or as many tries as a slot may be made with: this is obeyed before the file can be authenticated.
    fn erase_after(&mut self) -> Result<u8, Unreadable> {
        match self.byte()? {
            tries if tries == 0 || tries >= MIN_ERASE_AFTER => Ok(tries),
            _ => Err(Unreadable::Damaged),
        }
    }

    fn alias(&mut self) -> Result<Option<String>, Unreadable> {
        let length = usize::from(self.byte()?);
        let bytes = self.bytes(length)?;
        let is_alias = length <= MAX_ALIAS && bytes.iter().all(u8::is_ascii_graphic);
        if !is_alias {
            return Err(Unreadable::Damaged);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| Unreadable::Damaged)?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}
