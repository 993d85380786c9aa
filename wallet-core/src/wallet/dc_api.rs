//! Requests that the platform hands over through the Digital Credentials API (OpenID4VP 1.0 appendix A).

use super::Wallet;
use crate::error::WalletError;
use crate::presentation::{
    DcApiRequest, Origin, PresentationError, Proposal, RequestRefused, Response,
};

/// A request of the Digital Credentials API that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcApiRefused {
    /// Why.
    pub error: WalletError,
    /// What the caller may be given, if the app answers at all: JSON with `protocol` and `data`. Only after the holder
    /// has agreed to something; otherwise cancel the flow, because any answer can tell which cards there are (15.9.2).
    pub response: Option<Vec<u8>>,
}

impl From<WalletError> for DcApiRefused {
    fn from(error: WalletError) -> Self {
        Self {
            error,
            response: None,
        }
    }
}

impl From<DcApiRefused> for WalletError {
    fn from(refused: DcApiRefused) -> Self {
        refused.error
    }
}

impl From<RequestRefused> for DcApiRefused {
    fn from(refused: RequestRefused) -> Self {
        let response = match refused.answer.as_ref().map(|answer| answer.response()) {
            Some(Response::ReturnToCaller { bytes }) => Some(bytes.clone()),
            _ => None,
        };
        Self {
            error: refused.into(),
            response,
        }
    }
}

impl From<PresentationError> for DcApiRefused {
    fn from(error: PresentationError) -> Self {
        WalletError::from(error).into()
    }
}

impl Wallet {
    /// Verifies a request that the platform hands over and matches it against the cards. `protocol` and `data` (JSON)
    /// are what the caller gave the Digital Credentials API, `origin` is what the **platform** says about the caller:
    /// `https://verifier.example` or `android:apk-key-hash:…`. No network request is made.
    ///
    /// The plan is shown, changed and approved like any other. [`Wallet::present`] and [`Wallet::refuse`] give the
    /// bytes for the platform instead of sending any.
    ///
    /// # Errors
    /// As [`Wallet::request`]; `malformed` if `origin` is none; `origin_mismatch`.
    pub fn dc_api_request(
        &self,
        protocol: &str,
        data: &str,
        origin: &str,
    ) -> Result<Proposal, DcApiRefused> {
        self.require_sound()?;
        let origin = Origin::from_platform(origin, self.policy.fetch)?;
        let _reading = self.take_up(origin.as_str())?;
        let request = DcApiRequest::parse(protocol, data, origin)?;
        let now = self.now()?;
        let request = request.verify(&self.policy.request_policy(), now)?;
        Ok(self.propose(request, now)?)
    }
}
