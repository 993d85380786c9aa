import CitizenWallet
import Foundation

/// A new store: a PIN, perhaps the phone's own check, and a recovery code to write down.
class Enrolling: Activity {
    private lazy var newPin = NewPin(app)
    private var pin: Pin?
    private var isMaking = false

    final override var worksLocked: Bool { true }
    final override var isRepeatable: Bool { false }

    /// A store that is being made is made to its end: a second one must not be begun beside it.
    final override var isCancellable: Bool { !isMaking }

    /// Makes the store: its recovery code.
    func make(_ enrolments: Enrolments) async throws -> RecoveryCode? { nil }

    /// The holder has the recovery code.
    func made() throws -> Activity { after() }

    /// The holder does not want it.
    func refused() throws {}

    final override func on(_ action: Action) async throws {
        switch (app.screen, action) {
        case (.keys, .enter): try await entered()
        case (.keys, .back): try await begin()
        case (.recoveryCode, .agree): try go(made())
        case (.recoveryCode, _), (.keys, _): break
        case (_, .agree): if pin == nil { newPin.begin() } else { try await create(withCheck: true) }
        case (_, .refuse): if pin == nil { try refused() } else { try await create(withCheck: false) }
        case (_, .back):
            if pin == nil { return try refused() }
            pin = nil
            try await begin()
        default: break
        }
    }

    private func entered() async throws {
        guard let pin = try newPin.enter() else { return }
        self.pin = pin
        guard app.home.canCheckHolder else { return try await create(withCheck: false) }
        try show(
            .question(
                .init(
                    title: Phrase.checkTitle(), lines: [Phrase.checkWhy()], yes: Phrase.checkYes(), no: Phrase.checkNo())))
    }

    private func create(withCheck: Bool) async throws {
        isMaking = true
        defer { isMaking = false }
        try show(.working(.init(what: Phrase.workingCreate(), canCancel: false)))
        let enrolments = Enrolments(pin: pin, osAuth: withCheck, recoveryCode: true)
        pin = nil
        guard let code = try await make(enrolments) else { return }
        try show(.recoveryCode(.init(code)))
    }

    override func close() {
        newPin.close()
        pin = nil
    }
}
