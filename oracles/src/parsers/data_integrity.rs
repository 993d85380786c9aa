//! W3C credentials with Data Integrity proofs. What was signed is the W3C's: a permanent resident card in each suite.

use super::fixture::{lines, text};
use serde_json::Value;
use std::sync::LazyLock;
use wallet_core::clock::UnixTime;
use wallet_core::formats::data_integrity::{
    DataIntegrity, DataIntegrityCredential, DerivedCredential, IssuerKey, Pointer, VerifyPolicy,
};

/// When the cards are valid.
const AT: UnixTime = UnixTime::from_secs(1_735_689_600);

/// What every showing here is bound to.
const HEADER: &[u8] = &[0x11, 0x33, 0x77, 0xaa];

/// A card as issued, and as shown.
struct Card {
    base: Value,
    shown: Value,
    credential: DataIntegrityCredential,
}

impl Card {
    fn read(base: &str, shown: &str) -> Self {
        Self {
            credential: verified(base).expect("the W3C's card verifies"),
            base: serde_json::from_str(base).unwrap(),
            shown: serde_json::from_str(shown).unwrap(),
        }
    }

    /// The one the first byte says.
    fn of(byte: u8) -> &'static Self {
        &CARDS[usize::from(byte) % 2]
    }
}

static CARDS: LazyLock<[Card; 2]> = LazyLock::new(|| {
    [
        Card::read(
            include_str!("../../../test-fixtures/vectors/vc-di-bbs/prc/addSignedSDBase.json"),
            include_str!("../../../test-fixtures/vectors/vc-di-bbs/prc/derivedRevealDocument.json"),
        ),
        Card::read(
            include_str!(
                "../../../test-fixtures/vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/addSignedSDBase.json"
            ),
            include_str!(
                "../../../test-fixtures/vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedRevealDocument.json"
            ),
        ),
    ]
});

/// By the key that it names itself.
fn verified(text: &str) -> Option<DataIntegrityCredential> {
    let parsed = DataIntegrity::parse(text).ok()?;
    let issuer = IssuerKey::pinned(parsed.issuer(), parsed.verification_method()).ok()?;
    parsed.verify(&issuer, &VerifyPolicy::at(AT)).ok()
}

/// What holds of every credential that verified.
fn check(credential: &DataIntegrityCredential) {
    let [fixed, free] = [credential.always_disclosed(), credential.disclosable()];
    assert!(fixed.iter().all(|path| !free.contains(path)));
    for path in fixed.iter().chain(&free) {
        assert!(path.value_in(credential.claims()).is_some());
    }
    for chosen in [&free[..], &free[..free.len() / 2], &[]] {
        // Parts of lists and of other wholes are refused.
        let Ok(presentation) = credential.present(chosen) else {
            continue;
        };
        let shown = presentation
            .derive(HEADER)
            .expect("what verified can be shown");
        let read = credential.read_presentation(&shown, HEADER);
        let read = read.expect("a verifier takes what is shown");
        assert_eq!(read.disclosed, presentation.disclosed());
    }
}

/// Any text. What verifies is by a key of its own, and can be shown.
pub(super) fn credential(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Some(credential) = verified(text) {
        assert_eq!(credential.text(), text);
        check(&credential);
    }
}

fn with_proof_value(document: &Value, bytes: &[u8]) -> String {
    let mut document = document.clone();
    document["proof"]["proofValue"] = format!("u{}", super::fixture::base64url(bytes)).into();
    document.to_string()
}

/// A suite and a base proof value: only one that says the same as the issuer's verifies.
pub(super) fn base_proof(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let card = Card::of(*first);
    if let Some(credential) = verified(&with_proof_value(&card.base, bytes)) {
        assert_eq!(credential.disclosable(), card.credential.disclosable());
        check(&credential);
    }
}

/// A suite and a derived proof value: only one for this document, and in bbs-2023 for this occasion, is taken.
pub(super) fn derived_proof(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let card = Card::of(*first);
    let text = with_proof_value(&card.shown, bytes);
    if let Ok(read) = card.credential.read_presentation(&text, HEADER) {
        let shown = card.shown.to_string();
        assert_eq!(Ok(read), card.credential.read_presentation(&shown, HEADER));
    }
}

/// A shown document: it is taken only if every claim in it is the card's.
pub(super) fn presentation(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(parsed) = DerivedCredential::parse(text) else {
        return;
    };
    for card in CARDS.iter() {
        if let Ok(read) = card.credential.read_presentation(text, HEADER) {
            assert_eq!(read.claims, *parsed.claims());
            let subject = &read.claims["credentialSubject"];
            for (name, value) in subject.as_object().into_iter().flatten() {
                let of_card = &card.base["credentialSubject"][name];
                assert!(of_card == value || value.is_object() || value.is_array());
            }
        }
    }
}

/// A pointer and a document: it leads where `serde_json` says it does.
pub(super) fn pointer(input: &[u8]) {
    let [pointer, document, _] = lines(input);
    let (Some(pointer), Some(document)) = (text(pointer), text(document)) else {
        return;
    };
    let Ok(parsed) = Pointer::parse(pointer) else {
        return;
    };
    if let Ok(document) = serde_json::from_str::<Value>(document) {
        assert_eq!(parsed.value_in(&document), document.pointer(pointer));
    }
}
