//! `cargo xtask kotlin`: builds the Kotlin libraries and runs their tests against the library that ships and the parties as a
//! process.

mod drawing;
#[cfg(test)]
mod public;
mod surefire;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Outcome, cargo, root, run, target};
use crate::native;
use crate::stages::Totals;

/// The Maven project. The app to start from is one of its modules.
const PROJECT: &str = "bindings/kotlin";

/// The app to start from, with modules of its own.
const APP: &str = "android-demo";

/// Runs the tests and prints how many passed.
pub(crate) fn test() -> Outcome {
    Totals::printed(tests)
}

/// Builds, runs the tests and adds them to `totals`. A run that tested nothing is a failure.
pub(crate) fn tests(totals: &mut Totals) -> Outcome {
    verify(&[], totals)
}

/// What the tests of leaks do a few hundred times, `times` times; the figures are shown.
pub(crate) fn soak(times: &str) -> Outcome {
    if !times.parse::<u32>().is_ok_and(|times| times >= 3) {
        return Err("soak needs a number of at least 3".into());
    }
    let options = [
        format!("-Dwallet.soak={times}"),
        "-Dtest=LeakTest".into(),
        "-Dsurefire.failIfNoSpecifiedTests=false".into(),
    ];
    verify(&options, &mut Totals::default())
}

/// Puts the library for the JVM, with the native library of this machine in it, into the local Maven repository.
pub(crate) fn install() -> Outcome {
    tools_are_there()?;
    put_into_jar(&native::build()?)?;
    remove_old()?;
    let mut maven = maven();
    maven.args(["install", "-Dmaven.test.skip", "-pl", "wallet", "-am"]);
    run(maven)
}

/// What `OverheadTest` does once with the tests, often and with the compiler an app has: its samples go to `lines`. The Rust
/// half is `program`.
pub(crate) fn overhead(program: &Path, lines: &Path) -> Outcome {
    tools_are_there()?;
    run(cargo(&["build", "--quiet", "-p", "wallet-parties"]))?;
    let mut maven = testing(&["mobile"], program)?;
    maven
        .args(["-pl", "wallet", "test", "-Dtest=OverheadTest"])
        .arg("-DargLine=-XX:+TieredCompilation")
        .arg(format!("-Dwallet.bench={}", lines.display()));
    run(maven)
}

/// Opens the app in a window, with an issuer and verifiers on this machine. All of it ends with the window.
pub(crate) fn app() -> Outcome {
    tools_are_there()?;
    drawing::is_possible()?;
    put_into_jar(&native::build()?)?;
    run(cargo(&["build", "--quiet", "-p", "wallet-parties"]))?;
    remove_old()?;
    let mut maven = maven();
    let desktop = format!("../../{APP}/desktop");
    maven.args([
        "package",
        "-Papp",
        "-Dmaven.test.skip",
        "-am",
        "-pl",
        &desktop,
    ]);
    run(maven)?;
    let target = std::path::absolute(target()).map_err(|error| format!("target: {error}"))?;
    let mut window = Command::new("java");
    window
        .arg("-cp")
        .arg(root().join(APP).join("desktop/target/app/*"))
        .arg("org.citizenwallet.demo.desktop.MainKt")
        .arg(target.join("debug/wallet-parties"));
    run(window)
}

fn verify(options: &[String], totals: &mut Totals) -> Outcome {
    tools_are_there()?;
    drawing::is_possible()?;
    put_into_jar(&native::build()?)?;
    let packages = ["-p", "wallet-parties", "-p", "wallet-glue"];
    let kinds = ["--lib", "--bins", "--examples"];
    run(cargo(
        &[&["build", "--quiet"], &packages[..], &kinds].concat(),
    ))?;
    remove_old()?;
    // The library that ships, and that of the glue tests, which does not.
    let mut maven = testing(
        &["mobile", "debug"],
        &target().join("debug/examples/overhead"),
    )?;
    maven.args(["-fae", "verify"]).args(options);
    let built = run(maven);
    let before = *totals;
    for module in modules()? {
        let reports = module.join("target/surefire-reports");
        if reports.is_dir() {
            surefire::count(&reports, totals)?;
        }
    }
    built?;
    if totals.passed == before.passed {
        return Err("no Kotlin test ran".into());
    }
    Ok(())
}

