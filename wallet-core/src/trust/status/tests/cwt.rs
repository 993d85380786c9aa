//! Status list tokens as CWT (Token Status List 5.2).

use super::{NOW, URI, World, refusal, zlib};
use crate::cbor::CborError;
use crate::cose::CoseError;
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::trust::status::{StatusError, StatusList, StatusValue};
use crate::trust::{RejectReason, TrustError};
use minicbor::Encoder;
use minicbor::data::{Tag, Type};
use wallet_parties::EcKey;

type Enc = Encoder<Vec<u8>>;

/// A token in the making. Each part is bytes, so that a test may put anything there.
struct Draft {
    protected: Vec<u8>,
    unprotected: Vec<u8>,
    payload: Vec<u8>,
    key: EcKey,
}

/// What a chain of writes gives back is of no use.
fn end(_: &mut Enc) {}

/// CBOR written by hand.
fn cbor(write: impl FnOnce(&mut Enc)) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder);
    encoder.into_writer()
}

fn protected(alg: i64, typ: &str) -> Vec<u8> {
    cbor(|e| {
        e.map(2).unwrap().u8(1).unwrap().i64(alg).unwrap();
        e.u8(16).unwrap().str(typ).unwrap();
    })
}

fn x5chain(chain: &[Vec<u8>]) -> Vec<u8> {
    cbor(|e| {
        e.map(1).unwrap().u8(33).unwrap();
        match chain {
            [one] => {
                e.bytes(one).unwrap();
            }
            several => {
                e.array(several.len() as u64).unwrap();
                for der in several {
                    e.bytes(der).unwrap();
                }
            }
        }
    })
}

fn status_list(e: &mut Enc, bits: u64, compressed: &[u8]) {
    e.map(2).unwrap().str("bits").unwrap().u64(bits).unwrap();
    e.str("lst").unwrap().bytes(compressed).unwrap();
}

fn claims(sub: &str, iat: u64, exp: u64, ttl: u64, bits: u64, compressed: &[u8]) -> Vec<u8> {
    cbor(|e| {
        e.map(5).unwrap().u8(2).unwrap().str(sub).unwrap();
        e.u8(6)
            .unwrap()
            .u64(iat)
            .unwrap()
            .u8(4)
            .unwrap()
            .u64(exp)
            .unwrap();
        e.u32(65_534).unwrap().u64(ttl).unwrap();
        e.u32(65_533).unwrap();
        status_list(e, bits, compressed);
    })
}

impl Draft {
    fn new(world: &World) -> Self {
        Self {
            protected: protected(-7, "application/statuslist+cwt"),
            unprotected: x5chain(&world.leaf.chain),
            payload: claims(URI, NOW - 10, NOW + 600, 300, 2, &zlib(&[0b0011_1001])),
            key: world.leaf.key.clone(),
        }
    }

    fn sign(&self) -> Vec<u8> {
        self.sign_with(|_| {})
    }

    /// With these tags before it.
    fn sign_with(&self, tags: impl FnOnce(&mut Enc)) -> Vec<u8> {
        let to_sign = cbor(|e| {
            e.array(4)
                .unwrap()
                .str("Signature1")
                .unwrap()
                .bytes(&self.protected)
                .unwrap();
            e.bytes(&[]).unwrap().bytes(&self.payload).unwrap();
        });
        let mut bytes = cbor(|e| {
            tags(e);
            e.array(4).unwrap().bytes(&self.protected).unwrap();
        });
        bytes.extend_from_slice(&self.unprotected);
        bytes.extend(cbor(|e| {
            e.bytes(&self.payload)
                .unwrap()
                .bytes(&self.key.sign(&to_sign))
                .unwrap();
        }));
        bytes
    }
}

fn verify(world: &World, token: &[u8]) -> Result<StatusList, StatusError> {
    StatusList::from_cwt(token, URI, &world.signers())
}

fn refused(change: impl FnOnce(&World, &mut Draft)) -> StatusError {
    let world = World::new();
    let mut draft = Draft::new(&world);
    change(&world, &mut draft);
    refusal(verify(&world, &draft.sign()))
}

// shows: HAIP 23, HAIP 25
#[test]
fn a_list_signed_under_an_anchor_is_believed_tagged_or_not() {
    let world = World::new();
    let draft = Draft::new(&world);
    let tagged = |tags: &'static [u64]| {
        draft.sign_with(move |e| {
            for tag in tags {
                e.tag(Tag::new(*tag)).unwrap();
            }
        })
    };
    for token in [draft.sign(), tagged(&[18]), tagged(&[61, 18])] {
        let list = verify(&world, &token).unwrap();
        assert_eq!(list.array().get(0), Ok(StatusValue::Revoked));
        assert_eq!(list.array().get(1), Ok(StatusValue::Suspended));
        assert_eq!(list.array().get(2), Ok(StatusValue::Other(3)));
        assert_eq!((list.array().entries(), list.ttl_seconds()), (4, Some(300)));
    }
    for tags in [&[17][..], &[97], &[18, 61], &[18, 18]] {
        assert!(verify(&world, &tagged(tags)).is_err(), "{tags:?}");
    }
}

