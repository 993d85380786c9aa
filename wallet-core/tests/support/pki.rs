//! A small certificate writer for tests. It writes DER by hand, so that it shares nothing with the reader under test and
//! can write what no honest CA would.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use p256::ecdsa::signature::{Signer as _, hazmat::PrehashSigner as _};
use sha2::{Digest as _, Sha256, Sha384};
use x509_cert::der::DateTime;
use x509_cert::der::asn1::ObjectIdentifier;

pub const NOW: i64 = 1_800_000_000; // 2027-01-15
pub const DAY: i64 = 86_400;

pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const KEY_USAGE: &str = "2.5.29.15";
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub const AUTHORITY_KEY_ID: &str = "2.5.29.35";
pub const SUBJECT_KEY_ID: &str = "2.5.29.14";
pub const CERTIFICATE_POLICIES: &str = "2.5.29.32";

pub const MDOC_DS: &str = "1.0.18013.5.1.2";
pub const MDOC_READER: &str = "1.0.18013.5.1.6";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub const ANY_PURPOSE: &str = "2.5.29.37.0";

// -- DER

pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut out = vec![tag];
    match value.len() {
        n @ 0..=127 => out.push(n as u8),
        n @ 128..=255 => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(value);
    out
}

pub fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub fn oid(text: &str) -> Vec<u8> {
    tlv(6, &[ObjectIdentifier::new_unwrap(text).as_bytes()])
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes])
}

fn time(at: i64) -> Vec<u8> {
    let t = DateTime::from_unix_duration(core::time::Duration::from_secs(at as u64)).unwrap();
    let (month, day, hour, minute, second) =
        (t.month(), t.day(), t.hour(), t.minutes(), t.seconds());
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if t.year() < 2050 {
        tlv(0x17, &[format!("{:02}{rest}", t.year() % 100).as_bytes()])
    } else {
        tlv(0x18, &[format!("{:04}{rest}", t.year()).as_bytes()])
    }
}

/// `C=UT, O=Test, CN=…`; nothing for the empty name.
pub fn name(common_name: &str) -> Vec<u8> {
    let attribute = |id: &str, tag: u8, value: &str| {
        tlv(0x31, &[&seq(&[&oid(id), &tlv(tag, &[value.as_bytes()])])])
    };
    if common_name.is_empty() {
        return seq(&[]);
    }
    seq(&[
        &attribute("2.5.4.6", 0x13, "UT"),
        &attribute("2.5.4.10", 0x0C, "Test"),
        &attribute("2.5.4.3", 0x0C, common_name),
    ])
}

// -- keys and algorithms

#[derive(Clone)]
pub enum Key {
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Key({:?})", self.alg())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    EcdsaSha256,
    EcdsaSha384,
    Ed25519,
    /// Named only: nothing is signed with it.
    RsaSha256,
}

impl Alg {
    pub fn der(self) -> Vec<u8> {
        match self {
            Self::EcdsaSha256 => seq(&[&oid("1.2.840.10045.4.3.2")]),
            Self::EcdsaSha384 => seq(&[&oid("1.2.840.10045.4.3.3")]),
            Self::Ed25519 => seq(&[&oid("1.3.101.112")]),
            Self::RsaSha256 => seq(&[&oid("1.2.840.113549.1.1.11"), &[5, 0]]),
        }
    }
}

impl Key {
    pub fn p256(seed: u8) -> Self {
        Self::P256(Box::new(
            p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap(),
        ))
    }

    pub fn p384(seed: u8) -> Self {
        Self::P384(Box::new(
            p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap(),
        ))
    }

