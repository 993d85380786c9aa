import CitizenWallet

/// The names of cards and of their claims, for what speaks of them by id.
@MainActor
struct Names {
    private let names: [String: String]
    private let labels: [String: Labels]

    init(_ app: AppModel) async throws {
        let cards = try await app.wallet.list(locales: app.locales())
        var labels: [String: Labels] = [:]
        for card in cards {
            labels[card.id] = Labels(try await app.wallet.detail(of: card.id, locales: app.locales()).claims.list())
        }
        self.labels = labels
        names = Dictionary(uniqueKeysWithValues: cards.map { ($0.id, $0.name) })
    }

    /// Of no card that is still there.
    init() {
        names = [:]
        labels = [:]
    }

    func card(_ id: String, otherwise: String = "") -> Words {
        .given(names[id] ?? otherwise)
    }

    /// Names of claims of a card; by their path for a card that is gone.
    func claims(_ card: String, _ paths: [[PathSegment]]) -> [Words] {
        labels(card).of(paths)
    }

    func labels(_ card: String) -> Labels {
        labels[card] ?? Labels()
    }

    /// What was shown of each card, and what went along with it.
    func shown(_ cards: [ShownCard]) -> [Words] {
        cards.flatMap { shown in
            let along = [
                shown.pseudonymFor.map { Phrase.shownPseudonym(.given($0)) }, shown.anchorProof ? Phrase.shownAnchorProof() : nil,
            ]
            return [card(shown.card, otherwise: shown.credentialType)] + claims(shown.card, shown.claims) + along.compactMap { $0 }
        }
    }

    /// One line of the history, with what was shown.
    func entry(_ item: HistoryItem) -> Entry {
        func entry(_ what: Words, _ lines: [Words] = [], _ tone: Tone = .plain) -> Entry {
            Entry(id: item.id, at: item.at, what: what, lines: lines, tone: tone)
        }
        switch item.event {
        case .received(let id, let type, _, _): return entry(Phrase.historyReceived(.words(card(id, otherwise: type))))
        case .renewed(let id, let type, _, _, _): return entry(Phrase.historyRenewed(.words(card(id, otherwise: type))))
        case .presented(let verifier, let name, _, let cards, _, let outcome):
            let told = Fact(outcome)
            let lines = [told.text, name.map { ownName($0).text }].compactMap { $0 } + shown(cards)
            return entry(Phrase.historyPresented(.given(client(verifier))), lines, told.tone)
        case .declined(let verifier, _): return entry(Phrase.historyDeclined(.given(client(verifier))))
        case .deleted(let type, _): return entry(Phrase.historyDeleted(.given(type)))
        case .exported: return entry(Phrase.historyExported())
        case .adopted: return entry(Phrase.historyAdopted())
        // The app makes no identities.
        case .identityMade, .identitySigned, .identityDeleted, .other: return entry(Phrase.historyOther())
        }
    }
}
