//! BBS: keys, signatures and proofs. The key, what was signed and the corpus are those of the draft's fixtures.

use std::sync::LazyLock;

use serde_json::Value;
use wallet_bbs::{Error, Message, Proof, PublicKey, SecretKey, Signature, Suite};

/// What an issuer signed in one suite.
struct Signed {
    issuer: PublicKey,
    signature: Vec<u8>,
    header: Vec<u8>,
    nonce: Vec<u8>,
    messages: Vec<Vec<u8>>,
}

impl Signed {
    fn read(suite: Suite, fixture: &str) -> Self {
        let fixture: Value = serde_json::from_str(fixture).unwrap();
        let messages = fixture["messages"].as_array().unwrap();
        Self {
            issuer: PublicKey::from_bytes(suite, &bytes(&fixture["signerPublicKey"])).unwrap(),
            signature: bytes(&fixture["signature"]),
            header: bytes(&fixture["header"]),
            nonce: bytes(&fixture["presentationHeader"]),
            messages: messages.iter().map(bytes).collect(),
        }
    }

    fn messages(&self) -> Vec<Message<'_>> {
        let messages = self.messages.iter();
        messages.map(|message| Message::Bytes(message)).collect()
    }

    /// The one the first byte says.
    fn of(byte: u8) -> &'static Self {
        &SIGNED[usize::from(byte) % 2]
    }
}

static SIGNED: LazyLock<[Signed; 2]> = LazyLock::new(|| {
    let sha =
        include_str!("../../../test-fixtures/vectors/bbs/bls12-381-sha-256/proof/proof003.json");
    let shake =
        include_str!("../../../test-fixtures/vectors/bbs/bls12-381-shake-256/proof/proof003.json");
    [
        Signed::read(Suite::Sha256, sha),
        Signed::read(Suite::Shake256, shake),
    ]
});

pub(super) fn bytes(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().unwrap().as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// A key is taken only as the one encoding of a point or scalar.
pub(super) fn key(input: &[u8]) {
    for suite in [Suite::Sha256, Suite::Shake256] {
        if let Ok(key) = PublicKey::from_bytes(suite, input) {
            assert_eq!(key.to_bytes()[..], *input);
        }
        let secret = input
            .try_into()
            .map(|bytes| SecretKey::from_bytes(suite, bytes));
        if let Ok(Ok(key)) = secret {
            assert_eq!(key.to_bytes()[..], *input);
            let public = key.public_key().to_bytes();
            assert!(PublicKey::from_bytes(suite, &public).is_ok());
        }
    }
}

/// A suite; a signature. Taken in its one encoding, and only the issuer's verifies.
pub(super) fn signature(input: &[u8]) {
    let Some((suite, input)) = input.split_first() else {
        return;
    };
    let signed = Signed::of(*suite);
    let Ok(signature) = Signature::from_bytes(input) else {
        return;
    };
    assert_eq!(signature.to_bytes()[..], *input);
    let verdict = signed
        .issuer
        .verify(&signature, &signed.header, &signed.messages());
    assert_eq!(verdict.is_ok(), input == signed.signature);
    // A proof of a wrong signature (the header is another) verifies nowhere, if it can be made at all.
    let messages = signed.messages();
    match signed.issuer.prove(&signature, b"", b"", &messages, &[0]) {
        Ok(proof) => {
            let shown = [(0, messages[0])];
            let verdict = signed.issuer.verify_proof(&proof, b"", b"", &shown);
            assert_eq!(verdict, Err(Error::WrongProof));
        }
        Err(error) => assert_eq!(error, Error::WrongSignature),
    }
}

/// A suite; which messages are shown, as bits; a proof. Taken in its one encoding; what verifies does not do so for another
/// occasion, other messages or changed.
pub(super) fn proof(input: &[u8]) {
    let Some(([suite, low, high], input)) = input.split_first_chunk() else {
        return;
    };
    let signed = Signed::of(*suite);
    let Ok(proof) = Proof::from_bytes(input) else {
        return;
    };
    assert_eq!(proof.to_bytes(), input);
    let shown_bits = u16::from_le_bytes([*low, *high]);
    let messages = signed.messages().into_iter().enumerate();
    let shown: Vec<_> = messages
        .filter(|(index, _)| shown_bits >> index & 1 == 1)
        .collect();
    let verify = |proof: &Proof, nonce: &[u8], shown: &[(usize, Message<'_>)]| {
        let issuer = &signed.issuer;
        issuer
            .verify_proof(proof, &signed.header, nonce, shown)
            .is_ok()
    };
    if verify(&proof, &signed.nonce, &shown) {
        assert!(!verify(&proof, b"another", &shown));
        let others: Vec<_> = shown
            .iter()
            .map(|(index, _)| (*index, Message::Bytes(b"another")))
            .collect();
        assert!(shown.is_empty() || !verify(&proof, &signed.nonce, &others));
        let mut changed = input.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let changed = Proof::from_bytes(&changed);
        assert!(changed.map_or(true, |proof| !verify(&proof, &signed.nonce, &shown)));
    }
}
