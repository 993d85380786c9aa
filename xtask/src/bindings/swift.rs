//! The generated Swift: the library's in `bindings/swift/Sources`, that of `wallet-glue` beside its tests.
//!
//! UniFFI 0.32 does not cancel a call that waits, runs Rust on the threads Swift has for everybody, hands on the texts of panics
//! and of the app's own errors, leaves copies of what crosses, and begins cases of errors in upper case. What it writes is changed in these places.

use std::fs;
use std::path::Path;

use super::{codes, compare, page_of_errors, read, swift_bound, swift_hidden, write_file};
use crate::command::{Outcome, cargo, root, run, target};

/// The Swift package.
const PACKAGE: &str = "bindings/swift";

/// The sources of what apps may use.
pub(super) const SOURCES: &str = "bindings/swift/Sources";

/// A crate's Swift, as its `uniffi.toml` names it.
struct Library {
    /// The crate's name, and the library's.
    name: &'static str,
    /// The folders of the modules are in this one.
    folder: &'static str,
    /// The Swift module.
    swift: &'static str,
    /// The C module under it.
    c: &'static str,
    /// A module whose types are in it.
    imports: Option<&'static str>,
    /// Whether a layer stands before it, which alone may use some of it.
    has_layer: bool,
    /// Where UniFFI forgets that `uniffi.toml` gives a record another name: in its description.
    renamed: &'static [(&'static str, &'static str)],
}

const WALLET: Library = Library {
    name: "wallet_ffi",
    folder: "Sources",
    swift: "CitizenWalletFFI",
    c: "CitizenWalletNative",
    imports: None,
    has_layer: true,
    renamed: &[
        (
            "FfiConverterTypeImage_lower(self)",
            "FfiConverterTypeCardImage_lower(self)",
        ),
        (
            "FfiConverterTypeTransaction_lower(self)",
            "FfiConverterTypeTransactionOverview_lower(self)",
        ),
    ],
};

const GLUE: Library = Library {
    name: "wallet_glue",
    folder: "Tests",
    swift: "CitizenWalletGlue",
    c: "CitizenWalletGlueNative",
    imports: Some(WALLET.swift),
    has_layer: false,
    renamed: &[],
};

/// Where the codes are, beside what UniFFI writes.
const CODES: &str = "Sources/CitizenWalletFFI/ErrorCode.swift";

/// Generates the code in place.
pub(super) fn write() -> Outcome {
    generate(&root().join(PACKAGE))
}

/// Generates the code anew and compares.
pub(super) fn check() -> Outcome {
    let folder = target().join("bindings/swift");
    generate(&folder)?;
    for library in [&WALLET, &GLUE] {
        for file in library.files() {
            compare(&folder, PACKAGE, &file)?;
        }
    }
    compare(&folder, PACKAGE, CODES)
}

fn generate(package: &Path) -> Outcome {
    for library in [&WALLET, &GLUE] {
        library.generate(package)?;
    }
    write_file(
        &package.join(CODES),
        &codes::swift(&page_of_errors()?, env!("CARGO_PKG_VERSION"))?,
    )
}

impl Library {
    /// What is generated, in the package.
    fn files(&self) -> [String; 3] {
        let Self {
            folder, swift, c, ..
        } = self;
        [
            format!("{folder}/{swift}/{swift}.swift"),
            format!("{folder}/{c}/{c}.h"),
            format!("{folder}/{c}/module.modulemap"),
        ]
    }

    /// From the library that was built before.
    fn generate(&self, package: &Path) -> Outcome {
        run(cargo(&[
            "build",
            "--quiet",
            "-p",
            &self.name.replace('_', "-"),
        ]))?;
        let anew = target().join("bindings/uniffi-swift");
        let mut bindgen = super::bindgen(self.name, "swift", &anew);
        bindgen.args(["--crate", self.name]);
        run(bindgen)?;
        let [swift, header, map] = self.files().map(|file| package.join(file));
        for file in [&swift, &header] {
            let folder = file.parent().unwrap_or(package);
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let generated = read(&anew.join(format!("{}.swift", self.swift)))?;
        write_file(&swift, &self.mended(&String::from_utf8_lossy(&generated))?)?;
        let generated = read(&anew.join(format!("{}.h", self.c)))?;
        write_file(&header, &String::from_utf8_lossy(&generated))?;
        write_file(&map, &self.module_map())
    }

    /// UniFFI's own names modules of Apple's that others lack, and no library.
    fn module_map(&self) -> String {
        format!(
            "// Written by `cargo xtask bindings`.\nmodule {} {{\n    header \"{}.h\"\n    export *\n    link \"{}\"\n}}\n",
            self.c, self.c, self.name
        )
    }

    /// The generated Swift with its faults mended.
    fn mended(&self, swift: &str) -> Outcome<String> {
        let mut mended = swift.to_owned();
        for (what, by) in CHANGES.iter().chain(self.renamed) {
            if !mended.contains(what) {
                return Err(format!(
                    "UniFFI writes Swift in another manner: look at xtask/src/bindings/swift.rs for `{what}`"
                ));
            }
            mended = mended.replace(what, by);
        }
        let imported = match self.imports {
            Some(module) => format!("import Foundation\nimport {module}\n{WIPE}"),
            None => format!("import Foundation\n{QUEUE}{WIPE}"),
        };
        mended = mended.replacen("import Foundation\n", &imported, 1);
        if self.has_layer {
            mended = swift_bound::asked_first(&swift_hidden::behind_the_layer(&mended)?)?;
        }
        let lines = mended.lines().map(|line| cancellable(&lower_case(line)));
        Ok(lines
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect())
    }
}

/// Where Rust runs: no thread of the app's, and none of those on which Swift runs what does not block.
const QUEUE: &str = r#"
package let walletQueue = DispatchQueue(label: "org.citizenwallet", attributes: .concurrent)
"#;

/// Overwrites a copy.
const WIPE: &str = r#"
// Not inlined, or it could be left out as of no effect.
@inline(never)
fileprivate func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
}
"#;

