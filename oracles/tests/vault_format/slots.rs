//! "Slot files", "From a secret to ROOT", "Recovery code", "Hardware keys".

use crate::primitives::{Reader, argon2id, decrypt, hkdf, hmac, sha256};
use std::collections::BTreeMap;

/// Root keys by epoch.
pub type Roots = BTreeMap<u64, Vec<u8>>;
type Prf<'a> = &'a dyn Fn(&str, &[u8; 32]) -> [u8; 32];

pub struct SlotFile {
    bytes: Vec<u8>,
    pub store: Vec<u8>,
    pub sequence: u64,
    pub mac_epoch: u64,
    pub store_alias: String,
    pub slots: Vec<Slot>,
}

pub struct Slot {
    pub kind: u64,
    pub id: Vec<u8>,
    version: Vec<u8>,
    salt: Vec<u8>,
    /// Memory and passes.
    work: Option<(u32, u32)>,
    alias: Option<String>,
    header: Vec<u8>,
    commitment: Vec<u8>,
    nonce: Vec<u8>,
    wrapped: Vec<u8>,
}

impl SlotFile {
    pub fn parse(bytes: Vec<u8>) -> Self {
        assert!(bytes.len() <= 16 * 1024);
        let (before, checksum) = bytes.split_at(bytes.len() - 32);
        assert_eq!(sha256(&[before]), checksum);
        let mut file = Reader(&before[..before.len() - 32]);
        assert_eq!(file.take(8), b"WLTSLOTS");
        assert_eq!(file.number(2), 1);
        assert_eq!(file.number(2), 0);
        let store = file.take(16).to_vec();
        let sequence = file.number(8);
        let mac_epoch = file.number(4);
        let store_alias = file.alias();
        let slots = (0..file.number(1)).map(|_| {
            let length = usize::try_from(file.number(2)).unwrap();
            Slot::parse(file.take(length))
        });
        let slots = slots.collect();
        for _ in 0..file.number(1) {
            assert!(!file.alias().is_empty());
        }
        assert_eq!(file.0, [0; 0]);
        Self {
            store,
            sequence,
            mac_epoch,
            store_alias,
            slots,
            bytes,
        }
    }

    /// HMAC of all but the two trailing hashes.
    pub fn check_mac(&self, root: &[u8]) {
        let (signed, trailer) = self.bytes.split_at(self.bytes.len() - 64);
        let key = hkdf(Some(&self.store), root, &[b"wallet/v1/slot-file"]);
        assert_eq!(hmac(&key, &[signed]), trailer[..32]);
    }

    /// What each slot that the secret opens gives.
    pub fn open(&self, with: &str, secret: &str, prf: Prf<'_>) -> Vec<Roots> {
        let kind = match with {
            "pin" => 1,
            "passphrase" => 3,
            "recovery_code" => 4,
            other => panic!("{other}"),
        };
        let slots = self.slots.iter().filter(|slot| slot.kind == kind);
        slots
            .filter_map(|slot| slot.open(&self.store, secret, prf))
            .collect()
    }

    /// What the store's own hardware key answers, turned into the key with this label.
    fn store_key(&self, label: &[u8], prf: Prf<'_>) -> Option<[u8; 32]> {
        let question = hkdf(None, &self.store, &[b"wallet/v1/store-prf"]);
        (!self.store_alias.is_empty()).then(|| {
            let answer = prf(&self.store_alias, &question);
            hkdf(Some(&self.store), &answer, &[label])
        })
    }

    pub fn device_bound_key(&self, prf: Prf<'_>) -> Option<[u8; 32]> {
        self.store_key(b"wallet/v1/device-bound", prf)
    }

    pub fn attempts_key(&self, prf: Prf<'_>) -> Option<[u8; 32]> {
        self.store_key(b"wallet/v1/attempts", prf)
    }
}

