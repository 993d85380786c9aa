import CitizenWallet
import Foundation

/// The old PIN, which is checked first, and then a new one.
final class ChangingPin: Activity {
    private lazy var newPin = NewPin(app)
    private var old: Data?
    private var isChanging = false

    /// Once begun it goes to its end: the holder must know which PIN it is.
    override var isCancellable: Bool { !isChanging }

    override func begin() async throws {
        try askOld(nil)
    }

    override func on(_ action: Action) async throws {
        switch action {
        case .enter: if old == nil { try await checkOld() } else { try await change() }
        case .back: try go(after())
        default: break
        }
    }

    private func askOld(_ notice: Words?) throws {
        try show(
            .keys(.init(title: Phrase.changePin(), advice: Phrase.changePinOld(), pad: .pin, notice: notice, canLeave: true)))
    }

    private func checkOld() async throws {
        var typed = app.typed.take()
        defer { typed.wipe() }
        try show(.working(.init(what: Phrase.workingUnlock())))
        do {
            _ = try await wallet.authenticate(with: .pin(secret: Secret(bytes: typed)))
        } catch let error as WalletError where error.code == .wrongSecret || error.code == .lockedOut {
            return try askOld(advice(on: error))
        }
        try Task.checkCancellation()
        old = typed.withUnsafeBytes { Data($0) }
        newPin.begin()
    }

    private func change() async throws {
        guard let old, let new = try newPin.enter() else { return }
        isChanging = true
        defer { isChanging = false }
        try show(.working(.init(what: Phrase.workingPin(), canCancel: false)))
        do {
            try await wallet.changePin(from: Secret(bytes: old), to: new)
        } catch let error as WalletError where error.code == .weakPin {
            // It is the old one.
            return newPin.begin(errorText(error.code))
        }
        try go(Browsing(app, notice: Phrase.pinChanged()))
    }

    override func close() {
        newPin.close()
        old?.wipe()
        old = nil
    }
}
