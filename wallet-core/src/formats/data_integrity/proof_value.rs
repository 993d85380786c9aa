//! Proof values: multibase base64url of a CBOR array behind three bytes that say what it is.

use super::error::DataIntegrityError;
use super::label_map::Labels;
use super::limits::{MAX_POINTERS, MAX_PROOF_VALUE};
use super::pointer::Pointer;
use crate::cbor;
use crate::jose::base64url;
use crate::order;
use bbs::MAX_MESSAGES;
use minicbor::{Decoder, Encoder};
use std::collections::BTreeMap;

/// Decodes the text, and checks that it is strict CBOR. With the header that is one item: a tag and what is tagged.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, DataIntegrityError> {
    let text = text
        .strip_prefix('u')
        .filter(|text| text.len() <= 2 * MAX_PROOF_VALUE);
    let bytes = text.and_then(|text| base64url::decode(text).ok());
    let bytes = bytes.ok_or(DataIntegrityError::ProofValue)?;
    cbor::check(&bytes, MAX_PROOF_VALUE)?;
    Ok(bytes)
}

/// Reads the parts of a proof value, in order.
pub(super) struct Parts<'b>(Decoder<'b>);

impl<'b> Parts<'b> {
    /// The parts of what begins with `header`, of which there must be `count`; `None` with another header.
    pub(super) fn after(
        bytes: &'b [u8],
        header: [u8; 3],
        count: u64,
    ) -> Result<Option<Self>, DataIntegrityError> {
        let Some(bytes) = bytes.strip_prefix(&header) else {
            return Ok(None);
        };
        let mut decoder = Decoder::new(bytes);
        match decoder.array() {
            Ok(Some(length)) if length == count => Ok(Some(Self(decoder))),
            _ => Err(DataIntegrityError::ProofValue),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8], DataIntegrityError> {
        self.0.bytes().map_err(malformed)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DataIntegrityError> {
        self.bytes()?.try_into().map_err(malformed)
    }

    pub(super) fn pointers(&mut self) -> Result<Vec<Pointer>, DataIntegrityError> {
        let count = self.length(MAX_POINTERS)?;
        let pointer = |_| Pointer::parse(self.0.str().map_err(malformed)?);
        (0..count).map(pointer).collect()
    }

    /// Indexes in ascending order, none twice.
    pub(super) fn indexes(&mut self) -> Result<Vec<usize>, DataIntegrityError> {
        // Those of mandatory statements, which are no messages, have no limit but that of the text.
        let count = self.length(MAX_PROOF_VALUE)?;
        let index = |_| Ok(self.0.u32().map_err(malformed)? as usize);
        let indexes: Vec<usize> = (0..count)
            .map(index)
            .collect::<Result<_, DataIntegrityError>>()?;
        if indexes.is_sorted_by(|one, next| one < next) {
            Ok(indexes)
        } else {
            Err(DataIntegrityError::Indexes)
        }
    }

    /// Signatures of one length.
    pub(super) fn signatures(&mut self) -> Result<Vec<[u8; 64]>, DataIntegrityError> {
        let count = self.length(MAX_MESSAGES)?;
        (0..count).map(|_| self.array()).collect()
    }

    /// A compressed label map. `name` reads a label that is signed.
    pub(super) fn labels(
        &mut self,
        name: impl Fn(&mut Self) -> Result<String, DataIntegrityError>,
    ) -> Result<Labels, DataIntegrityError> {
        let count = self.0.map().ok().flatten();
        let count = count.ok_or(DataIntegrityError::ProofValue)?;
        order::try_map((0..count).map(|_| {
            let canonical = self.0.u32().map_err(malformed)?;
            Ok((format!("c14n{canonical}"), name(self)?))
        }))
    }

    pub(super) fn text(&mut self) -> Result<&'b str, DataIntegrityError> {
        self.0.str().map_err(malformed)
    }

    pub(super) fn number(&mut self) -> Result<u32, DataIntegrityError> {
        self.0.u32().map_err(malformed)
    }

    /// The length of an array, which is never more than what is left of the text.
    fn length(&mut self, most: usize) -> Result<u64, DataIntegrityError> {
        let length = self.0.array().ok().flatten();
        match length {
            Some(length) if length <= most as u64 => Ok(length),
            Some(_) => Err(DataIntegrityError::TooManyStatements),
            None => Err(DataIntegrityError::ProofValue),
        }
    }
}

fn malformed<E>(_: E) -> DataIntegrityError {
    DataIntegrityError::ProofValue
}

/// Writes the parts of a proof value, in order.
pub(super) struct Writer(Encoder<Vec<u8>>);

impl Writer {
    pub(super) fn after(header: [u8; 3], count: u64) -> Self {
        let mut writer = Self(Encoder::new(header.to_vec()));
        writer.write(|encoder| encoder.array(count).map(|_| ()));
        writer
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.write(|encoder| encoder.bytes(bytes).map(|_| ()));
        self
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.write(|encoder| encoder.str(text).map(|_| ()));
        self
    }

    pub(super) fn number(mut self, number: u32) -> Self {
        self.write(|encoder| encoder.u32(number).map(|_| ()));
        self
    }

    pub(super) fn indexes(mut self, indexes: &[usize]) -> Self {
        self.write(|encoder| {
            encoder.array(indexes.len() as u64)?;
            for index in indexes {
                encoder.u64(*index as u64)?;
            }
            Ok(())
        });
        self
    }

    pub(super) fn signatures(mut self, signatures: &[[u8; 64]]) -> Self {
        self.write(|encoder| {
            encoder.array(signatures.len() as u64)?;
            for signature in signatures {
                encoder.bytes(signature)?;
            }
            Ok(())
        });
        self
    }

    /// A compressed label map.
    pub(super) fn numbers(mut self, map: &BTreeMap<u32, u32>) -> Self {
        self.write(|encoder| {
            encoder.map(map.len() as u64)?;
            for (canonical, name) in map {
                encoder.u32(*canonical)?.u32(*name)?;
            }
            Ok(())
        });
        self
    }

    /// A compressed label map of HMACs.
    pub(super) fn hmacs(mut self, map: &BTreeMap<u32, Vec<u8>>) -> Self {
        self.write(|encoder| {
            encoder.map(map.len() as u64)?;
            for (canonical, name) in map {
                encoder.u32(*canonical)?.bytes(name)?;
            }
            Ok(())
        });
        self
    }

    /// The text form.
    pub(super) fn finish(self) -> String {
        let mut text = base64url::encode(&self.0.into_writer());
        text.insert(0, 'u');
        text
    }

    fn write(
        &mut self,
        write: impl FnOnce(
            &mut Encoder<Vec<u8>>,
        ) -> Result<(), minicbor::encode::Error<core::convert::Infallible>>,
    ) {
        match write(&mut self.0) {
            Ok(()) => {}
            // Nothing above has a message of its own, and memory takes all bytes.
            Err(_) => debug_assert!(false, "memory refused bytes"),
        }
    }
}
