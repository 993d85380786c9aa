//! The ledgers of the app's policy: what DIDs of issuers and verifiers are proven by, and anchors of cards.

use crate::error::WalletError;
use crate::redacted::redacted;
use std::sync::Arc;
use wallet_core::did::DidResolver;
use wallet_core::http::FetchSettings;
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::ledger::policy::TrustPolicy;
use wallet_core::ledger::rpc::{CheckpointFile, LedgerResolver, RpcError};
use wallet_core::wallet as core;
use wallet_core::{ErrorCode, WalletError as CoreError};

redacted!(Ledger, AnchoringIssuer);

/// A chain whose did:ethr and did:meta are proven on this device. An issuer's DID has to be one of `Trust.issuer_dids`, a
/// verifier's one of `Trust.verifier_dids` all the same. Nobody is asked about the holder's own DIDs.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Ledger {
    /// What the app pins of the chain: the chain profile of docs/ledger-checkpoints.md, as JSON of at most 64 KiB.
    pub profile: String,
    /// JSON-RPC servers that are asked for proofs (https; with `allow_loopback_http` also on this machine), the first that
    /// gives some is enough. Nothing they say is believed. Servers of the profile's policy `endpoints` are asked after these.
    #[uniffi(default = [])]
    pub servers: Vec<String>,
    /// The newest checkpoint with its inclusion proofs, or the signed checkpoint alone, as JSON of at most 4 MiB; for the
    /// policy `checkpoints`. Its signatures are checked when a proof is. For a newer one the wallet is opened anew.
    #[uniffi(default = None)]
    pub checkpoint: Option<String>,
}

/// Whose anchors of cards the app believes (docs/ledger.md). A card of this issuer that comes with a false proof is refused; one
/// whose proof shows nothing here is kept without it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AnchoringIssuer {
    /// The issuer: its Credential Issuer Identifier.
    pub issuer: String,
    /// The chain it writes on, with the anchor registry: a chain profile as in `Ledger.profile`. One with the policy `endpoints`
    /// or `metadium_seals` is refused (`unsafe_configuration`): nobody is asked about a card, and its proof has one block.
    pub profile: String,
    /// The account it writes with: an address, `0x` and 40 hexadecimal digits.
    pub account: String,
}

impl AnchoringIssuer {
    fn to_core(
        &self,
        index: usize,
        settings: FetchSettings,
    ) -> Result<core::AnchoringIssuer, WalletError> {
        let wrong = |error: CoreError, part: &str| error.about(format!("anchors[{index}].{part}"));
        let profile = profile(&self.profile, settings).map_err(|error| wrong(error, "profile"))?;
        let is_whole = self.account.len() == 42 && self.account.starts_with("0x");
        let account = is_whole.then(|| self.account.parse().ok()).flatten();
        let issuer = core::AnchoringIssuer {
            issuer: self.issuer.clone(),
            chain: Arc::new(profile),
            account: account.ok_or_else(|| wrong(ErrorCode::Malformed.into(), "account"))?,
        };
        let usable = issuer.require_usable();
        usable.map_err(|error| wrong(error, "profile"))?;
        Ok(issuer)
    }
}

pub(crate) fn anchors(
    issuers: &[AnchoringIssuer],
    settings: FetchSettings,
) -> Result<Vec<core::AnchoringIssuer>, WalletError> {
    let issuers = issuers.iter().enumerate();
    issuers
        .map(|(index, issuer)| issuer.to_core(index, settings))
        .collect()
}

impl Ledger {
    /// The resolver of this ledger, which stands at `index` of the policy: an error names the part.
    fn to_core(
        &self,
        index: usize,
        settings: FetchSettings,
    ) -> Result<Arc<dyn DidResolver>, WalletError> {
        let wrong = |error: CoreError, part: &str| error.about(format!("ledgers[{index}].{part}"));
        let profile = profile(&self.profile, settings).map_err(|error| wrong(error, "profile"))?;
        let mut servers = Vec::new();
        for (place, server) in self.servers.iter().enumerate() {
            let url = settings.check_url(server).map_err(|_| {
                wrong(
                    ErrorCode::UrlNotAllowed.into(),
                    &format!("servers[{place}]"),
                )
            });
            servers.push(url?);
        }
        let mut resolver = LedgerResolver::new(profile).asking(servers);
        if let Some(text) = &self.checkpoint {
            let read = CheckpointFile::parse(text.as_bytes()).map_err(|error| match error {
                RpcError::Ledger(error) => error.into(),
                _ => ErrorCode::Malformed.into(),
            });
            resolver = resolver.with_checkpoint(read.map_err(|error| wrong(error, "checkpoint"))?);
        }
        Ok(Arc::new(resolver))
    }
}

/// A profile whose servers, if it names some, may be called.
fn profile(text: &str, settings: FetchSettings) -> Result<ChainProfile, CoreError> {
    let profile = ChainProfile::parse(text.as_bytes())?;
    if let TrustPolicy::Endpoints(endpoints) = &profile.trust {
        for endpoint in endpoints.iter() {
            let url = settings.check_url(endpoint.url.as_str());
            url.map_err(|_| CoreError::new(ErrorCode::UrlNotAllowed))?;
        }
    }
    Ok(profile)
}

