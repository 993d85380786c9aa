//! A binding gives every call of the facade to whatever thread it has: futures and values must be able to go there.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wallet_core::issuance::{AuthorizedIssuance, CredentialOrder, OfferedIssuance};
use wallet_core::presentation::{ApprovedPlan, ConsentPlan, Proposal};
use wallet_core::vault::{
    Enrolments, Keep, Passphrase, Pin, SlotKind, UnlockAttempt, UnlockWith, VaultSettings,
};
use wallet_core::wallet::{
    ApprovedSignature, DeferredPoll, FreshAuth, KeepPolicy, Ordered, Platform, Policy,
    ReceiveOptions, ReceivedCard, RecordName, RenewedCard, Wallet, inspect,
};

/// What a runtime asks of a task.
const fn can_be_spawned<T>(_: &(impl Future<Output = T> + Send + 'static)) {}

const fn can_be_shared<T: Send + Sync + 'static>() {}

#[test]
fn the_wallet_and_all_it_gives_out_may_go_to_another_thread() {
    can_be_shared::<Wallet>();
    can_be_shared::<OfferedIssuance>();
    can_be_shared::<AuthorizedIssuance>();
    can_be_shared::<Ordered>();
    can_be_shared::<ReceivedCard>();
    can_be_shared::<RenewedCard>();
    can_be_shared::<DeferredPoll>();
    can_be_shared::<ConsentPlan>();
    can_be_shared::<Proposal>();
    can_be_shared::<ApprovedPlan>();
    can_be_shared::<ApprovedSignature>();
    can_be_shared::<UnlockAttempt>();
    can_be_shared::<FreshAuth>();
}

/// Never called: that it compiles is the test.
fn receiving(
    wallet: &Arc<Wallet>,
    offered: &Arc<OfferedIssuance>,
    authorized: &Arc<AuthorizedIssuance>,
    order: CredentialOrder,
) {
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.offer("").await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.discover("", &[]).await });
    let (w, offer) = (Arc::clone(wallet), Arc::clone(offered));
    can_be_spawned(&async move { w.accept(&offer, None).await });
    let (w, offer) = (Arc::clone(wallet), Arc::clone(offered));
    can_be_spawned(&async move { w.authorize(&offer, &[]).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.resume("").await });
    let (w, right) = (Arc::clone(wallet), Arc::clone(authorized));
    can_be_spawned(&async move { w.order(&right, &order, 1).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.receive("", &ReceiveOptions::default()).await });
}

fn keeping(wallet: &Arc<Wallet>, cards: [ReceivedCard; 3], card: RenewedCard, id: &RecordName) {
    let [kept, declined, given_up] = cards;
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.keep(kept, KeepPolicy::default()).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.decline(declined).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.give_up(given_up).await });
    let (w, of) = (Arc::clone(wallet), id.clone());
    can_be_spawned(&async move { w.renew(&of).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.keep_renewed(card).await });
    let (w, of) = (Arc::clone(wallet), id.clone());
    can_be_spawned(&async move { w.poll_deferred(&of).await });
    let (w, of) = (Arc::clone(wallet), id.clone());
    can_be_spawned(&async move { w.forget_deferred(&of).await });
    let (w, of) = (Arc::clone(wallet), id.clone());
    can_be_spawned(&async move { w.delete(&of).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.do_pending().await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.refresh_status(&[]).await });
}

fn showing(wallet: &Arc<Wallet>, plan: ApprovedPlan, proposal: Proposal, history: RecordName) {
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.request("").await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.present(plan).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.refuse(proposal).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.resend(&history).await });
}

fn signing(wallet: &Arc<Wallet>, auth: &Arc<FreshAuth>, signature: ApprovedSignature) {
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.sign_approved(&a, signature).await });
}

fn opening(
    wallet: &Arc<Wallet>,
    attempt: UnlockAttempt,
    (platform, policy): (&Platform, &Policy),
    dir: &Path,
) {
    let settings = VaultSettings::default();
    let (p, rules, at) = (platform.clone(), policy.clone(), dir.to_path_buf());
    can_be_spawned(&Wallet::create(
        at,
        p,
        rules,
        settings,
        Enrolments::default(),
    ));
    let (p, at) = (platform.clone(), dir.to_path_buf());
    can_be_spawned(&async move { Wallet::erase(&at, &p).await });
    let (p, rules) = (platform.clone(), policy.clone());
    can_be_spawned(&async move { inspect(&p, &rules, "").await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.finish_unlock(attempt).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.unlock(UnlockWith::OsAuth).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.authenticate(UnlockWith::OsAuth).await });
    let (w, at) = (Arc::clone(wallet), dir.to_path_buf());
    can_be_spawned(&async move {
        let enrolments = Enrolments::default();
        w.rescue(UnlockWith::OsAuth, at, settings, enrolments).await
    });
}

fn changing_secrets(
    wallet: &Arc<Wallet>,
    auth: &Arc<FreshAuth>,
    pins: [Pin; 2],
    passphrases: [Passphrase; 2],
) {
    let ([first, second], [changed, added]) = (pins, passphrases);
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.change_pin(b"", &first).await });
    let w = Arc::clone(wallet);
    can_be_spawned(&async move { w.change_passphrase(b"", &changed, Keep::default()).await });
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.renew_recovery_code(&a, Keep::default()).await });
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.add_pin(&a, &second, None).await });
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.add_os_auth(&a).await });
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.add_passphrase(&a, &added).await });
    let (w, a) = (Arc::clone(wallet), Arc::clone(auth));
    can_be_spawned(&async move { w.remove_slot(&a, SlotKind::Pin).await });
}

#[test]
fn every_future_of_the_facade_can_be_spawned() {
    let _compiled = (
        receiving,
        keeping,
        showing,
        signing,
        opening,
        changing_secrets,
    );
    let here = include_str!("spawning.rs");
    let facade = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/wallet");
    let mut seen = 0;
    for entry in std::fs::read_dir(facade).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        for rest in source.split("pub async fn ").skip(1) {
            let name = rest.split('(').next().unwrap();
            let called = [" ", ".", ":"].map(|before| format!("{before}{name}("));
            assert!(called.iter().any(|call| here.contains(call)), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 30, "the facade was not found");
}