impl Slot {
    fn parse(bytes: &[u8]) -> Self {
        let mut slot = Reader(bytes);
        let kind = slot.number(1);
        assert_eq!(slot.number(1), 0, "critical flags");
        let id = slot.take(16).to_vec();
        let version = slot.take(4).to_vec();
        let _epoch = slot.number(4);
        let salt = slot.take(32).to_vec();
        let number = |slot: &mut Reader<'_>| u32::try_from(slot.number(4)).unwrap();
        let work = matches!(kind, 1 | 3).then(|| (number(&mut slot), number(&mut slot)));
        if kind == 1 {
            let _erase_after = slot.number(1);
        }
        let alias = matches!(kind, 1 | 2).then(|| slot.alias());
        let header = bytes[..bytes.len() - slot.0.len()].to_vec();
        let commitment = slot.take(32).to_vec();
        let nonce = slot.take(24).to_vec();
        let wrapped = slot.0.to_vec();
        assert!(matches!(wrapped.len(), 52 | 88));
        Self {
            kind,
            id,
            version,
            salt,
            work,
            alias,
            header,
            commitment,
            nonce,
            wrapped,
        }
    }

    fn open(&self, store: &[u8], secret: &str, prf: Prf<'_>) -> Option<Roots> {
        let a = match self.work {
            Some((memory, passes)) => argon2id(secret.as_bytes(), &self.salt, memory, passes),
            None => {
                let info = [b"wallet/v1/recovery-code", store, &self.id];
                hkdf(Some(&self.salt), &recovery_code(secret), &info).to_vec()
            }
        };
        let x = hkdf(
            None,
            &a,
            &[b"wallet/v1/prf", store, &self.id, &self.version],
        );
        let h = self.alias.as_ref().map(|alias| prf(alias, &x).to_vec());
        let ikm = [a, h.unwrap_or_default()].concat();
        let derive = |label: &[u8]| hkdf(Some(&self.salt), &ikm, &[label, store, &self.header]);
        if derive(b"wallet/v1/slot-commitment") != self.commitment[..] {
            return None;
        }
        let associated = [store, &self.header].concat();
        let kek = derive(b"wallet/v1/slot-kek");
        let keys = decrypt(&kek, &self.nonce, &self.wrapped, &associated).unwrap();
        let mut keys = Reader(&keys);
        let mut roots = Roots::new();
        while !keys.0.is_empty() {
            let epoch = keys.number(4);
            roots.insert(epoch, keys.take(32).to_vec());
        }
        Some(roots)
    }
}

/// 26 symbols of five bits: 128 bits and two zero bits. The checksum of Bech32m (BIP 350) over the prefix `wallet`.
fn recovery_code(text: &str) -> [u8; 16] {
    const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let symbols: Vec<u32> = text
        .to_lowercase()
        .chars()
        .filter(|symbol| *symbol != '-')
        .map(|symbol| u32::try_from(ALPHABET.find(symbol).unwrap()).unwrap())
        .collect();
    assert_eq!(symbols.len(), 32);
    let prefix = b"wallet".map(u32::from);
    let expanded = prefix
        .map(|c| c >> 5)
        .into_iter()
        .chain([0])
        .chain(prefix.map(|c| c & 31));
    let checksum = expanded
        .chain(symbols.iter().copied())
        .fold(1_u32, |sum, value| {
            let generator = [
                0x3b6a_57b2,
                0x2650_8e6d,
                0x1ea1_19fa,
                0x3d42_33dd,
                0x2a14_62b3,
            ];
            let top = sum >> 25;
            let terms = generator
                .iter()
                .enumerate()
                .filter(|(bit, _)| top >> bit & 1 == 1);
            terms.fold((sum & 0x1ff_ffff) << 5 ^ value, |sum, (_, term)| sum ^ term)
        });
    assert_eq!(checksum, 0x2bc8_30a3);
    let bits: String = symbols[..26]
        .iter()
        .map(|symbol| format!("{symbol:05b}"))
        .collect();
    assert_eq!(&bits[128..], "00");
    u128::from_str_radix(&bits[..128], 2).unwrap().to_be_bytes()
}
