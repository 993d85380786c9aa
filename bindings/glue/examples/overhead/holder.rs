//! A wallet with its parties, and what is timed of it.

use crate::common;
use crate::network::Network;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wallet_core::WalletError;
use wallet_core::picture::ClaimPicture;
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::vault::anchor::{AnchorError, AnchorStore};
use wallet_core::wallet::{
    Outcome, Platform, Policy, ReceiveOptions, RecordName, RequestsPerMinute, Wallet,
};
use wallet_parties::Parties;
use wallet_parties::issuer::{CardOptions, OfferOptions};
use wallet_parties::verifier::RequestOptions;

/// Why there is no figure.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The kind of card that is received.
const CARD: &str = "resident_card";

/// A wallet, its network and the parties.
pub(crate) struct Holder {
    pub(crate) wallet: Wallet,
    network: Arc<Network>,
    parties: Parties,
    _folder: tempfile::TempDir,
}

impl Holder {
    pub(crate) async fn with_cards(count: usize) -> Result<Self, Failure> {
        let parties = Parties::start()?;
        let folder = tempfile::tempdir()?;
        let network = Arc::new(Network::default());
        let platform = Platform {
            http: network.clone(),
            anchor: Arc::new(MemoryAnchor::default()),
            ..common::platform(folder.path())
        };
        let policy = Policy {
            requests_per_minute: RequestsPerMinute(u16::MAX),
            ..common::policy(&parties)?
        };
        let holder = Self {
            wallet: common::new_wallet(folder.path(), platform, policy).await?,
            network,
            parties,
            _folder: folder,
        };
        for _ in 0..count {
            holder.receive().await?;
        }
        Ok(holder)
    }

    /// From now on the issuer's cards say this.
    pub(crate) fn issue_with(&self, claim: &str, value: Value) {
        let mut card = CardOptions::default();
        card.claims.insert(claim.to_owned(), value);
        self.parties.issuer.change(CARD, card);
    }

    /// Receives a card; how long that took without the network.
    pub(crate) async fn receive(&self) -> Result<(RecordName, Duration), Failure> {
        let offer = self.parties.issuer.offer(&OfferOptions::default())?;
        self.network.take();
        let begin = Instant::now();
        let options = ReceiveOptions::default();
        let kept = self.wallet.receive(&offer.uri, &options).await?;
        let took = begin.elapsed() - self.network.take();
        let [card] = kept.as_slice() else {
            return Err("one card was expected".into());
        };
        Ok((card.id.clone(), took))
    }

    /// Reads a card and the picture in one of its claims.
    pub(crate) fn look_at(&self, card: &RecordName, claim: &str) -> Result<Duration, Failure> {
        let begin = Instant::now();
        let detail = self.wallet.detail(card, &["en"])?;
        let path = json!([claim]);
        let mut claims = detail.claims.iter();
        let claim = claims.find(|found| found.path.to_json() == path);
        let text = claim.and_then(|claim| claim.value.as_str());
        let picture = text.and_then(ClaimPicture::read);
        black_box(picture.ok_or("no picture")?.into_bytes());
        Ok(begin.elapsed())
    }

    /// Shows a claim; how long that took without the network.
    pub(crate) async fn present(&self, path: &Value) -> Result<Duration, Failure> {
        let query = json!({ "credentials": [{
            "id": "card",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": [self.parties.issuer.vct(CARD)] },
            "claims": [{ "path": path }],
        }] });
        let options = RequestOptions::new("bar", query);
        let request = self.parties.verifier.request(&options)?;
        self.network.fetch(&request_uri(&request.uri)?).await?;
        self.network.take();
        let begin = Instant::now();
        let Proposal::Plan(plan) = self.wallet.request(&request.uri).await? else {
            return Err("no card fits".into());
        };
        let hash = *plan.hash();
        let approved = self.wallet.approve(*plan, &hash, UserAuth::None);
        let approved = approved.map_err(WalletError::from)?;
        let presented = self.wallet.present(approved).await?;
        let took = begin.elapsed() - self.network.take();
        if presented.outcome != Outcome::Accepted {
            return Err(presented.outcome.as_str().into());
        }
        self.network.deliver().await?;
        match self.parties.verifier.result(&request.session)?.accepted {
            true => Ok(took),
            false => Err("the verifier did not accept it".into()),
        }
    }
}

/// Where the request of this link can be fetched.
fn request_uri(link: &str) -> Result<String, Failure> {
    let link = url::Url::parse(link)?;
    let mut parameters = link.query_pairs();
    let found = parameters.find(|(name, _)| name == "request_uri");
    Ok(found.ok_or("no request_uri")?.1.into_owned())
}

/// An anchor in memory, as in the Kotlin half.
#[derive(Default)]
struct MemoryAnchor(Mutex<HashMap<String, Vec<u8>>>);

impl MemoryAnchor {
    fn cells(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AnchorStore for MemoryAnchor {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        Ok(self.cells().get(name).cloned())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError> {
        self.cells().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), AnchorError> {
        self.cells().remove(name);
        Ok(())
    }

    fn is_rollback_safe(&self) -> bool {
        true
    }
}