// shows: HAIP 25
#[test]
fn certificates_may_stand_in_the_protected_header() {
    let world = World::new();
    let mut draft = Draft::new(&world);
    draft.protected = cbor(|e| {
        e.map(3).unwrap().u8(1).unwrap().i64(-9).unwrap();
        e.u8(16).unwrap().str("application/statuslist+cwt").unwrap();
        e.u8(33).unwrap().bytes(&world.leaf.chain[0]).unwrap();
    });
    draft.unprotected = cbor(|e| {
        e.map(1).unwrap().str("note").unwrap().null().unwrap();
    });
    assert!(verify(&world, &draft.sign()).is_ok());
    // But not in both.
    draft.unprotected = x5chain(&world.leaf.chain);
    assert_eq!(
        refusal(verify(&world, &draft.sign())),
        StatusError::Cose(CoseError::HeaderParameter)
    );
}

#[test]
fn claims_that_break_a_rule_are_refused() {
    let lst = zlib(&[1]);
    for (payload, error) in [
        (
            claims(
                "https://issuer.example/statuslists/2",
                NOW,
                NOW + 9,
                1,
                1,
                &lst,
            ),
            StatusError::WrongSubject,
        ),
        (
            claims(URI, NOW + 61, NOW + 99, 1, 1, &lst),
            StatusError::NotYetIssued,
        ),
        (
            claims(URI, NOW - 99, NOW - 60, 1, 1, &lst),
            StatusError::Expired,
        ),
        (claims(URI, NOW, NOW + 9, 0, 1, &lst), StatusError::Claim),
        (
            claims(URI, NOW, NOW + 9, 1, 3, &lst),
            StatusError::EntrySize,
        ),
        (
            claims(URI, NOW, NOW + 9, 1, 1, &[lst.as_slice(), &[0]].concat()),
            StatusError::TrailingData,
        ),
        (
            claims(URI, NOW, NOW + 9, 1, 1, &[]),
            StatusError::Compression,
        ),
        (cbor(|e| end(e.array(0).unwrap())), StatusError::Claim),
        (cbor(|e| end(e.map(0).unwrap())), StatusError::WrongSubject),
        // The same claim twice; something after the claims; a list of indefinite length.
        (
            cbor(|e| {
                end(e
                    .map(2)
                    .unwrap()
                    .u8(2)
                    .unwrap()
                    .str(URI)
                    .unwrap()
                    .u8(2)
                    .unwrap()
                    .str(URI)
                    .unwrap())
            }),
            StatusError::Cbor(CborError::DuplicateKey),
        ),
        (
            [claims(URI, NOW, NOW + 9, 1, 1, &lst), vec![0]].concat(),
            StatusError::Cbor(CborError::TrailingData),
        ),
        (
            cbor(|e| end(e.begin_map().unwrap().end().unwrap())),
            StatusError::Cbor(CborError::Indefinite),
        ),
        (Vec::new(), StatusError::Cbor(CborError::Malformed)),
    ] {
        assert_eq!(refused(|_, draft| draft.payload = payload), error);
    }
}

#[test]
fn typ_and_algorithm_are_read_from_the_protected_header_alone() {
    let typ = "application/statuslist+cwt";
    for (header, error) in [
        (
            protected(-7, "application/statuslist+jwt"),
            StatusError::WrongTyp,
        ),
        (protected(-7, "statuslist+cwt"), StatusError::WrongTyp),
        (
            protected(5, typ),
            StatusError::Cose(CoseError::AlgorithmNotAllowed),
        ),
        (
            protected(-257, typ),
            StatusError::Cose(CoseError::AlgorithmNotAllowed),
        ),
        (
            protected(0, typ),
            StatusError::Cose(CoseError::AlgorithmNotAllowed),
        ),
        (
            protected(-35, typ),
            StatusError::Cose(CoseError::AlgorithmMismatch),
        ),
        (
            Vec::new(),
            StatusError::Cose(CoseError::AlgorithmNotAllowed),
        ),
    ] {
        assert_eq!(refused(|_, draft| draft.protected = header), error);
    }
    let unprotected_alg = refused(|_, draft| {
        draft.protected = Vec::new();
        draft.unprotected = protected(-7, typ);
    });
    assert_eq!(
        unprotected_alg,
        StatusError::Cose(CoseError::AlgorithmNotAllowed)
    );
    let unprotected_typ = refused(|world, draft| {
        draft.protected = cbor(|e| end(e.map(1).unwrap().u8(1).unwrap().i64(-7).unwrap()));
        draft.unprotected = cbor(|e| {
            e.map(2).unwrap().u8(16).unwrap().str(typ).unwrap();
            e.u8(33).unwrap().bytes(&world.leaf.chain[0]).unwrap();
        });
    });
    assert_eq!(unprotected_typ, StatusError::WrongTyp);
}

