//! Status lists. What is deflated here is stored in blocks as it is (RFC 1951 3.2.4), so that any array can be made.

use super::cbor::{bytes, sign1, text as cbor_text};
use super::fixture::{NOW, WORLD, base64url, lines, object, text};
use serde_json::{Map, Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::trust::status::{
    BitstringEntry, BitstringList, CWT_MEDIA_TYPE, MAX_LIST_BYTES, StatusArray, StatusList,
    StatusReference, StatusSigners,
};

const URI: &str = "https://issuer.example.org/statuslists/1";

/// Fewest entries of a Bitstring Status List.
const MIN_ENTRIES: usize = 131_072;

fn signers() -> StatusSigners<'static> {
    StatusSigners::of(&WORLD.trust, None, [], NOW)
}

/// The bits of an entry, and then either an array, which is deflated here, or what somebody deflated.
pub(super) fn array(input: &[u8]) {
    let (first, rest) = input.split_first().unwrap_or((&0, &[]));
    let bits = [1, 2, 4, 8, 0, 3, 16][usize::from(*first) % 7];
    let is_allowed = [1, 2, 4, 8].contains(&bits);
    let made = StatusArray::inflate(bits, &zlib(rest));
    assert_eq!(made.is_ok(), is_allowed);
    if let Ok(made) = made {
        check_entries(&made, bits, rest);
    }
    if let Ok(array) = StatusArray::inflate(bits, rest) {
        let bound = MAX_LIST_BYTES.min(rest.len() * 1100) as u64;
        assert!(is_allowed && array.entries() <= bound * (8 / bits));
        assert!(StatusArray::inflate(bits, &[rest, &[0]].concat()).is_err());
        assert!(StatusArray::inflate(bits, &rest[..rest.len() - 1]).is_err());
    }
}

/// The first entry is in the least significant bits.
fn check_entries(array: &StatusArray, bits: u64, bytes: &[u8]) {
    let count = bytes.len() as u64 * 8 / bits;
    assert_eq!(array.entries(), count);
    for index in (0..count.min(64)).chain(count.checked_sub(1)) {
        let place = index * bits;
        let byte = bytes[usize::try_from(place / 8).unwrap()];
        let expected = u64::from(byte) >> (place % 8) & ((1 << bits) - 1);
        assert_eq!(u64::from(u8::from(array.get(index).unwrap())), expected);
    }
    assert!(array.get(count).is_err() && array.get(u64::MAX).is_err());
}

/// Header and claims of a Status List Token, signed; `"sub": "@"` is the address of the list, and numbers in place of `lst`
/// are deflated here.
pub(super) fn jwt(input: &[u8]) {
    let [header, claims] = lines(input);
    let mut claims = object(claims);
    if claims.get("sub") == Some(&"@".into()) {
        claims.insert("sub".to_owned(), URI.into());
    }
    let list = claims.get_mut("status_list");
    let bytes = list.as_ref().and_then(|list| numbers(&list["lst"]));
    if let (Some(list), Some(bytes)) = (list, &bytes) {
        list["lst"] = base64url(&zlib(bytes)).into();
    }
    let payload = Value::Object(claims.clone()).to_string();
    let token = WORLD.sign_certified(object(header), "statuslist+jwt", payload.as_bytes());
    let signers = signers();
    let verified = pollster::block_on(StatusList::from_jwt(&token, URI, &signers));
    let Ok(verified) = verified else { return };
    assert_eq!(claims["sub"], URI);
    check_times(&verified);
    if let Some(bytes) = bytes {
        let bits = claims["status_list"]["bits"].as_u64().unwrap();
        check_entries(verified.array(), bits, &bytes);
    }
    let other = StatusList::from_jwt(&token, "https://issuer.example.org/2", &signers);
    assert!(
        pollster::block_on(other).is_err(),
        "the list of another address"
    );
}

fn check_times(list: &StatusList) {
    assert!(list.issued_at() <= NOW.saturating_add(60));
    let earliest: UnixTime = NOW.saturating_add(-60);
    assert!(list.valid_until().is_none_or(|end| end > earliest));
    assert_ne!(list.ttl_seconds(), Some(0));
}

/// An array of bytes.
fn numbers(value: &Value) -> Option<Vec<u8>> {
    let number = |value: &Value| value.as_u64().and_then(|number| u8::try_from(number).ok());
    value.as_array()?.iter().map(number).collect()
}

/// Any bytes as a token; and the input as the claims of one (CBOR), signed, with good claims behind them if the first byte
/// is odd.
pub(super) fn cwt(input: &[u8]) {
    assert!(
        StatusList::from_cwt(input, URI, &signers()).is_err(),
        "nobody signed that"
    );
    let (first, members) = input.split_first().unwrap_or((&0, &[]));
    let claims = if first % 2 == 1 {
        // sub, iat, and a list of one byte; the members of the input before them.
        let count = 3 + (first >> 1) % 8;
        let list = [
            &[0xA2],
            &*cbor_text("bits"),
            &[2],
            &cbor_text("lst"),
            &bytes(&zlib(&[0x1B])),
        ];
        let good = [
            &[2],
            &*cbor_text(URI),
            &[6, 0x1A, 0x6B, 0x49, 0xD2, 0],
            &[0x19, 0xFF, 0xFD],
        ];
        [&[0xA0 | count], members, &good.concat(), &list.concat()].concat()
    } else {
        members.to_vec()
    };
    let protected = [&[0xA2, 0x01, 0x27, 0x10], &*cbor_text(CWT_MEDIA_TYPE)].concat();
    let chain = [&[0xA1, 0x18, 33], &*bytes(&WORLD.signer_certificate)].concat();
    let token = sign1(&protected, &chain, &claims);
    let Ok(list) = StatusList::from_cwt(&token, URI, &signers()) else {
        return;
    };
    check_times(&list);
    assert!(
        claims
            .windows(URI.len())
            .any(|window| window == URI.as_bytes())
    );
    let unsigned = sign1(&protected, &[0xA0], &claims);
    assert!(StatusList::from_cwt(&unsigned, URI, &signers()).is_err());
}

