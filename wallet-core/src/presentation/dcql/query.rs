//! The query as the verifier wrote it, checked (OpenID4VP 1.0 6.1 to 6.3). Unknown members are ignored.

use super::error::QueryError;
use crate::formats::CredentialFormat;
use crate::formats::claim_path::ClaimPath;
use serde_json::{Map, Value};
use std::collections::HashSet;

type Result<T> = core::result::Result<T, QueryError>;

/// What a query may hold at most. A query beyond is refused as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Limits;

impl Limits {
    /// Credential queries.
    pub const CREDENTIALS: usize = 64;
    /// Claims queries, over all credential queries.
    pub const CLAIMS: usize = 256;
    /// Claim sets, over all credential queries: every card that fits has an option for each.
    pub const CLAIM_SETS: usize = 64;
    /// Entries of any other array (`values`, `claim_sets`, `options`, `vct_values` …).
    pub const ENTRIES: usize = 64;
    /// Bytes of an identifier.
    pub const ID_BYTES: usize = 256;
}

/// A DCQL query whose identifiers are legal and unique and whose references resolve.
#[derive(Clone, Debug, PartialEq)]
pub struct DcqlQuery {
    credentials: Vec<CredentialQuery>,
    credential_sets: Option<Vec<CredentialSetQuery>>,
}

/// One requested credential (6.1).
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialQuery {
    /// Its identifier in the query and in the answer.
    pub id: String,
    /// The format; `None` for one this wallet does not hold, which matches nothing.
    pub format: Option<CredentialFormat>,
    /// Whether more than one credential may be returned.
    pub multiple: bool,
    /// Constraints on the type.
    pub meta: Meta,
    /// If present, the holder is to be shown under a pseudonym: `pseudonym` in `meta`, a member of ours
    /// (docs/pseudonyms.md). Only a credential that has pseudonyms answers.
    pub pseudonym: Option<PseudonymQuery>,
    /// Whether the proof is wanted that the credential was anchored: `anchor_proof` in `meta`, a member of ours
    /// (docs/ledger.md). A credential that has none answers all the same.
    pub anchor_proof: bool,
    /// If present, the issuer must belong to one of these.
    pub trusted_authorities: Option<Vec<TrustedAuthority>>,
    /// Whether a proof of holder binding is needed. The default is yes.
    pub require_cryptographic_holder_binding: bool,
    /// The claims; `None` asks for none that is selectively disclosable.
    pub claims: Option<Vec<ClaimsQuery>>,
    /// Combinations of `claims` in the verifier's order of preference, as indexes into `claims`.
    pub claim_sets: Option<Vec<Vec<usize>>>,
}

/// What a pseudonym is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PseudonymQuery {
    /// The verifier's name for what it is for: not empty, at most [`Limits::ID_BYTES`] bytes.
    pub service: String,
}

/// Constraints on the credential's type (appendix B).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meta {
    /// No constraint (an empty object).
    Any,
    /// `vct_values` of `dc+sd-jwt` (B.3.5).
    Vct(Vec<String>),
    /// `type_values` of `ldp_vc` and `jwt_vc_json` (B.1.1): sets of types, expanded as far as a context defines them, of which
    /// a credential must have all of one.
    Types(Vec<Vec<String>>),
}

/// An authority or trust framework (6.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustedAuthority {
    /// Authority key identifiers, decoded. A value that is not base64url is dropped: it can match nothing.
    AuthorityKeyId(Vec<Vec<u8>>),
    /// A kind this wallet cannot check: it matches nothing.
    Unknown,
}

/// One requested claim (6.3).
#[derive(Clone, PartialEq)]
pub struct ClaimsQuery {
    /// Its identifier, needed with `claim_sets`.
    pub id: Option<String>,
    /// Where it is.
    pub path: ClaimPath,
    /// Expected values: strings, integers or booleans.
    pub values: Option<Vec<Value>>,
    /// The verifier says that it will keep the claim (B.2.4).
    pub intent_to_retain: bool,
}

impl core::fmt::Debug for ClaimsQuery {
    /// Without the expected values: a verifier that knows the holder may have put the holder's in.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClaimsQuery")
            .field("id", &self.id)
            .field("path", &self.path)
            .field("intent_to_retain", &self.intent_to_retain)
            .finish_non_exhaustive()
    }
}

/// A use case that one of several combinations of credentials satisfies (6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSetQuery {
    /// Combinations in the verifier's order, as indexes into the credential queries.
    pub options: Vec<Vec<usize>>,
    /// Whether the use case must be satisfied. The default is yes.
    pub required: bool,
}