// shows: HAIP 23
#[test]
fn a_list_by_somebody_else_is_refused() {
    let error = refused(|world, draft| draft.unprotected = x5chain(&world.stranger.chain));
    assert!(matches!(
        error,
        StatusError::Signer(SdJwtError::Trust(TrustError::Untrusted { .. }))
    ));
    let error = refused(|world, draft| draft.key = world.stranger.key.clone());
    assert_eq!(error, StatusError::Cose(CoseError::SignatureInvalid));
    for (with_leaf, reason) in [
        (true, RejectReason::AnchorInChain),
        (false, RejectReason::SelfSignedLeaf),
    ] {
        let error = refused(|world, draft| {
            let mut chain = if with_leaf {
                world.leaf.chain.clone()
            } else {
                Vec::new()
            };
            chain.push(world.anchor.clone());
            draft.unprotected = x5chain(&chain);
        });
        let StatusError::Signer(SdJwtError::Trust(error)) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.reason(), Some(reason));
    }
    let error = refused(|_, draft| draft.unprotected = cbor(|e| end(e.map(0).unwrap())));
    assert_eq!(error, StatusError::NoSigner);
}

#[test]
fn headers_of_wrong_form_are_refused() {
    let header = |label: u8, value: &dyn Fn(&mut Enc)| {
        cbor(|e| {
            e.map(1).unwrap().u8(label).unwrap();
            value(e);
        })
    };
    for (unprotected, error) in [
        (
            header(2, &|e| end(e.array(1).unwrap().u8(33).unwrap())),
            CoseError::CriticalHeader,
        ),
        (
            header(4, &|e| end(e.u8(1).unwrap())),
            CoseError::HeaderParameter,
        ),
        (
            header(33, &|e| end(e.str("certificate").unwrap())),
            CoseError::MalformedX5chain,
        ),
        (
            header(33, &|e| end(e.array(0).unwrap())),
            CoseError::MalformedX5chain,
        ),
        (
            header(33, &|e| end(e.array(1).unwrap().bytes(&[0]).unwrap())),
            CoseError::MalformedX5chain,
        ),
        (
            header(33, &|e| end(e.bytes(&[]).unwrap())),
            CoseError::MalformedX5chain,
        ),
        (
            header(33, &|e| end(e.bytes(&[0; 8193]).unwrap())),
            CoseError::MalformedX5chain,
        ),
        (
            header(33, &|e| {
                e.array(7).unwrap();
                (0..7).for_each(|_| end(e.bytes(&[0]).unwrap()));
            }),
            CoseError::MalformedX5chain,
        ),
        (
            cbor(|e| end(e.array(0).unwrap())),
            CoseError::MalformedSign1,
        ),
    ] {
        assert_eq!(
            refused(|_, draft| draft.unprotected = unprotected),
            StatusError::Cose(error)
        );
    }
}

#[test]
fn other_messages_than_one_sign1_are_refused() {
    let world = World::new();
    let whole = Draft::new(&world).sign();
    for end in 0..whole.len() {
        assert!(verify(&world, &whole[..end]).is_err(), "cut at {end}");
    }
    let error = refusal(verify(&world, &[whole.as_slice(), &[0]].concat()));
    assert_eq!(
        error,
        StatusError::Cose(CoseError::Cbor(CborError::TrailingData))
    );
    // COSE_Mac0 has four members too, but another tag; a detached payload is none.
    let detached = cbor(|e| {
        e.array(4)
            .unwrap()
            .bytes(&protected(-7, "application/statuslist+cwt"))
            .unwrap();
        e.map(0).unwrap().null().unwrap().bytes(&[0; 64]).unwrap();
    });
    assert_eq!(
        refusal(verify(&world, &detached)),
        StatusError::Cose(CoseError::MalformedSign1)
    );
    let huge = vec![0; super::super::MAX_TOKEN_BYTES + 1];
    assert_eq!(refusal(verify(&world, &huge)), StatusError::TooLarge);
    assert_eq!(
        minicbor::Decoder::new(&whole).datatype().unwrap(),
        Type::Array
    );
}
