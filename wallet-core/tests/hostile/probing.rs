//! Item 10: what a verifier learns by asking without ever being answered.

use crate::attack::{Attack, query};
use crate::world::{age, claims, propose};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::http::{HttpRequest, Method, Purpose};
use wallet_core::presentation::Proposal;
use wallet_core::wallet::{Outcome, ReusePolicy};

/// Everything of a request that is not random in it.
type Shape = (
    Purpose,
    Method,
    Vec<(String, String)>,
    usize,
    Option<String>,
);

fn shape(request: &HttpRequest) -> Shape {
    let body = String::from_utf8(request.body.clone()).unwrap();
    // Encrypted answers have one length and no text; of plain ones `state` alone is the request's.
    let text = (!body.starts_with("response=")).then(|| {
        let rest = body.split('&').filter(|pair| !pair.starts_with("state="));
        rest.collect::<Vec<_>>().join("&")
    });
    (
        request.purpose,
        request.method,
        request.headers.clone(),
        body.len(),
        text,
    )
}

/// What the verifier sees of a request that ends in the holder's no.
fn probed(attack: &Attack, query: &Value, encrypted: bool) -> (bool, Vec<Shape>) {
    let link = attack.world.ask(query.clone(), |request| {
        use wallet_parties::verifier::ResponseMode::{DirectPost, DirectPostJwt};
        request.mode = if encrypted { DirectPostJwt } else { DirectPost };
    });
    let before = attack.requests().len();
    let proposal = propose(&attack.world.wallet, &link.uri);
    let fits = matches!(proposal, Proposal::Plan(_));
    // Matching has been done: all the verifier has seen is that its request was fetched.
    let so_far = attack.requests().split_off(before);
    assert_eq!(
        so_far.len(),
        1,
        "something was sent before the holder did anything"
    );
    assert_eq!(so_far[0].purpose, Purpose::RequestUri);
    attack.world.phone.clock.turn(20);
    assert_eq!(
        attack.requests().len(),
        before + 1,
        "something was sent before the holder did anything"
    );
    let declined = block_on(attack.world.wallet.refuse(proposal)).unwrap();
    assert_eq!(declined.outcome, Outcome::Accepted);
    let seen = attack.requests().split_off(before);
    (fits, seen.iter().map(shape).collect())
}

// shows: HOSTILE 10, VP 22, VP 24, VP 46
#[test]
fn absence_refusal_and_a_value_that_differs_look_the_same_and_come_when_the_holder_acts() {
    let attack = Attack::begin();
    let differs = json!({"path": ["age_equal_or_over", "65"], "values": [true]});
    let other_type = json!({"vct_values": ["urn:example:never-issued"]});
    let probes = [
        ("the holder says no", true, age()),
        ("a value that differs", false, claims(&[differs])),
        (
            "a claim the card has not",
            false,
            claims(&[json!({"path": ["blood_type"]})]),
        ),
        (
            "a card the holder has not",
            false,
            query("dc+sd-jwt", other_type, &[json!(["name"])]),
        ),
    ];
    for encrypted in [false, true] {
        let seen: Vec<_> = probes
            .iter()
            .map(|(name, expected, query)| {
                let (fits, shapes) = probed(&attack, query, encrypted);
                assert_eq!(fits, *expected, "{name}");
                shapes
            })
            .collect();
        for (shapes, (name, ..)) in seen.iter().zip(&probes) {
            assert_eq!(shapes, &seen[0], "{name} can be told from a refusal");
        }
        let answer = seen[0].last().unwrap();
        assert_eq!(answer.0, Purpose::Response);
    }
    // A holder without any card looks the same too.
    let empty = crate::world::World::new();
    let link = empty.ask(age(), |request| {
        request.mode = wallet_parties::verifier::ResponseMode::DirectPost;
    });
    let proposal = propose(&empty.wallet, &link.uri);
    block_on(empty.wallet.refuse(proposal)).unwrap();
    let seen: Vec<Shape> = empty.phone.network.requests().iter().map(shape).collect();
    let (_, with_cards) = probed(&attack, &age(), false);
    assert_eq!(seen, with_cards);
}

// shows: HOSTILE 10
#[test]
fn a_used_up_card_looks_like_a_refusal() {
    let attack = Attack::begin();
    let (fits, before) = probed(&attack, &age(), false);
    attack.world.show_age(&attack.world.wallet);
    attack.world.show_age(&attack.world.wallet);
    let (still, after) = probed(&attack, &age(), false);
    assert_eq!((fits, still), (true, false));
    assert_eq!(before, after);
    attack.world.receive(1, ReusePolicy::OnceOnly);
}
