//! What became of what a server made up.

use super::attacks::Attack;
use super::bundle;
use super::on_device::OnDevice;
use crate::failure::Failure;
use serde_json::{Value, json};
use wallet_core::WalletError;
use wallet_core::did::Did;

/// What became of a lie.
pub(super) struct Caught {
    pub(super) name: &'static str,
    /// The error, or what the evidence is worth.
    by: Result<&'static str, WalletError>,
}

impl Caught {
    pub(super) fn of(phone: &OnDevice, attack: Attack) -> Result<Self, Failure> {
        let did = Did::parse(&attack.did).map_err(WalletError::from)?;
        let checked = phone.check(&did, &bundle(&attack.evidence)?);
        Ok(Self {
            name: attack.name,
            by: match checked {
                Ok(resolved) => Ok(resolved.evidence().as_str()),
                Err(error) => Err(error.into()),
            },
        })
    }

    /// Whether no key of it is believed.
    pub(super) fn is_caught(&self) -> bool {
        !matches!(self.by, Ok("ledger_proof"))
    }

    pub(super) fn text(&self) -> String {
        match &self.by {
            Ok(evidence) if self.is_caught() => format!("not believed: {evidence}"),
            Ok(evidence) => format!("BELIEVED: {evidence}"),
            Err(error) => format!("refused: {error}"),
        }
    }

    pub(super) fn json(&self) -> Value {
        let by = match &self.by {
            Ok(evidence) => *evidence,
            Err(error) => error.code().as_str(),
        };
        json!({"attack": self.name, "caught": self.is_caught(), "by": by})
    }
}