fn maven() -> Command {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(root().join(PROJECT))
        // Cargo names its own folders there: a library under test is found where it should be or not at all.
        .env_remove("LD_LIBRARY_PATH")
        .args(["-q", "-B", "-ntp"]);
    maven
}

/// Maven with what the tests need: native libraries of these profiles, the parties, and the Rust half of `OverheadTest`.
fn testing(profiles: &[&str], overhead: &Path) -> Outcome<Command> {
    // For programs that start elsewhere.
    let absolute = |path: &Path| {
        let path = std::path::absolute(path);
        path.map_err(|error| format!("target: {error}"))
    };
    let target = absolute(&target())?;
    let libraries: Vec<_> = profiles.iter().map(|name| target.join(name)).collect();
    let libraries: Vec<_> = libraries
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let mut maven = maven();
    maven
        .arg(format!("-Dwallet.native={}", libraries.join(":")))
        .arg(format!(
            "-Dwallet.parties={}",
            target.join("debug/wallet-parties").display()
        ))
        .arg(format!(
            "-Dwallet.overhead={}",
            absolute(overhead)?.display()
        ));
    Ok(maven)
}

/// Puts the native library where Maven takes it from when it makes the JAR, which is after the tests.
fn put_into_jar(library: &Path) -> Outcome {
    let failed = |error| format!("{}: {error}", library.display());
    let folder = root().join(PROJECT).join("wallet/target/native");
    let of_this_machine = folder.join(native::folder_in_jar());
    fs::create_dir_all(&of_this_machine).map_err(failed)?;
    let name = library.file_name().unwrap_or_default();
    fs::copy(library, of_this_machine.join(name)).map_err(failed)?;
    Ok(())
}

/// Removes classes and reports whose sources may be gone: they would count.
fn remove_old() -> Outcome {
    for module in modules()? {
        for old in ["classes", "test-classes", "surefire-reports"] {
            let folder = module.join("target").join(old);
            if folder.is_dir() {
                fs::remove_dir_all(&folder)
                    .map_err(|error| format!("{}: {error}", folder.display()))?;
            }
        }
    }
    Ok(())
}

/// Maven starts the JDK itself: both are asked for with one command.
fn tools_are_there() -> Outcome {
    let mut maven = Command::new("mvn");
    maven.arg("--version").stdout(Stdio::null());
    run(maven).map_err(|_| {
        "the Kotlin libraries need Maven 3.8 and a JDK 17 or later: install both (Debian: apt install maven \
         openjdk-17-jdk-headless) and see that `mvn --version` works"
            .into()
    })
}

/// The folders of the Maven modules.
fn modules() -> Outcome<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for project in [PROJECT, APP] {
        let project = root().join(project);
        let entries =
            fs::read_dir(&project).map_err(|error| format!("{}: {error}", project.display()))?;
        let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
        modules.extend(folders.filter(|folder| folder.join("pom.xml").is_file()));
    }
    Ok(modules)
}

#[cfg(test)]
mod tests_of_the_project {
    use super::*;

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap_or_default()
    }

    #[test]
    fn a_soak_is_told_how_often() {
        for wrong in ["", "0", "-1", "many"] {
            assert!(soak(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_maven_projects_have_the_version_of_the_workspace() {
        let project = root().join(PROJECT);
        let version = format!("<version>{}</version>", env!("CARGO_PKG_VERSION"));
        let parent = read(&project.join("pom.xml"));
        assert!(parent.contains(&format!(
            "<artifactId>wallet-parent</artifactId>\n  {version}"
        )));
        let modules = parent.split("<module>").skip(1);
        let modules: Vec<_> = modules
            .filter_map(|rest| rest.split_once("</module>"))
            .collect();
        assert!(!modules.is_empty());
        for (module, _) in modules {
            let pom = read(&project.join(module).join("pom.xml"));
            let has = |artifact: &str, indent: &str| {
                let artifact = format!("<artifactId>{artifact}</artifactId>\n{indent}{version}");
                pom.contains(&artifact)
            };
            // The example has no parent: it is a project as an app has one.
            assert!(
                has("wallet-parent", "    ") || has("wallet", "      "),
                "{module}"
            );
            let kotlin = pom.split("<kotlin.version>").nth(1);
            let kotlin = kotlin.and_then(|rest| rest.split_once("</"));
            assert!(
                kotlin.is_none_or(|(kotlin, _)| parent
                    .contains(&format!("<kotlin.version>{kotlin}</kotlin.version>"))),
                "{module}"
            );
        }
    }
}