/// What is changed, wherever it stands, and into what.
const CHANGES: [(&str, &str); 12] = [
    // What crosses may be a secret: no copy that is made on the way stays in memory that is free.
    (
        "          var writer = createWriter()\n          write(value, into: &writer)\n",
        "          var writer = createWriter()\n          defer { wipe(&writer) }\n          write(value, into: &writer)\n",
    ),
    (
        "        return Data(try readBytes(&buf, count: Int(len)))\n",
        "        var bytes = try readBytes(&buf, count: Int(len))\n        defer { wipe(&bytes) }\n        return Data(bytes)\n",
    ),
    // A panic where an error can be returned has been made `bug` before it comes here. Its text is never read.
    (
        "throw UniffiInternalError.rustPanic(try FfiConverterString.lift(callStatus.errorBuf))",
        "callStatus.errorBuf.deallocate()\n                throw UniffiInternalError.rustPanic(\"bug\")",
    ),
    // What an app throws and did not declare: its text stays where it is.
    (
        "FfiConverterString.lower(String(describing: error))",
        "FfiConverterString.lower(\"\")",
    ),
    ("    } catch let error {\n", "    } catch {\n"),
    (
        "fatalError(\"Cancellation not supported yet\")",
        "throw CancellationError()",
    ),
    (
        "    freeFunc: (UInt64) -> (),\n",
        "    freeFunc: @escaping (UInt64) -> (),\n    cancelFunc: @escaping (UInt64) -> (),\n",
    ),
    (
        "    pollFunc: (UInt64, @escaping UniffiRustFutureContinuationCallback, UInt64) -> (),\n",
        "    pollFunc: @escaping (UInt64, @escaping UniffiRustFutureContinuationCallback, UInt64) -> (),\n",
    ),
    (
        "        pollResult = await withUnsafeContinuation {\n            pollFunc(\n",
        r#"        pollResult = await withTaskCancellationHandler { await withUnsafeContinuation {
            let continuation = uniffiContinuationHandleMap.insert(obj: $0)
            walletQueue.async { pollFunc(
"#,
    ),
    (
        "                uniffiContinuationHandleMap.insert(obj: $0)\n            )\n        }\n",
        "                continuation\n            ) }\n        } } onCancel: { cancelFunc(rustFuture) }\n",
    ),
    // What a cancelled call leaves is tidied up when it is freed, and that may take its time.
    ("    defer {\n        freeFunc(rustFuture)\n    }\n", ""),
    (
        "    return try liftFunc(makeRustCall(\n        { completeFunc(rustFuture, $0) },\n        errorHandler: errorHandler\n    ))\n",
        r#"    let result = Result { try liftFunc(makeRustCall(
        { completeFunc(rustFuture, $0) },
        errorHandler: errorHandler
    )) }
    await withUnsafeContinuation { freed in
        walletQueue.async {
            freeFunc(rustFuture)
            freed.resume()
        }
    }
    return try result.get()
"#,
    ),
];

/// Gives a call that waits the function that cancels it.
fn cancellable(line: &str) -> String {
    match line.split_once("freeFunc: ffi_") {
        Some((indent, free)) => {
            let cancel = free.replacen("_rust_future_free_", "_rust_future_cancel_", 1);
            format!("{line}\n{indent}cancelFunc: ffi_{cancel}")
        }
        None => line.to_owned(),
    }
}

/// Makes the case of an error in this line, if there is one, begin as Swift's do.
fn lower_case(line: &str) -> String {
    for before in ["case let .", "case .", "return .", "    case "] {
        if let Some((left, name)) = line.split_once(before) {
            let mut letters = name.chars();
            if let (Some(first @ 'A'..='Z'), Some('a'..='z')) = (letters.next(), letters.next()) {
                return format!("{left}{before}{}{}", first.to_ascii_lowercase(), &name[1..]);
            }
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_begin_in_lower_case_and_constants_stay() {
        for (line, expected) in [
            ("    case Holder(", "    case holder("),
            (
                "        case let .Bug(fault):",
                "        case let .bug(fault):",
            ),
            ("        case .HostFailed:", "        case .hostFailed:"),
            (
                "        case 2: return .NotSent",
                "        case 2: return .notSent",
            ),
            ("        case CALL_SUCCESS:", "        case CALL_SUCCESS:"),
            ("    case valid", "    case valid"),
        ] {
            assert_eq!(lower_case(line), expected);
        }
    }

    #[test]
    fn a_call_that_waits_can_be_cancelled() {
        let line = "            freeFunc: ffi_wallet_ffi_rust_future_free_u64,";
        let expected =
            format!("{line}\n            cancelFunc: ffi_wallet_ffi_rust_future_cancel_u64,");
        assert_eq!(cancellable(line), expected);
    }

    #[test]
    fn generated_code_without_a_known_pattern_is_a_failure() {
        let changes = || CHANGES.iter().chain(WALLET.renamed);
        let known: String = changes().map(|(what, _)| *what).collect();
        let bare = Library {
            has_layer: false,
            ..WALLET
        };
        assert!(bare.mended(&known).is_ok());
        for (what, _) in changes() {
            assert!(bare.mended(&known.replace(what, "")).is_err(), "{what}");
        }
        assert!(WALLET.mended(&known).is_err(), "nothing to hide");
    }
}
