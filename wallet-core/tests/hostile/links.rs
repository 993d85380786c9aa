//! Item 27: what is scanned or clicked.

use crate::attack::Attack;
use crate::world::{age, approve};
use pollster::block_on;
use wallet_core::ErrorCode::TooLarge;
use wallet_core::intent::{self, Intent, Medium};
use wallet_core::presentation::AuthorizationRequest;
use wallet_core::wallet::Outcome;
use wallet_parties::hostile::Impostor;

// shows: HOSTILE 27
#[test]
fn a_flood_of_links_is_sorted_without_the_network_and_a_long_one_is_not_read() {
    let attack = Attack::begin();
    let request = attack
        .forged()
        .link_to("request_uri", "https://unknown.example/r");
    let offer = Impostor::offer_at("https://unknown.example/o");
    for _ in 0..1000 {
        assert_eq!(
            intent::open(&request, Medium::Qr).unwrap(),
            Intent::Presentation
        );
        assert_eq!(intent::open(&offer, Medium::Link).unwrap(), Intent::Offer);
    }
    for foreign in [
        "javascript:alert(1)",
        "https://unknown.example/?client_id=a&request_uri=b&credential_offer=c",
        "tel:112",
        "intent://scan/#Intent;scheme=openid4vp;end",
        "",
    ] {
        assert_eq!(
            intent::open(foreign, Medium::Link).unwrap(),
            Intent::Unknown,
            "{foreign}"
        );
        assert!(attack.ask(foreign).is_err(), "{foreign}");
    }
    let long = format!("{request}&x={}", "x".repeat(4096));
    assert_eq!(
        intent::open(&long, Medium::Qr).unwrap_err().code(),
        TooLarge
    );
    let longer = format!("{request}&x={}", "x".repeat(65_536));
    assert_eq!(
        intent::open(&longer, Medium::Link).unwrap_err().code(),
        TooLarge
    );
    assert!(attack.ask(&longer).is_err());
    // Whom a link would have the wallet call is known before it does.
    let read = AuthorizationRequest::parse(&request).unwrap();
    assert_eq!(read.contacts(), Some("unknown.example"));
    attack.silent();
    attack.unharmed();
}

// shows: HOSTILE 27
#[test]
fn a_plan_the_holder_looks_at_is_not_exchanged_by_the_link_that_comes_next() {
    let attack = Attack::begin();
    let wallet = &attack.world.wallet;
    let honest = attack.world.ask_age();
    let plan = attack.plan(&honest.uri);
    let looked_at = *plan.hash();
    // Another link comes while the holder reads.
    let other = attack.plan(&attack.forger().request(&age()).unwrap().link());
    assert_ne!(*other.hash(), looked_at);
    let refused = wallet.approve(other, &looked_at, wallet_core::presentation::UserAuth::None);
    drop(refused.unwrap_err());
    let presented = block_on(wallet.present(approve(wallet, plan))).unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
    assert!(attack.world.result(&honest).accepted);
    assert!(attack.hostile.seen().is_empty(), "the attacker heard of it");
}
