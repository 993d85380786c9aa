import CitizenWallet

/// Looks for the store.
final class Opening: Activity {
    override var worksLocked: Bool { true }

    override func begin() async throws {
        let home = app.home
        do {
            let wallet = try await Wallet.open(
                in: home.folder, platform: home.platform, policy: home.policy, settings: home.settings)
            app.opened(wallet)
        } catch let error as WalletError where error.code == .storeMissing {
            return try go(Onboarding(app))
        }
        try go(Unlocking(app))
    }

    override func after() -> Activity { Opening(app) }
}
