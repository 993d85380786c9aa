//! The gate for constant time, as in `constant_time.rs`, over blind signatures and pseudonyms: what was committed to, what blinds
//! it and what a pseudonym comes from is secret.

use super::constant_time::{SUITES, SecretRandom, secret, silent};
use super::ietf::Mocked;
use super::valgrind::mark_secret;
use crate::suite::Draft;
use crate::{
    BlindSigned, Blinding, Commitment, Disclosed, Error, Message, SecretKey, Signature, Suite,
};

/// Lists of messages, the issuer's and the holder's, secret or not.
struct Claims([Vec<Vec<u8>>; 2]);

impl Claims {
    fn new() -> Self {
        let texts = |count: u8| (0..count).map(|length| vec![length; usize::from(length) * 9]);
        Self([texts(6).collect(), texts(4).collect()])
    }

    fn secret() -> Self {
        let mut claims = Self::new();
        let texts = claims.0.iter_mut().flatten();
        texts.for_each(|text| mark_secret(&mut text[..]));
        claims
    }

    fn messages(&self) -> [Vec<Message<'_>>; 2] {
        self.0
            .each_ref()
            .map(|texts| texts.iter().map(|text| Message::Bytes(text)).collect())
    }

    fn with<T>(
        &self,
        signature: &Signature,
        blinding: &Blinding,
        run: impl FnOnce(&BlindSigned<'_>) -> T,
    ) -> T {
        let [messages, committed] = &self.messages();
        run(&BlindSigned {
            signature,
            header: b"header",
            messages,
            committed,
            blinding,
        })
    }
}

const DISCLOSED: [Disclosed<'_>; 2] = [
    Disclosed {
        messages: &[],
        committed: &[],
    },
    Disclosed {
        messages: &[0, 5],
        committed: &[1],
    },
];

fn key(suite: Suite) -> SecretKey {
    SecretKey::generate(suite, &[7; 32], b"").unwrap()
}

fn secret_blinding(blinding: &Blinding) -> Blinding {
    let mut secret = Blinding::from_bytes(&blinding.to_bytes()).unwrap();
    secret.mark_secret();
    secret
}

/// The commitment and what blinds it, by the draft's random scalars.
fn commit(suite: Suite, claims: &Claims) -> (Commitment, Blinding) {
    let interface = suite.interface(Draft::Blind);
    let [_, committed] = claims.messages();
    let scalars = crate::message::scalars(interface, &committed);
    let made = Commitment::over(&mut Mocked::new(suite, 6), interface, &scalars);
    made.unwrap()
}

#[test]
fn committing_is_constant_time_in_the_messages_and_the_blinding() {
    for suite in SUITES {
        let (expected, _) = commit(suite, &Claims::new());
        let claims = Claims::secret();
        let [_, committed] = claims.messages();
        let mut random = SecretRandom(Mocked::new(suite, 6));
        let (commitment, _) = silent(|| {
            let interface = suite.interface(Draft::Blind);
            let scalars = crate::message::scalars(interface, &committed);
            Commitment::over(&mut random, interface, &scalars).unwrap()
        });
        assert_eq!(commitment.to_bytes(), expected.to_bytes());
    }
}

#[test]
fn a_blinding_is_read_in_constant_time() {
    let (_, blinding) = commit(Suite::Sha256, &Claims::new());
    let mut bytes = blinding.to_bytes();
    mark_secret(&mut *bytes);
    let read = silent(|| Blinding::from_bytes(&bytes).unwrap());
    assert_eq!(read.to_bytes(), blinding.to_bytes());
}

/// The issuer's messages are not secret to itself.
#[test]
fn signing_blind_is_constant_time_in_the_key() {
    for suite in SUITES {
        let claims = Claims::new();
        let [messages, _] = claims.messages();
        let (commitment, _) = commit(suite, &claims);
        let expected = key(suite).sign_blind(&commitment, b"header", &messages);
        let mut key = key(suite);
        key.scalar.mark_secret();
        let sign = || key.sign_blind(&commitment, b"header", &messages).unwrap();
        assert_eq!(silent(sign).to_bytes(), expected.unwrap().to_bytes());
    }
}

#[test]
fn verifying_blind_is_constant_time_in_all_but_the_header() {
    for suite in SUITES {
        let claims = Claims::new();
        let [messages, _] = claims.messages();
        let (commitment, blinding) = commit(suite, &claims);
        let key = key(suite);
        let signature = key.sign_blind(&commitment, b"header", &messages).unwrap();
        let issuer = key.public_key();
        let claims = Claims::secret();
        let (signature, blinding) = (secret(&signature), secret_blinding(&blinding));
        for (header, verdict) in [
            (&b"header"[..], Ok(())),
            (b"another", Err(Error::WrongSignature)),
        ] {
            let mut random = SecretRandom(Mocked::new(suite, 1));
            let verify = || {
                claims.with(&signature, &blinding, |signed| {
                    let statement = signed.statement(issuer, Draft::Blind, header, 0).unwrap();
                    let scalars = signed.scalars(statement.interface(), &[]);
                    issuer.verify_over(&mut random, &statement, signed.signature, &scalars)
                })
            };
            assert_eq!(silent(verify), verdict);
        }
    }
}

#[test]
fn proving_blind_is_constant_time_in_all_but_the_header_and_what_is_shown() {
    for suite in SUITES {
        let claims = Claims::new();
        let [messages, _] = claims.messages();
        let (commitment, blinding) = commit(suite, &claims);
        let key = key(suite);
        let signature = key.sign_blind(&commitment, b"header", &messages).unwrap();
        let issuer = key.public_key();
        for disclosed in DISCLOSED {
            let count = 5 + 11 - disclosed.messages.len() - disclosed.committed.len();
            let expected = claims.with(&signature, &blinding, |signed| {
                let mut random = Mocked::new(suite, count);
                issuer.prove_blind_by(&mut random, signed, b"nonce", &disclosed)
            });
            let (claims, signature) = (Claims::secret(), secret(&signature));
            let blinding = secret_blinding(&blinding);
            let proof = silent(|| {
                claims.with(&signature, &blinding, |signed| {
                    let mut random = SecretRandom(Mocked::new(suite, count));
                    issuer.prove_blind_by(&mut random, signed, b"nonce", &disclosed)
                })
            });
            assert_eq!(proof.unwrap().to_bytes(), expected.unwrap().to_bytes());
        }
    }
}

#[cfg(feature = "draft-pseudonym")]
mod pseudonym {
    use core::num::NonZeroUsize;

