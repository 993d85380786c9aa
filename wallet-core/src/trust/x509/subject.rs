//! Names of certificates for people's eyes, in the form of RFC 4514.
//!
//! The crate below writes them too, but with a database of every object identifier there is, 0.1 MB in the library.

use std::fmt::Write as _;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Encode as _, Tag, Tagged as _};
use x509_cert::name::Name;

/// What subjects of certificates are made of (RFC 4514 3, RFC 4519 2, RFC 5280 4.1.2.4).
const KNOWN: [(ObjectIdentifier, &str); 17] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.4"), "SN"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "SERIALNUMBER"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.12"), "TITLE"),
    (ObjectIdentifier::new_unwrap("2.5.4.17"), "POSTALCODE"),
    (ObjectIdentifier::new_unwrap("2.5.4.42"), "GN"),
    (ObjectIdentifier::new_unwrap("2.5.4.43"), "INITIALS"),
    (ObjectIdentifier::new_unwrap("2.5.4.46"), "DNQUALIFIER"),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"),
        "UID",
    ),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        "DC",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
        "EMAIL",
    ),
];

/// The name, its last part first (RFC 4514 2.1). What has no text form is left out.
pub(super) fn text(name: &Name) -> String {
    let mut text = String::new();
    let parts: Vec<_> = name.iter_rdn().collect();
    for part in parts.into_iter().rev() {
        for (at, attribute) in part.iter().enumerate() {
            if !text.is_empty() {
                text.push(if at == 0 { ',' } else { '+' });
            }
            push(&mut text, attribute);
        }
    }
    text
}

fn push(text: &mut String, attribute: &AttributeTypeAndValue) {
    let known = KNOWN.iter().find(|(oid, _)| *oid == attribute.oid);
    if let (Some((_, name)), Some(value)) = (known, characters(attribute)) {
        text.push_str(name);
        text.push('=');
        push_escaped(text, value);
        return;
    }
    // RFC 4514 2.4: the encoding itself, where there is no text or no name. Writing to a string cannot fail.
    let _written = write!(text, "{}=#", attribute.oid);
    for byte in attribute.value.to_der().unwrap_or_default() {
        let _written = write!(text, "{byte:02x}");
    }
}

fn characters(attribute: &AttributeTypeAndValue) -> Option<&str> {
    let value = &attribute.value;
    match value.tag() {
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|s| s.as_str()),
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|s| s.as_str()),
        Tag::Ia5String => Ia5StringRef::try_from(value).ok().map(|s| s.as_str()),
        Tag::TeletexString => TeletexStringRef::try_from(value).ok().map(|s| s.as_str()),
        _ => None,
    }
}

/// RFC 4514 2.4.
fn push_escaped(text: &mut String, value: &str) {
    let last = value.len().saturating_sub(1);
    for (at, c) in value.char_indices() {
        let is_at_an_end = at == 0 || at == last;
        match c {
            '\x00'..='\x1f' | '\x7f' => {
                let _written = write!(text, "\\{:02x}", u32::from(c));
                continue;
            }
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.push('\\'),
            ' ' if is_at_an_end => text.push('\\'),
            '#' if at == 0 => text.push('\\'),
            _ => {}
        }
        text.push(c);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use x509_cert::der::Decode as _;
    use x509_cert::der::asn1::Any;
    use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

    fn attribute(oid: &str, value: &str) -> AttributeTypeAndValue {
        AttributeTypeAndValue {
            oid: ObjectIdentifier::new_unwrap(oid),
            value: Any::new(Tag::Utf8String, value.as_bytes()).unwrap(),
        }
    }

    #[test]
    fn names_are_written_as_the_crate_below_writes_them() {
        type Parts<'a> = &'a [&'a [(&'a str, &'a str)]];
        let (cn, ou, o, dc) = (
            "2.5.4.3",
            "2.5.4.11",
            "2.5.4.10",
            "0.9.2342.19200300.100.1.25",
        );
        let cases: [(Parts<'_>, &str); 6] = [
            (&[], ""),
            (
                &[&[(o, "Ministry of the Interior")], &[(cn, "Issuer")]],
                "CN=Issuer,O=Ministry of the Interior",
            ),
            (
                &[&[(dc, "org")], &[(cn, "a"), (ou, "b")]],
                "CN=a+OU=b,DC=org",
            ),
            (
                &[&[(cn, "#a, b+c;\\ <d>\" ")]],
                "CN=\\#a\\, b\\+c\\;\\\\ \\<d\\>\\\"\\ ",
            ),
            (&[&[(cn, " 서울\n")], &[(cn, "")]], "CN=,CN=\\ 서울\\0a"),
            (&[&[("1.2.3.4", "a")]], "1.2.3.4=#0c0161"),
        ];
        for (parts, expected) in cases {
            let part = |part: &&[(&str, &str)]| {
                let attributes = part.iter().map(|(oid, value)| attribute(oid, value));
                RelativeDistinguishedName::try_from(attributes.collect::<Vec<_>>()).unwrap()
            };
            let parts = RdnSequence::from(parts.iter().map(part).collect::<Vec<_>>());
            let name = Name::from_der(&parts.to_der().unwrap()).unwrap();
            assert_eq!(text(&name), expected);
            assert_eq!(text(&name), name.to_string());
        }
    }

    #[test]
    fn every_known_attribute_has_the_name_it_has_there() {
        for (oid, short) in KNOWN {
            let value = Any::new(Tag::Utf8String, b"value".to_vec()).unwrap();
            let attribute = AttributeTypeAndValue { oid, value };
            let mut ours = String::new();
            push(&mut ours, &attribute);
            assert_eq!(ours, format!("{short}=value"));
            assert_eq!(ours, attribute.to_string());
        }
    }

    #[test]
    fn what_has_no_characters_is_shown_as_its_encoding() {
        let oid = KNOWN[0].0;
        let value = Any::new(Tag::OctetString, vec![1, 0xff]).unwrap();
        let attribute = AttributeTypeAndValue { oid, value };
        let mut ours = String::new();
        push(&mut ours, &attribute);
        assert_eq!(ours, "2.5.4.3=#040201ff");
        assert_eq!(ours, attribute.to_string());
    }
}
