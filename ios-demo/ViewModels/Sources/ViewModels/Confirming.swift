import CitizenWallet

/// The holder shows once more who they are: by the PIN, or by the recovery code. `advice` says what for.
@MainActor
final class Confirming {
    private unowned let app: AppModel
    private let advice: Words
    private var isByPin: Bool

    init(_ app: AppModel, _ advice: Words, isByPin: Bool = true) {
        self.app = app
        self.advice = advice
        self.isByPin = isByPin
    }

    func ask(_ notice: Words? = nil) throws {
        try Task.checkCancellation()
        app.show(
            .keys(
                .init(
                    title: isByPin ? Phrase.confirmTitle() : Phrase.recoverTitle(), advice: advice,
                    pad: isByPin ? .pin : .recovery, notice: notice,
                    otherWay: isByPin ? Phrase.useRecovery() : Phrase.usePin(), canLeave: true)))
    }

    /// The recovery code instead of the PIN, and back.
    func otherWay() throws {
        isByPin.toggle()
        try ask()
    }

    /// Takes what was typed; none if it was not right, and is asked for again.
    func enter() async throws -> FreshAuth? {
        var typed = app.typed.take()
        let secret = Secret(wiping: &typed)
        app.show(.working(.init(what: Phrase.workingUnlock())))
        do {
            return try await app.wallet.authenticate(with: isByPin ? .pin(secret: secret) : .recoveryCode(secret: secret))
        } catch let error as WalletError where Self.wrong.contains(error.code) {
            try ask(ViewModels.advice(on: error))
            return nil
        }
    }

    /// What was typed is not right, or does not open the wallet now: the other way may.
    private static let wrong: Set<ErrorCode> = [
        .wrongSecret, .lockedOut, .recoveryCodeMalformed, .slotMissing, .deviceKeyInvalidated, .deviceKeyMissing,
    ]
}