    use super::*;
    use crate::pseudonym::Occasion;
    use crate::{NymSecrets, ProverNyms, PseudonymRevision, SignerNymEntropy};

    const REVISIONS: [PseudonymRevision; 2] = [
        PseudonymRevision::Draft01,
        PseudonymRevision::Draft03 {
            secrets: NonZeroUsize::new(3).unwrap(),
        },
    ];

    fn part(byte: u8) -> [u8; 32] {
        [byte; 32]
    }

    fn nyms(revision: PseudonymRevision) -> ProverNyms {
        let parts: Vec<_> = (1..=revision.secrets()).map(|n| part(n as u8)).collect();
        let nyms = ProverNyms::from_bytes(revision, parts.as_flattened());
        nyms.unwrap()
    }

    fn entropy() -> SignerNymEntropy {
        SignerNymEntropy::from_bytes(&part(9)).unwrap()
    }

    fn secrets(revision: PseudonymRevision) -> NymSecrets {
        nyms(revision).with_entropy(&entropy())
    }

    fn secret_secrets(revision: PseudonymRevision) -> NymSecrets {
        let mut secrets = secrets(revision);
        secrets.mark_secret();
        secrets
    }

    fn commit(
        suite: Suite,
        revision: PseudonymRevision,
        claims: &Claims,
    ) -> (Commitment, Blinding) {
        let [_, committed] = claims.messages();
        let mut random = Mocked::new(suite, 6 + revision.secrets());
        let made = Commitment::with_nym_by(&mut random, suite, &committed, &nyms(revision));
        made.unwrap()
    }

