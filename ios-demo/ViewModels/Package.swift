// swift-tools-version:6.0

import PackageDescription

let package = Package(
    name: "ViewModels",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "ViewModels", targets: ["ViewModels"])],
    dependencies: [.package(name: "CitizenWallet", path: "../../bindings/swift")],
    targets: [
        .target(name: "ViewModels", dependencies: [.product(name: "CitizenWallet", package: "CitizenWallet")]),
        .testTarget(name: "ViewModelsTests", dependencies: ["ViewModels"]),
    ]
)
