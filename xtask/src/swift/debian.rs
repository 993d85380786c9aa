//! A Debian root with Swift in it, made once by debootstrap and kept outside the project. It is entered in namespaces of its own:
//! whatever is mounted in it, and whoever runs in it, is gone with the program, however that ended.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Outcome, run};

/// The release. Its Swift is 6.0.3.
const RELEASE: &str = "trixie";
/// What is in it beside the smallest system.
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev";
/// In the root: what it was made of, to be compared with what is wanted.
const STAMP: &str = "etc/wallet-core-packages";

/// Seconds after which a program is taken to hang; building and testing takes less than one minute of a processor.
const PATIENCE: &str = "1200";

/// Mounts what follows the root in it, under the same paths, and runs the program there. Without /proc Swift does not start.
const ENTER: &str = r#"set -eu
root=$1; shift
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; shift; done
shift
exec chroot "$root" "$@"
"#;

/// Whether this user may: it takes root rights, and a container may lack some of them.
pub(super) fn can_be_entered() -> bool {
    let mut command = isolated(&["--pid", "--kill-child"], "true");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    run(command).is_ok()
}

/// A `program` in `root`, which sees these `folders` under their own paths.
pub(super) fn command(program: &str, root: &Path, folders: &[&Path]) -> Outcome<Command> {
    let mut command = isolated(&["--pid", "--kill-child"], "sh");
    command.args(["-c", ENTER, "sh"]).arg(root).args(folders);
    // The first process of its namespace: what it leaves running ends with it.
    command.args(["--", "timeout", "--kill-after=10", PATIENCE, program]);
    // Nothing of this machine's settings means anything there.
    let path = std::env::var_os("PATH").ok_or("there is no PATH")?;
    command.env_clear().env("PATH", path);
    command.env("HOME", "/tmp").env("LANG", "C.UTF-8");
    Ok(command)
}

/// The root, made if it is not there yet or of other packages.
pub(super) fn root() -> Outcome<PathBuf> {
    let cache = cache()?;
    let root = cache.join("swift-root");
    let wanted = format!("{RELEASE} {PACKAGES}\n");
    // One at a time: whoever comes second finds it made. Let go of when the file is closed.
    let lock = cache.join("swift-root.lock");
    let lock = File::create(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    lock.lock()
        .map_err(|error| format!("swift-root.lock: {error}"))?;
    if fs::read_to_string(root.join(STAMP)).is_ok_and(|made| made == wanted) {
        return Ok(root);
    }
    println!(
        "making a Debian root with Swift in {}, once",
        root.display()
    );
    let new = cache.join("swift-root.new");
    for old in [&new, &root] {
        remove(old)?;
    }
    let mut debootstrap = debootstrap(&cache)?;
    debootstrap
        .arg("--variant=minbase")
        .arg(format!("--include={PACKAGES}"))
        .arg(RELEASE)
        .arg(&new)
        .stdout(Stdio::null());
    run(debootstrap).map_err(|reason| {
        format!(
            "{reason}: see {}/debootstrap/debootstrap.log",
            new.display()
        )
    })?;
    remove(&new.join("var/cache/apt/archives"))?;
    let stamp = new.join(STAMP);
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    fs::rename(&new, &root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(root)
}

/// debootstrap as it is installed, or as its package has it: it needs no installing.
fn debootstrap(cache: &Path) -> Outcome<Command> {
    let mut version = Command::new("debootstrap");
    version.arg("--version").stdout(Stdio::null());
    if version.status().is_ok_and(|status| status.success()) {
        return Ok(isolated(&[], "debootstrap"));
    }
    let folder = cache.join("debootstrap");
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let download = || {
        let mut apt = Command::new("apt-get");
        apt.current_dir(&folder)
            .args(["--quiet", "--quiet", "download", "debootstrap"]);
        // It warns that it is root.
        apt.stderr(Stdio::null());
        run(apt)
    };
    if download().is_err() {
        let mut update = Command::new("apt-get");
        update.args(["--quiet", "--quiet", "update"]);
        run(update)
            .and_then(|()| download())
            .map_err(|reason| format!("{reason}: install debootstrap, or Swift 6"))?;
    }
    let mut unpack = Command::new("sh");
    unpack.current_dir(&folder);
    unpack.args(["-c", "dpkg-deb --extract debootstrap_*.deb ."]);
    run(unpack)?;
    let mut debootstrap = isolated(&[], "sh");
    debootstrap.arg(folder.join("usr/sbin/debootstrap"));
    debootstrap.env("DEBOOTSTRAP_DIR", folder.join("usr/share/debootstrap"));
    Ok(debootstrap)
}

/// A program whose mounts nobody else sees; `more` is what else is its own.
fn isolated(more: &[&str], program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    command.args(more).arg(program);
    command
}

/// The user's folder for what can be made again.
fn cache() -> Outcome<PathBuf> {
    let given = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let folder = given.or_else(home).ok_or("there is no HOME")?;
    let folder = folder.join("wallet-core");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Nothing is mounted in it where this process can see it.
fn remove(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
