//! DIDs of a ledger by servers that ask a real node (npm anvil), honest and lying, beside what npm ethr-did-resolver says.
#![allow(clippy::unwrap_used)]

mod net;

use net::{Lie, Net, World};
use serde_json::{Value, json};
use std::sync::OnceLock;
use url::Url;
use wallet_core::clock::UnixTime;
use wallet_core::did::{Did, DidError, DidResolver, Evidence, HolderState, ResolvedDid, Resolving};
use wallet_core::http::{FetchSettings, Fetcher};
use wallet_core::ledger::chain_profile::{ChainProfile, PinnedContracts};
use wallet_core::ledger::contract::PinnedContract;
use wallet_core::ledger::header::HeaderRules;
use wallet_core::ledger::policy::{ChainIdentity, Endpoint, Endpoints, TrustPolicy};
use wallet_core::ledger::rpc::{LedgerResolver, OwnDids, PartyDid};
use wallet_parties::peers::EvmNode;

/// 2026-01-01: an entry of ten seconds is over by the wall clock, which the other resolver goes by.
const GENESIS_TIME: u64 = 1_767_225_600;

const LIES: [(&str, Lie); 8] = [
    ("a fake key", net::a_fake_key),
    ("an old block", net::an_old_block),
    ("a hidden revocation", net::a_hidden_revocation),
    ("a hidden second event", net::a_hidden_second_event),
    ("a forged state root", net::a_forged_state_root),
    ("silence", net::silence),
    ("a far future", net::a_far_future),
    ("another chain", net::another_chain),
];

/// A node with identities, started once.
struct Stage {
    _node: EvmNode,
    world: World,
    expected: Value,
    contract: PinnedContract,
    chain: ChainIdentity,
    now: UnixTime,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let node = EvmNode::start_at(GENESIS_TIME).unwrap();
        let expected = node.did_ethr_identities().unwrap();
        let registry = expected["registry"].as_str().unwrap().to_owned();
        let code = node
            .call("eth_getProof", &json!([registry, [], "latest"]))
            .unwrap();
        let block = |which: &str| {
            node.call("eth_getBlockByNumber", &json!([which, false]))
                .unwrap()
        };
        let newest = block("latest");
        let number = |value: &Value| {
            u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
        };
        // The identity `same_block` is the last that changed, in the block before the newest.
        let world = World {
            node: node.url().to_owned(),
            old_block: number(&newest["number"]) - 2,
        };
        Stage {
            world,
            contract: PinnedContract {
                address: registry.parse().unwrap(),
                code_hash: code["codeHash"].as_str().unwrap().parse().unwrap(),
            },
            chain: ChainIdentity {
                chain_id: 31337,
                genesis: block("0x0")["hash"].as_str().unwrap().parse().unwrap(),
            },
            now: UnixTime::from_secs(i64::try_from(number(&newest["timestamp"])).unwrap() + 5),
            expected,
            _node: node,
        }
    })
}

fn host(number: usize) -> String {
    format!("rpc{number}.example")
}

fn url(host: &str) -> Url {
    format!("https://{host}/").parse().unwrap()
}

/// `servers` of which `faults` may lie.
fn profile(stage: &Stage, servers: usize, faults: usize) -> ChainProfile {
    let endpoint = |number| Endpoint {
        operator: format!("operator {number}"),
        url: url(&host(number)),
    };
    let endpoints = Endpoints::new((0..servers).map(endpoint).collect(), faults).unwrap();
    profile_with(stage, TrustPolicy::Endpoints(endpoints))
}

fn profile_with(stage: &Stage, trust: TrustPolicy) -> ChainProfile {
    let contracts = PinnedContracts {
        ethr_did_registry: Some(stage.contract),
        ..PinnedContracts::default()
    };
    ChainProfile::new(
        "local",
        stage.chain,
        HeaderRules::Ethereum,
        3_600,
        trust,
        contracts,
    )
    .unwrap()
}

