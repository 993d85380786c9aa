//! The facade as apps see it, one line for each thing they may name: `docs/facade/kotlin.txt`, `android.txt` for the Android
//! parts, and `swift.txt`. What was there at the last release (`…-released.txt`) and is gone or changed needs a line under "Breaking" in
//! CHANGELOG.md.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::declarations::{declared, generated};
use super::{KOTLIN, KOTLIN_FILES, read, swift, swift_declarations, write_file};
use crate::command::{Outcome, root};

/// What one library shows.
struct Facade {
    /// Its pages are `docs/facade/NAME.txt` and `NAME-released.txt`.
    name: &'static str,
    /// The sources, or the hand-written ones.
    layer: &'static str,
    language: Language,
}

/// How its sources are read.
enum Language {
    Kotlin,
    /// Kotlin, with the generated code.
    KotlinAndGenerated,
    Swift,
}

const FACADES: [Facade; 3] = [
    Facade {
        name: "kotlin",
        layer: "bindings/kotlin/wallet/src/main/kotlin",
        language: Language::KotlinAndGenerated,
    },
    Facade {
        name: "android",
        layer: "bindings/kotlin/android/src/main/kotlin",
        language: Language::Kotlin,
    },
    Facade {
        name: "swift",
        layer: swift::SOURCES,
        language: Language::Swift,
    },
];

/// Writes the facades as they are.
pub(super) fn write() -> Outcome {
    FACADES
        .iter()
        .try_for_each(|facade| write_file(&root().join(facade.page()), &facade.now()?))
}

/// Writes the facades as those of a release: nothing in them may change from now on without being told.
pub(super) fn release() -> Outcome {
    write()?;
    FACADES
        .iter()
        .try_for_each(|facade| write_file(&root().join(facade.released()), &facade.now()?))
}

/// Compares with what is checked in, and with the last release.
pub(super) fn check() -> Outcome {
    FACADES.iter().try_for_each(Facade::check)
}

impl Facade {
    fn page(&self) -> String {
        format!("docs/facade/{}.txt", self.name)
    }

    fn released(&self) -> String {
        format!("docs/facade/{}-released.txt", self.name)
    }

    fn check(&self) -> Outcome {
        let now = self.now()?;
        if text(&self.page())? != now {
            let page = self.page();
            return Err(format!("{page} is stale: run `cargo xtask bindings`"));
        }
        let untold = untold(&text(&self.released())?, &now, &text("CHANGELOG.md")?);
        if untold.is_empty() {
            return Ok(());
        }
        Err(format!(
            "changed since the last release; name each in backticks under \"### Breaking\" of \"## Unreleased\" in CHANGELOG.md:\n  {}",
            untold.join("\n  ")
        ))
    }

    fn now(&self) -> Outcome<String> {
        let mut lines = BTreeSet::new();
        if matches!(self.language, Language::KotlinAndGenerated) {
            lines.extend(generated(&text(&format!("{KOTLIN}/{}", KOTLIN_FILES[0]))?));
        }
        let (ending, declared) = match self.language {
            Language::Kotlin | Language::KotlinAndGenerated => ("kt", declared as fn(&str) -> _),
            Language::Swift => ("swift", swift_declarations::declared as fn(&str) -> _),
        };
        for file in files(&root().join(self.layer), ending)? {
            let source = read(&file)?;
            lines.extend(declared(&String::from_utf8_lossy(&source)));
        }
        if lines.is_empty() {
            return Err(
                "no declaration was found: look at xtask/src/bindings/*declarations.rs".into(),
            );
        }
        Ok(lines.into_iter().map(|line| line + "\n").collect())
    }
}

fn files(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        match path.is_dir() {
            true => found.extend(files(&path, ending)?),
            false if path.extension().is_some_and(|its| its == ending) => found.push(path),
            false => {}
        }
    }
    Ok(found)
}

fn text(path: &str) -> Outcome<String> {
    Ok(String::from_utf8_lossy(&read(&root().join(path))?).into_owned())
}

