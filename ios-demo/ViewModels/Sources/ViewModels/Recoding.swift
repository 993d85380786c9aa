import CitizenWallet
import Foundation

/// The process ended before the holder had seen the recovery code: a new one takes its place, and everything else stays.
final class Recoding: Activity {
    private var pin: Data
    private let withCheck: Bool
    private var isMaking = false

    /// - Parameter withCheck: whether the phone's own check opens the wallet, too.
    init(_ app: AppModel, pin: Data, withCheck: Bool) {
        // Bytes of its own: the caller wipes its.
        self.pin = pin.withUnsafeBytes { Data($0) }
        self.withCheck = withCheck
        super.init(app)
    }

    override var worksLocked: Bool { true }
    override var isCancellable: Bool { !isMaking }

    override func begin() async throws {
        isMaking = true
        defer { isMaking = false }
        try show(.working(.init(what: Phrase.workingUnlock(), canCancel: false)))
        let auth = try await wallet.authenticate(with: .pin(secret: Secret(bytes: pin)))
        let keep = Keep(pin: Secret(bytes: pin), osAuth: withCheck)
        try show(.recoveryCode(.init(try await wallet.renewRecoveryCode(auth, keep: keep).recoveryCode)))
    }

    override func on(_ action: Action) async throws {
        guard case .agree = action else { return }
        try app.stores.codeSeen()
        try go(after())
    }

    override func after() -> Activity {
        wallet.lockState == .unlocked ? Browsing(app) : Unlocking(app)
    }

    override func close() {
        pin.wipe()
    }
}
