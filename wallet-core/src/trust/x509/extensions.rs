//! The extensions of a certificate that decide anything here.

use super::error::RejectReason;
use super::names::{AlternativeNames, NameConstraints};
use x509_cert::der::DecodeOwned;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::oid::db::rfc5280::{
    ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_BASIC_CONSTRAINTS, ID_CE_EXT_KEY_USAGE, ID_CE_KEY_USAGE,
    ID_CE_NAME_CONSTRAINTS, ID_CE_SUBJECT_ALT_NAME, ID_CE_SUBJECT_KEY_IDENTIFIER,
};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    self, AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};

/// Most extensions of one certificate; real ones have about ten.
const MAX_EXTENSIONS: usize = 32;

/// The extensions of one certificate: each at most once, nothing critical left over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<FlagSet<KeyUsages>>,
    pub(super) extended_key_usage: Option<Vec<ObjectIdentifier>>,
    pub(super) alternative_names: AlternativeNames,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) authority_key_id: Option<Vec<u8>>,
    pub(super) subject_key_id: Option<Vec<u8>>,
}

impl Extensions {
    pub(super) fn read(list: &[Extension]) -> Result<Self, RejectReason> {
        if list.is_empty() || list.len() > MAX_EXTENSIONS {
            return Err(RejectReason::Malformed);
        }
        let mut extensions = Self::default();
        for (index, extension) in list.iter().enumerate() {
            let before = list.get(..index).unwrap_or_default();
            if before.iter().any(|seen| seen.extn_id == extension.extn_id) {
                return Err(RejectReason::DuplicateExtension);
            }
            extensions.read_one(extension)?;
        }
        Ok(extensions)
    }

    /// Reads an extension that matters here; another one is an error if critical and skipped if not (RFC 5280 4.2).
    fn read_one(&mut self, extension: &Extension) -> Result<(), RejectReason> {
        match extension.extn_id {
            ID_CE_BASIC_CONSTRAINTS => {
                let constraints: BasicConstraints = decode(extension)?;
                if constraints.path_len_constraint.is_some() && !constraints.ca {
                    return Err(RejectReason::Malformed);
                }
                self.basic_constraints = Some(constraints);
            }
            ID_CE_KEY_USAGE => self.key_usage = Some(decode::<KeyUsage>(extension)?.0),
            ID_CE_EXT_KEY_USAGE => {
                let purposes = decode::<ExtendedKeyUsage>(extension)?.0;
                if purposes.is_empty() {
                    return Err(RejectReason::Malformed);
                }
                self.extended_key_usage = Some(purposes);
            }
            ID_CE_SUBJECT_ALT_NAME => {
                self.alternative_names =
                    AlternativeNames::read(&decode::<SubjectAltName>(extension)?.0)?;
            }
            ID_CE_NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::read(decode::<
                    pkix::NameConstraints,
                >(extension)?)?);
            }
            ID_CE_AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = decode::<AuthorityKeyIdentifier>(extension)?
                    .key_identifier
                    .map(|id| id.as_bytes().to_vec());
            }
            ID_CE_SUBJECT_KEY_IDENTIFIER => {
                let id = decode::<SubjectKeyIdentifier>(extension)?;
                self.subject_key_id = Some(id.0.as_bytes().to_vec());
            }
            _ if extension.critical => return Err(RejectReason::CriticalExtension),
            _ => {}
        }
        Ok(())
    }
}

/// Decodes the value of an extension, all of it.
fn decode<T: DecodeOwned>(extension: &Extension) -> Result<T, RejectReason> {
    T::from_der(extension.extn_value.as_bytes()).map_err(|_| RejectReason::Malformed)
}
