// swift-tools-version:6.0

import PackageDescription

// The library again, on Linux, with modules that stand in for Apple's: what touches those is compiled and what it asks of them is
// tested. The types of Core Foundation are Swift's own here, to which Apple's are bridged.
let package = Package(
    name: "StandIns",
    targets: [
        .target(name: "Security"),
        .target(name: "LocalAuthentication"),
        .target(name: "CryptoKit"),
        .systemLibrary(name: "CitizenWalletNative"),
        .target(
            name: "CitizenWalletFFI",
            dependencies: ["CitizenWalletNative"],
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
        .target(name: "CitizenWallet", dependencies: ["CitizenWalletFFI", "Security", "LocalAuthentication", "CryptoKit"]),
        .testTarget(name: "StandInTests", dependencies: ["CitizenWallet"]),
    ]
)