fn did(stage: &Stage, name: &str) -> Did {
    Did::parse(stage.expected["results"][name]["did"].as_str().unwrap()).unwrap()
}

fn resolve(
    resolver: &LedgerResolver,
    net: &Net,
    did: &Did,
    now: UnixTime,
) -> Result<ResolvedDid, DidError> {
    resolve_for(&HolderState::default(), resolver, net, did, now)
}

/// For a wallet that knows this.
fn resolve_for(
    holder: &HolderState,
    resolver: &LedgerResolver,
    net: &Net,
    did: &Did,
    now: UnixTime,
) -> Result<ResolvedDid, DidError> {
    let fetcher = Fetcher::new(net, FetchSettings::default());
    let with = Resolving {
        holder,
        ..Resolving::new(&fetcher, now)
    };
    pollster::block_on(resolver.resolve(did, &with))
}

/// What the other resolver says, and what ours does.
fn agrees(stage: &Stage, name: &str, found: &ResolvedDid) {
    let expected = &stage.expected["results"][name]["resolution"]["didDocument"];
    let ours = Value::Object(found.document().json().clone());
    assert_eq!(&ours, expected, "{name}");
}

#[test]
fn every_identity_is_what_another_resolver_says_it_is() {
    let stage = stage();
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let net = Net::of(stage.world.clone());
    let names = stage.expected["results"].as_object().unwrap().keys();
    assert_eq!(names.len(), 10);
    for name in names {
        let found = resolve(&resolver, &net, &did(stage, name), stage.now).unwrap();
        agrees(stage, name, &found);
        assert!(
            matches!(found.evidence(), Evidence::LedgerProof { .. }),
            "{name}"
        );
    }
}

#[test]
fn as_many_liars_as_the_policy_tolerates_change_nothing_whatever_they_say() {
    let stage = stage();
    for (told, lie) in LIES {
        for (servers, faults) in [(3, 1), (4, 1), (5, 2)] {
            for liars in subsets(servers, faults) {
                let mut net = Net::of(stage.world.clone());
                for liar in &liars {
                    net = net.lying(&host(*liar), lie);
                }
                let resolver = LedgerResolver::new(profile(stage, servers, faults));
                let found = resolve(&resolver, &net, &did(stage, "same_block"), stage.now);
                let found = found
                    .unwrap_or_else(|error| panic!("{told} by {liars:?} of {servers}: {error}"));
                agrees(stage, "same_block", &found);
            }
        }
    }
}

#[test]
fn two_liars_who_say_different_things_change_nothing_either() {
    let stage = stage();
    for (first, one) in LIES {
        for (second, other) in LIES {
            let net = Net::of(stage.world.clone());
            let net = net.lying(&host(0), one).lying(&host(3), other);
            let resolver = LedgerResolver::new(profile(stage, 5, 2));
            let found = resolve(&resolver, &net, &did(stage, "same_block"), stage.now);
            let found = found.unwrap_or_else(|error| panic!("{first} and {second}: {error}"));
            agrees(stage, "same_block", &found);
        }
    }
}

/// All ways to choose `count` of `of`.
fn subsets(of: usize, count: usize) -> Vec<Vec<usize>> {
    let masks = 0..1_u32 << of;
    masks
        .filter(|mask| mask.count_ones() as usize == count)
        .map(|mask| (0..of).filter(|bit| mask & (1 << bit) != 0).collect())
        .collect()
}

fn refused(found: Result<ResolvedDid, DidError>) -> (&'static str, Option<String>) {
    let error = wallet_core::WalletError::from(found.unwrap_err());
    (error.code().as_str(), error.subject().map(str::to_owned))
}

/// All three servers of a policy tell the same lie.
fn all_lie(stage: &Stage, lie: Lie) -> Net {
    let net = Net::of(stage.world.clone());
    (0..3).fold(net, |net, number| net.lying(&host(number), lie))
}

