//! DID documents, and what did:web makes of an identifier.

use super::fixture::{NOW, text};
use async_trait::async_trait;
use wallet_core::did::{
    Did, DidDocument, DidTrust, DidUrl, Evidence, MAX_METHODS, Relationship, Resolving, resolve,
};
use wallet_core::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};

/// A DID and, after the line's end, a document: one that is read is of that DID, reads the same again, and gives keys of its
/// own only, for uses it lists.
pub(super) fn document(input: &[u8]) {
    let Some((did, document)) = did_and_rest(input) else {
        return;
    };
    let Ok(read) = DidDocument::parse(&did, document) else {
        return;
    };
    assert_eq!(read.id(), did.as_str());
    assert!(read.methods().len() <= MAX_METHODS);
    assert_eq!(
        DidDocument::from_json(&did, read.json().clone()).as_ref(),
        Ok(&read)
    );
    for relationship in Relationship::ALL {
        for method in read.methods_for(relationship) {
            let url = DidUrl::parse(method.id()).expect("identifiers are DID URLs");
            if let Ok(found) = read.method(&url, relationship) {
                assert!(found == method && found.controller() == did.as_str());
                assert!(!found.is_retired());
            }
        }
        let nobody = DidUrl::parse(&format!("{did}#nobody-has-this-name")).expect("a DID URL");
        assert!(read.method(&nobody, relationship).is_err());
    }
}

/// Answers everything with one document, and looks at what it is asked.
struct Host<'a> {
    did: &'a Did,
    document: &'a [u8],
}

#[async_trait]
impl HttpClient for Host<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = url::Url::parse(&request.url).expect("a URL");
        assert!(url.scheme() == "https" && url.query().is_none() && url.username().is_empty());
        assert!(url.path().ends_with("/did.json") && !url.path().contains(['%', '\\']));
        // The host is the identifier's first part, and all of it.
        let id = self.did.method_specific_id().to_ascii_lowercase();
        let first = id.split(':').next().unwrap_or_default();
        assert_eq!(url.host_str(), first.split('%').next());
        let segments = id.split(':').skip(1).count().max(1) + 1;
        assert_eq!(url.path_segments().expect("a path").count(), segments);
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/did".to_owned())],
            body: self.document.to_vec(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// A DID and, after the line's end, what its host answers.
pub(super) fn web(input: &[u8]) {
    let Some((did, document)) = did_and_rest(input) else {
        return;
    };
    let host = Host {
        did: &did,
        document,
    };
    let fetcher = Fetcher::new(&host, FetchSettings::default());
    let with = Resolving::new(&fetcher, NOW);
    let trust = DidTrust::default();
    let Ok(resolved) = pollster::block_on(resolve(&did, &trust, &with)) else {
        return;
    };
    assert_eq!(resolved.document().id(), did.as_str());
    match did.method() {
        "key" | "jwk" => assert_eq!(resolved.evidence(), &Evidence::SelfCertifying),
        // Nobody but the app says whose word is enough.
        _ => assert!(resolved.evidence().host().is_some() && !trust.accepts(resolved.evidence())),
    }
}

fn did_and_rest(input: &[u8]) -> Option<(Did, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    let (did, rest) = input.split_at(end);
    Some((Did::parse(text(did)?).ok()?, rest.get(1..)?))
}
