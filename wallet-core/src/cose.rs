//! COSE_Sign1 (RFC 9052 4.2): reading what others signed. Nothing is made with it yet.

use crate::cbor::{self, CborError};
use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, JoseError, MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, PublicKey};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// The CBOR tags of a COSE_Sign1 and of a CWT (RFC 9052 2, RFC 8392 6).
const SIGN1_TAG: u64 = 18;
const CWT_TAG: u64 = 61;

/// Header parameters (RFC 9052 3.1, RFC 9596, RFC 9360).
const ALG: i64 = 1;
const CRIT: i64 = 2;
const KID: i64 = 4;
const TYP: i64 = 16;
const X5CHAIN: i64 = 33;

/// Why a COSE message was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoseError {
    /// Not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not a COSE_Sign1 with its payload inside.
    #[error("not a COSE_Sign1")]
    MalformedSign1,
    /// A header parameter has a wrong type, or is in both headers (RFC 9052 3).
    #[error("a header parameter is malformed")]
    HeaderParameter,
    /// The header has `crit`: extensions this wallet does not understand.
    #[error("the header has a critical extension")]
    CriticalHeader,
    /// The algorithm in the protected header is not one of ours, or there is none.
    #[error("the algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// `x5chain` is not a short list of certificates (RFC 9360 2).
    #[error("the certificate list is malformed")]
    MalformedX5chain,
    /// The algorithm named is not that of the key.
    #[error("the algorithm is not that of the key")]
    AlgorithmMismatch,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    SignatureInvalid,
}

impl From<minicbor::decode::Error> for CoseError {
    /// The whole was strict CBOR: what does not read as expected has another form.
    fn from(_: minicbor::decode::Error) -> Self {
        Self::MalformedSign1
    }
}

impl From<CoseError> for WalletError {
    fn from(error: CoseError) -> Self {
        use ErrorCode as Code;
        let malformed = |about: &str, rule| Self::new(Code::Malformed).about(about).rule(rule);
        match error {
            CoseError::Cbor(error) => error.into(),
            CoseError::MalformedSign1 => malformed("cose_sign1", "RFC 9052 4.2"),
            CoseError::HeaderParameter => malformed("header", "RFC 9052 3"),
            CoseError::CriticalHeader => malformed("crit", "RFC 9052 3.1"),
            CoseError::AlgorithmNotAllowed => {
                Self::new(Code::AlgorithmNotAllowed).rule("RFC 9052 3.1")
            }
            CoseError::MalformedX5chain => malformed("x5chain", "RFC 9360 2"),
            CoseError::AlgorithmMismatch => {
                Self::new(Code::AlgorithmNotAllowed).rule("RFC 9053 2.1")
            }
            CoseError::SignatureInvalid => Self::new(Code::SignatureInvalid).rule("RFC 9052 4.4"),
        }
    }
}

/// A parsed COSE_Sign1 of an allowed algorithm. Nothing in it is trusted before [`Self::verify`].
///
/// Only the protected header says what kind of message it is and how it was signed. Certificates prove themselves and may
/// stand in either header (RFC 9360 2).
#[derive(Clone)]
pub struct CoseSign1 {
    protected: Vec<u8>,
    algorithm: Algorithm,
    typ: Option<String>,
    kid: Option<Vec<u8>>,
    x5chain: Option<Vec<Vec<u8>>>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl core::fmt::Debug for CoseSign1 {
    /// Without the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CoseSign1({})", self.algorithm.as_str())
    }
}

impl CoseSign1 {
    /// Parses `bytes` of at most `max_bytes`: a COSE_Sign1, tagged as such or not, and as a CWT or not.
    ///
    /// # Errors
    /// [`CoseError`], except signature and key errors.
    pub fn parse(bytes: &[u8], max_bytes: usize) -> Result<Self, CoseError> {
        cbor::check(bytes, max_bytes)?;
        let mut decoder = Decoder::new(bytes);
        for tag in [CWT_TAG, SIGN1_TAG] {
            let mut tagged = decoder.clone();
            if decoder.datatype()? == Type::Tag && tagged.tag()?.as_u64() == tag {
                decoder = tagged;
            }
        }
        if decoder.array()? != Some(4) {
            return Err(CoseError::MalformedSign1);
        }
        let protected = decoder.bytes()?.to_vec();
        let mut headers = Headers::default();
        if !protected.is_empty() {
            cbor::check(&protected, protected.len())?;
            headers.read(&mut Decoder::new(&protected), Bucket::Protected)?;
        }
        headers.read(&mut decoder, Bucket::Unprotected)?;
        Ok(Self {
            protected,
            algorithm: headers.algorithm.ok_or(CoseError::AlgorithmNotAllowed)?,
            typ: headers.typ,
            kid: headers.kid,
            x5chain: headers.x5chain,
            payload: decoder.bytes()?.to_vec(),
            signature: decoder.bytes()?.to_vec(),
        })
    }

    /// The algorithm the protected header names, one of ours.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `typ` of the protected header (RFC 9596 2), where it is a media type; the numbers of CoAP are not translated.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// `kid`.
    #[must_use]
    pub fn kid(&self) -> Option<&[u8]> {
        self.kid.as_deref()
    }

