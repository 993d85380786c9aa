import CitizenWallet
import Foundation

/// Looks for the store.
final class Opening: Activity {
    override var worksLocked: Bool { true }

    override func begin() async throws {
        let home = app.home
        let folder = try home.storeFolder()
        do {
            let wallet = try await Wallet.open(
                in: folder, platform: home.platform, policy: home.policy, settings: home.settings)
            app.opened(wallet)
        } catch let error as WalletError where error.code == .storeMissing {
            return try go(Onboarding(app))
        }
        try go(Unlocking(app))
    }

    override func after() -> Activity { Opening(app) }
}

extension Home {
    func storeFolder() throws -> URL {
        do {
            return try folder()
        } catch {
            throw WalletError.device(fault: Fault(.ioFailed, isRetryable: true))
        }
    }
}

extension Fault {
    /// One of this app's own.
    init(_ code: ErrorCode, isRetryable: Bool = false) {
        self.init(
            code: code.text, isRetryable: isRetryable, subject: nil, rule: nil, retryAfterSeconds: nil, triesLeft: nil)
    }
}
