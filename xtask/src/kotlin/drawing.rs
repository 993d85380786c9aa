//! What drawing screens needs of the machine: a font for Korean, and the libraries that the drawing library names.

use crate::command::Outcome;
use crate::packages::{ensure, says};

/// Debian's packages with all of it.
const PACKAGES: [&str; 4] = ["fontconfig", "libfontconfig1", "libgl1", "fonts-nanum"];

/// Sees to it that screens can be drawn. Without a font the drawings would show boxes, and no test would see it.
pub(super) fn is_possible() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let purpose = "the screens of android-demo cannot be drawn here";
    ensure(&PACKAGES, is_there, purpose)
}

fn is_there() -> bool {
    let libraries = |text: &str| text.contains("libGL.so.1") && text.contains("libfontconfig.so.1");
    says("fc-list", &[":lang=ko"], |fonts| !fonts.trim().is_empty())
        && says("/sbin/ldconfig", &["-p"], libraries)
}
