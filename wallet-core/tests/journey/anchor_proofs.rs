//! Proofs of anchoring that are handed to a verifier: only where it asks, and the holder agrees to a plan that says so.

use crate::anchors::{Anchoring, staple};
use crate::world::{World, age, approve, plan};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::ledger::anchored::{AnchorSource, AnchoredKind, AnchoredProof};
use wallet_core::presentation::{Linkability, Proposal};
use wallet_core::wallet::ReusePolicy;
use wallet_parties::verifier::{DcApiSigning, RequestLink, RequestOptions, ResponseMode};

/// The age, and the proof of anchoring.
fn age_and_proof() -> Value {
    let mut query = age();
    query["credentials"][0]["meta"] = json!({"anchor_proof": true});
    query
}

/// Whether a verifier that believes the same anchors can check the proof: without a network, and for this content alone.
fn checks(anchoring: &Anchoring, proof: &Value, content: &str) -> bool {
    let pinned = anchoring.world.phone.policy.anchors.last().unwrap();
    let proof = AnchoredProof::parse(proof.to_string().as_bytes()).unwrap();
    let source = AnchorSource {
        registry: pinned.chain.contracts.anchor_registry.unwrap(),
        issuer: pinned.account,
    };
    let blocks = pinned.chain.accept(proof.state(), &[]).unwrap();
    let block = blocks.head().unwrap();
    let verified = proof.verify(AnchoredKind::Credential, content.as_bytes(), &source, block);
    verified.is_ok()
}

/// Shows what is asked; says whether the proof went along, as the plan tells it and the history.
fn show(world: &World, link: &RequestLink) -> bool {
    let planned = plan(&world.wallet, &link.uri);
    let [showing] = planned.showings() else {
        panic!("one card was asked for");
    };
    let goes_along = showing.anchor_proof;
    let is_told = showing.linkability.contains(&Linkability::AnchorProof);
    assert_eq!(is_told, goes_along);
    let approved = approve(&world.wallet, planned);
    let presented = block_on(world.wallet.present(approved)).unwrap();
    assert_eq!(presented.shown[0].anchor_proof, goes_along);
    goes_along
}

#[test]
fn a_verifier_that_asks_gets_the_proof_the_plan_tells_of_and_can_check_it() {
    let anchoring = Anchoring::new();
    let world = &anchoring.world;
    staple(&anchoring, |text| text);
    world.receive(1, ReusePolicy::Rotating);
    for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
        let link = world.ask(age_and_proof(), |ask| ask.mode = mode);
        assert!(show(world, &link));
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
        let proof = result.learned[0].anchor_proof.as_ref().unwrap();
        assert!(checks(&anchoring, proof, &anchoring.signed()));
        assert!(!checks(&anchoring, proof, "another card"));
    }
}

#[test]
fn nobody_gets_a_proof_who_does_not_ask() {
    let anchoring = Anchoring::new();
    let world = &anchoring.world;
    staple(&anchoring, |text| text);
    world.receive(1, ReusePolicy::Rotating);
    let mut declined = age();
    declined["credentials"][0]["meta"] = json!({"anchor_proof": false});
    for query in [age(), declined] {
        let link = world.ask(query, |_| {});
        assert!(!show(world, &link));
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);
        assert_eq!(result.learned[0].anchor_proof, None);
    }
}

#[test]
fn a_card_without_a_proof_is_shown_all_the_same() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let link = world.ask(age_and_proof(), |_| {});
    assert!(!show(&world, &link));
    let result = world.result(&link);
    assert!(result.accepted, "{:?}", result.refusal);
    assert_eq!(result.learned[0].anchor_proof, None);
}

#[test]
fn a_page_gets_the_proof_beside_the_presentation() {
    let anchoring = Anchoring::new();
    let world = &anchoring.world;
    staple(&anchoring, |text| text);
    world.receive(1, ReusePolicy::Rotating);
    let mut options = RequestOptions::new("bar", age_and_proof());
    options.mode = ResponseMode::DirectPost;
    let (signing, origin) = (DcApiSigning::Signed, "https://bar.example");
    let verifier = &world.parties.verifier;
    let asked = verifier.dc_api_request(&options, signing, origin).unwrap();
    let protocol = asked.request["protocol"].as_str().unwrap();
    let data = asked.request["data"].to_string();
    let proposal = world.wallet.dc_api_request(protocol, &data, origin);
    let Ok(Proposal::Plan(planned)) = proposal else {
        panic!("nothing fits");
    };
    let approved = approve(&world.wallet, *planned);
    let presented = block_on(world.wallet.present(approved)).unwrap();
    let given: Value = serde_json::from_slice(&presented.response.unwrap()).unwrap();
    let proof = &given["data"]["anchor_proofs"]["card"][0];
    assert!(checks(&anchoring, proof, &anchoring.signed()));
}