#[test]
fn where_all_servers_lie_about_what_a_header_commits_to_the_lie_is_found() {
    let stage = stage();
    for (told, lie, subject) in [
        ("a fake key", net::a_fake_key as Lie, "receipts"),
        ("a hidden revocation", net::a_hidden_revocation, "nodes"),
        (
            "a hidden second event",
            net::a_hidden_second_event,
            "receipts",
        ),
        // They agree on a header whose state they cannot show.
        ("a forged state root", net::a_forged_state_root, "nodes"),
    ] {
        let resolver = LedgerResolver::new(profile(stage, 3, 1));
        let net = all_lie(stage, lie);
        let found = resolve(&resolver, &net, &did(stage, "same_block"), stage.now);
        let expected = ("ledger_proof", Some(subject.to_owned()));
        assert_eq!(refused(found), expected, "{told}");
    }
}

#[test]
fn more_liars_than_the_policy_tolerates_are_found_where_they_do_not_agree() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let net = net
        .lying(&host(1), net::a_forged_state_root)
        .lying(&host(2), net::another_chain);
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let found = resolve(&resolver, &net, &did(stage, "plain"), stage.now);
    // Only two are of the chain, and those do not agree.
    assert_eq!(refused(found).0, "ledger_disagreement");

    let net = all_lie(stage, net::silence);
    let found = resolve(&resolver, &net, &did(stage, "plain"), stage.now);
    assert_eq!(
        refused(found),
        ("ledger_endpoint", Some("no_endpoint".into()))
    );
}

#[test]
fn servers_that_together_go_back_to_an_old_block_are_found_by_what_was_seen_before() {
    let stage = stage();
    let honest = Net::of(stage.world.clone());
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    resolve(&resolver, &honest, &did(stage, "plain"), stage.now).unwrap();
    let seen = resolver.last_seen().unwrap();

    // The app was closed in between; the block is known from what it kept itself, or from the wallet.
    let net = all_lie(stage, net::an_old_block);
    let rolled_back = ("ledger_stale", Some("rolled_back".to_owned()));
    let resolver = LedgerResolver::new(profile(stage, 3, 1)).not_before(seen.clone());
    let found = resolve(&resolver, &net, &did(stage, "same_block"), stage.now);
    assert_eq!(refused(found), rolled_back);
    let wallet = HolderState {
        ledgers_seen: vec![seen],
        ..HolderState::default()
    };
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let found = resolve_for(
        &wallet,
        &resolver,
        &net,
        &did(stage, "same_block"),
        stage.now,
    );
    assert_eq!(refused(found), rolled_back);
}

#[test]
fn what_was_found_before_is_not_given_again_once_the_wallet_saw_a_newer_block() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let plain = did(stage, "plain");
    resolve(&resolver, &net, &plain, stage.now).unwrap();
    let mut seen = resolver.last_seen().unwrap();
    seen.number += 1;
    let wallet = HolderState {
        ledgers_seen: vec![seen],
        ..HolderState::default()
    };
    let asked = net.asked().len();
    let found = resolve_for(&wallet, &resolver, &net, &plain, stage.now);
    // The servers have nothing newer.
    assert_eq!(refused(found), ("ledger_stale", Some("rolled_back".into())));
    assert!(net.asked().len() > asked);
}

#[test]
fn an_old_newest_block_is_never_current() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let later = UnixTime::from_secs(stage.now.as_secs() + 7_200);
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let found = resolve(&resolver, &net, &did(stage, "pubkey"), later).unwrap();
    assert!(matches!(found.evidence(), Evidence::Stale { .. }));
    assert_eq!(resolver.last_seen(), None);

    let earlier = UnixTime::from_secs(stage.now.as_secs() - 7_200);
    let found = resolve(&resolver, &net, &did(stage, "pubkey"), earlier);
    assert_eq!(
        refused(found),
        ("ledger_proof", Some("future_block".into()))
    );
}

