//! The bank's payment: shown, agreed to, bound into the presentation; nothing of it stays.

use crate::world::{World, age, plan, propose, refused};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::ErrorCode;
use wallet_core::presentation::dcql::UserAuthPolicy;
use wallet_core::presentation::{MemberKind, TransactionDataType, UserAuth};
use wallet_core::wallet::{HistoryEvent, Outcome, ReusePolicy};
use wallet_parties::verifier::{RequestFault, RequestLink};

fn world() -> World {
    let world = World::with(|phone| {
        phone.policy.transaction_data_types = vec![
            TransactionDataType::new("urn:example:payment")
                .required("amount", MemberKind::Text)
                .required("payee", MemberKind::Text),
        ];
    });
    world.receive(1, ReusePolicy::Rotating);
    world
}

fn payment(amount: &str) -> Value {
    json!({"type": "urn:example:payment", "credential_ids": ["card"],
        "amount": amount, "payee": "Fictional Landlord"})
}

fn ask(world: &World, data: Vec<Value>) -> RequestLink {
    world.ask(age(), |options| {
        options.name = "bank".into();
        options.transaction_data = data;
    })
}

// shows: VP 40
#[test]
fn a_payment_is_authorised_by_the_holders_key_and_the_verifier_finds_it_there() {
    for named in [false, true] {
        let world = world();
        let mut rent = payment("500.00 EUR");
        if named {
            rent["transaction_data_hashes_alg"] = json!(["sha-256"]);
        }
        let link = ask(&world, vec![rent, payment("1.00 EUR")]);
        let plan = plan(&world.wallet, &link.uri);
        let shown: Vec<_> = plan
            .transactions()
            .into_iter()
            .flat_map(|(_, data)| data.lines().iter().map(|line| line.value.clone()))
            .collect();
        assert_eq!(
            shown,
            [
                "500.00 EUR",
                "Fictional Landlord",
                "1.00 EUR",
                "Fictional Landlord"
            ]
        );
        assert_eq!(plan.user_auth(), UserAuthPolicy::EachShowing);
        let auth = crate::world::authenticate(&world.wallet);
        let hash = *plan.hash();
        let approved = world.wallet.approve(plan, &hash, &auth).unwrap();
        let presented = block_on(world.wallet.present(approved)).unwrap();
        assert_eq!(presented.outcome, Outcome::Accepted);
        let result = world.result(&link);
        assert!(result.accepted, "{:?}", result.refusal);

        let item = world.wallet.history().unwrap().items.pop().unwrap();
        let HistoryEvent::Presented { transactions, .. } = &item.event else {
            panic!("not shown")
        };
        assert_eq!(*transactions, 2);
        assert!(!format!("{item:?}").contains("500.00"));
    }
}

#[test]
fn a_payment_is_not_authorised_without_the_holder_authenticating() {
    let world = world();
    let link = ask(&world, vec![payment("500.00 EUR")]);
    let plan = plan(&world.wallet, &link.uri);
    let hash = *plan.hash();
    let not = world.wallet.approve(plan, &hash, UserAuth::None);
    assert_eq!(
        refused(not.map_err(Into::into)),
        ErrorCode::UserAuthRequired
    );
    assert_eq!(world.result(&link).answers, 0);
}

#[test]
fn what_was_agreed_to_for_one_payment_does_not_approve_another() {
    let world = world();
    let cheap = plan(&world.wallet, &ask(&world, vec![payment("1.00 EUR")]).uri);
    let dear = plan(&world.wallet, &ask(&world, vec![payment("9.00 EUR")]).uri);
    let agreed = *cheap.hash();
    let auth = crate::world::authenticate(&world.wallet);
    let not = world.wallet.approve(dear, &agreed, &auth);
    assert_eq!(refused(not.map_err(Into::into)), ErrorCode::ConsentMismatch);
}

// shows: VP 5, VP 46
#[test]
fn a_payment_the_app_cannot_show_in_full_is_refused_and_the_verifier_told() {
    let world = world();
    let mut hidden = payment("1.00 EUR");
    hidden["standing_order"] = true.into();
    let mut unknown = payment("1.00 EUR");
    unknown["type"] = "urn:example:unheard-of".into();
    for (data, code) in [
        (hidden, ErrorCode::TransactionDataInvalid),
        (unknown, ErrorCode::TransactionDataNotSupported),
    ] {
        let link = ask(&world, vec![payment("2.00 EUR"), data]);
        assert_eq!(refused(block_on(world.wallet.request(&link.uri))), code);
        let result = world.result(&link);
        assert_eq!(result.error.as_deref(), Some("invalid_transaction_data"));
        assert!(result.learned.is_empty());
    }
    let link = world.ask(age(), |options| {
        options.fault = Some(RequestFault::UnknownTransactionData);
    });
    assert_eq!(
        refused(block_on(world.wallet.request(&link.uri))),
        ErrorCode::TransactionDataNotSupported
    );
}

#[test]
fn declining_a_payment_sends_no_hash_of_it() {
    let world = world();
    let link = ask(&world, vec![payment("500.00 EUR")]);
    let proposal = propose(&world.wallet, &link.uri);
    block_on(world.wallet.refuse(proposal)).unwrap();
    assert_eq!(world.result(&link).error.as_deref(), Some("access_denied"));
}
