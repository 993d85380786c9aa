//! `cargo xtask size`: what the library that ships weighs, by section and by crate, and whether it grew.

mod owners;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use object::elf::{FileHeader64, SHF_ALLOC};
use object::read::elf::ElfFile;
use object::{Endianness, Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind};

use crate::command::Outcome;
use crate::native;
use owners::owner;

/// What it was meant to weigh for x86-64: 3 MB, of 1,048,576 bytes each. It weighs more (docs/adr/20).
const GOAL: u64 = 3 * 1024 * 1024;

/// What it may weigh: what was reached, and 1 %. Set lower whenever it becomes smaller, and never higher without a reason
/// in the same change.
const LIMIT: u64 = 5_880_000;

/// What `wallet-bbs` may add: 200 KB, with the curve under it, which nothing else uses. Counted is code, and data, with a
/// name of its own, at least: its share of generic code and of the tables to unwind is nobody's by name.
const BBS_LIMIT: u64 = 200 * 1024;

/// Whose code that is.
const BBS_OWNERS: [&str; 3] = ["wallet_bbs", "blst", "blst (C)"];

/// What is smaller shares a line.
const LEAST: u64 = 4096;

/// An ELF file of 64 bits.
type Library<'data> = ElfFile<'data, FileHeader64<Endianness>>;

/// What a library weighs.
#[derive(Debug)]
struct Sizes {
    /// The file after `strip --strip-all`, which is what an APK holds: Gradle strips what it packs.
    stripped: u64,
    /// Bytes in the file, by section that is loaded.
    sections: Vec<(String, u64)>,
    /// Bytes of functions and data, by whose they are.
    owners: BTreeMap<String, u64>,
}

/// Builds the library, prints what it weighs, and fails when that is more than the limit, which is that of Linux on x86-64.
pub(crate) fn report() -> Outcome {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("not weighed: the limit is for Linux on x86-64");
        return Ok(());
    }
    let path = native::build()?;
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let sizes = Sizes::of(&bytes)?;
    print!("{}", sizes.table());
    println!("\n{}", sizes.bbs_line());
    within_limit(sizes.stripped)?;
    bbs_within_limit(sizes.bbs()?)
}

fn within_limit(stripped: u64) -> Outcome {
    match stripped.checked_sub(LIMIT) {
        None | Some(0) => Ok(()),
        Some(over) => Err(format!("the library is {over} bytes over its limit")),
    }
}

fn bbs_within_limit(bbs: u64) -> Outcome {
    match bbs.checked_sub(BBS_LIMIT) {
        None | Some(0) => Ok(()),
        Some(over) => Err(format!("wallet-bbs and blst are {over} bytes over theirs")),
    }
}

/// What is said of the goal.
fn verdict(stripped: u64) -> String {
    match stripped.checked_sub(GOAL) {
        None | Some(0) => format!("the budget of {GOAL} bytes is held"),
        Some(over) => format!("the budget of {GOAL} bytes is NOT held: {over} bytes over"),
    }
}

impl Sizes {
    fn of(bytes: &[u8]) -> Outcome<Self> {
        let unreadable = |error| format!("no ELF file of 64 bits: {error}");
        let file = Library::parse(bytes).map_err(unreadable)?;
        let mut sections = Vec::new();
        let (mut end, mut names) = (0, ".shstrtab\0".len() as u64);
        // The empty first header, and that of the names.
        let mut headers = 2;
        for section in file.sections().filter(is_loaded) {
            headers += 1;
            let name = section.name().map_err(unreadable)?;
            names += name.len() as u64 + 1;
            if let Some((start, length)) = section.file_range() {
                end = end.max(start + length);
                sections.push((name.to_owned(), length));
            }
        }
        let stripped = (end + names + 1).next_multiple_of(8) + headers * 64;
        Ok(Self {
            stripped,
            sections,
            owners: by_owner(&file),
        })
    }

    /// What `wallet-bbs` adds. An owner that is not there is one whose name is not known any more.
    fn bbs(&self) -> Outcome<u64> {
        let named = |name: &&str| self.owners.contains_key(*name);
        match ["wallet_bbs", "blst (C)"].iter().find(|name| !named(name)) {
            Some(missing) => Err(format!("nothing in the library is of {missing}")),
            None => Ok(BBS_OWNERS
                .iter()
                .filter_map(|name| self.owners.get(*name))
                .sum()),
        }
    }

    fn bbs_line(&self) -> String {
        let counted = "code and data with a name of its own, at least";
        match self.bbs() {
            Ok(bbs) => {
                format!("wallet-bbs with blst: {bbs} bytes, at most {BBS_LIMIT} ({counted})")
            }
            Err(missing) => missing,
        }
    }

    fn table(&self) -> String {
        let sections = self
            .sections
            .iter()
            .map(|(name, size)| (name.as_str(), *size));
        let owners = self
            .owners
            .iter()
            .map(|(name, size)| (name.as_str(), *size));
        let Self { stripped, .. } = self;
        let verdict = verdict(*stripped);
        let head = format!("stripped: {stripped} bytes, at most {LIMIT}; {verdict}\n");
        head + &part("section", sections.collect())
            + &part(
                "crate, or code in C (generic code counts where it was written)",
                owners.collect(),
            )
    }
}

