//! Trusted authorities (OpenID4VP 1.0 6.1.1): any one of them is enough, and a kind that cannot be checked is none.

use super::query::TrustedAuthority;

/// Whether a credential whose certificate chain has these authority key identifiers matches.
pub(super) fn matches(
    authorities: Option<&[TrustedAuthority]>,
    authority_key_ids: &[Vec<u8>],
) -> bool {
    authorities.is_none_or(|authorities| {
        authorities.iter().any(|authority| match authority {
            TrustedAuthority::AuthorityKeyId(ids) => {
                ids.iter().any(|id| authority_key_ids.contains(id))
            }
            TrustedAuthority::Unknown => false,
        })
    })
}