impl DcqlQuery {
    /// Reads and checks a `dcql_query`.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(value: &Value) -> Result<Self> {
        let query = object(value)?;
        let credentials = required_array(query, "credentials", Limits::CREDENTIALS)?
            .iter()
            .map(CredentialQuery::parse)
            .collect::<Result<Vec<_>>>()?;
        unique(credentials.iter().map(|credential| credential.id.as_str()))?;
        let claims = credentials
            .iter()
            .filter_map(|credential| credential.claims.as_ref());
        let claim_sets = credentials
            .iter()
            .filter_map(|credential| credential.claim_sets.as_ref());
        if claims.map(Vec::len).sum::<usize>() > Limits::CLAIMS
            || claim_sets.map(Vec::len).sum::<usize>() > Limits::CLAIM_SETS
        {
            return Err(QueryError::TooLarge);
        }
        let credential_sets = optional_array(query, "credential_sets", Limits::ENTRIES)?
            .map(|sets| {
                sets.iter()
                    .map(|set| CredentialSetQuery::parse(set, &credentials))
                    .collect()
            })
            .transpose()?;
        Ok(Self {
            credentials,
            credential_sets,
        })
    }

    /// The credential queries, in the verifier's order.
    #[must_use]
    pub fn credentials(&self) -> &[CredentialQuery] {
        &self.credentials
    }

    /// The credential query with this identifier.
    #[must_use]
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials
            .iter()
            .find(|credential| credential.id == id)
    }

    /// The use cases; `None` means that every credential query must be answered.
    #[must_use]
    pub fn credential_sets(&self) -> Option<&[CredentialSetQuery]> {
        self.credential_sets.as_deref()
    }
}

impl CredentialQuery {
    /// Whether an answer can authorise a transaction: it is signed with a key that is the holder's alone, over the hashes of
    /// the transaction. A credential that is bound to none (`ldp_vc`) is anybody's who has it, whatever a fresh key signs;
    /// and nobody says where the hashes stand in a JWT around a W3C credential.
    pub(crate) fn can_authorise(&self) -> bool {
        let is_w3c = matches!(
            self.format,
            Some(CredentialFormat::LdpVc | CredentialFormat::JwtVc)
        );
        self.require_cryptographic_holder_binding && !is_w3c
    }

    fn parse(value: &Value) -> Result<Self> {
        let query = object(value)?;
        let format = required_string(query, "format")?;
        let format = CredentialFormat::from_identifier(format);
        let meta = query.get("meta").ok_or(QueryError::MissingMember)?;
        let claims = optional_array(query, "claims", Limits::CLAIMS)?
            .map(|claims| {
                claims
                    .iter()
                    .map(ClaimsQuery::parse)
                    .collect::<Result<Vec<_>>>()
            })
            .transpose()?;
        if let Some(claims) = &claims {
            unique(claims.iter().filter_map(|claim| claim.id.as_deref()))?;
        }
        let claim_sets = optional_array(query, "claim_sets", Limits::ENTRIES)?
            .map(|sets| parse_claim_sets(sets, claims.as_deref()))
            .transpose()?;
        Ok(Self {
            id: identifier(required_string(query, "id")?)?,
            format,
            multiple: boolean(query, "multiple", false)?,
            meta: Meta::parse(meta, format)?,
            pseudonym: PseudonymQuery::parse(meta, format)?,
            anchor_proof: boolean(object(meta)?, "anchor_proof", false)?,
            trusted_authorities: optional_array(query, "trusted_authorities", Limits::ENTRIES)?
                .map(|list| list.iter().map(TrustedAuthority::parse).collect())
                .transpose()?,
            require_cryptographic_holder_binding: boolean(
                query,
                "require_cryptographic_holder_binding",
                true,
            )?,
            claims,
            claim_sets,
        })
    }
}

fn parse_claim_sets(sets: &[Value], claims: Option<&[ClaimsQuery]>) -> Result<Vec<Vec<usize>>> {
    let claims = claims.ok_or(QueryError::ClaimSetsWithoutClaims)?;
    if claims.iter().any(|claim| claim.id.is_none()) {
        return Err(QueryError::ClaimIdMissing);
    }
    sets.iter()
        .map(|set| {
            references(set, |id| {
                claims
                    .iter()
                    .position(|claim| claim.id.as_deref() == Some(id))
            })
        })
        .collect()
}

impl PseudonymQuery {
    fn parse(meta: &Value, format: Option<CredentialFormat>) -> Result<Option<Self>> {
        let asked = object(meta)?.get("pseudonym");
        let Some(asked) = asked.filter(|_| format == Some(CredentialFormat::LdpVc)) else {
            return Ok(None);
        };
        let service = required_string(object(asked)?, "service")?;
        if service.is_empty() || service.len() > Limits::ID_BYTES {
            return Err(QueryError::IllegalId);
        }
        Ok(Some(Self {
            service: service.to_owned(),
        }))
    }
}

