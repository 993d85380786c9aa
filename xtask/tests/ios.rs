//! What of the work on a Mac can be checked without one: the workflow parses, what it and the page of what is not run here name
//! exists, and all that touches Apple's frameworks is where the page says.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use yaml_rust2::{Yaml, YamlLoader};

const WORKFLOW: &str = ".github/workflows/ios.yml";
const PAGE: &str = "docs/ios-not-run-here.md";
const PACKAGE: &str = "bindings/swift";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn workflow() -> Yaml {
    let documents = YamlLoader::load_from_str(&read(WORKFLOW)).unwrap();
    assert_eq!(documents.len(), 1);
    documents.into_iter().next().unwrap()
}

/// The commands of all steps of the workflow.
fn steps() -> Vec<String> {
    let workflow = workflow();
    let jobs = workflow["jobs"].as_hash().unwrap();
    let steps = jobs.values().flat_map(|job| job["steps"].as_vec().unwrap());
    let commands: Vec<String> = steps
        .filter_map(|step| step["run"].as_str().map(str::to_owned))
        .collect();
    assert!(commands.len() >= 6);
    commands
}

/// The commands the page shows.
fn shown() -> Vec<String> {
    let page = read(PAGE);
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let commands: Vec<String> = lines.map(str::to_owned).collect();
    assert!(commands.len() >= 4);
    commands
}

/// The words of a command that are paths of the project, without those that a build makes.
fn paths(command: &str) -> Vec<&str> {
    let words = command.split([' ', '"', '=', '\'']);
    let ours = |word: &&str| {
        ["bindings/", "ios-demo/"]
            .iter()
            .any(|folder| word.starts_with(folder))
    };
    let made = |word: &&str| word.ends_with(".xcframework") || word.ends_with(".xcodeproj");
    words.filter(ours).filter(|word| !made(word)).collect()
}

/// Every file in a folder of the project, as a path in it.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn every_file_and_script_that_is_named_exists() {
    let commands = [steps(), shown()].concat();
    let named: BTreeSet<&str> = commands.iter().flat_map(|command| paths(command)).collect();
    assert!(named.contains("bindings/swift/xcframework.sh"), "{named:?}");
    for path in named {
        let file = root().join(path);
        assert!(file.exists(), "{path}");
        if path.ends_with(".sh") {
            assert_ne!(
                file.metadata().unwrap().permissions().mode() & 0o111,
                0,
                "{path}"
            );
            let checked = Command::new("sh").arg("-n").arg(&file).status().unwrap();
            assert!(checked.success(), "{path}");
        }
    }
}

#[test]
fn every_cargo_package_profile_and_scheme_that_is_named_exists() {
    let script = read("bindings/swift/xcframework.sh");
    let mut commands = [steps(), shown()].concat();
    commands.extend(script.replace("\\\n", " ").lines().map(str::to_owned));
    let manifest = read("Cargo.toml");
    let packages = [
        ("wallet-parties", "parties"),
        ("wallet-ffi", "bindings/ffi"),
    ];
    let mut seen = BTreeSet::new();
    for command in &commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        for pair in words.windows(2) {
            match pair[0] {
                "--package" | "-p" if words.contains(&"cargo") => {
                    let (name, folder) = packages.iter().find(|known| known.0 == pair[1]).unwrap();
                    let of_package = read(&format!("{folder}/Cargo.toml"));
                    assert!(of_package.contains(&format!("name = \"{name}\"")), "{name}");
                    seen.insert(*name);
                }
                "--profile" if pair[1] != "minimal" => {
                    let profile = format!("[profile.{}]", pair[1]);
                    assert!(manifest.contains(&profile), "{profile}");
                }
                "-scheme" => {
                    let is_package = read("bindings/swift/Package.swift")
                        .contains(&format!("name: \"{}\",\n    platforms", pair[1]));
                    let is_app =
                        || read("ios-demo/project.yml").contains(&format!("  {}:", pair[1]));
                    assert!(is_package || is_app(), "{}", pair[1]);
                }
                _ => {}
            }
        }
    }
    assert_eq!(seen.len(), packages.len());
}

#[test]
fn versions_agree_with_cargo_and_the_package() {
    let rust = workflow()["env"]["RUST"].as_str().unwrap().to_owned();
    assert!(read("Cargo.toml").contains(&format!("rust-version = \"{rust}\"")));
    let (package, script) = (
        read("bindings/swift/Package.swift"),
        read("bindings/swift/xcframework.sh"),
    );
    let (page, guide) = (read(PAGE), read("docs/ios.md"));
    for (platform, setting, name) in [
        (".iOS(.v", "IPHONEOS_DEPLOYMENT_TARGET=", "iOS "),
        (".macOS(.v", "MACOSX_DEPLOYMENT_TARGET=", "macOS "),
    ] {
        let (_, rest) = package.split_once(platform).unwrap();
        let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
        assert!(
            script.contains(&format!("{setting}{version}.0")),
            "{setting}"
        );
        assert!(guide.contains(&format!("{name}{version}")), "{name}");
    }
    assert!(page.contains(&format!("Rust {rust}")));
}

