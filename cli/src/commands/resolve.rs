//! `wallet resolve DID`

use crate::args::{Options, ProfileOption};
use crate::evidence::{evidence_json, evidence_text};
use crate::failure::Failure;
use crate::output::{Output, as_of_text, foreign};
use crate::session;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;
use wallet_core::WalletError;
use wallet_core::did::{
    self, Did, DidDocument, DidResolver, DidTrust, KeyMaterial, Relationship, ResolvedDid,
    Resolving, VerificationMethod,
};
use wallet_core::http::{FetchSettings, Fetcher};
use wallet_core::ledger::chain_profile::ChainProfile;
use wallet_core::ledger::rpc::{CheckpointFile, LedgerResolver};

/// Largest file that is read.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// What is asked.
pub(crate) struct Question {
    pub(crate) did: String,
    pub(crate) rpc: Vec<String>,
    pub(crate) checkpoint: Option<PathBuf>,
    pub(crate) at: Option<u64>,
}

pub(crate) async fn run(
    options: &Options,
    output: &Output,
    question: Question,
) -> Result<(), Failure> {
    let did = Did::parse(&question.did).map_err(WalletError::from)?;
    let platform = session::platform(options)?;
    let settings = FetchSettings {
        allow_loopback_http: options.allow_loopback_http,
    };
    let trust = DidTrust {
        resolvers: ledger(options, settings, &question)?,
        ..DidTrust::default()
    };
    let fetcher = Fetcher::new(platform.http.as_ref(), settings);
    let resolving = Resolving::new(&fetcher, platform.clock.now()?);
    let resolved = did::resolve(&did, &trust, &resolving).await;
    let resolved = resolved.map_err(WalletError::from)?;
    show(output, &did, &resolved);
    Ok(())
}

/// The resolver of the chain that `--profile` names.
fn ledger(
    options: &Options,
    settings: FetchSettings,
    question: &Question,
) -> Result<Vec<Arc<dyn DidResolver>>, Failure> {
    let ProfileOption::Chain(file) = &options.profile else {
        let needs_chain =
            !question.rpc.is_empty() || question.checkpoint.is_some() || question.at.is_some();
        return match needs_chain {
            true => Err(Failure::Usage(
                "--rpc, --checkpoint and --at need the profile of a chain: --profile FILE"
                    .to_owned(),
            )),
            false => Ok(Vec::new()),
        };
    };
    let profile = ChainProfile::parse(&contents(file)?).map_err(WalletError::from)?;
    let mut resolver = LedgerResolver::new(profile);
    let servers = question.rpc.iter().map(|url| settings.check_url(url));
    let servers = servers.collect::<Result<Vec<Url>, _>>();
    resolver = resolver.asking(servers.map_err(|fault| {
        Failure::Usage(format!("--rpc: the address is refused: {}", fault.as_str()))
    })?);
    if let Some(file) = &question.checkpoint {
        let checkpoint = CheckpointFile::parse(&contents(file)?).map_err(WalletError::from)?;
        resolver = resolver.with_checkpoint(checkpoint);
    }
    if let Some(block) = question.at {
        resolver = resolver.at(block);
    }
    Ok(vec![Arc::new(resolver)])
}

fn contents(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::Other(format!("cannot read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(MAX_FILE).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Ok(bytes)
}

fn show(output: &Output, did: &Did, resolved: &ResolvedDid) {
    output.line(foreign(did.as_str()));
    for (number, step) in resolved.steps().iter().enumerate() {
        output.line(format!("  {}. {}", number + 1, foreign(step)));
    }
    let as_of = resolved.as_of().map(|time| time.as_secs());
    let evidence = evidence_text(resolved.evidence());
    let time = as_of_text(resolved.as_of());
    output.line(format!("evidence: {evidence}, as of {time}"));
    let document = resolved.document();
    output.table(
        &["key", "kind", "what is known of it", "for"],
        document
            .methods()
            .iter()
            .map(|method| key_row(document, method))
            .collect(),
    );
    if !document.services().is_empty() {
        let row = |service: &did::Service| {
            vec![
                foreign(&service.id),
                foreign(&service.types.join(", ")),
                foreign(&service.endpoint.to_string()),
            ]
        };
        output.table(
            &["service", "kind", "endpoint"],
            document.services().iter().map(row).collect(),
        );
    }
    output.document(&json!({
        "did": did.as_str(),
        "evidence": evidence_json(resolved.evidence()),
        "as_of": as_of,
        "steps": resolved.steps(),
        "document": document.json(),
    }));
}

fn key_row(document: &DidDocument, method: &VerificationMethod) -> Vec<String> {
    let known = match method.material() {
        KeyMaterial::Key(key) => Value::Object(key.to_jwk()).to_string(),
        KeyMaterial::Unusable => "a kind this wallet cannot verify with".to_owned(),
        _ => "its address".to_owned(),
    };
    let is_for = |relationship: &&Relationship| {
        document
            .methods_for(**relationship)
            .any(|other| other.id() == method.id())
    };
    let uses = Relationship::ALL.iter().filter(is_for);
    let uses: Vec<&str> = uses.map(|relationship| relationship.as_str()).collect();
    vec![
        foreign(method.id()),
        foreign(method.kind()),
        foreign(&known),
        uses.join(", "),
    ]
}
