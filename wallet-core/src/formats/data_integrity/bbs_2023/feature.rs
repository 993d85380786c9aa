//! What a proof is bound to besides the issuer's key: the feature options of vc-di-bbs.

use crate::formats::data_integrity::error::DataIntegrityError;

/// A feature of bbs-2023 beyond the baseline. It stands in the first bytes of a proof value and nowhere else is it guessed
/// from. The revisions behind it are those of the W3C's vectors of April 2025: blind signatures -02, pseudonyms -01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// `anonymous_holder_binding`: a link secret is signed that the issuer does not see.
    HolderBinding,
    /// `pseudonym`: a secret for pseudonyms is.
    Pseudonym,
    /// `holder_binding_pseudonym`: both are.
    HolderBindingPseudonym,
}

impl Feature {
    const ALL: [Self; 3] = [
        Self::HolderBinding,
        Self::Pseudonym,
        Self::HolderBindingPseudonym,
    ];

    /// Its name in the specification.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HolderBinding => "anonymous_holder_binding",
            Self::Pseudonym => "pseudonym",
            Self::HolderBindingPseudonym => "holder_binding_pseudonym",
        }
    }

    /// The feature of this name; `None` for one this build has not.
    #[must_use]
    pub fn from_identifier(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|feature| feature.as_str() == name && feature.is_built_in())
    }

    /// Whether it takes a link secret to show the credential.
    #[must_use]
    pub const fn has_link_secret(self) -> bool {
        matches!(self, Self::HolderBinding | Self::HolderBindingPseudonym)
    }

    /// Whether every showing has a pseudonym.
    #[must_use]
    pub const fn has_pseudonym(self) -> bool {
        matches!(self, Self::Pseudonym | Self::HolderBindingPseudonym)
    }

    /// Pseudonyms follow a draft: they are an option of the build.
    const fn is_built_in(self) -> bool {
        cfg!(feature = "draft-pseudonym") || !self.has_pseudonym()
    }

    /// The last byte of the header of a base proof (vc-di-bbs 3.3.1); that of a derived one is the next.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::HolderBinding => 0x04,
            Self::Pseudonym => 0x06,
            Self::HolderBindingPseudonym => 0x08,
        }
    }

    /// The feature of a base proof whose header ends in this byte.
    pub(super) fn from_byte(byte: u8) -> Result<Self, DataIntegrityError> {
        let mut all = Self::ALL.into_iter();
        match all.find(|feature| feature.byte() == byte) {
            Some(feature) if feature.is_built_in() => Ok(feature),
            Some(_) => Err(DataIntegrityError::Feature),
            None => Err(DataIntegrityError::ProofKind),
        }
    }
}

/// Whether a proof value is for a holder or for a verifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Base,
    Derived,
}

impl Kind {
    const fn baseline(self) -> u8 {
        match self {
            Self::Base => 0x02,
            Self::Derived => 0x03,
        }
    }

    /// The header of a proof value.
    pub(super) const fn header(self, feature: Option<Feature>) -> [u8; 3] {
        let last = match feature {
            None => self.baseline(),
            Some(feature) => feature.byte() + (self.baseline() - Self::Base.baseline()),
        };
        [0xd9, 0x5d, last]
    }

    /// The feature a proof value of this kind begins with; `None` is the baseline.
    pub(super) fn feature_of(self, bytes: &[u8]) -> Result<Option<Feature>, DataIntegrityError> {
        let [0xd9, 0x5d, last, ..] = bytes else {
            return Err(DataIntegrityError::ProofKind);
        };
        let last = last.checked_sub(self.baseline() - Self::Base.baseline());
        match last.ok_or(DataIntegrityError::ProofKind)? {
            last if last == Self::Base.baseline() => Ok(None),
            last => Feature::from_byte(last).map(Some),
        }
    }
}
