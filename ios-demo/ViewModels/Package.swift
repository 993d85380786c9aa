// swift-tools-version:6.0

import PackageDescription

#if os(Linux)
    // The app's own views, compiled with modules that stand in for Apple's: nothing of it is run.
    let modules = [
        "CoreGraphics", "ImageIO", "LocalAuthentication", "SwiftUI", "UIKit", "UniformTypeIdentifiers", "VisionKit",
    ]
    let needs: [String: [Target.Dependency]] = [
        "ImageIO": ["CoreGraphics"], "SwiftUI": ["CoreGraphics", "UniformTypeIdentifiers"],
        "LocalAuthentication": [.product(name: "CitizenWallet", package: "CitizenWallet")],
    ]
    let app =
        modules.map { name in
            Target.target(
                name: name, dependencies: needs[name] ?? [], path: "StandIns/" + name,
                swiftSettings: [.swiftLanguageMode(.v5)])
        } + [
            .target(
                name: "AppViews", dependencies: ["ViewModels"] + modules.map { .byName(name: $0) }, path: "StandIns/App",
                exclude: ["Resources"])
        ]
#else
    let app: [Target] = []
#endif

let package = Package(
    name: "ViewModels",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "ViewModels", targets: ["ViewModels"])],
    dependencies: [.package(name: "CitizenWallet", path: "../../bindings/swift")],
    targets: [
        .target(name: "ViewModels", dependencies: [.product(name: "CitizenWallet", package: "CitizenWallet")]),
        .testTarget(name: "ViewModelsTests", dependencies: ["ViewModels"]),
    ] + app
)
