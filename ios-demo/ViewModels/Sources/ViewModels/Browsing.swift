import CitizenWallet
import Foundation

/// The cards, one card, the history: what the wallet has.
final class Browsing: Activity {
    private let notice: Words?
    /// The card on the screen.
    private var card: String?

    init(_ app: AppModel, notice: Words? = nil) {
        self.notice = notice
        super.init(app)
    }

    override func begin() async throws {
        try Task.checkCancellation()
        if !app.follow() { try await showCards(notice) }
    }

    override func on(_ action: Action) async throws {
        switch (action, app.screen) {
        case (.back, .question), (.refuse, _): try await showCard(card)
        case (.agree, .question): try await delete()
        case (.back, _), (.agree, _): try await showCards()
        case (.addCard, _): try show(.addCard(.init(canScan: app.home.scan != nil)))
        case (.scan, _): try await scan()
        case (.showCard(let id), _): try await showCard(id)
        case (.showHistory, _): try await showHistory()
        case (.deleteEntry(let entry), _):
            try await wallet.deleteHistory(entry)
            try await showHistory()
        case (.refreshStatus, _): try await refresh()
        case (.renew(let card), _): try go(Renewing(app, card))
        case (.delete(let card), _): try askDelete(card)
        default: break
        }
    }

    private func showCards(_ notice: Words? = nil) async throws {
        card = nil
        let cards = try await wallet.list(locales: app.locales())
        let names = Dictionary(uniqueKeysWithValues: cards.map { ($0.id, Words.given($0.name)) })
        let due = try await wallet.due().compactMap { due in DueLine(due) { names[$0] ?? .given("") } }
        var faces: [CardFace] = []
        for card in cards { faces.append(CardFace(try await wallet.detail(of: card.id, locales: app.locales()))) }
        try show(.cards(.init(cards: faces, due: due, notice: notice)))
    }

    private func scan() async throws {
        guard let text = await app.home.scan?() else { return }
        try go(LinkReading(app, text))
    }

    private func showCard(_ id: String?) async throws {
        guard let id else { return try await showCards() }
        let detail = try await wallet.detail(of: id, locales: app.locales())
        card = id
        let overview = detail.overview
        let facts = [
            Fact(Phrase.cardReceivedAt(.time(overview.receivedAt))),
            overview.expiresAt.map { Fact(Phrase.cardExpiresAt(.time($0))) },
            Fact(signedBy: overview.signedBy),
            Fact(Phrase.cardCopies(.number(overview.usableCopies), .number(overview.copies))),
        ].compactMap { $0 }
        try show(.card(.init(face: CardFace(detail), facts: facts, claims: ClaimLines(detail.claims))))
    }

    private func askDelete(_ id: String) throws {
        card = id
        try show(
            .question(
                .init(
                    title: Phrase.deleteTitle(), lines: [Phrase.deleteWhy()], yes: Phrase.deleteYes(), no: Phrase.deleteNo())))
    }

    private func delete() async throws {
        if let card { try await wallet.delete(card) }
        try await showCards(Phrase.deleted())
    }

    private func refresh() async throws {
        try show(.working(.init(what: Phrase.workingStatus())))
        let asked = try await wallet.refreshStatus()
        let failed = asked.count { if case .notBelieved = $0.outcome { true } else { false } }
        try await showCards(failed == 0 ? Phrase.statusRefreshed() : Phrase.statusNotRefreshed(.number(failed)))
    }

    private func showHistory() async throws {
        let names = try await Names(app)
        let history = try await wallet.history()
        try show(.history(.init(entries: history.items.reversed().map(names.entry), isIntact: history.isIntact)))
    }
}