fn is_loaded<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(SHF_ALLOC),
        _ => false,
    }
}

/// Lines from the largest to the smallest; what is small shares the last one.
fn part(title: &str, mut sizes: Vec<(&str, u64)>) -> String {
    sizes.sort_by_key(|(name, size)| (std::cmp::Reverse(*size), *name));
    let shown = sizes.partition_point(|(_, size)| *size >= LEAST);
    let mut text = format!("\n{title}\n");
    let rest = sizes[shown..].iter().map(|(_, size)| size).sum();
    for (name, size) in sizes[..shown].iter().copied().chain([("the rest", rest)]) {
        // Writing to a string cannot fail.
        let _written = writeln!(text, "  {name:<22}{size:>9}");
    }
    text
}

/// Symbols of the same address are one function: only the first of them counts.
fn by_owner(file: &Library<'_>) -> BTreeMap<String, u64> {
    let mut owners = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut unit = "";
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or_default();
        if symbol.kind() == SymbolKind::File {
            unit = name;
        } else if symbol.is_definition() && symbol.size() > 0 && seen.insert(symbol.address()) {
            *owners.entry(owner(name, unit)).or_default() += symbol.size();
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// This very program is an ELF file with symbols; binutils say what a strip leaves of it.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_stripped_size_is_what_strip_leaves() {
        let program = std::env::current_exe().unwrap();
        let sizes = Sizes::of(&std::fs::read(&program).unwrap()).unwrap();
        let folder = std::env::temp_dir().join(format!("xtask-size-{}", std::process::id()));
        let strip = std::process::Command::new("strip")
            .args(["--strip-all", "-o"])
            .arg(&folder)
            .arg(&program)
            .status();
        assert!(strip.unwrap().success());
        let expected = std::fs::metadata(&folder).unwrap().len();
        std::fs::remove_file(&folder).unwrap();
        // The order and alignment of what is not loaded is the tool's own choice.
        assert!(
            sizes.stripped.abs_diff(expected) <= 4096,
            "{} {expected}",
            sizes.stripped
        );
        let text = sizes.sections.iter().find(|(name, _)| name == ".text");
        let text = text.unwrap().1;
        assert!(text > 0 && text < sizes.stripped);
        assert!(sizes.owners["xtask"] > 0 && sizes.owners["std"] > 0);
        assert!(sizes.owners.values().sum::<u64>() < sizes.stripped);
    }

    #[test]
    fn a_byte_more_than_the_limit_fails_and_more_than_the_goal_is_said() {
        assert!(within_limit(LIMIT).is_ok());
        assert!(within_limit(LIMIT + 1).is_err());
        assert!(verdict(GOAL).ends_with("is held"));
        assert!(verdict(GOAL + 1).ends_with("is NOT held: 1 bytes over"));
    }

    /// A library in which these weigh as much, in bytes.
    fn of_owners(owners: &[(&str, u64)]) -> Sizes {
        let owners = owners
            .iter()
            .map(|(name, size)| ((*name).to_owned(), *size));
        Sizes {
            stripped: 0,
            sections: Vec::new(),
            owners: owners.collect(),
        }
    }

    #[test]
    fn wallet_bbs_is_weighed_with_its_curve_and_a_byte_more_than_its_limit_fails() {
        let all = [
            ("wallet_bbs", 1),
            ("blst", 20),
            ("blst (C)", 300),
            ("ring (C)", 4000),
        ];
        assert_eq!(of_owners(&all).bbs(), Ok(321));
        assert_eq!(of_owners(&[all[0], all[2]]).bbs(), Ok(301));
        assert!(bbs_within_limit(BBS_LIMIT).is_ok());
        let over = bbs_within_limit(BBS_LIMIT + 1);
        assert_eq!(
            over.unwrap_err(),
            "wallet-bbs and blst are 1 bytes over theirs"
        );
    }

    #[test]
    fn a_library_in_which_nobody_finds_wallet_bbs_or_its_curve_is_not_taken_for_a_small_one() {
        for owners in [&[("wallet_bbs", 1)][..], &[("blst (C)", 1)], &[]] {
            let sizes = of_owners(owners);
            assert!(sizes.bbs().is_err(), "{owners:?}");
            assert!(
                sizes
                    .bbs_line()
                    .starts_with("nothing in the library is of ")
            );
        }
    }

    #[test]
    fn what_is_small_shares_a_line_and_the_largest_comes_first() {
        let text = part("crate", vec![("a", 1), ("b", LEAST), ("c", 9000), ("d", 2)]);
        let lines: Vec<_> = text
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>())
            .collect();
        assert_eq!(
            lines[2..],
            [
                vec!["c", "9000"],
                vec!["b", "4096"],
                vec!["the", "rest", "3"]
            ]
        );
    }

    #[test]
    fn what_is_no_library_is_refused() {
        assert!(Sizes::of(b"not an ELF file").is_err());
    }
}
