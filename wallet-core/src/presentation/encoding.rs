//! What is hashed of a plan or a request: bytes that mean one thing only.

use sha2::{Digest as _, Sha256};

/// Every item is preceded by its length, every list by its count: no two values have the same encoding.
pub(super) struct Encoding(Sha256);

impl Encoding {
    /// Begins with a domain label.
    pub(super) fn new(label: &[u8]) -> Self {
        let mut encoding = Self(Sha256::new());
        encoding.bytes(label);
        encoding
    }

    /// Eight bytes, the most significant first.
    pub(super) fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.bytes(&[u8::from(flag)]);
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.count(items.len());
        for each in items {
            item(self, each);
        }
    }

    pub(super) fn optional(&mut self, bytes: Option<&[u8]>) {
        self.list(bytes.as_slice(), |encoding, bytes| encoding.bytes(bytes));
    }

    /// The hash of what was written.
    pub(super) fn sha256(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
