//! `wallet change-passphrase`, `change-pin`, and fresh authentication

use crate::bench::{Bench, PASSPHRASE, members, path_text, recovery_code};
use serde_json::json;

const NEW: &str = "nine lanterns drift past the old mill";

#[test]
fn after_a_change_the_old_passphrase_and_the_old_recovery_code_are_void() {
    let bench = Bench::new(&[]);
    let old_code = recovery_code(&bench.run(&["init"]).done());
    let new = bench.file("new", &format!("{NEW}\n"));
    let printed = bench
        .run(&["change-passphrase", "--new-passphrase-file", &new])
        .done();
    let new_code = recovery_code(&printed);
    assert!(printed.contains("old recovery code is void"), "{printed}");
    assert_ne!(old_code, new_code);

    assert_eq!(bench.json(&["list"]).refused(), "wrong_secret");
    bench.run_as(&["--passphrase-file", &new, "list"]).done();
    let file = bench.file("old-code", &old_code);
    let run = bench.run_as(&["--json", "--recovery-code-file", &file, "list"]);
    assert_eq!(run.refused(), "wrong_secret");
    let file = bench.file("new-code", &new_code);
    bench
        .run_as(&["--recovery-code-file", &file, "list"])
        .done();
    // The recovery code opens the store; it is not what the passphrase is changed with.
    bench
        .run_as(&[
            "--recovery-code-file",
            &file,
            "change-passphrase",
            "--new-passphrase-file",
            &new,
        ])
        .is_usage_error();
    let back = path_text(&bench.path("passphrase"));
    let document = bench
        .run_as(&[
            "--json",
            "--passphrase-file",
            &new,
            "change-passphrase",
            "--new-passphrase-file",
            &back,
        ])
        .document();
    assert_eq!(members(&document), ["changed", "recovery_code"]);
    let said = bench.said();
    assert!(!said.contains(NEW) && !said.contains(PASSPHRASE));
}

#[test]
fn after_a_change_the_old_pin_is_void() {
    let bench = Bench::new(&[]);
    let (old, new) = (bench.file("old", "730194\n"), bench.file("new", "482915\n"));
    let key = path_text(&bench.path("software.key"));
    let with = |pin: &str, more: &[&str]| {
        let options = ["--json", "--pin-file", pin, "--insecure-software-key", &key];
        bench.run_as(&[&options[..], more].concat())
    };
    with(&old, &["init"]).document();
    let changed = with(&old, &["change-pin", "--new-pin-file", &new]).document();
    assert_eq!(
        changed,
        json!({ "changed": "pin", "old_key_deleted": true })
    );
    assert_eq!(with(&old, &["list"]).refused(), "wrong_secret");
    with(&new, &["list"]).document();
    let weak = bench.file("weak", "111111\n");
    assert_eq!(
        with(&new, &["change-pin", "--new-pin-file", &weak]).refused(),
        "weak_pin"
    );
    with(&new, &["list"]).document();

    let people = bench.run_as(&["--pin-file", &new, "--insecure-software-key", &key, "list"]);
    assert_eq!(people.stderr, "");
    assert!(!bench.said().contains("730194") && !bench.said().contains("482915"));
    // The store was made with this key: another opens nothing, and nothing is lost.
    let other = path_text(&bench.path("other.key"));
    let run = bench.run_as(&[
        "--json",
        "--pin-file",
        &new,
        "--insecure-software-key",
        &other,
        "list",
    ]);
    assert_eq!(run.refused(), "device_key_missing");
    with(&new, &["list"]).document();
}

#[test]
fn the_insecure_software_key_is_warned_about() {
    let bench = Bench::new(&[]);
    let pin = bench.file("pin", "730194");
    let key = path_text(&bench.path("software.key"));
    let options = ["--pin-file", &pin, "--insecure-software-key", &key];
    let printed = bench.run_as(&[&options[..], &["init"]].concat()).done();
    assert!(printed.contains("WARNING"), "{printed}");
}

/// The passphrase comes through a pipe: the first reading gives the right one, the second a wrong one.
#[cfg(unix)]
#[test]
fn exporting_asks_for_the_passphrase_again() {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::time::{Duration, Instant};

    const O_NONBLOCK: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 4 };

    let bench = Bench::new(&[]);
    bench.run(&["init"]).done();
    let pipe = bench.path("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            for passphrase in [PASSPHRASE, NEW] {
                std::fs::write(&pipe, format!("{passphrase}\n")).unwrap();
                // The next reading has begun only after this one has ended: then nobody is there for a moment.
                let start = Instant::now();
                while std::fs::File::options()
                    .write(true)
                    .custom_flags(O_NONBLOCK)
                    .open(&pipe)
                    .is_ok()
                {
                    assert!(start.elapsed() < Duration::from_secs(20));
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            let _ = std::io::stdout().flush();
        }
    });
    let run = bench.run_as(&["--json", "--passphrase-file", &path_text(&pipe), "export"]);
    writer.join().unwrap();
    assert_eq!(run.refused(), "wrong_secret");
    assert_eq!(run.stdout, "");
}
