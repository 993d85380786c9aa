//! `wallet init`

use crate::bench::{Bench, contents, members, path_text, recovery_code, wallet};

#[test]
fn the_recovery_code_is_shown_once_and_what_it_is_not_is_said() {
    let bench = Bench::new(&[]);
    let printed = bench.run(&["init"]).done();
    let code = recovery_code(&printed);
    assert!(printed.contains("is no backup"), "{printed}");
    let listed = bench.run(&["list"]).done();
    assert!(!listed.contains(&code));
    let file = bench.file("code", &format!("{code}\n"));
    bench
        .run_as(&["--recovery-code-file", &file, "list"])
        .done();
    let wrong = bench.file("wrong-code", "AAAA-BBBB");
    let refused = bench.run_as(&["--json", "--recovery-code-file", &wrong, "list"]);
    assert_eq!(refused.refused(), "recovery_code_malformed");
}

#[test]
fn a_store_that_exists_is_never_overwritten() {
    let bench = Bench::new(&[]);
    let document = bench.json(&["init"]).document();
    assert_eq!(members(&document), ["store", "recovery_code"]);
    assert_eq!(document["store"], path_text(&bench.store()));
    let before = contents(&bench.store());
    assert_eq!(bench.json(&["init"]).refused(), "store_exists");
    assert_eq!(contents(&bench.store()), before);
    // Half a store is a store too.
    std::fs::remove_file(bench.store().join("vault.db")).unwrap();
    assert_eq!(bench.json(&["init"]).refused(), "store_exists");
}

#[test]
fn a_weak_passphrase_or_pin_makes_no_store() {
    let bench = Bench::new(&[]);
    let weak = bench.file("weak", "password\n");
    let run = bench.run_as(&["--json", "--passphrase-file", &weak, "init"]);
    assert_eq!(run.refused(), "weak_passphrase");
    let weak = bench.file("weak-pin", "123456\n");
    let key = path_text(&bench.path("key"));
    let pin = ["--pin-file", &weak, "--insecure-software-key", &key];
    let run = bench.run_as(&[&["--json"], &pin[..], &["init"]].concat());
    assert_eq!(run.refused(), "weak_pin");
    assert!(!bench.store().join("vault.db").exists());
}

#[test]
fn a_pin_needs_the_insecure_software_key_by_name() {
    let bench = Bench::new(&[]);
    let pin = bench.file("pin", "730194\n");
    bench.run_as(&["--pin-file", &pin, "init"]).is_usage_error();
    assert!(!bench.store().exists());
}

#[test]
fn the_insecure_software_key_may_not_lie_in_the_store() {
    let bench = Bench::new(&[]);
    let pin = bench.file("pin", "730194\n");
    std::fs::create_dir(bench.store()).unwrap();
    let inside = bench.store().join("key");
    let around = bench.store().join("../store/deeper/key");
    for key in [path_text(&inside), path_text(&around)] {
        let run = bench.run_as(&[
            "--json",
            "--pin-file",
            &pin,
            "--insecure-software-key",
            &key,
            "init",
        ]);
        assert_eq!(run.refused(), "unsafe_configuration", "{key}");
    }
    assert_eq!(contents(&bench.store()), []);
}

#[test]
fn without_a_terminal_nobody_is_asked_for_a_passphrase() {
    let bench = Bench::new(&[]);
    bench.run_as(&["init"]).is_usage_error();
    assert!(!bench.store().exists());
    bench.run(&["init"]).done();
    let run = bench.run_as(&["list"]);
    run.is_usage_error();
    assert!(run.stderr.contains("--passphrase-file"), "{}", run.stderr);
}

#[test]
fn a_passphrase_is_the_whole_first_line_and_no_more() {
    let bench = Bench::new(&[]);
    let spaced = bench.file(
        "spaced",
        "  quiet otters fold seven paper boats \r\nsecond line\n",
    );
    bench.run_as(&["--passphrase-file", &spaced, "init"]).done();
    bench.run_as(&["--passphrase-file", &spaced, "list"]).done();
    let trimmed = bench.run(&["--json", "list"]);
    assert_eq!(trimmed.refused(), "wrong_secret");
    let endless = bench.file("endless", &"x".repeat(5000));
    bench
        .run_as(&["--passphrase-file", &endless, "list"])
        .is_usage_error();
}

#[cfg(unix)]
#[test]
fn a_recovery_code_that_could_not_be_printed_is_reported() {
    let bench = Bench::new(&[]);
    let passphrase = path_text(&bench.path("passphrase"));
    let store = path_text(&bench.store());
    let command = format!(
        "'{}' --store '{store}' --passphrase-file '{passphrase}' init 2>&1 >/dev/full",
        env!("CARGO_BIN_EXE_wallet")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &command])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("could not be printed"), "{said}");
}

#[test]
fn there_is_no_store_until_it_is_made() {
    let bench = Bench::new(&[]);
    for command in ["list", "history", "export", "change-passphrase"] {
        assert_eq!(
            bench.json(&[command]).refused(),
            "store_missing",
            "{command}"
        );
    }
    assert!(!bench.store().exists());
    wallet(&["list"], "").is_usage_error();
}
