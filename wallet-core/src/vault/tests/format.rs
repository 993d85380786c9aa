//! docs/vault-format.md "Slot files" read a second time: offsets by hand, derivations by the crates alone.

use super::*;
use crate::vault::device_key::DeviceKey as _;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

fn hkdf(salt: Option<&[u8]>, ikm: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(salt, ikm)
        .expand(&info.concat(), &mut out)
        .unwrap();
    out
}

/// A slot, cut at the documented places.
struct Cut<'a> {
    header: &'a [u8],
    commitment: &'a [u8],
    nonce: &'a [u8],
    wrapped: &'a [u8],
}

impl<'a> Cut<'a> {
    fn new(slot: &'a [u8], header: usize) -> Self {
        let (header, rest) = slot.split_at(header);
        let (commitment, rest) = rest.split_at(32);
        let (nonce, wrapped) = rest.split_at(24);
        Self {
            header,
            commitment,
            nonce,
            wrapped,
        }
    }

    fn id(&self) -> &[u8] {
        &self.header[2..18]
    }

    fn version(&self) -> &[u8] {
        &self.header[18..22]
    }

    fn salt(&self) -> &[u8] {
        &self.header[26..58]
    }

    fn open(&self, store: &[u8], a: &[u8], h: &[u8]) -> Vec<u8> {
        let ikm = [a, h].concat();
        let commitment = hkdf(
            Some(self.salt()),
            &ikm,
            &[b"wallet/v1/slot-commitment", store, self.header],
        );
        assert_eq!(commitment, self.commitment);
        let kek = hkdf(
            Some(self.salt()),
            &ikm,
            &[b"wallet/v1/slot-kek", store, self.header],
        );
        XChaCha20Poly1305::new(&kek.into())
            .decrypt(
                &XNonce::try_from(self.nonce).unwrap(),
                Payload {
                    msg: self.wrapped,
                    aad: &[store, self.header].concat(),
                },
            )
            .unwrap()
    }
}

/// Argon2id as the header at `at` says.
fn argon2id(secret: &[u8], slot: &Cut<'_>, at: usize) -> [u8; 32] {
    let number = |at: usize| u32::from_be_bytes(slot.header[at..at + 4].try_into().unwrap());
    let params = Params::new(number(at), number(at + 4), 1, Some(32)).unwrap();
    let mut a = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, slot.salt(), &mut a)
        .unwrap();
    a
}

#[test]
fn the_documented_derivations_open_every_slot_and_check_the_file() {
    let (phone, code) = Phone::with_everything();
    let bytes = std::fs::read(phone.dir().join("slots.a")).unwrap();
    assert_eq!(bytes, std::fs::read(phone.dir().join("slots.b")).unwrap());
    let (signed, trailer) = bytes.split_at(bytes.len() - 64);
    assert_eq!(
        Sha256::digest(&bytes[..bytes.len() - 32]).as_slice(),
        &trailer[32..]
    );

    assert_eq!(&bytes[..12], b"WLTSLOTS\0\x01\0\0");
    let store = &bytes[12..28];
    assert_eq!(&bytes[28..40], [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    let mut at = 41 + usize::from(bytes[40]);
    let mut slots = Vec::new();
    assert_eq!(bytes[at], 3);
    at += 1;
    for _ in 0..3 {
        let length = usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
        slots.push(&bytes[at + 2..at + 2 + length]);
        at += 2 + length;
    }
    assert_eq!(bytes[at..signed.len()], [0], "no retired aliases");

    // PIN: through the hardware.
    let alias = usize::from(slots[0][67]);
    let pin = Cut::new(slots[0], 68 + alias);
    assert_eq!((pin.header[0], pin.header[66]), (1, 0));
    let a = argon2id(PIN, &pin, 58);
    let x = hkdf(
        None,
        &a,
        &[b"wallet/v1/prf", store, pin.id(), pin.version()],
    );
    let alias = core::str::from_utf8(&pin.header[68..]).unwrap();
    let h = block_on(phone.device_key.prf(alias, &Secret::take(&mut { x }))).unwrap();
    let by_pin = pin.open(store, &a, h.expose());

    // Passphrase: alone.
    let passphrase = Cut::new(slots[1], 66);
    assert_eq!(passphrase.header[0], 3);
    let by_passphrase = passphrase.open(store, &argon2id(PASSPHRASE, &passphrase, 58), &[]);

    // Recovery code: 26 symbols of five bits.
    let recovery = Cut::new(slots[2], 58);
    assert_eq!(recovery.header[0], 4);
    let bits: String = code
        .iter()
        .filter(|b| **b != b'-')
        .take(26)
        .map(|b| {
            "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
                .find(char::from(*b))
                .unwrap()
        })
        .map(|symbol| format!("{symbol:05b}"))
        .collect();
    let number = u128::from_str_radix(&bits[..128], 2).unwrap().to_be_bytes();
    let a = hkdf(
        Some(recovery.salt()),
        &number,
        &[b"wallet/v1/recovery-code", store, recovery.id()],
    );
    let by_code = recovery.open(store, &a, &[]);

    assert_eq!(by_pin, by_passphrase);
    assert_eq!(by_pin, by_code);
    assert_eq!(by_pin[..4], [0, 0, 0, 1], "epoch 1");
    let key = hkdf(Some(store), &by_pin[4..], &[b"wallet/v1/slot-file"]);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed);
    mac.verify_slice(&trailer[..32]).unwrap();
}

#[test]
fn the_documented_attempt_cell_is_what_the_anchor_holds() {
    let (phone, _) = Phone::with_everything();
    assert!(phone.unlock(wrong_pin()).is_err());
    let vault = phone.open().unwrap();
    let store = vault.store_id();
    let table = Pair::load(&phone.dir()).unwrap().newest().unwrap().clone();
    let slot = table.of_kind(SlotKind::Pin)[0].header.id;
    let slot_hex: String = slot.iter().map(|byte| format!("{byte:02x}")).collect();
    let cell = phone.anchor.snapshot()[&format!("{store}.attempts.{slot_hex}")].clone();

    let question = hkdf(None, store.as_bytes(), &[b"wallet/v1/store-prf"]);
    let alias = table.store_alias.unwrap();
    let s = block_on(
        phone
            .device_key
            .prf(&alias, &Secret::take(&mut { question })),
    )
    .unwrap();
    let key = hkdf(Some(store.as_bytes()), s.expose(), &[b"wallet/v1/attempts"]);
    let now = phone.clock.now().unwrap().as_secs();
    let mut expected = vec![1, 0, 0, 0, 1];
    expected.extend(now.to_be_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(&[&store.as_bytes()[..], &slot, &expected].concat());
    expected.extend(mac.finalize().into_bytes());
    assert_eq!(cell, expected);
}
