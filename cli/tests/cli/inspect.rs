//! `wallet inspect`

use crate::bench::{Bench, members, wallet};
use serde_json::{Value, json};
use wallet_parties::pki::{CertificateAuthority, LeafProfile};
use wallet_parties::sd_jwt::{SdJwtDraft, break_signature};

const CARD: &str = "https://issuer.example/types/library-card";

/// A card of an issuer that only this test knows.
fn card(authority: &CertificateAuthority, exp: i64) -> String {
    let signer = authority
        .issue_leaf(&LeafProfile::Issuer {
            common_name: "Fictional Library".into(),
            uri: Some("https://issuer.example".into()),
        })
        .unwrap();
    let claims = json!({"iss": "https://issuer.example", "vct": CARD, "exp": exp, "reader": "홍길동", "shelf": 7});
    let draft = SdJwtDraft::new(claims).unwrap();
    draft
        .disclosable(json!(["reader"]))
        .unwrap()
        .issue(&signer)
        .unwrap()
}

#[test]
fn a_credential_in_a_file_is_verified_and_not_stored() {
    let authority = CertificateAuthority::generate("Library Root").unwrap();
    let bench = Bench::new(&[&authority.pem().unwrap()]);
    let anchor = bench.path("anchor-0.pem").display().to_string();
    let file = bench.file("card", &format!("{}\n", card(&authority, 4_000_000_000)));
    // No store is needed.
    let inspect = |file: &str| wallet(&["--json", "--trust-anchor", &anchor, "inspect", file], "");
    let document = inspect(&file).document();
    assert_eq!(
        members(&document),
        [
            "format",
            "type",
            "issuer",
            "holder_bound",
            "expires_at",
            "claims"
        ]
    );
    assert_eq!(
        (&document["format"], &document["type"]),
        (&json!("dc+sd-jwt"), &json!(CARD))
    );
    assert_eq!(
        (&document["holder_bound"], &document["expires_at"]),
        (&json!(false), &json!(4_000_000_000_u64))
    );
    let claims = document["claims"].as_array().unwrap();
    let disclosable: Vec<&Value> = claims
        .iter()
        .filter(|claim| claim["disclosable"] == true)
        .map(|claim| &claim["path"])
        .collect();
    assert_eq!(disclosable, [&json!(["reader"])]);
    let people = wallet(&["--trust-anchor", &anchor, "inspect", &file], "").done();
    assert!(
        people.contains("verified") && people.contains("홍길동"),
        "{people}"
    );
    assert!(!bench.store().exists());
}

#[test]
fn a_credential_that_is_not_sound_is_refused_with_its_rule() {
    let authority = CertificateAuthority::generate("Library Root").unwrap();
    let stranger = CertificateAuthority::generate("Stranger").unwrap();
    let bench = Bench::new(&[&authority.pem().unwrap()]);
    let anchor = bench.path("anchor-0.pem").display().to_string();
    let good = card(&authority, 4_000_000_000);
    let (jwt, disclosures) = good.split_once('~').unwrap();
    let broken = [
        (break_signature(&good).unwrap(), "signature_invalid"),
        (card(&authority, 1), "credential_expired"),
        (card(&stranger, 4_000_000_000), "untrusted_issuer"),
        (jwt.to_owned(), "malformed"),
        (
            format!("{jwt}~{disclosures}{disclosures}"),
            "disclosure_invalid",
        ),
        ("not a credential".to_owned(), "malformed"),
        (String::new(), "malformed"),
        ("~".repeat(3_000_000), "too_large"),
    ];
    for (text, code) in broken {
        let file = bench.file("broken", &text);
        let run = wallet(&["--json", "--trust-anchor", &anchor, "inspect", &file], "");
        assert_eq!(run.refused(), code);
        assert_eq!(run.stdout, "");
        assert!(!run.stderr.contains("홍길동"));
    }
    let run = wallet(&["--json", "inspect", "/nowhere/at-all"], "");
    assert_eq!(run.refused(), "environment");
}

/// Clears the screen, moves the cursor, imitates the wallet's own lines and reverses the order of what follows.
const HOSTILE: &str = "a\u{1b}[2J\u{9b}H\nissuer: The Mint\r\u{7}\u{202e}b";

#[test]
fn foreign_text_does_nothing_to_the_terminal_and_adds_no_line() {
    let authority = CertificateAuthority::generate("Library Root").unwrap();
    let bench = Bench::new(&[&authority.pem().unwrap()]);
    let anchor = bench.path("anchor-0.pem").display().to_string();
    let profile = LeafProfile::Issuer {
        common_name: "Fictional Library".into(),
        uri: None,
    };
    let signer = authority.issue_leaf(&profile).unwrap();
    let claims = json!({"vct": HOSTILE, HOSTILE: HOSTILE, "list": [HOSTILE]});
    let draft = SdJwtDraft::new(claims).unwrap();
    let file = bench.file("card", &draft.issue(&signer).unwrap());
    let printed = wallet(&["--trust-anchor", &anchor, "inspect", &file], "").done();
    let is_harmless = |c: char| !c.is_control() && c != '\u{202e}';
    assert!(
        printed.lines().all(|line| line.chars().all(is_harmless)),
        "{printed:?}"
    );
    let issuers = printed.lines().filter(|line| line.starts_with("issuer:"));
    assert_eq!(issuers.count(), 1, "{printed}");

    let run = wallet(&["--json", "--trust-anchor", &anchor, "inspect", &file], "");
    assert!(
        run.stdout.lines().all(|line| line.chars().all(is_harmless)),
        "{:?}",
        run.stdout
    );
    assert_eq!(run.document()["type"], HOSTILE);
}
