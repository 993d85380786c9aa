//! Status lists (draft-ietf-oauth-status-list), written as JWT and CWT and, on the verifier's side, read as JWT.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cbor::Item;
use crate::certificates::trusted_key;
use crate::encoding::{base64url, from_base64url};
use crate::jws::{self, Jws};
use crate::pki::Leaf;
use crate::refused::{OrRefuse, Result, ensure};

/// Media type of a list as JWT.
pub(crate) const JWT: &str = "application/statuslist+jwt";
/// Media type of a list as CWT.
pub(crate) const CWT: &str = "application/statuslist+cwt";
/// How many bytes of a list a verifier reads.
const MAX_LIST: u64 = 1 << 20;

/// What an issuer says of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is valid.
    Valid,
    /// It was revoked.
    Revoked,
    /// It is suspended.
    Suspended,
    /// Something only this issuer knows the meaning of.
    Special,
}

impl Status {
    const fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Revoked => 1,
            Self::Suspended => 2,
            Self::Special => 3,
        }
    }
}

/// A list in the making: two bits for each entry.
#[derive(Debug, Clone)]
pub struct StatusListDraft {
    /// Its address.
    pub uri: String,
    /// When it was made, seconds since 1970.
    pub issued_at: u64,
    /// When it expires.
    pub expires_at: u64,
    /// How long it may be kept, in seconds.
    pub ttl: u64,
    /// `typ` of the token, without `application/`.
    pub typ: &'static str,
    /// Follows the compressed list.
    pub trailing: Vec<u8>,
    bytes: Vec<u8>,
}

impl StatusListDraft {
    /// A list of so many entries, all valid.
    pub fn new(uri: &str, entries: usize, now: u64) -> Self {
        Self {
            uri: uri.to_owned(),
            issued_at: now,
            expires_at: now + 86_400,
            ttl: 43_200,
            typ: "statuslist",
            trailing: Vec::new(),
            bytes: vec![0; entries.div_ceil(4)],
        }
    }

    /// Sets an entry; the first is in the least significant bits of the first byte.
    pub fn set(&mut self, index: usize, status: Status) {
        if let Some(byte) = self.bytes.get_mut(index / 4) {
            let shift = index % 4 * 2;
            *byte = *byte & !(3 << shift) | status.value() << shift;
        }
    }

    /// The list as JWT.
    pub fn jwt(&self, signer: &Leaf) -> Result<String> {
        let header = json!({"typ": format!("{}+jwt", self.typ), "x5c": signer.x5c()});
        let list = json!({"bits": 2, "lst": base64url(&self.compressed()?)});
        let payload = json!({
            "sub": self.uri, "iat": self.issued_at, "exp": self.expires_at, "ttl": self.ttl, "status_list": list,
        });
        match (header, payload) {
            (Value::Object(header), Value::Object(payload)) => {
                Ok(jws::sign(&header, &payload, &signer.key))
            }
            _ => Ok(String::new()),
        }
    }

    /// The list as CWT (COSE_Sign1 with `x5chain`).
    pub fn cwt(&self, signer: &Leaf) -> Result<Vec<u8>> {
        let seconds = |time: u64| i64::try_from(time).map(Item::integer).or_refuse("time");
        let list = Item::map(&[
            (Item::text("bits"), Item::integer(2)),
            (Item::text("lst"), Item::bytes(&self.compressed()?)),
        ]);
        let claims = Item::map(&[
            (Item::integer(2), Item::text(&self.uri)),
            (Item::integer(4), seconds(self.expires_at)?),
            (Item::integer(6), seconds(self.issued_at)?),
            (Item::integer(65_534), seconds(self.ttl)?),
            (Item::integer(65_533), list),
        ]);
        let protected = Item::map(&[
            (Item::integer(1), Item::integer(-7)),
            (
                Item::integer(16),
                Item::text(&format!("application/{}+cwt", self.typ)),
            ),
        ]);
        let chain: Vec<Item> = signer.chain.iter().map(|der| Item::bytes(der)).collect();
        let chain = match chain.as_slice() {
            [one] => one.clone(),
            several => Item::array(several),
        };
        let (protected, claims) = (protected.into_bytes(), claims.into_bytes());
        let to_sign = Item::array(&[
            Item::text("Signature1"),
            Item::bytes(&protected),
            Item::bytes(&[]),
            Item::bytes(&claims),
        ]);
        let message = Item::array(&[
            Item::bytes(&protected),
            Item::map(&[(Item::integer(33), chain)]),
            Item::bytes(&claims),
            Item::bytes(&signer.key.sign(&to_sign.into_bytes())),
        ]);
        Ok(Item::tagged(18, &message).into_bytes())
    }

    fn compressed(&self) -> Result<Vec<u8>> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes).or_refuse("compression")?;
        let mut compressed = encoder.finish().or_refuse("compression")?;
        compressed.extend(&self.trailing);
        Ok(compressed)
    }
}

/// What a verifier does with a `status` claim: fetches the list and reads the entry. A status other than 0 is refused.
pub(crate) fn require_valid(status: &Value, anchors: &[Vec<u8>], at: u64) -> Result<()> {
    let reference = &status["status_list"];
    let uri = reference["uri"].as_str().or_refuse("no status list")?;
    let index = reference["idx"].as_u64().or_refuse("no index")?;
    let token = crate::control::document(uri)?;
    let jws = Jws::parse(token.trim())?;
    ensure(
        jws.typ() == Some("statuslist+jwt"),
        "typ of the status list",
    )?;
    let x5c = jws.header.get("x5c").or_refuse("no x5c")?;
    jws.verify(&trusted_key(x5c, anchors, at)?)?;
    let claims = Value::Object(jws.payload);
    ensure(claims["sub"] == uri, "sub of the status list")?;
    let is_over = claims["exp"].as_u64().is_some_and(|end| end <= at);
    ensure(!is_over, "the status list has expired")?;
    let bits = claims["status_list"]["bits"].as_u64().or_refuse("bits")?;
    ensure([1, 2, 4, 8].contains(&bits), "bits")?;
    let list = claims["status_list"]["lst"].as_str().or_refuse("lst")?;
    let mut bytes = Vec::new();
    let compressed = from_base64url(list)?;
    let mut decoder = ZlibDecoder::new(compressed.as_slice()).take(MAX_LIST);
    decoder.read_to_end(&mut bytes).or_refuse("compression")?;
    let place = usize::try_from(index * bits / 8).or_refuse("index")?;
    let byte = bytes
        .get(place)
        .or_refuse("the index is outside the list")?;
    let mask = u8::try_from((1_u16 << bits) - 1).or_refuse("bits")?;
    let value = byte >> (index * bits % 8) & mask;
    ensure(value == 0, "the issuer has withdrawn the credential")
}