    /// The certificates of `x5chain` in DER, leaf first (RFC 9360 2).
    #[must_use]
    pub fn x5chain(&self) -> Option<&[Vec<u8>]> {
        self.x5chain.as_deref()
    }

    /// The payload as it was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature (RFC 9052 4.4). The algorithm is that of the key; the header must agree.
    ///
    /// # Errors
    /// [`CoseError::AlgorithmMismatch`], [`CoseError::SignatureInvalid`].
    pub fn verify(&self, key: &PublicKey, external_aad: &[u8]) -> Result<(), CoseError> {
        if key.algorithm() != self.algorithm {
            return Err(CoseError::AlgorithmMismatch);
        }
        key.verify(&self.to_be_signed(external_aad)?, &self.signature)
            .map_err(|_: JoseError| CoseError::SignatureInvalid)
    }

    /// `Sig_structure`, with the protected header and the payload as received.
    fn to_be_signed(&self, external_aad: &[u8]) -> Result<Vec<u8>, CoseError> {
        let mut encoder = Encoder::new(Vec::with_capacity(self.payload.len() + 256));
        encoder
            .array(4)
            .and_then(|e| e.str("Signature1"))
            .and_then(|e| e.bytes(&self.protected))
            .and_then(|e| e.bytes(external_aad))
            .and_then(|e| e.bytes(&self.payload))
            .map_err(|_| CoseError::MalformedSign1)?;
        Ok(encoder.into_writer())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bucket {
    Protected,
    Unprotected,
}

/// The parameters of both headers that are understood.
#[derive(Default)]
struct Headers {
    labels: Vec<i64>,
    algorithm: Option<Algorithm>,
    typ: Option<String>,
    kid: Option<Vec<u8>>,
    x5chain: Option<Vec<Vec<u8>>>,
}

impl Headers {
    fn read(&mut self, decoder: &mut Decoder<'_>, bucket: Bucket) -> Result<(), CoseError> {
        let count = decoder.map()?.ok_or(CoseError::MalformedSign1)?;
        for _ in 0..count {
            let label = match decoder.datatype()? {
                Type::String => {
                    decoder.str()?;
                    None
                }
                _ => i64::try_from(decoder.int()?).ok(),
            };
            match label {
                Some(label @ (ALG | CRIT | KID | TYP | X5CHAIN)) => {
                    if self.labels.contains(&label) {
                        return Err(CoseError::HeaderParameter);
                    }
                    self.labels.push(label);
                    self.parameter(label, decoder, bucket)?;
                }
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }

    fn parameter(
        &mut self,
        label: i64,
        decoder: &mut Decoder<'_>,
        bucket: Bucket,
    ) -> Result<(), CoseError> {
        let is_protected = bucket == Bucket::Protected;
        match label {
            CRIT => return Err(CoseError::CriticalHeader),
            ALG => {
                let algorithm = algorithm(decoder)?.filter(|_| is_protected);
                self.algorithm = Some(algorithm.ok_or(CoseError::AlgorithmNotAllowed)?);
            }
            TYP if is_protected && decoder.datatype()? == Type::String => {
                self.typ = Some(decoder.str()?.to_owned());
            }
            KID => {
                let kid = decoder.bytes().map_err(|_| CoseError::HeaderParameter)?;
                self.kid = Some(kid.to_vec());
            }
            X5CHAIN => self.x5chain = Some(x5chain(decoder)?),
            _ => decoder.skip()?,
        }
        Ok(())
    }
}

/// The algorithms of our policy (RFC 9053 2, RFC 9864 2): with the curve of the key, or fully specified.
fn algorithm(decoder: &mut Decoder<'_>) -> Result<Option<Algorithm>, CoseError> {
    if decoder.datatype()? == Type::String {
        decoder.skip()?;
        return Ok(None);
    }
    let number = decoder.i64().map_err(|_| CoseError::HeaderParameter)?;
    Ok(match number {
        -7 | -9 => Some(Algorithm::Es256),
        -35 | -51 => Some(Algorithm::Es384),
        -8 | -19 => Some(Algorithm::EdDsa),
        _ => None,
    })
}

/// One certificate, or an array of two and more.
fn x5chain(decoder: &mut Decoder<'_>) -> Result<Vec<Vec<u8>>, CoseError> {
    let malformed = |_| CoseError::MalformedX5chain;
    let count = match decoder.datatype()? {
        Type::Array => {
            let count = decoder.array().map_err(malformed)?;
            let is_allowed = |count: &u64| (2..=MAX_CERTIFICATES as u64).contains(count);
            count
                .filter(is_allowed)
                .ok_or(CoseError::MalformedX5chain)?
        }
        _ => 1,
    };
    (0..count)
        .map(|_| {
            let der = decoder.bytes().map_err(malformed)?;
            if der.is_empty() || der.len() > MAX_CERTIFICATE_BYTES {
                return Err(CoseError::MalformedX5chain);
            }
            Ok(der.to_vec())
        })
        .collect()
}
