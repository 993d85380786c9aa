import CitizenWallet
import Foundation

/// The cards, one card, the history: what the wallet has.
final class Browsing: Activity {
    private let notice: Words?
    private let isFirst: Bool
    private var asked: Asked?

    /// What the answers to a question lead to.
    private struct Asked {
        let yes: AppModel.Step
        let no: AppModel.Step
    }

    /// - Parameter isFirst: whether the holder just unlocked: then a card that may be ready is asked for.
    init(_ app: AppModel, notice: Words? = nil, isFirst: Bool = false) {
        self.notice = notice
        self.isFirst = isFirst
        super.init(app)
    }

    override func begin() async throws {
        try Task.checkCancellation()
        if app.follow() { return }
        if isFirst && notice == nil, let ready = try await ready() { return try go(Receiving(app, .promise(ready))) }
        try await showCards(notice)
    }

    override func on(_ action: Action) async throws {
        if case .question = app.screen, let asked { return try await answer(asked, action) }
        switch action {
        case .back: try await showCards()
        case .addCard: try show(.addCard(.init(canScan: app.home.scan != nil)))
        case .scan: try await scan()
        case .showCard(let id): try await showCard(id)
        case .showHistory: try await showHistory()
        case .showSettings: try await showSettings()
        case .deleteEntry(let entry):
            try await wallet.deleteHistory(entry)
            try await showHistory()
        case .refreshStatus: try await refresh()
        case .renew(let card): try go(Receiving(app, .renewal(card)))
        case .delete(let card): try askDelete(card)
        case .askFor(let promise): try go(Receiving(app, .promise(promise)))
        case .forget(let promise): try askForget(promise)
        case .changePin: try go(ChangingPin(app))
        case .export: try go(Confirmed.exporting(app))
        case .adopt: try go(Confirmed.adopting(app))
        case .erase:
            try ask(
                Erasing.question, yes: { [unowned self] in try go(Erasing(app, everything: true)) },
                no: { [unowned self] in try await showSettings() })
        default: break
        }
    }

    private func answer(_ asked: Asked, _ action: Action) async throws {
        switch action {
        case .agree: try await asked.yes()
        case .refuse, .back: try await asked.no()
        default: break
        }
    }

    private func ask(_ question: Screen.Question, yes: @escaping AppModel.Step, no: @escaping AppModel.Step) throws {
        asked = Asked(yes: yes, no: no)
        try show(.question(question))
    }

    private func showCards(_ notice: Words? = nil) async throws {
        let cards = try await wallet.list(locales: app.locales())
        let names = Dictionary(uniqueKeysWithValues: cards.map { ($0.id, Words.given($0.name)) })
        let due = try await wallet.due().compactMap { due in DueLine(due) { names[$0] ?? .given("") } }
        let promised = try await wallet.deferred().map { promise in
            let whose = promise.renews.flatMap { names[$0] } ?? .given(host(promise.issuer))
            return PromisedLine(id: promise.id, text: Phrase.promised(.words(whose), .time(promise.since)))
        }
        var faces: [CardFace] = []
        for card in cards { faces.append(CardFace(try await wallet.detail(of: card.id, locales: app.locales()))) }
        try await show(.cards(.init(cards: faces, due: unsound() + due, promised: promised, notice: notice)))
    }

    /// A store that is not as it was left can be looked at and not used, until the holder takes it as it is.
    private func unsound() async throws -> [DueLine] {
        if try await wallet.integrity() == .sound { return [] }
        return [DueLine(text: Phrase.notSound(), tone: .bad, action: .adopt, doIt: Phrase.adopt())]
    }

    /// A promised card that may be ready.
    private func ready() async throws -> String? {
        try await wallet.due().lazy.compactMap { due in
            if case .deferredReady(let promise, _) = due.what { promise } else { nil }
        }.first
    }

    private func scan() async throws {
        guard let text = await app.home.scan?() else { return }
        try go(LinkReading(app, text))
    }

    private func showCard(_ id: String) async throws {
        let detail = try await wallet.detail(of: id, locales: app.locales())
        let overview = detail.overview
        let facts = [
            Fact(Phrase.cardReceivedAt(.time(overview.receivedAt))),
            overview.expiresAt.map { Fact(Phrase.cardExpiresAt(.time($0))) },
            Fact(signedBy: overview.signedBy),
            detail.issuerDid.map(Fact.init(evidence:)),
            Fact(Phrase.cardCopies(.number(overview.usableCopies), .number(overview.copies))),
        ].compactMap { $0 } + anchors(detail.anchors)
        let links = linkability(detail.linkability)
        try show(.card(.init(face: CardFace(detail), facts: facts, claims: ClaimLines(detail.claims), linkability: links)))
    }

    private func askDelete(_ id: String) throws {
        let question = Screen.Question(
            title: Phrase.deleteTitle(), lines: [Phrase.deleteWhy()], yes: Phrase.deleteYes(), no: Phrase.deleteNo())
        try ask(
            question,
            yes: { [unowned self] in
                try await wallet.delete(id)
                try await showCards(Phrase.deleted())
            }, no: { [unowned self] in try await showCard(id) })
    }

    private func askForget(_ promise: String) throws {
        let question = Screen.Question(
            title: Phrase.forgetTitle(), lines: [Phrase.forgetWhy()], yes: Phrase.forget(), no: Phrase.forgetNo())
        try ask(
            question,
            yes: { [unowned self] in
                try await wallet.forgetDeferred(promise)
                try await showCards(Phrase.forgotten())
            }, no: { [unowned self] in try await showCards() })
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

    private func showSettings() async throws {
        let hasPin = try await wallet.slots().contains { $0.kind == .pin }
        let lines = [
            hasPin ? SettingLine(title: Phrase.changePin(), advice: Phrase.changePinAdvice(), action: .changePin) : nil,
            app.home.save == nil ? nil : SettingLine(title: Phrase.export(), advice: Phrase.exportAdvice(), action: .export),
            SettingLine(title: Phrase.erase(), advice: Phrase.eraseAdvice(), action: .erase),
        ].compactMap { $0 }
        try show(.settings(.init(lines: lines)))
    }
}
