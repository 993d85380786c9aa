//! Bytes that may be megabytes.

#![allow(unsafe_code)]

use uniffi::deps::bytes::Buf;
use uniffi::{FfiConverter, MetadataBuffer, TypeId, check_remaining};

/// Crosses as a `Vec<u8>` does and is one to the bindings. UniFFI moves that byte by byte, which takes 4 ns each; this is
/// copied as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

// SAFETY: what is written and read is, to the byte, what UniFFI writes and reads of a `Vec<u8>`, whose metadata this has: the
// length (i32, big-endian), then the bytes. Nothing is read beyond the buffer. A test compares.
unsafe impl FfiConverter<crate::UniFfiTag> for Bytes {
    uniffi::ffi_converter_rust_buffer_lift_and_lower!(crate::UniFfiTag);

    fn write(Self(bytes): Self, buf: &mut Vec<u8>) {
        // As in UniFFI: the panic is the error `bug`.
        #[allow(clippy::expect_used)]
        let length = i32::try_from(bytes.len()).expect("bytes of 2 GiB");
        buf.reserve(size_of::<i32>() + bytes.len());
        buf.extend_from_slice(&length.to_be_bytes());
        buf.extend_from_slice(&bytes);
    }

    fn try_read(buf: &mut &[u8]) -> uniffi::Result<Self> {
        check_remaining(buf, size_of::<i32>())?;
        let length = usize::try_from(buf.get_i32())?;
        check_remaining(buf, length)?;
        let (bytes, rest) = buf.split_at(length);
        *buf = rest;
        Ok(Self(bytes.to_vec()))
    }

    const TYPE_ID_META: MetadataBuffer = <Vec<u8> as TypeId<crate::UniFfiTag>>::TYPE_ID_META;
}

uniffi::derive_ffi_traits!(local Bytes);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::UniFfiTag;
    use uniffi::{Lift, Lower};

    fn written<T: Lower<UniFfiTag>>(value: T) -> Vec<u8> {
        let mut buffer = Vec::new();
        T::write(value, &mut buffer);
        buffer
    }

    #[test]
    fn bytes_cross_as_a_vector_does() {
        for length in [0, 1, 255, 256, 100_000] {
            let plain: Vec<u8> = (0..length)
                .map(|place: u32| place.to_be_bytes()[3])
                .collect();
            let buffer = written(Bytes(plain.clone()));
            assert_eq!(buffer, written(plain.clone()));
            let mut rest = buffer.as_slice();
            let read = <Bytes as Lift<UniFfiTag>>::try_read(&mut rest).unwrap();
            assert_eq!((&*read, rest.len()), (plain.as_slice(), 0));
        }
    }

    #[test]
    fn a_length_that_is_negative_or_beyond_the_buffer_is_refused() {
        for wrong in [&[0, 0, 0][..], &[0, 0, 0, 2, 7], &[0xff; 8]] {
            assert!(<Bytes as Lift<UniFfiTag>>::try_read(&mut &*wrong).is_err());
        }
    }
}
