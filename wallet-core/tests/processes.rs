//! Several processes on one store, and media that a process cannot write.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod store;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use store::{body, id, text};
use wallet_core::ErrorCode;
use wallet_core::vault::database::{Changes, IntegrityState, RecordKind};

/// A record that every process counts up.
const COUNTER: u64 = u64::MAX;
const WORKERS: u64 = 3;

fn say(what: &str) {
    println!("\n{what}");
    std::io::stdout().flush().unwrap();
}

/// The lines of a child's output that begin with `word`, without it.
fn said(output: &std::process::Output, word: &str) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
        .map(str::to_owned)
        .collect()
}

/// Counts up, and inserts a record of its own with every count, for some seconds; tries again where another was faster.
#[test]
fn counting_child() {
    let Some(dir) = store::folder_of_child() else {
        return;
    };
    let worker: u64 = std::env::var("WALLET_TEST_WORKER")
        .unwrap()
        .parse()
        .unwrap();
    let database = store::open(&dir).unwrap();
    let end = Instant::now() + Duration::from_secs(4);
    let (mut counted, mut conflicts) = (0, 0);
    while Instant::now() < end {
        let counter = database.get(&id(COUNTER)).unwrap();
        let next = text(&counter.body).parse::<u64>().unwrap() + 1;
        let mut changes = Changes::new();
        changes.update(id(COUNTER), counter.version, 1, body(&next.to_string()));
        let own = worker * 1_000_000 + counted;
        changes.insert(
            id(own),
            RecordKind::COPY,
            1,
            body(&format!("{worker} at {next}")),
        );
        match database.commit(changes) {
            Ok(()) => counted += 1,
            Err(error) if error.code() == ErrorCode::Conflict => conflicts += 1,
            Err(error) => panic!("{error}"),
        }
        if counted % 16 == 7 {
            database.suspend().unwrap();
        }
        if counted % 5 == 3 {
            // Reading the others' records while they write.
            database.list(RecordKind::COPY).unwrap();
        }
    }
    assert_eq!(database.integrity(), IntegrityState::Ok);
    say(&format!("counted {counted}"));
    say(&format!("conflicts {conflicts}"));
}

#[test]
fn processes_that_write_one_store_at_once_lose_nothing_and_corrupt_nothing() {
    let dir = store::fast_folder();
    let database = store::create(dir.path()).unwrap();
    let mut changes = Changes::new();
    changes.insert(id(COUNTER), RecordKind::PENDING, 1, body("0"));
    database.commit(changes).unwrap();
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| {
            store::child("counting_child", dir.path())
                .env("WALLET_TEST_WORKER", worker.to_string())
                .stderr(Stdio::inherit())
                .spawn()
                .unwrap()
        })
        .collect();
    let number = |output: &_, word| said(output, word)[0].parse::<u64>().unwrap();
    let (mut counted, mut conflicts, mut busy_workers) = (0, 0, 0);
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success());
        counted += number(&output, "counted");
        conflicts += number(&output, "conflicts");
        busy_workers += u64::from(number(&output, "counted") > 0);
    }
    // This process had the store open all the time.
    assert_eq!(
        text(&database.get(&id(COUNTER)).unwrap().body),
        counted.to_string()
    );
    assert_eq!(
        database.list(RecordKind::COPY).unwrap().len() as u64,
        counted
    );
    assert!(database.check().unwrap().is_empty());
    database.close().unwrap();
    let database = store::open(dir.path()).unwrap();
    assert_eq!(database.integrity(), IntegrityState::Ok);
    println!("{counted} commits and {conflicts} conflicts of {busy_workers} processes");
    assert!(counted > 50 && conflicts > 0 && busy_workers == WORKERS);
}

/// Tries to read and to write, and says what came of it.
#[test]
fn trying_child() {
    let Some(dir) = store::folder_of_child() else {
        return;
    };
    match store::open(&dir) {
        Err(error) => say(&format!("open {}", error.code().as_str())),
        Ok(database) => {
            let mut changes = Changes::new();
            changes.insert(id(2), RecordKind::COPY, 1, body("two"));
            let error = database.commit(changes).unwrap_err();
            say(&format!("commit {}", error.code().as_str()));
        }
    }
    let made = store::create(&dir.join("new")).err();
    say(&format!("create {}", made.unwrap().code().as_str()));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_left_alone() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    std::fs::create_dir_all(dir.join("new")).unwrap();
    store::create(&dir).unwrap().close().unwrap();
    let before = std::fs::read(dir.join("vault.db")).unwrap();
    let set_mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(folder.path(), 0o755);
    set_mode(&dir.join("vault.db"), 0o666);
    for closed in [dir.join("new"), dir.clone()] {
        set_mode(&closed, 0o555);
    }
    let mut child = store::child("trying_child", &dir);
    if std::fs::metadata(&dir).unwrap().uid() == 0 {
        // Root may write anywhere: try it as nobody.
        child.uid(65_534);
    }
    match child.output() {
        Err(error) => println!("skipped: nobody may not run this test ({error})"),
        Ok(output) => {
            assert_eq!(said(&output, "open"), ["read_only_medium"], "{output:?}");
            assert_eq!(said(&output, "create"), ["read_only_medium"]);
        }
    }
    for closed in [dir.clone(), dir.join("new")] {
        set_mode(&closed, 0o755);
    }
    assert_eq!(std::fs::read(dir.join("vault.db")).unwrap(), before);
    assert_eq!(store::open(&dir).unwrap().integrity(), IntegrityState::Ok);
}

/// Fills a small medium to the last byte, and makes room again.
#[test]
fn filling_child() {
    let Some(dir) = store::folder_of_child() else {
        return;
    };
    std::fs::write(dir.join("filler"), vec![0; 400_000]).unwrap();
    let database = store::create(&dir).unwrap();
    let insert = |n| {
        let mut changes = Changes::new();
        changes.insert(id(n), RecordKind::BODY, 1, body(&"full ".repeat(5_000)));
        database.commit(changes)
    };
    let stopped = (0..)
        .map(|n| (n, insert(n)))
        .find(|(_, result)| result.is_err());
    let (count, error) = stopped.unwrap();
    say(&format!("full {}", error.unwrap_err().code().as_str()));
    let whole = database.list(RecordKind::BODY).unwrap().len() as u64 == count;
    say(&format!("whole {whole}"));
    std::fs::remove_file(dir.join("filler")).unwrap();
    say(&format!("again {}", insert(count).is_ok()));
    database.close().unwrap();
    let database = store::open(&dir).unwrap();
    say(&format!("state {:?}", database.integrity()));
    say(&format!("damaged {}", database.check().unwrap().len()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_medium_is_told_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    // A small file system that only this command sees and that vanishes with it.
    let script =
        "mount -t tmpfs -o size=2m none \"$WALLET_TEST_FOLDER\" || exit 77; exec \"$0\" \"$@\"";
    let child = store::child("filling_child", dir.path());
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(child.get_program())
        .args(child.get_args())
        .env("WALLET_TEST_FOLDER", dir.path())
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        other => {
            let reason = other.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
            let allowed = reason
                .as_ref()
                .map_or(true, |text| !text.contains("panicked"));
            assert!(allowed, "{reason:?}");
            println!("skipped: no file system of a fixed size to be had ({reason:?})");
            return;
        }
    };
    assert_eq!(said(&output, "full"), ["disk_full"], "{output:?}");
    assert_eq!(said(&output, "whole"), ["true"]);
    assert_eq!(said(&output, "again"), ["true"]);
    assert_eq!(said(&output, "state"), ["Ok"]);
    assert_eq!(said(&output, "damaged"), ["0"]);
}
