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
                trust: Trust(
                    issuerCertificates: setting.anchors, verifierCertificates: setting.anchors, webIssuers: setting.webIssuers),
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
    /// The web sites whose W3C cards it takes: their keys are looked up there.
    var webIssuers: [String]
    var store = "wallet"
    var isTest = false

    /// That of the ecosystem this app is for: put its certificates into `Resources/anchors.pem`, and its web sites, if W3C cards come
    /// from any, into `Resources/web-issuers.txt`, one a line.
    private static let own = Setting(
        anchors: [text("anchors", "pem")].compactMap { $0 },
        webIssuers: (text("web-issuers", "txt") ?? "").split(whereSeparator: \.isWhitespace).map(String.init))

    private static func text(_ name: String, _ type: String) -> String? {
        Bundle.main.url(forResource: name, withExtension: type).flatMap { try? String(contentsOf: $0, encoding: .utf8) }
    }

    #if DEBUG
        /// In a test, that of the parties on the host, with a store of its own.
        static var current: Setting {
            let given = ProcessInfo.processInfo.environment
            guard let anchors = given["WALLET_ANCHORS"].flatMap({ Data(base64Encoded: $0) }), let store = given["WALLET_STORE"]
            else { return own }
            let webIssuers = [given["WALLET_WEB_ISSUER"]].compactMap { $0 }
            return Setting(anchors: [String(decoding: anchors, as: UTF8.self)], webIssuers: webIssuers, store: store, isTest: true)
        }
    #else
        static let current = own
    #endif
}
