//! Redirect answers (RFC 6749 4.1.2, RFC 9207): what is not an answer to our request ends without a token call.

use super::authorization::{PAR, REDIRECT, redirect, request, resume, sent_form, with_par, world};
use super::issuer::{ISSUER, TOKEN, World};
use super::refused;
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::issuance::AuthorizationAnswer;
use crate::profile::Profile;
use proptest::prelude::*;
use serde_json::json as value;
use url::Url;

/// What the wallet says to a redirect answer that `change` made wrong; the token endpoint must not hear of it.
fn answer_error(
    change_world: impl FnOnce(&mut World),
    change: impl FnOnce(&Url) -> String,
) -> WalletError {
    let mut world = world();
    change_world(&mut world);
    let requested = request(&mut world).unwrap();
    let url = change(&redirect(&requested));
    let before = world.http.log().len();
    let error = refused(resume(&world, requested.waiting, &url));
    assert_eq!(world.http.log().len(), before, "a request was made");
    error
}

// shows: VCI 17, HAIP 26
#[test]
fn a_state_that_is_missing_or_not_ours_is_refused() {
    for change in [
        |_: &Url| format!("{REDIRECT}?code=c"),
        |_: &Url| format!("{REDIRECT}?code=c&state="),
        |_: &Url| format!("{REDIRECT}?code=c&state=xyz"),
        |url: &Url| url.as_str().replace("state=", "state=x"),
    ] {
        let error = answer_error(|_| {}, change);
        assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
        assert_eq!(error.subject(), Some("state"));
    }
}

// shows: VCI 17, HAIP 2, HAIP 26
#[test]
fn an_iss_that_is_promised_must_come_and_any_that_comes_must_be_right() {
    let promised = |world: &mut World| {
        world.server["authorization_response_iss_parameter_supported"] = value!(true);
    };
    let with_iss = |iss: &'static str| {
        move |url: &Url| {
            let mut url = url.clone();
            url.query_pairs_mut().append_pair("iss", iss);
            url.into()
        }
    };
    let missing = answer_error(promised, |url| url.as_str().to_owned());
    let haip = {
        let mut world = with_par();
        world.settings.profile = Profile::Haip;
        let requested = request(&mut world).unwrap();
        let url = format!(
            "{REDIRECT}?code=c&state={}",
            sent_form(&world, PAR)["state"]
        );
        refused(resume(&world, requested.waiting, &url))
    };
    let wrong = answer_error(promised, with_iss("https://evil.example"));
    let not_promised = answer_error(|_| {}, with_iss("https://evil.example"));
    let normalised = answer_error(promised, with_iss("https://issuer.example/tenant/"));
    let empty = answer_error(|_| {}, with_iss(""));
    for error in [missing, haip, wrong, not_promised, normalised, empty] {
        assert_eq!(error.code(), ErrorCode::AuthorizationResponseInvalid);
        assert_eq!(
            (error.subject(), error.failed_rule()),
            (Some("iss"), Some("RFC 9207 2.4"))
        );
    }
    let mut world = world();
    promised(&mut world);
    let requested = request(&mut world).unwrap();
    let url = with_iss(ISSUER)(&redirect(&requested));
    assert!(resume(&world, requested.waiting, &url).is_ok());
}

// shows: VCI 18
#[test]
fn an_error_answer_stops_without_a_token_call() {
    for (error, subject, category) in [
        ("access_denied", "access_denied", Category::Holder),
        ("server_error", "server_error", Category::Issuer),
        ("%3Cscript%3E", "other", Category::Issuer),
    ] {
        let refusal = answer_error(
            |_| {},
            |url| {
                url.as_str().replace(
                    "code=SplxlOBeZQQYbYS6WxSbIA",
                    &format!("error={error}&error_description=Kim"),
                )
            },
        );
        assert_eq!(refusal.code(), ErrorCode::AuthorizationRefused);
        assert_eq!(
            (refusal.subject(), refusal.category()),
            (Some(subject), category)
        );
    }
    // One that is not for us says nothing.
    let error = answer_error(
        |_| {},
        |_| format!("{REDIRECT}?error=access_denied&state=x"),
    );
    assert_eq!(error.subject(), Some("state"));
}

// shows: VCI 18
#[test]
fn answers_of_wrong_form_are_not_read() {
    let long = format!("{REDIRECT}?code={}", "x".repeat(20_000));
    let many: String = (0..40).map(|n| format!("&p{n}=")).collect();
    for url in [
        "",
        "no url",
        REDIRECT,
        "wallet:/cb?state=s",
        "wallet:/cb?code=&state=s",
        "wallet:/cb?code=a&code=b&state=s",
        "wallet:/cb?code=a&state=s&state=s",
        "wallet:/cb?code=a&state=s&iss=a&i%73s=b",
        "wallet:/cb?code=a&error=b&state=s",
        "wallet:/cb?code=%zz&state=s",
        "wallet:/cb?code=%ff&state=s",
        "wallet:/cb#code=a&state=s",
        &long,
        &format!("{REDIRECT}?code=a&state=s{many}"),
    ] {
        let error = refused(AuthorizationAnswer::parse(url));
        assert_eq!(
            error.code(),
            ErrorCode::AuthorizationResponseInvalid,
            "{url}"
        );
    }
}

#[test]
fn an_answer_to_another_address_is_refused() {
    for address in [
        "org.example.wallet:/other",
        "https://evil.example/issued",
        "org.example.evil:/issued",
    ] {
        let error = answer_error(|_| {}, |url| url.as_str().replace(REDIRECT, address));
        assert_eq!(error.subject(), Some("redirect_uri"), "{address}");
    }
    // What browsers add does no harm.
    let mut world = world();
    let requested = request(&mut world).unwrap();
    let url = format!("{}#_=_", redirect(&requested));
    assert!(resume(&world, requested.waiting, &url).is_ok());
}

#[test]
fn who_comes_back_too_late_starts_again() {
    let mut world = world();
    let requested = request(&mut world).unwrap();
    let url = redirect(&requested);
    world.clock.0 = UnixTime::from_secs(requested.waiting.expires_at().as_secs() + 1);
    let error = refused(resume(&world, requested.waiting, url.as_str()));
    assert_eq!(error.code(), ErrorCode::IssuanceExpired);
    assert!(world.http.requests(TOKEN).is_empty());
}

proptest! {
    #[test]
    fn no_redirect_makes_the_parser_panic(text in "[a-z]{0,8}:?/{0,2}[ -~]{0,60}\\PC{0,8}") {
        let _ = AuthorizationAnswer::parse(&text);
    }
}
