import CitizenWallet
import Foundation

/// Unlocks with the PIN, the phone's own check, or the recovery code; after the latter there is a new PIN.
final class Unlocking: Activity {
    private lazy var newPin = NewPin(app)
    private let why: Words?

    /// The recovery code that opened the wallet, until there is a new PIN.
    private var code: Data?
    private var slots: [SlotKind] = []
    /// Nobody has the recovery code there is.
    private var isCodeUnseen = false
    private var isChangingPin = false

    init(_ app: AppModel, why: Words? = nil) {
        self.why = why
        super.init(app)
    }

    /// The phone said that it has the store's key no more.
    private var isKeyLost = false

    override var worksLocked: Bool { true }
    override var whenLocked: Activity? { Unlocking(app) }

    /// Between the old PIN and the new one there is none.
    override var isCancellable: Bool { !isChangingPin }

    override func begin() async throws {
        slots = try await wallet.slots().map(\.kind)
        isCodeUnseen = try app.stores.isCodeUnseen()
        try askSecret(why)
    }

    /// The PIN, and where there is none the recovery code.
    private func askSecret(_ notice: Words?) throws {
        if slots.contains(.pin) { try askPin(notice) } else { try askCode(notice) }
    }

    /// A new recovery code needs the PIN.
    private var canCheckHolder: Bool { app.home.canCheckHolder && slots.contains(.osAuth) && !isCodeUnseen }

    override func on(_ action: Action) async throws {
        guard code == nil else { return try await choosePin(action) }
        if case .question = app.screen {
            if case .agree = action { return try go(Erasing(app, everything: true)) }
            return try askCode(nil)
        }
        guard case .keys(let keys) = app.screen else { return }
        switch (action, keys.pad) {
        case (.erase, .recovery): try show(.question(Erasing.question))
        case (.checkHolder, _): try await unlock(with: .osAuth)
        case (.otherWayIn, .pin): try askCode(nil)
        case (.otherWayIn, _), (.back, .recovery): try askSecret(nil)
        case (.enter, .pin): try await unlockWithPin()
        case (.enter, .recovery): try await recover()
        default: break
        }
    }

    private func unlockWithPin() async throws {
        var typed = app.typed.take()
        defer { typed.wipe() }
        try await unlock(with: .pin(secret: Secret(bytes: typed)), pin: typed)
    }

    private func askPin(_ notice: Words?) throws {
        try show(
            .keys(
                .init(
                    title: Phrase.unlockTitle(), advice: Phrase.unlockAdvice(), pad: .pin, notice: notice,
                    canCheckHolder: canCheckHolder,
                    otherWay: slots.contains(.recoveryCode) ? Phrase.useRecovery() : nil)))
    }

    private func askCode(_ notice: Words?) throws {
        try show(
            .keys(
                .init(
                    title: Phrase.recoverTitle(), advice: Phrase.recoverAdvice(), pad: .recovery, notice: notice,
                    canCheckHolder: canCheckHolder && !slots.contains(.pin),
                    otherWay: slots.contains(.pin) ? Phrase.usePin() : nil, lastWay: Phrase.erase())))
    }

    private func unlock(with secret: UnlockWith, pin: Data? = nil) async throws {
        try show(.working(.init(what: Phrase.workingUnlock())))
        let report: UnlockReport
        do {
            await app.lockEnded()
            report = try await wallet.unlock(with: secret)
        } catch let error as WalletError {
            switch error.code {
            // The PIN is of no use without the phone's key.
            case .deviceKeyInvalidated, .deviceKeyMissing:
                isKeyLost = true
                return try askCode(errorText(error.code))
            case .locked, .userCancelled: return try askSecret(nil)
            default: return try askSecret(advice(on: error))
            }
        }
        if let pin, isCodeUnseen && report.integrity == .sound {
            return try go(Recoding(app, pin: pin, withCheck: slots.contains(.osAuth)))
        }
        try await enter(report)
    }

    private func recover() async throws {
        var typed = app.typed.take()
        defer { typed.wipe() }
        try show(.working(.init(what: Phrase.workingUnlock())))
        let report: UnlockReport
        do {
            await app.lockEnded()
            report = try await wallet.unlock(with: .recoveryCode(secret: Secret(bytes: typed)))
        } catch let error as WalletError {
            return try askCode(advice(on: error))
        }
        try Task.checkCancellation()
        let hasKey = !report.advisories.contains(Self.noKey)
        if hasKey && report.integrity == .sound {
            code = typed.withUnsafeBytes { Data($0) }
            newPin.begin(Phrase.pinNewAfterRecovery())
        } else if isKeyLost {
            // A PIN needs the phone's key: there can be none in this store.
            try go(Rescuing(app, typed.withUnsafeBytes { Data($0) }))
        } else {
            try unlocked(hasKey ? nil : Phrase.keySilent(), goesBack: false)
        }
    }

    private func choosePin(_ action: Action) async throws {
        if case .back = action { return newPin.begin(Phrase.pinNewAfterRecovery()) }
        guard case .enter = action, let code, let pin = try newPin.enter() else { return }
        isChangingPin = true
        defer { isChangingPin = false }
        try show(.working(.init(what: Phrase.workingPin(), canCancel: false)))
        let auth = try await wallet.authenticate(with: .recoveryCode(secret: Secret(bytes: code)))
        // The recovery code stays a way in meanwhile.
        if slots.contains(.pin) {
            try await wallet.removeSlot(auth, .pin)
            slots.removeAll { $0 == .pin }
        }
        try await wallet.addPin(auth, pin)
        try unlocked(Phrase.pinChanged(), goesBack: true)
    }

    private func enter(_ report: UnlockReport) async throws {
        try await wallet.doPending()
        try unlocked(nil, goesBack: report.integrity == .sound)
    }

    private func unlocked(_ notice: Words?, goesBack: Bool) throws {
        try Task.checkCancellation()
        app.unlocked(notice, goesBack: goesBack)
    }

    override func after() -> Activity { Unlocking(app) }

    override func close() {
        newPin.close()
        code?.wipe()
        code = nil
    }

    /// The advisory of docs/errors.md: the phone's key gave no answer.
    private static let noKey = "device_key_unavailable"
}