/// `status` and `credentialStatus` of a credential, and a list: any text, and the input as the bits of one that is as long
/// as it must be.
pub(super) fn bitstring(input: &[u8]) {
    let [entries, list] = lines(input);
    let reference: Option<Value> = serde_json::from_slice(entries).ok();
    let reference = reference.unwrap_or_default();
    if let Ok(Some(status)) = StatusReference::read(&reference) {
        let list = &reference["status_list"];
        assert_eq!(
            (&list["uri"], &list["idx"]),
            (&status.uri().into(), &status.index().into())
        );
    }
    let read = text(list).map(BitstringList::decode);
    let mut array = list.to_vec();
    array.resize(array.len().max(MIN_ENTRIES / 8), 0);
    let long = format!("u{}", base64url(&gzip(&array)));
    let long = BitstringList::decode(&long).expect("a good list");
    for entry in BitstringEntry::read(&reference).unwrap_or_default() {
        if let Some(Ok(read)) = &read {
            let _ = read.get(&entry);
        }
        let size = usize::from(entry.bits());
        assert!((1..=8).contains(&size));
        let first = usize::try_from(entry.index())
            .ok()
            .and_then(|index| index.checked_mul(size));
        let last = first.and_then(|first| first.checked_add(size));
        let bit = |place: usize| array[place / 8] >> (7 - place % 8) & 1;
        let is_long = array.len() * 8 / size >= MIN_ENTRIES;
        let expected = match (first, last) {
            (Some(first), Some(last)) if is_long && last <= array.len() * 8 => {
                Some((first..last).fold(0, |value, place| value << 1 | bit(place)))
            }
            _ => None,
        };
        assert_eq!(long.get(&entry).ok(), expected);
    }
}

/// Header and claims of a Bitstring Status List credential, signed; numbers in place of `encodedList` are deflated here.
pub(super) fn bitstring_credential(input: &[u8]) {
    let [header, claims] = lines(input);
    let mut claims = object(claims);
    let subject = claims
        .get_mut("credentialSubject")
        .and_then(Value::as_object_mut);
    let bytes = subject
        .as_ref()
        .and_then(|subject| numbers(subject.get("encodedList")?));
    if let (Some(subject), Some(bytes)) = (subject, &bytes) {
        let mut array = bytes.clone();
        array.resize(MIN_ENTRIES / 8, 0);
        let encoded = format!("u{}", base64url(&gzip(&array)));
        subject.insert("encodedList".to_owned(), encoded.into());
    }
    let payload = Value::Object(claims.clone()).to_string();
    let credential = WORLD.sign_certified(object(header), "vc+jwt", payload.as_bytes());
    for purpose in ["revocation", "suspension"] {
        let entry = json!({
            "type": "BitstringStatusListEntry", "statusPurpose": purpose, "statusListIndex": "1",
            "statusListCredential": URI,
        });
        let entry = BitstringEntry::read(&entry).unwrap().remove(0);
        let status = pollster::block_on(entry.status_in(&credential, &signers()));
        let Ok(status) = status else { continue };
        assert!(names(&claims, purpose), "a list for another purpose");
        assert!(claims.get("id").is_none_or(|id| id == URI));
        if let Some(bytes) = &bytes {
            assert_eq!(status, bytes.first().copied().unwrap_or_default() >> 6 & 1);
        }
    }
}

/// Whether the list is for this purpose.
fn names(claims: &Map<String, Value>, purpose: &str) -> bool {
    let stated = &claims["credentialSubject"]["statusPurpose"];
    let several = stated
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one == purpose));
    stated == purpose || several
}

/// RFC 1950.
fn zlib(content: &[u8]) -> Vec<u8> {
    let (a, b) = content.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    [
        &[0x78, 0x01],
        &*stored(content),
        &(b << 16 | a).to_be_bytes(),
    ]
    .concat()
}

/// RFC 1952.
fn gzip(content: &[u8]) -> Vec<u8> {
    let crc = content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    [&header, &*stored(content), &(!crc).to_le_bytes(), &length].concat()
}

/// DEFLATE without compression.
fn stored(content: &[u8]) -> Vec<u8> {
    let mut blocks: Vec<&[u8]> = content.chunks(0xFFFF).collect();
    if blocks.is_empty() {
        blocks.push(&[]);
    }
    let last = blocks.len() - 1;
    let mut deflated = Vec::new();
    for (place, block) in blocks.into_iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        deflated.push(u8::from(place == last));
        deflated.extend(length.to_le_bytes());
        deflated.extend((!length).to_le_bytes());
        deflated.extend(block);
    }
    deflated
}
