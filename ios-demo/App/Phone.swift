import CitizenWallet
import Foundation
import LocalAuthentication
import UIKit
import ViewModels

/// What the app has on a phone.
@MainActor
enum Phone {
    static func home(_ scanner: Scanner, _ exporter: Exporter) -> Home {
        let setting = Setting.current
        return Home(
            folder: { try AppleWallet.folder(setting.store) },
            // What the system's prompt says it is for.
            platform: AppleWallet.platform(store: setting.store) { Bundle.main.localizedString(forKey: "unlock_title", value: nil, table: nil) },
            policy: Policy(
                trust: Trust(issuerCertificates: setting.anchors, verifierCertificates: setting.anchors),
                redirectUri: "https://wallet.example/back", allowLoopbackHttp: setting.isTest),
            canCheckHolder: LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil),
            scan: scan(with: scanner), save: { name, bytes in await exporter.save(name, bytes) },
            browse: { page in if let url = URL(string: page) { await UIApplication.shared.open(url) } })
    }

    private static func scan(with scanner: Scanner) -> (@MainActor () async -> String?)? {
        guard scanner.canScan else { return nil }
        return { await scanner.scan() }
    }
}

/// Whom the app trusts, and where it keeps its cards.
private struct Setting {
    /// PEM.
    var anchors: [String]
    var store = "wallet"
    var isTest = false

    /// That of the ecosystem this app is for: put its certificates into `Resources/anchors.pem`.
    private static let own = Setting(
        anchors: [Bundle.main.url(forResource: "anchors", withExtension: "pem").flatMap { try? String(contentsOf: $0, encoding: .utf8) }]
            .compactMap { $0 })

    #if DEBUG
        /// In a test, that of the parties on the host, with a store of its own.
        static var current: Setting {
            let given = ProcessInfo.processInfo.environment
            guard let anchors = given["WALLET_ANCHORS"].flatMap({ Data(base64Encoded: $0) }), let store = given["WALLET_STORE"]
            else { return own }
            return Setting(anchors: [String(decoding: anchors, as: UTF8.self)], store: store, isTest: true)
        }
    #else
        static let current = own
    #endif
}
