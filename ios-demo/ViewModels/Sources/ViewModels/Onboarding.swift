import CitizenWallet

/// The first start.
final class Onboarding: Enrolling {
    override func begin() async throws {
        try show(.welcome)
    }

    override func make(_ enrolments: Enrolments) async throws -> RecoveryCode? {
        let home = app.home
        // Until the holder has the code: a process that ends before begins with a new one.
        try app.stores.expectCode()
        let new = try await Wallet.create(
            in: app.stores.folder(), platform: home.platform, policy: home.policy, enrolments: enrolments,
            settings: home.settings)
        app.opened(new.wallet)
        return new.recoveryCode
    }

    override func made() throws -> Activity {
        try app.stores.codeSeen()
        return Browsing(app)
    }

    override func after() -> Activity { Opening(app) }
}
