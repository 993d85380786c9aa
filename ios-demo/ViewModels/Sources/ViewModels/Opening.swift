import CitizenWallet

/// Looks for the store, and ends what was interrupted.
final class Opening: Activity {
    override var worksLocked: Bool { true }

    override func begin() async throws {
        let (home, stores) = (app.home, app.stores)
        let folder = try stores.folder()
        let hasNext = try stores.hasNext()
        let wallet: Wallet
        do {
            wallet = try await Wallet.open(in: folder, platform: home.platform, policy: home.policy, settings: home.settings)
        } catch let error as WalletError where error.code == .storeMissing {
            guard hasNext else { return try go(Onboarding(app)) }
            try stores.moveIn()
            return try go(Opening(app))
        } catch let error as WalletError where error.code == .erasePending {
            return try go(Erasing(app))
        }
        // It was to take this one's place, and its holder has not seen the recovery code.
        if hasNext { try await stores.eraseNext() }
        app.opened(wallet)
        try go(Unlocking(app))
    }

    override func after() -> Activity { Opening(app) }
}
