import CitizenWallet

/// Has a card issued again in its own place. What changed is shown before it is kept.
final class Renewing: Activity {
    private let id: String
    private var renewed: RenewedCard?

    init(_ app: AppModel, _ id: String) {
        self.id = id
        super.init(app)
    }

    override var outlivesLock: Bool { renewed != nil }

    override func begin() async throws {
        try show(.working(.init(what: Phrase.workingIssuer())))
        let renewed = try await wallet.renew(id)
        self.renewed = renewed
        if try renewed.isChanged() { try await ask(renewed) } else { try await keep(renewed) }
    }

    override func resume() async throws {
        guard let renewed else { return }
        do {
            try await ask(renewed)
        } catch let error as WalletError where error.code == .usedUp {
            // It was being kept or declined when the wallet locked: the cards tell which.
            try go(after())
        }
    }

    override func on(_ action: Action) async throws {
        guard let renewed else { return }
        switch action {
        case .agree: try await keep(renewed)
        case .refuse, .back:
            try await wallet.decline(renewed.intoCard())
            try go(Browsing(app, notice: Phrase.renewalDeclined()))
        default: break
        }
    }

    private func ask(_ renewed: RenewedCard) async throws {
        let detail = try await wallet.detail(of: id, locales: app.locales())
        let changes = ChangeLines(try renewed.changes(locales: app.locales()))
        try show(
            .received(.init(face: CardFace(detail), signer: Fact(signedBy: renewed.signedBy()), says: .changes(changes))))
    }

    private func keep(_ renewed: RenewedCard) async throws {
        try show(.working(.init(what: Phrase.workingKeep())))
        try await wallet.keep(renewed)
        try go(Browsing(app, notice: Phrase.renewed()))
    }

    override func close() {
        renewed = nil
    }
}
