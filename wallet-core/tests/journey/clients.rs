//! Verifiers that are known by something else than a certificate, and requests fetched by POST, against the embedded verifiers.

use crate::world::{World, age, approve, plan};
use pollster::block_on;
use serde_json::Value;
use wallet_core::ErrorCode;
use wallet_core::http::{Method, Purpose};
use wallet_core::presentation::{Proof, VerifierTrust};
use wallet_core::trust::PinnedKeys;
use wallet_core::wallet::{Outcome, ReusePolicy};
use wallet_parties::verifier::{ClientIdPrefix, FetchBy, KnownParty, RequestFault};

fn pinned(party: &KnownParty) -> PinnedKeys {
    let jwks: &Value = &party.jwks;
    PinnedKeys::from_jwks(&party.identifier, jwks).unwrap()
}

/// A world whose wallet knows attester and federation of the verifiers, or nobody.
fn world(knows: bool) -> World {
    let mut world = World::with(|phone| phone.network.calm());
    if knows {
        let verifier = &world.parties.verifier;
        world.phone.policy.trust.attesters = vec![pinned(&verifier.attester())];
        world.phone.policy.trust.federation = vec![pinned(&verifier.federation_anchor())];
        world.wallet = world.phone.reopen();
    }
    world.receive(1, ReusePolicy::Rotating);
    world
}

// shows: VP 12, VP 13, VP 15
#[test]
fn each_kind_of_client_is_proven_its_own_way_and_answered() {
    let world = world(true);
    for (prefix, proof, trust) in [
        (
            ClientIdPrefix::X509Hash,
            Proof::CertificateHash,
            VerifierTrust::Anchored,
        ),
        (
            ClientIdPrefix::DidJwk,
            Proof::DecentralizedIdentifier,
            VerifierTrust::Unverified,
        ),
        (
            ClientIdPrefix::DidKey,
            Proof::DecentralizedIdentifier,
            VerifierTrust::Unverified,
        ),
        (
            ClientIdPrefix::VerifierAttestation,
            Proof::VerifierAttestation,
            VerifierTrust::Anchored,
        ),
        (
            ClientIdPrefix::OpenidFederation,
            Proof::Federation,
            VerifierTrust::Anchored,
        ),
    ] {
        for fetch in [FetchBy::Get, FetchBy::Post] {
            let link = world.ask(age(), |request| {
                request.prefix = prefix;
                request.fetch = fetch;
            });
            let plan = plan(&world.wallet, &link.uri);
            let verifier = plan.request().verifier();
            assert_eq!(
                (verifier.proof(), verifier.trust()),
                (&proof, trust),
                "{prefix:?}"
            );
            assert_eq!(verifier.client_id().as_str(), link.client_id);
            let presented = block_on(world.wallet.present(approve(&world.wallet, plan))).unwrap();
            assert_eq!(presented.outcome, Outcome::Accepted, "{prefix:?}");
            let result = world.result(&link);
            assert!(result.accepted);
            assert_eq!(result.wallet_metadata.is_some(), fetch == FetchBy::Post);
        }
    }
}

// shows: VP 13, VP 15
#[test]
fn who_is_vouched_for_by_nobody_we_know_or_for_another_wallet_is_refused() {
    let world = world(true);
    let cases = [
        (RequestFault::UnknownVoucher, ErrorCode::SignatureInvalid),
        (RequestFault::VoucherExpired, ErrorCode::UntrustedVerifier),
        (RequestFault::VoucherOfAnother, ErrorCode::UntrustedVerifier),
        (
            RequestFault::WrongWalletNonce,
            ErrorCode::NonceMissingOrReused,
        ),
        (RequestFault::NoWalletNonce, ErrorCode::NonceMissingOrReused),
    ];
    for (fault, code) in cases {
        let link = world.ask(age(), |request| {
            request.prefix = ClientIdPrefix::VerifierAttestation;
            request.fetch = FetchBy::Post;
            request.fault = Some(fault);
        });
        let error = block_on(world.wallet.request(&link.uri)).err().unwrap();
        assert_eq!(error.code(), code, "{fault:?}: {error:?}");
        assert!(error.failed_rule().is_some(), "{fault:?}");
        assert!(world.result(&link).learned.is_empty());
    }
    let requests = world.phone.network.requests();
    let fetched = requests
        .iter()
        .filter(|one| one.purpose == Purpose::RequestUri);
    assert!(fetched.clone().all(|one| one.method == Method::Post));

    let stranger = self::world(false);
    for prefix in [
        ClientIdPrefix::VerifierAttestation,
        ClientIdPrefix::OpenidFederation,
    ] {
        let link = stranger.ask(age(), |request| request.prefix = prefix);
        let error = block_on(stranger.wallet.request(&link.uri)).err().unwrap();
        assert_eq!(
            error.code(),
            ErrorCode::UntrustedVerifier,
            "{prefix:?}: {error:?}"
        );
    }
}
