import CitizenWallet
import Foundation

/// The phone lost the store's key: what the recovery code `code` opens goes into a new store with a new PIN.
final class Rescuing: Enrolling {
    private var code: Data

    init(_ app: AppModel, _ code: Data) {
        self.code = code
        super.init(app)
    }

    override func begin() async throws {
        try show(
            .question(
                .init(
                    title: Phrase.rescueTitle(), lines: [Phrase.rescueWhy(), Phrase.rescueCards()], yes: Phrase.rescueYes(),
                    no: Phrase.rescueNo())))
    }

    override func make(_ enrolments: Enrolments) async throws -> RecoveryCode? {
        // What an earlier try left.
        try await app.stores.eraseNext()
        return try await wallet.rescue(
            with: .recoveryCode(secret: Secret(bytes: code)), into: app.stores.next(), enrolments: enrolments,
            settings: app.home.settings
        ).recoveryCode
    }

    override func made() -> Activity { Erasing(app) }

    override func refused() throws {
        try Task.checkCancellation()
        app.unlocked(Phrase.keyGone(), goesBack: false)
    }

    override var whenLocked: Activity? {
        if case .recoveryCode = app.screen { return nil }
        return isCancellable ? after() : nil
    }

    override func after() -> Activity { Unlocking(app) }

    override func close() {
        super.close()
        code.wipe()
    }
}
