//! A block that a trust policy accepted: the only thing proofs are checked against.

use super::header::Header;
use super::policy::TrustBasis;

/// A block header together with what made a trust policy accept it. Made only in [`super::policy`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedBlock {
    header: Header,
    basis: TrustBasis,
}

impl AcceptedBlock {
    /// Only for trust policies, after they checked that `basis` speaks of this very header.
    pub(in crate::ledger) const fn new(header: Header, basis: TrustBasis) -> Self {
        Self { header, basis }
    }

    /// The block's header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Why the block is believed to be of its chain.
    #[must_use]
    pub const fn basis(&self) -> &TrustBasis {
        &self.basis
    }
}