/// The released lines that are not there any more and are not named in the change log. A type that is gone is named once.
fn untold(released: &str, now: &str, changelog: &str) -> Vec<String> {
    let now: BTreeSet<&str> = now.lines().collect();
    let types: BTreeSet<&str> = now.iter().map(|line| owner(line)).collect();
    let told = breaking(changelog);
    let is_told = |line: &str| {
        let is_named = |name: &str| told.contains(&format!("`{name}`"));
        is_named(name(line)) || !types.contains(owner(line)) && is_named(owner(line))
    };
    let gone = released.lines().filter(|line| !now.contains(line));
    gone.filter(|line| !is_told(line))
        .map(str::to_owned)
        .collect()
}

/// The type a line belongs to: `Wallet` of `Wallet.list(locales: List<String>)`.
fn owner(line: &str) -> &str {
    let name = name(line);
    name.split('.').next().unwrap_or(name)
}

/// What a line is about: `Wallet.list` of `Wallet.list(locales: List<String>)`.
fn name(line: &str) -> &str {
    let keyword = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase());
    let mut words = line
        .split(' ')
        .skip_while(|word| keyword(word) || word.starts_with('<'));
    let word = words.next().unwrap_or(line);
    word.split(['(', ':', '<']).next().unwrap_or(word)
}

/// What stands under "Breaking" of what is not released yet.
fn breaking(changelog: &str) -> String {
    let unreleased = changelog
        .split("\n## ")
        .find(|part| part.starts_with("Unreleased"));
    let parts = unreleased.unwrap_or_default().split("\n### ");
    parts.filter(|part| part.starts_with("Breaking")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASED: &str = "suspend fun Wallet.list(locales: List<String>)\nFault.code: String\n";
    const CHANGELOG: &str = "# Changelog\n\n## Unreleased\n\n### Added\n- `Fault.code`\n\n### Breaking\n- `Wallet.list` is gone.\n\n## 0.1.0\n\n### Breaking\n- `Fault.code`\n";

    #[test]
    fn what_was_added_breaks_nothing() {
        let now = format!("{RELEASED}Fault.more: String\n");
        assert_eq!(untold(RELEASED, &now, "## Unreleased\n"), [""; 0]);
    }

    #[test]
    fn what_is_gone_or_changed_is_found() {
        let now = "Fault.code: String?\n";
        let found = untold(RELEASED, now, "\n## Unreleased\n");
        assert_eq!(found, RELEASED.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_line_is_about_the_name_in_it() {
        let lines = [
            (
                "suspend fun Wallet.list(locales: List<String>): X",
                "Wallet.list",
            ),
            ("Fault.code: kotlin.String", "Fault.code"),
            (
                "val WalletException.code: ErrorCode",
                "WalletException.code",
            ),
            ("fun <T> Watch.all(x: T)", "Watch.all"),
            ("class Wallet private constructor(x: Int)", "Wallet"),
            (
                "static func Wallet.open(in folder: URL) -> Wallet",
                "Wallet.open",
            ),
            ("case CardStatus.stale(seenAt: Date)", "CardStatus.stale"),
            ("struct Fault: Equatable, Hashable", "Fault"),
            (
                "fun openWallet(dir: kotlin.String): NativeWallet",
                "openWallet",
            ),
        ];
        for (line, expected) in lines {
            assert_eq!(name(line), expected);
        }
    }

    #[test]
    fn a_type_that_is_gone_is_named_once_and_one_that_lost_a_member_is_not_enough() {
        let released = "Fault.code: String\nFault.rule: String\n";
        let changelog = "\n## Unreleased\n\n### Breaking\n- `Fault`\n";
        assert_eq!(untold(released, "", changelog), [""; 0]);
        let left = "Fault.code: String\n";
        assert_eq!(untold(released, left, changelog), ["Fault.rule: String"]);
    }

    #[test]
    fn only_a_name_under_breaking_of_what_is_unreleased_counts() {
        assert_eq!(untold(RELEASED, "", CHANGELOG), ["Fault.code: String"]);
    }
}
