//! A status list as CWT (Token Status List 5.2).

use super::error::StatusError;
use super::list::{Claims, StatusList};
use super::signer::StatusSigners;
use super::{CWT_MEDIA_TYPE, MAX_TOKEN_BYTES};
use crate::cbor;
use crate::cose::CoseSign1;
use minicbor::Decoder;
use minicbor::data::Type;
use minicbor::decode::Error;

/// Claim keys (RFC 8392 4, Token Status List 14.5).
const SUB: i64 = 2;
const EXP: i64 = 4;
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65_533;
const TTL: i64 = 65_534;

impl StatusList {
    /// Verifies a list that was fetched from `uri`. Its key is named by `x5chain` and in no other way.
    ///
    /// # Errors
    /// [`StatusError`].
    pub fn from_cwt(
        bytes: &[u8],
        uri: &str,
        signers: &StatusSigners<'_>,
    ) -> Result<Self, StatusError> {
        if bytes.len() > MAX_TOKEN_BYTES {
            return Err(StatusError::TooLarge);
        }
        let cose = CoseSign1::parse(bytes, MAX_TOKEN_BYTES)?;
        if cose.typ() != Some(CWT_MEDIA_TYPE) {
            return Err(StatusError::WrongTyp);
        }
        let chain = cose.x5chain().ok_or(StatusError::NoSigner)?;
        let key = signers.by_certificate(chain)?;
        cose.verify(key.public_key(), &[])?;
        cbor::check(cose.payload(), MAX_TOKEN_BYTES)?;
        let claims = claims(&mut Decoder::new(cose.payload())).map_err(|_| StatusError::Claim)?;
        Self::new(&claims, uri, key.evidence().clone(), signers.at())
    }
}

/// Reads claims that were checked to be strict CBOR.
fn claims<'c>(decoder: &mut Decoder<'c>) -> Result<Claims<'c>, Error> {
    let mut claims = Claims {
        subject: None,
        issued_at: None,
        expires: None,
        ttl_seconds: None,
        bits: None,
        compressed: Vec::new(),
    };
    for _ in 0..members(decoder)? {
        match label(decoder)? {
            Some(SUB) => claims.subject = Some(decoder.str()?),
            Some(EXP) => claims.expires = Some(date(decoder)?),
            Some(IAT) => claims.issued_at = Some(date(decoder)?),
            Some(TTL) => {
                let seconds = decoder.u64()?;
                let positive = (seconds > 0).then_some(seconds);
                claims.ttl_seconds = Some(positive.ok_or_else(|| Error::message("ttl"))?);
            }
            Some(STATUS_LIST) => list(decoder, &mut claims)?,
            _ => decoder.skip()?,
        }
    }
    Ok(claims)
}

/// `{"bits": 1, "lst": h'…'}` (4.3).
fn list(decoder: &mut Decoder<'_>, claims: &mut Claims<'_>) -> Result<(), Error> {
    for _ in 0..members(decoder)? {
        if decoder.datatype()? != Type::String {
            decoder.skip()?;
            decoder.skip()?;
            continue;
        }
        match decoder.str()? {
            "bits" => claims.bits = Some(decoder.u64()?),
            "lst" => claims.compressed = decoder.bytes()?.to_vec(),
            _ => decoder.skip()?,
        }
    }
    Ok(())
}

fn members(decoder: &mut Decoder<'_>) -> Result<u64, Error> {
    decoder.map()?.ok_or_else(|| Error::message("map"))
}

/// A claim key, if it is a number.
fn label(decoder: &mut Decoder<'_>) -> Result<Option<i64>, Error> {
    if decoder.datatype()? == Type::String {
        decoder.skip()?;
        return Ok(None);
    }
    Ok(i64::try_from(decoder.int()?).ok())
}

/// A NumericDate without tag (RFC 8392 2), without its fraction of a second.
fn date(decoder: &mut Decoder<'_>) -> Result<i64, Error> {
    match decoder.datatype()? {
        Type::F16 | Type::F32 | Type::F64 => Ok(decoder.f64()? as i64),
        _ => decoder.i64(),
    }
}
