// swift-tools-version:6.0

import PackageDescription

// The C interface of the native library, and the library itself.
#if os(Linux)
    // The linker is told where the library is: `-Xlinker -L…`, as `cargo xtask swift` does.
    let native = Target.systemLibrary(name: "CitizenWalletNative")
    // A second library, for tests of what lies between Rust and Swift.
    let glue: [Target] = [
        .systemLibrary(name: "CitizenWalletGlueNative", path: "Tests/CitizenWalletGlueNative"),
        .target(
            name: "CitizenWalletGlue",
            dependencies: ["CitizenWalletGlueNative", "CitizenWalletFFI"],
            path: "Tests/CitizenWalletGlue",
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
    ]
#else
    // Made by xcframework.sh.
    let native = Target.binaryTarget(name: "CitizenWalletNative", path: "CitizenWalletNative.xcframework")
    let glue: [Target] = []
#endif

let package = Package(
    name: "CitizenWallet",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "CitizenWallet", targets: ["CitizenWallet"])],
    targets: [
        native,
        // Generated: UniFFI does not write Swift 6.
        .target(
            name: "CitizenWalletFFI",
            dependencies: ["CitizenWalletNative"],
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
        .target(name: "CitizenWallet", dependencies: ["CitizenWalletFFI"]),
        .testTarget(
            name: "CitizenWalletTests",
            dependencies: ["CitizenWallet"] + glue.suffix(1).map { .byName(name: $0.name) },
            // Read where they are.
            exclude: ["Guide/Info.plist", "Guide/Example.entitlements"]
        ),
    ] + glue
)
