//! What stages need of the machine beyond Rust.

use std::process::Command;

use crate::command::{Outcome, run};

/// Sees to it that Debian's packages are there: `is_there` says whether, and root may install them. `purpose` begins the
/// sentence that is said otherwise.
pub(crate) fn ensure(packages: &[&str], is_there: impl Fn() -> bool, purpose: &str) -> Outcome {
    if is_there() {
        return Ok(());
    }
    let by_hand = format!(
        "{purpose}: install {} (Debian: apt-get install {})",
        packages.join(", "),
        packages.join(" ")
    );
    if !says("id", &["-u"], |user| user.trim() == "0") {
        return Err(by_hand);
    }
    println!("installing {}", packages.join(" "));
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        apt.args(arguments);
        run(apt)
    };
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    let installed = apt(&install).or_else(|_| apt(&["update"]).and_then(|()| apt(&install)));
    match installed {
        Ok(()) if is_there() => Ok(()),
        _ => Err(by_hand),
    }
}

/// Whether a program can be run, and what it prints passes.
pub(crate) fn says(program: &str, arguments: &[&str], passes: impl Fn(&str) -> bool) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| passes(&String::from_utf8_lossy(&output.stdout)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_says_nothing() {
        assert!(!says("no-such-program-anywhere", &[], |_| true));
        assert!(says("echo", &["a font"], |text| text.trim() == "a font"));
        assert!(!says("echo", &[""], |text| !text.trim().is_empty()));
    }

    #[test]
    fn what_is_there_is_not_installed() {
        assert_eq!(
            ensure(&["no-such-package"], || true, "nothing is done"),
            Ok(())
        );
    }
}