    #[test]
    fn secrets_are_read_added_to_and_committed_to_in_constant_time() {
        for suite in SUITES {
            for revision in REVISIONS {
                let (expected, _) = commit(suite, revision, &Claims::new());
                let mut bytes = nyms(revision).to_bytes();
                mark_secret(&mut bytes[..]);
                let claims = Claims::secret();
                let [_, committed] = claims.messages();
                let mut random = SecretRandom(Mocked::new(suite, 6 + revision.secrets()));
                let (commitment, added) = silent(|| {
                    let nyms = ProverNyms::from_bytes(revision, &bytes).unwrap();
                    let made = Commitment::with_nym_by(&mut random, suite, &committed, &nyms);
                    (made.unwrap().0, nyms.with_entropy(&entropy()))
                });
                assert_eq!(commitment.to_bytes(), expected.to_bytes());
                drop(added);
            }
        }
    }

    /// The issuer's part is not secret to itself.
    #[test]
    fn signing_blind_with_secrets_of_pseudonyms_is_constant_time_in_the_key() {
        for suite in SUITES {
            for revision in REVISIONS {
                let claims = Claims::new();
                let [messages, _] = claims.messages();
                let (commitment, _) = commit(suite, revision, &claims);
                let sign = |key: &SecretKey| {
                    let entropy = entropy();
                    key.sign_blind_with_nym(&commitment, revision, &entropy, b"header", &messages)
                };
                let expected = sign(&key(suite)).unwrap();
                let mut key = key(suite);
                key.scalar.mark_secret();
                let signature = silent(|| sign(&key)).unwrap();
                assert_eq!(signature.to_bytes(), expected.to_bytes());
            }
        }
    }

    #[test]
    fn a_pseudonym_is_computed_in_constant_time_in_the_secrets() {
        for suite in SUITES {
            for revision in REVISIONS {
                let expected = secrets(revision).pseudonym(suite, b"context");
                let secrets = secret_secrets(revision);
                let pseudonym = silent(|| secrets.pseudonym(suite, b"context"));
                assert_eq!(pseudonym, expected);
            }
        }
    }

    #[test]
    fn verifying_and_proving_with_a_pseudonym_is_constant_time_in_the_secrets_too() {
        for suite in SUITES {
            for revision in REVISIONS {
                let claims = Claims::new();
                let [messages, _] = claims.messages();
                let (commitment, blinding) = commit(suite, revision, &claims);
                let key = key(suite);
                let signature = key.sign_blind_with_nym(
                    &commitment,
                    revision,
                    &entropy(),
                    b"header",
                    &messages,
                );
                let (signature, issuer) = (signature.unwrap(), key.public_key());
                let occasion = Occasion {
                    context: b"context",
                    presentation_header: b"nonce",
                };
                for disclosed in DISCLOSED {
                    let hidden = 11 + revision.secrets();
                    let hidden = hidden - disclosed.messages.len() - disclosed.committed.len();
                    let expected = claims.with(&signature, &blinding, |signed| {
                        let mut random = Mocked::new(suite, 5 + hidden);
                        let secrets = secrets(revision);
                        issuer.prove_with_nym_by(
                            &mut random,
                            signed,
                            &secrets,
                            &occasion,
                            &disclosed,
                        )
                    });
                    let (claims, signature) = (Claims::secret(), secret(&signature));
                    let blinding = secret_blinding(&blinding);
                    let secrets = secret_secrets(revision);
                    let (verdict, shown) = silent(|| {
                        claims.with(&signature, &blinding, |signed| {
                            let mut random = SecretRandom(Mocked::new(suite, 5 + hidden));
                            let shown = issuer.prove_with_nym_by(
                                &mut random,
                                signed,
                                &secrets,
                                &occasion,
                                &disclosed,
                            );
                            (issuer.verify_with_nym(signed, &secrets), shown)
                        })
                    });
                    assert_eq!(verdict, Ok(()));
                    let ((proof, pseudonym), expected) = (shown.unwrap(), expected.unwrap());
                    assert_eq!(proof.to_bytes(), expected.0.to_bytes());
                    assert_eq!(pseudonym, expected.1);
                }
            }
        }
    }
}
