//! Where documents come from.

use super::super::credential::SdJwtVc;
use super::error::TypeMetadataError;
use crate::http::{Fetcher, Purpose, max_bytes};
use crate::jose::base64url;
use crate::json::{self, Limits};
use async_trait::async_trait;
use serde_json::Value;

/// Something that knows type metadata documents: the web ([`Fetcher`]), what came with the credential
/// ([`ReceivedDocuments`]), or an app's own registry (SD-JWT VC -13 6.3.2, 6.3.3).
#[async_trait]
pub trait TypeMetadataSource: Send + Sync {
    /// The document of this type as received, or `None` if this source has none for such types.
    ///
    /// # Errors
    /// [`TypeMetadataError::Fetch`].
    async fn document(&self, vct: &str) -> Result<Option<Vec<u8>>, TypeMetadataError>;
}

/// Types that are https URLs are their documents' addresses (SD-JWT VC -13 6.3.1). Others are not looked up.
#[async_trait]
impl TypeMetadataSource for Fetcher<'_> {
    async fn document(&self, vct: &str) -> Result<Option<Vec<u8>>, TypeMetadataError> {
        // Plain http is left to the fetcher, which allows it to this device alone, by setting.
        if !vct.starts_with("https://") && !vct.starts_with("http://") {
            return Ok(None);
        }
        let accept = "application/json, application/vc-type-metadata+json";
        let fetched = self.get(Purpose::Metadata, vct, accept).await?;
        Ok(Some(fetched.into_body()))
    }
}

/// Documents that were received with a credential, in the `vctm` header of drafts before -11. The issuer's signature
/// covers them.
pub struct ReceivedDocuments {
    documents: Vec<(String, Vec<u8>)>,
}

impl ReceivedDocuments {
    /// The documents in the header of a credential. What is not base64url of a JSON object with a `vct` is passed over.
    #[must_use]
    pub fn of(credential: &SdJwtVc) -> Self {
        let vctm = credential
            .sd_jwt
            .jws
            .header()
            .get("vctm")
            .and_then(Value::as_array);
        let documents = vctm.into_iter().flatten().filter_map(|document| {
            let bytes = base64url::decode(document.as_str()?).ok()?;
            let limits = Limits::bytes(max_bytes(Purpose::Metadata));
            let members = json::parse_object(&bytes, limits).ok()?;
            Some((members.get("vct")?.as_str()?.to_owned(), bytes))
        });
        Self {
            documents: documents.collect(),
        }
    }
}

#[async_trait]
impl TypeMetadataSource for ReceivedDocuments {
    async fn document(&self, vct: &str) -> Result<Option<Vec<u8>>, TypeMetadataError> {
        let mut documents = self.documents.iter();
        let found = documents.find(|(known, _)| known == vct);
        Ok(found.map(|(_, document)| document.clone()))
    }
}