#[test]
fn what_was_at_a_block_of_the_past_is_verified_and_not_current() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let resolver = LedgerResolver::new(profile(stage, 3, 1)).at(stage.world.old_block);
    let found = resolve(&resolver, &net, &did(stage, "same_block"), stage.now).unwrap();
    assert!(matches!(found.evidence(), Evidence::VerifiedAt { .. }));
    assert_eq!(
        found.document().methods().len(),
        1,
        "before its keys were added"
    );
    assert_eq!(resolver.last_seen(), None);
}

#[test]
fn no_server_is_asked_about_the_holders_own_did() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let own = did(stage, "pubkey");
    let resolver = LedgerResolver::new(profile(stage, 3, 1)).not_about(OwnDids::new([&own]));
    let found = resolve(&resolver, &net, &own, stage.now);
    assert_eq!(refused(found), ("not_supported", Some("own_did".into())));
    let wallet = HolderState {
        own: OwnDids::new([&own]),
        ..HolderState::default()
    };
    let forgetful = LedgerResolver::new(profile(stage, 3, 1));
    let found = resolve_for(&wallet, &forgetful, &net, &own, stage.now);
    assert_eq!(refused(found), ("not_supported", Some("own_did".into())));
    assert_eq!(net.asked(), []);
    resolve(&resolver, &net, &did(stage, "plain"), stage.now).unwrap();
    assert!(!net.asked().is_empty());
}

#[test]
fn what_was_found_is_not_asked_for_again_for_a_while() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let first = resolve(&resolver, &net, &did(stage, "plain"), stage.now).unwrap();
    let asked = net.asked().len();
    let again = resolve(&resolver, &net, &did(stage, "plain"), stage.now).unwrap();
    assert_eq!((again, net.asked().len()), (first, asked));
    let later = UnixTime::from_secs(stage.now.as_secs() + 60);
    resolve(&resolver, &net, &did(stage, "plain"), later).unwrap();
    assert!(net.asked().len() > asked);
}

#[test]
fn what_was_found_is_asked_for_again_when_its_block_is_too_old_by_now() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let at = |seconds| UnixTime::from_secs(stage.now.as_secs() - 5 + 3_600 + seconds);
    let plain = did(stage, "plain");
    let found = resolve(&resolver, &net, &plain, at(-10)).unwrap();
    assert!(matches!(found.evidence(), Evidence::LedgerProof { .. }));
    let found = resolve(&resolver, &net, &plain, at(1)).unwrap();
    assert!(matches!(found.evidence(), Evidence::Stale { .. }));
}

#[test]
fn evidence_is_collected_in_the_form_that_is_read_again() {
    let stage = stage();
    let net = Net::of(stage.world.clone());
    let fetcher = Fetcher::new(&net, FetchSettings::default());
    let resolver = LedgerResolver::new(profile(stage, 3, 1));
    let issuer = PartyDid::new(&did(stage, "long"), &OwnDids::none()).unwrap();
    let collected = pollster::block_on(resolver.collect(&issuer, &fetcher)).unwrap();
    // The block it is asked at, and one for each change.
    assert_eq!(collected.bundle.blocks.len(), 21);
    assert_eq!(collected.answers.len(), 21);
    let text = collected.bundle.to_json().to_string();
    let read = wallet_core::ledger::bundle::ProofBundle::parse(text.as_bytes()).unwrap();
    assert_eq!(read, collected.bundle);

    let other = Did::parse("did:ethr:sepolia:0xf998BC9a9Ec81eA852C4df0e1FCECA63356Ad967").unwrap();
    assert!(!resolver.resolves(&other), "of another chain");
    let other = PartyDid::new(&other, &OwnDids::none()).unwrap();
    let none = pollster::block_on(resolver.collect(&other, &fetcher));
    assert_eq!(none, Err(DidError::NotOnChain));
}
