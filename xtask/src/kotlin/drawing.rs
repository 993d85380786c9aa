//! What drawing screens needs of the machine: a font for Korean, and the libraries that the drawing library names.

use std::process::Command;

use crate::command::{Outcome, run};

/// Debian's packages with all of it.
const PACKAGES: [&str; 4] = ["fontconfig", "libfontconfig1", "libgl1", "fonts-nanum"];

/// Sees to it that screens can be drawn. Without a font the drawings would show boxes, and no test would see it.
pub(super) fn is_possible() -> Outcome {
    if !cfg!(target_os = "linux") || is_there() {
        return Ok(());
    }
    let by_hand = format!(
        "the screens of android-demo cannot be drawn here: install {} (Debian: apt-get install {})",
        PACKAGES.join(", "),
        PACKAGES.join(" ")
    );
    if !says("id", &["-u"], |user| user.trim() == "0") {
        return Err(by_hand);
    }
    println!("installing {}", PACKAGES.join(" "));
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        apt.args(arguments);
        run(apt)
    };
    let install = [&["install", "-y", "--no-install-recommends"], &PACKAGES[..]].concat();
    let installed = apt(&install).or_else(|_| apt(&["update"]).and_then(|()| apt(&install)));
    match installed {
        Ok(()) if is_there() => Ok(()),
        _ => Err(by_hand),
    }
}

fn is_there() -> bool {
    let libraries = |text: &str| text.contains("libGL.so.1") && text.contains("libfontconfig.so.1");
    says("fc-list", &[":lang=ko"], |fonts| !fonts.trim().is_empty())
        && says("/sbin/ldconfig", &["-p"], libraries)
}

/// Whether a program can be run, and what it prints passes.
fn says(program: &str, arguments: &[&str], passes: impl Fn(&str) -> bool) -> bool {
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
}