impl Meta {
    fn parse(value: &Value, format: Option<CredentialFormat>) -> Result<Self> {
        let meta = object(value)?;
        match format {
            Some(CredentialFormat::SdJwtVc) => {
                match optional_array(meta, "vct_values", Limits::ENTRIES)? {
                    Some(values) => strings(values).map(Self::Vct),
                    None => Ok(Self::Any),
                }
            }
            Some(CredentialFormat::LdpVc | CredentialFormat::JwtVc) => {
                match optional_array(meta, "type_values", Limits::ENTRIES)? {
                    Some(sets) => sets
                        .iter()
                        .map(|set| strings(non_empty(set, Limits::ENTRIES)?))
                        .collect::<Result<_>>()
                        .map(Self::Types),
                    None => Ok(Self::Any),
                }
            }
            None => Ok(Self::Any),
        }
    }

    /// Whether a credential of these types is one of those meant.
    pub(super) fn allows(&self, types: &[String]) -> bool {
        match self {
            Self::Any => true,
            Self::Vct(values) => types.iter().any(|vct| values.contains(vct)),
            Self::Types(sets) => sets
                .iter()
                .any(|set| set.iter().all(|name| types.contains(name))),
        }
    }
}

impl TrustedAuthority {
    fn parse(value: &Value) -> Result<Self> {
        let authority = object(value)?;
        let kind = required_string(authority, "type")?;
        let values = strings(required_array(authority, "values", Limits::ENTRIES)?)?;
        Ok(match kind {
            "aki" => Self::AuthorityKeyId(
                values
                    .iter()
                    .filter_map(|id| crate::jose::base64url::decode(id).ok())
                    .collect(),
            ),
            _ => Self::Unknown,
        })
    }
}

impl ClaimsQuery {
    fn parse(value: &Value) -> Result<Self> {
        let query = object(value)?;
        let path = query.get("path").ok_or(QueryError::MissingMember)?;
        let values = optional_array(query, "values", Limits::ENTRIES)?;
        if values.is_some_and(|values| !values.iter().all(super::values::is_legal)) {
            return Err(QueryError::IllegalValue);
        }
        Ok(Self {
            id: optional_string(query, "id")?.map(identifier).transpose()?,
            path: ClaimPath::from_json(path).ok_or(QueryError::IllegalPath)?,
            values: values.map(<[Value]>::to_vec),
            intent_to_retain: boolean(query, "intent_to_retain", false)?,
        })
    }
}

impl CredentialSetQuery {
    fn parse(value: &Value, credentials: &[CredentialQuery]) -> Result<Self> {
        let set = object(value)?;
        let options = required_array(set, "options", Limits::ENTRIES)?
            .iter()
            .map(|option| {
                references(option, |id| {
                    credentials
                        .iter()
                        .position(|credential| credential.id == id)
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            options,
            required: boolean(set, "required", true)?,
        })
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().ok_or(QueryError::WrongType)
}

fn optional_array<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    limit: usize,
) -> Result<Option<&'a [Value]>> {
    object
        .get(name)
        .map(|value| non_empty(value, limit))
        .transpose()
}

fn required_array<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    limit: usize,
) -> Result<&'a [Value]> {
    optional_array(object, name, limit)?.ok_or(QueryError::MissingMember)
}

fn non_empty(value: &Value, limit: usize) -> Result<&[Value]> {
    let array = value.as_array().ok_or(QueryError::WrongType)?;
    match array.len() {
        0 => Err(QueryError::EmptyArray),
        len if len > limit => Err(QueryError::TooLarge),
        _ => Ok(array),
    }
}

fn optional_string<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>> {
    object
        .get(name)
        .map(|value| value.as_str().ok_or(QueryError::WrongType))
        .transpose()
}

fn required_string<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    optional_string(object, name)?.ok_or(QueryError::MissingMember)
}

fn boolean(object: &Map<String, Value>, name: &str, default: bool) -> Result<bool> {
    object.get(name).map_or(Ok(default), |value| {
        value.as_bool().ok_or(QueryError::WrongType)
    })
}

fn strings(values: &[Value]) -> Result<Vec<String>> {
    values
        .iter()
        .map(|value| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or(QueryError::WrongType)
        })
        .collect()
}

fn identifier(text: &str) -> Result<String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.is_empty() || text.len() > Limits::ID_BYTES || !text.bytes().all(legal) {
        return Err(QueryError::IllegalId);
    }
    Ok(text.to_owned())
}

fn unique<'a>(mut ids: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    if ids.all(|id| seen.insert(id)) {
        Ok(())
    } else {
        Err(QueryError::DuplicateId)
    }
}

/// A non-empty array of identifiers as the places they refer to. A repeated identifier counts once.
fn references(value: &Value, position: impl Fn(&str) -> Option<usize>) -> Result<Vec<usize>> {
    let mut places = Vec::new();
    for id in non_empty(value, Limits::CLAIMS)? {
        let id = id.as_str().ok_or(QueryError::WrongType)?;
        let place = position(id).ok_or(QueryError::UnknownReference)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}