pub(crate) fn resolvers(
    ledgers: &[Ledger],
    settings: FetchSettings,
) -> Result<Vec<Arc<dyn DidResolver>>, WalletError> {
    let ledgers = ledgers.iter().enumerate();
    ledgers
        .map(|(index, ledger)| ledger.to_core(index, settings))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    fn endpoints(scheme: &str) -> Value {
        let endpoint =
            |name: &str| json!({"operator": name, "url": format!("{scheme}://{name}.example/")});
        let all = ["a-city", "an-agency", "an-auditor"].map(endpoint);
        json!({"endpoints": {"tolerated_faults": 1, "endpoints": all}})
    }

    fn valid() -> Value {
        json!({
            "version": 1, "name": "a chain", "chain_id": 7, "genesis": format!("0x{:064x}", 1),
            "header_rules": "ethereum", "max_age_seconds": 3600, "contracts": {},
            "trust": endpoints("https"),
        })
    }

    fn ledger(profile: &Value) -> Ledger {
        Ledger {
            profile: profile.to_string(),
            servers: vec!["https://rpc.example/".to_owned()],
            checkpoint: Some(r#"{"number": 7}"#.to_owned()),
        }
    }

    /// The code and what it is about, of the second of two ledgers.
    fn refused(second: Ledger) -> (String, String) {
        let both = [ledger(&valid()), second];
        let refused = resolvers(&both, FetchSettings::default());
        let error = refused.err().unwrap();
        let fault = error.fault().clone();
        (fault.code, fault.subject.unwrap())
    }

    fn expected(code: &str, part: &str) -> (String, String) {
        (code.to_owned(), format!("ledgers[1].{part}"))
    }

    #[test]
    fn a_ledger_with_every_part_in_order_becomes_a_resolver() {
        let settings = FetchSettings::default();
        assert_eq!(resolvers(&[ledger(&valid())], settings).unwrap().len(), 1);
    }

    #[test]
    fn what_is_wrong_with_a_profile_is_told_of_the_profile() {
        let with = |member: &str, value: Value| {
            let mut profile = valid();
            profile[member] = value;
            ledger(&profile)
        };
        for wrong in [
            with("version", 2.into()),
            with("more", 1.into()),
            with("genesis", "0x00".into()),
            with("max_age_seconds", 0.into()),
            Ledger {
                profile: String::new(),
                ..ledger(&valid())
            },
        ] {
            assert_eq!(refused(wrong), expected("malformed", "profile"));
        }
        let large = Ledger {
            profile: " ".repeat(64 * 1024 + 1),
            ..ledger(&valid())
        };
        assert_eq!(refused(large), expected("too_large", "profile"));
        let unsound = json!({"endpoints": {"tolerated_faults": 1, "endpoints": []}});
        assert_eq!(
            refused(with("trust", unsound)),
            expected("unsafe_configuration", "profile")
        );
        assert_eq!(
            refused(with("trust", endpoints("http"))),
            expected("url_not_allowed", "profile")
        );
    }

    #[test]
    fn a_server_that_may_not_be_called_is_told_by_its_place() {
        for wrong in [
            "http://rpc.example/",
            "http://127.0.0.1:8545/",
            "https://10.0.0.1/",
            "https://user:key@rpc.example/",
            "rpc.example",
            "",
        ] {
            let mut second = ledger(&valid());
            second.servers.push(wrong.to_owned());
            let place = expected("url_not_allowed", "servers[1]");
            assert_eq!(refused(second), place, "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_checkpoint_is_told_of_the_checkpoint() {
        let with = |checkpoint: String| Ledger {
            checkpoint: Some(checkpoint),
            ..ledger(&valid())
        };
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"checkpoint": {"number": 7}, "more": 1}"#,
        ] {
            let refused = refused(with(wrong.to_owned()));
            assert_eq!(refused, expected("malformed", "checkpoint"), "{wrong}");
        }
        let large = with(" ".repeat(4 * 1024 * 1024 + 1));
        assert_eq!(refused(large), expected("too_large", "checkpoint"));
    }

    #[test]
    fn what_is_wrong_with_who_anchors_is_told_of_the_part() {
        let with = |profile: &Value, account: &str| AnchoringIssuer {
            issuer: "https://city.example".to_owned(),
            profile: profile.to_string(),
            account: account.to_owned(),
        };
        let address = "0x661a50076d2554545d72e63b21a6c46f6097d7c4";
        let settings = FetchSettings::default();
        let valid = || {
            let validators: Vec<_> = (1..=4).map(|byte| format!("0x{byte:040x}")).collect();
            let mut profile = valid();
            profile["header_rules"] = "qbft".into();
            profile["trust"] = json!({"seals": {"validators": validators}});
            profile
        };
        let read = anchors(&[with(&valid(), address)], settings).unwrap();
        let written = format!("{:#x}", read.first().unwrap().account);
        assert_eq!(written, address);
        for (wrong, part) in [
            (with(&json!({}), address), "profile"),
            (with(&valid(), ""), "account"),
            (with(&valid(), address.trim_start_matches("0x")), "account"),
            (with(&valid(), &address[..41]), "account"),
            (with(&valid(), &format!("0x{address}")), "account"),
        ] {
            let error = anchors(&[wrong], settings).err().unwrap();
            assert_eq!(error.fault().code, "malformed");
            let subject = error.fault().subject.clone();
            assert_eq!(subject.unwrap(), format!("anchors[0].{part}"));
        }
    }

    #[test]
    fn who_anchors_on_a_chain_whose_policy_accepts_no_stapled_proof_is_refused() {
        let issuer = AnchoringIssuer {
            issuer: "https://city.example".to_owned(),
            profile: valid().to_string(),
            account: "0x661a50076d2554545d72e63b21a6c46f6097d7c4".to_owned(),
        };
        let error = anchors(&[issuer], FetchSettings::default()).err().unwrap();
        assert_eq!(error.fault().code, "unsafe_configuration");
        let subject = error.fault().subject.clone();
        assert_eq!(subject.as_deref(), Some("anchors[0].profile"));
    }

    #[test]
    fn what_a_ledger_says_when_it_is_printed_names_no_server() {
        assert_eq!(format!("{:?}", ledger(&valid())), "Ledger");
    }
}
