// The app of docs/ios.md. Compiled with the tests for a simulator only.
#if canImport(SwiftUI) && os(iOS)

import CitizenWallet
import SwiftUI
import UserNotifications

// guide: model
/// What the app's screens share.
@MainActor @Observable
final class Model {
    let session: WalletSession
    /// The link that waits for the holder to unlock.
    var link: String?

    init() throws {
        guard let file = Bundle.main.url(forResource: "anchors", withExtension: "pem") else { throw CocoaError(.fileNoSuchFile) }
        // The certificates of those the app trusts to issue and to ask.
        let anchors = [try String(contentsOf: file, encoding: .utf8)]
        session = WalletSession(
            folder: try AppleWallet.folder(),
            platform: AppleWallet.platform { String(localized: "Open your wallet") },
            policy: Policy(
                trust: Trust(issuerCertificates: anchors, verifierCertificates: anchors),
                // An address of yours that is verified to be this app's: see "Links".
                redirectUri: "https://wallet.example/back", profile: .haip))
    }

    /// The app may be suspended at any moment from now on: the system is asked to wait for this.
    func lock() {
        let work = UIApplication.shared.beginBackgroundTask()
        Task {
            try? await session.lock()
            UIApplication.shared.endBackgroundTask(work)
        }
    }
}
// guide: end

// guide: app
struct ExampleApp: App {
    @Environment(\.scenePhase) private var phase
    @State private var model: Model

    init() {
        do { model = try Model() } catch { fatalError("the app's own files are missing") }
    }

    var body: some Scene {
        WindowGroup {
            ZStack {
                StartView(model: model)
                // The system takes a picture of the window for its list of apps: of this.
                if phase != .active { Color(.systemBackground).ignoresSafeArea() }
            }
            // Schemes and universal links.
            .onOpenURL { model.link = $0.absoluteString }
        }
        .onChange(of: phase) { _, phase in
            if phase == .background { model.lock() }
        }
    }
}
// guide: end

// guide: reminder
/// Call it after unlocking, when everything due was done. When something is due and the wallet is locked, all the app can do is
/// to say so.
func remind(_ wallet: Wallet) async throws {
    guard let at = try await wallet.nextDue() else { return }
    let content = UNMutableNotificationContent()
    content.title = "Example Wallet"
    content.body = String(localized: "Something needs your attention")
    let trigger = UNTimeIntervalNotificationTrigger(timeInterval: max(at.timeIntervalSinceNow, 60), repeats: false)
    let request = UNNotificationRequest(identifier: "due", content: content, trigger: trigger)
    // Where the holder did not allow notifications, nothing is shown.
    try await UNUserNotificationCenter.current().add(request)
}
// guide: end

// guide: browser
/// For an offer that `canBeAuthorized`: the holder agrees on the issuer's own page. The app may be gone meanwhile.
@MainActor
func authorizeInBrowser(_ offer: Offer, _ wallet: Wallet) async throws {
    let authorization = try await wallet.authorize(offer)
    if let page = URL(string: authorization.url) { await UIApplication.shared.open(page) }
}
// guide: end

/// The app's first screen.
struct StartView: View {
    let model: Model

    var body: some View { Text(model.link ?? "") }
}

#endif