    pub fn ed25519(seed: u8) -> Self {
        Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&[seed; 32])))
    }

    pub fn alg(&self) -> Alg {
        match self {
            Self::P256(_) => Alg::EcdsaSha256,
            Self::P384(_) => Alg::EcdsaSha384,
            Self::Ed25519(_) => Alg::Ed25519,
        }
    }

    pub fn spki(&self) -> Vec<u8> {
        let ec = |curve: &str, point: &[u8]| {
            seq(&[
                &seq(&[&oid("1.2.840.10045.2.1"), &oid(curve)]),
                &bits(point),
            ])
        };
        match self {
            Self::P256(key) => ec(
                "1.2.840.10045.3.1.7",
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            Self::P384(key) => ec(
                "1.3.132.0.34",
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            Self::Ed25519(key) => seq(&[
                &seq(&[&oid("1.3.101.112")]),
                &bits(key.verifying_key().as_bytes()),
            ]),
        }
    }

    pub fn sign(&self, alg: Alg, message: &[u8]) -> Vec<u8> {
        let digest = match alg {
            Alg::EcdsaSha384 => Sha384::digest(message).to_vec(),
            _ => Sha256::digest(message).to_vec(),
        };
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

// -- extensions

#[derive(Clone, Debug)]
pub struct Ext {
    pub id: &'static str,
    pub critical: bool,
    pub value: Vec<u8>,
}

impl Ext {
    pub fn new(id: &'static str, critical: bool, value: Vec<u8>) -> Self {
        Self {
            id,
            critical,
            value,
        }
    }

    fn der(&self) -> Vec<u8> {
        let critical: &[u8] = if self.critical { &[1, 1, 0xFF] } else { &[] };
        seq(&[&oid(self.id), critical, &tlv(4, &[&self.value])])
    }
}

pub fn basic_constraints(ca: bool, path_len: Option<u8>) -> Ext {
    let ca: &[u8] = if ca { &[1, 1, 0xFF] } else { &[] };
    let path_len = path_len.map_or(vec![], |n| vec![2, 1, n]);
    Ext::new(BASIC_CONSTRAINTS, true, seq(&[ca, &path_len]))
}

/// Bits of RFC 5280 4.2.1.3, for the first octet: 0x80 digitalSignature, 0x04 keyCertSign, 0x02 cRLSign.
pub fn key_usage(octet: u8) -> Ext {
    let unused = octet.trailing_zeros() as u8;
    Ext::new(KEY_USAGE, true, tlv(3, &[&[unused, octet]]))
}

pub fn eku(purposes: &[&str]) -> Ext {
    let list: Vec<u8> = purposes.iter().flat_map(|p| oid(p)).collect();
    Ext::new(EXTENDED_KEY_USAGE, false, seq(&[&list]))
}

/// General names by context tag: 1 mail, 2 DNS, 4 directory (text is the common name), 6 URI, 7 IP (text is raw).
pub type General<'a> = (u8, &'a str);

fn general((tag, text): General<'_>) -> Vec<u8> {
    if tag == 4 {
        return tlv(0xA4, &[&name(text)]);
    }
    tlv(0x80 | tag, &[text.as_bytes()])
}

pub fn san(names: &[General<'_>]) -> Ext {
    let list: Vec<u8> = names.iter().flat_map(|n| general(*n)).collect();
    Ext::new(SUBJECT_ALT_NAME, false, seq(&[&list]))
}

pub fn name_constraints(permitted: &[General<'_>], excluded: &[General<'_>]) -> Ext {
    let trees = |tag: u8, list: &[General<'_>]| {
        let list: Vec<u8> = list.iter().flat_map(|n| seq(&[&general(*n)])).collect();
        if list.is_empty() {
            vec![]
        } else {
            tlv(tag, &[&list])
        }
    };
    let value = seq(&[&trees(0xA0, permitted), &trees(0xA1, excluded)]);
    Ext::new(NAME_CONSTRAINTS, true, value)
}

pub fn authority_key_id(id: &[u8]) -> Ext {
    Ext::new(AUTHORITY_KEY_ID, false, seq(&[&tlv(0x80, &[id])]))
}

pub fn subject_key_id(id: &[u8]) -> Ext {
    Ext::new(SUBJECT_KEY_ID, false, tlv(4, &[id]))
}

// -- certificates

#[derive(Clone, Debug)]
pub struct Cert {
    pub subject: Vec<u8>,
    /// The parent's subject unless set.
    pub issuer: Option<Vec<u8>>,
    pub key: Key,
    /// Instead of the key's own.
    pub spki: Option<Vec<u8>>,
    /// Instead of the parent's key.
    pub signer: Option<Key>,
    /// Instead of the signer's usual algorithm.
    pub alg: Option<Alg>,
    pub outer_alg: Option<Alg>,
    /// 2 is version 3.
    pub version: Option<u8>,
    pub not_before: i64,
    pub not_after: i64,
    pub extensions: Vec<Ext>,
    /// Changes the finished DER.
    pub tamper: Option<fn(&mut Vec<u8>)>,
}

impl Cert {
    pub fn new(common_name: &str, key: Key, extensions: Vec<Ext>) -> Self {
        Self {
            subject: name(common_name),
            issuer: None,
            key,
            spki: None,
            signer: None,
            alg: None,
            outer_alg: None,
            version: Some(2),
            not_before: NOW - 30 * DAY,
            not_after: NOW + 30 * DAY,
            extensions,
            tamper: None,
        }
    }

    pub fn ca(common_name: &str, key: Key, path_len: Option<u8>) -> Self {
        let extensions = vec![basic_constraints(true, path_len), key_usage(0x06)];
        Self::new(common_name, key, extensions)
    }

    pub fn leaf(common_name: &str, key: Key) -> Self {
        let extensions = vec![
            basic_constraints(false, None),
            key_usage(0x80),
            san(&[(2, "verifier.example"), (6, "https://issuer.example/path")]),
        ];
        Self::new(common_name, key, extensions)
    }

    pub fn without(&mut self, id: &str) -> &mut Self {
        self.extensions.retain(|ext| ext.id != id);
        self
    }

    /// Adds the extension, in place of one with the same identifier.
    pub fn set(&mut self, ext: Ext) -> &mut Self {
        self.without(ext.id).extensions.push(ext);
        self
    }

    /// The certificate, certified by `parent` (itself for a root).
    pub fn der(&self, parent: &Self) -> Vec<u8> {
        let signer = self.signer.as_ref().unwrap_or(&parent.key);
        let alg = self.alg.unwrap_or_else(|| signer.alg());
        let version = self.version.map_or(vec![], |v| tlv(0xA0, &[&[2, 1, v]]));
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Ext::der).collect();
        let extensions = if self.extensions.is_empty() {
            vec![]
        } else {
            tlv(0xA3, &[&seq(&[&extensions])])
        };
        let tbs = seq(&[
            &version,
            &[2, 1, 7],
            &alg.der(),
            self.issuer.as_ref().unwrap_or(&parent.subject),
            &seq(&[&time(self.not_before), &time(self.not_after)]),
            &self.subject,
            &self.spki.clone().unwrap_or_else(|| self.key.spki()),
            &extensions,
        ]);
        let signature = signer.sign(alg, &tbs);
        let mut der = seq(&[
            &tbs,
            &self.outer_alg.unwrap_or(alg).der(),
            &bits(&signature),
        ]);
        if let Some(tamper) = self.tamper {
            tamper(&mut der);
        }
        der
    }
}

/// Root, one intermediate CA, end certificate.
#[derive(Clone)]
pub struct Chain {
    pub root: Cert,
    pub ca: Cert,
    pub leaf: Cert,
}

impl Chain {
    pub fn new() -> Self {
        Self::with_keys(Key::p256(1), Key::p256(2), Key::p256(3))
    }

    pub fn with_keys(root: Key, ca: Key, leaf: Key) -> Self {
        Self {
            root: Cert::ca("Root", root, None),
            ca: Cert::ca("CA", ca, Some(0)),
            leaf: Cert::leaf("Leaf", leaf),
        }
    }

    pub fn root_der(&self) -> Vec<u8> {
        self.root.der(&self.root)
    }

    pub fn ca_der(&self) -> Vec<u8> {
        self.ca.der(&self.root)
    }

    pub fn leaf_der(&self) -> Vec<u8> {
        self.leaf.der(&self.ca)
    }

    pub fn x5c(&self) -> Vec<Vec<u8>> {
        vec![self.leaf_der(), self.ca_der()]
    }
}
