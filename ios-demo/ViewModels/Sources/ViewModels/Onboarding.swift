import CitizenWallet
import Foundation

/// The first start: a PIN, perhaps the phone's own check, and a recovery code to write down.
final class Onboarding: Activity {
    private lazy var newPin = NewPin(app)
    private var pin: Pin?
    private var isMaking = false

    override var worksLocked: Bool { true }
    override var isRepeatable: Bool { false }

    /// A wallet that is being made is made to its end: a second one must not be begun beside it.
    override var isCancellable: Bool { !isMaking }

    override func begin() async throws {
        try show(.welcome)
    }

    override func on(_ action: Action) async throws {
        switch (app.screen, action) {
        case (.welcome, .agree): newPin.begin()
        case (.keys, .back), (.question, .back): try await begin()
        case (.keys, .enter): try await entered()
        case (.question, .agree): try await create(withCheck: true)
        case (.question, .refuse): try await create(withCheck: false)
        case (.recoveryCode, .agree): try go(Browsing(app))
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
        let home = app.home
        let new = try await Wallet.create(
            in: home.storeFolder(), platform: home.platform, policy: home.policy, enrolments: enrolments, settings: home.settings)
        app.opened(new.wallet)
        guard let code = new.recoveryCode else { return }
        var text = code.text()
        defer { text.wipe() }
        // `XXXX-XXXX-…` in its groups, each with bytes of its own.
        try show(.recoveryCode(.init(text.split(separator: UInt8(ascii: "-")).map { Data(Array($0)) })))
    }

    override func after() -> Activity { Opening(app) }

    override func close() {
        newPin.close()
        pin = nil
    }
}