#[test]
fn the_workflow_runs_when_anything_it_builds_from_changes() {
    let workflow = workflow();
    let watched = workflow["on"]["pull_request"]["paths"].as_vec().unwrap();
    let watched: BTreeSet<&str> = watched
        .iter()
        .map(|path| path.as_str().unwrap().trim_end_matches("/**"))
        .collect();
    for path in &watched {
        assert!(root().join(path).exists(), "{path}");
    }
    let manifest = read("Cargo.toml");
    let of_crates = manifest
        .split("path = \"")
        .skip(1)
        .map(|rest| rest.split(['/', '"']).next().unwrap());
    let mut built: BTreeSet<&str> = of_crates.collect();
    built.extend(["ios-demo", "Cargo.toml", "Cargo.lock", ".cargo", WORKFLOW]);
    assert_eq!(watched, built);
}

#[test]
fn the_project_of_the_app_parses_and_what_it_names_exists() {
    let documents = YamlLoader::load_from_str(&read("ios-demo/project.yml")).unwrap();
    let project = &documents[0];
    let packages = project["packages"].as_hash().unwrap();
    for package in packages.values() {
        let folder = package["path"].as_str().unwrap();
        assert!(
            root()
                .join("ios-demo")
                .join(folder)
                .join("Package.swift")
                .exists(),
            "{folder}"
        );
    }
    let targets = project["targets"].as_hash().unwrap();
    assert_eq!(targets.len(), 3);
    for target in targets.values() {
        for folder in target["sources"].as_vec().unwrap() {
            assert!(!files(&format!("ios-demo/{}", folder.as_str().unwrap())).is_empty());
        }
        for needed in target["dependencies"].as_vec().unwrap() {
            let (package, other) = (&needed["package"], &needed["target"]);
            assert!(
                packages.contains_key(package) || targets.contains_key(other),
                "{needed:?}"
            );
        }
    }
    for command in shown() {
        for bundle in command
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("-only-testing:"))
        {
            assert!(
                targets.contains_key(&Yaml::String(bundle.to_owned())),
                "{bundle}"
            );
        }
    }
    for scheme in project["schemes"].as_hash().unwrap().values() {
        let built = scheme["build"]["targets"].as_hash().unwrap();
        assert!(built.keys().all(|target| targets.contains_key(target)));
    }
}

/// Whether some of it is left out on Linux, by what it says itself; an import alone is nothing.
fn is_left_out(source: &str) -> bool {
    let parts = [
        "Security",
        "Darwin",
        "LocalAuthentication",
        "SwiftUI",
        "DeviceCheck",
    ];
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines.windows(2).any(|pair| {
        let is_left_out = |part: &&str| pair[0].contains(&format!("canImport({part})"));
        pair[0].starts_with("#if")
            && parts.iter().any(is_left_out)
            && !pair[1].starts_with("import ")
    })
}

#[test]
fn the_page_names_every_file_that_is_not_compiled_here() {
    let page = read(PAGE);
    let sources = [
        files(&format!("{PACKAGE}/Sources/CitizenWallet")),
        files(&format!("{PACKAGE}/Tests")),
    ]
    .concat();
    let mut count = 0;
    for path in sources.iter().filter(|path| path.ends_with(".swift")) {
        if is_left_out(&read(path)) || path.contains("/OnDevice/") {
            let name = path.rsplit('/').next().unwrap();
            assert!(page.contains(&format!("`{name}`")), "{path}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
    let of_the_app = files("ios-demo/UITests").into_iter();
    let of_the_app = of_the_app.map(|path| path.rsplit('/').next().unwrap().to_owned());
    let others = ["xcframework.sh", "ios.yml", "Package.swift"].map(str::to_owned);
    let of_the_project = ["ios-demo/App", "project.yml", "ui-tests.sh"].map(str::to_owned);
    for name in of_the_app.chain(others).chain(of_the_project) {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn only_the_framework_folder_touches_apples_frameworks_and_the_rest_is_compiled_here() {
    let plain = [
        "Foundation",
        "FoundationNetworking",
        "Dispatch",
        "Glibc",
        "Darwin",
        "CitizenWalletFFI",
    ];
    // The client's hook for pins is a few lines of it.
    let with_pins = ["Exchanges.swift", "URLSessionHttpClient.swift"];
    let sources = files(&format!("{PACKAGE}/Sources/CitizenWallet"));
    assert!(sources.len() > 20);
    for path in &sources {
        let source = read(path);
        if path.contains("/Framework/") {
            assert!(
                source.starts_with("#if canImport(Security) && canImport(LocalAuthentication)\n"),
                "{path}"
            );
            assert!(source.ends_with("\n#endif\n"), "{path}");
            continue;
        }
        for line in source.lines().map(str::trim) {
            let Some((_, module)) = line
                .split_once("import ")
                .filter(|(before, _)| before.is_empty() || before.starts_with('@'))
            else {
                continue;
            };
            let is_hook = module == "Security" && with_pins.iter().any(|name| path.ends_with(name));
            assert!(plain.contains(&module) || is_hook, "{path}: {line}");
        }
    }
}
