import CitizenWallet

/// Answers one request. What is shown, and what may be, is the core's plan: here it only gets words.
final class Presenting: Activity {
    private let link: String
    private var proposal: Proposal?
    /// The plan as the holder was shown it: its hash is what the holder agrees to.
    private var overview: PlanOverview?
    private var choices: [Way] = []
    private var presented: Presented?
    private var isAnswered = false
    private lazy var confirming = Confirming(app, Phrase.confirmAdvice())

    init(_ app: AppModel, _ link: String) {
        self.link = link
        super.init(app)
    }

    override var isRepeatable: Bool { !isAnswered }

    override func begin() async throws {
        try show(.working(.init(what: Phrase.workingVerifier())))
        let proposal = try await wallet.request(link)
        self.proposal = proposal
        switch proposal {
        case .plan(let plan): try await ask(plan, plan.overview())
        case .unavailable(let plan): try show(.nothingFits(.init(verifier: VerifierFace(plan.overview().request))))
        }
    }

    override func on(_ action: Action) async throws {
        switch (app.screen, action) {
        // After trouble the same is decided again.
        case (.consent, _), (.trouble, _): try await decide(action)
        case (.keys, .enter): if let auth = try await confirming.enter() { try await send(.fresh(auth: auth)) }
        case (.keys, .otherWayIn): try confirming.otherWay()
        case (.keys, .back): if let (plan, overview) = shown { try await ask(plan, overview) }
        case (.nothingFits, .refuse): try await refuse()
        case (.done, _): try await done(action)
        case (.question, .agree): if let page = presented?.redirectUri { try await goOn(at: page) }
        case (.question, _): try go(after())
        case (_, .back): try go(after())
        default: break
        }
    }

    /// The plan, and how the holder was shown it.
    private var shown: (ConsentPlan, PlanOverview)? {
        guard case .plan(let plan) = proposal, let overview else { return nil }
        return (plan, overview)
    }

    private func decide(_ action: Action) async throws {
        guard let (plan, overview) = shown else {
            if case .back = action { try go(after()) }
            return
        }
        switch action {
        case .agree: if overview.needsAuth { try confirming.ask() } else { try await send(.none) }
        case .refuse: try await refuse()
        case .back: try go(after())
        case .choose(let place):
            guard choices.indices.contains(place) else { return }
            var changed = overview
            for step in choices[place].steps { changed = try await wallet.select(step, in: plan) }
            try await ask(plan, changed)
        default: break
        }
    }

    private func send(_ auth: HolderAuth) async throws {
        guard let (plan, overview) = shown else { return }
        let approved = try await wallet.approve(plan, hash: overview.hash, auth: auth)
        try Task.checkCancellation()
        isAnswered = true
        try show(.working(.init(what: Phrase.workingSend())))
        try await tell(wallet.present(approved))
    }

    private func refuse() async throws {
        guard let proposal else { return }
        isAnswered = true
        try show(.working(.init(what: Phrase.workingSend())))
        try await wallet.refuse(proposal)
        try go(Browsing(app, notice: Phrase.refused()))
    }

    private func tell(_ presented: Presented) async throws {
        self.presented = presented
        let names = try await Names(app)
        let page = presented.redirectUri.map { Phrase.goOnAt(.given(host($0))) }
        try show(
            .done(
                .init(
                    outcome: Fact(presented.outcome), lines: names.shown(presented.shown),
                    canResend: presented.outcome == .unknown, page: page)))
    }

    private func done(_ action: Action) async throws {
        guard let presented else { return }
        switch action {
        case .resend:
            try show(.working(.init(what: Phrase.workingSend())))
            try await tell(wallet.resend(presented.history))
        case .agree:
            guard let page = presented.redirectUri else { return try go(after()) }
            if isWeb(page) { try await goOn(at: page) } else { try askWhetherToOpen(page) }
        case .back: try go(after())
        default: break
        }
    }

    private func goOn(at page: String) async throws {
        await app.home.browse(page)
        try go(after())
    }

    /// The verifier chose what opens: any app may be behind it, and it is told everything in the address.
    private func askWhetherToOpen(_ page: String) throws {
        try show(
            .question(.init(title: Phrase.goOnAt(.given(host(page))), lines: [.given(page)], yes: Phrase.yes(), no: Phrase.no())))
    }

    /// Puts the plan before the holder as it is now.
    private func ask(_ plan: ConsentPlan, _ now: PlanOverview) async throws {
        let names = try await Names(app)
        choices = ways(now, names)
        var showings: [ShowingLines] = []
        for (place, showing) in now.showings.enumerated() {
            let revealed = try await wallet.revealed(by: plan, showing: place, locales: app.locales())
            let labels = names.labels(showing.card)
            showings.append(
                ShowingLines(showing, ClaimLines(revealed, labels: labels, always: Set(showing.alwaysDisclosed)), names))
        }
        let before = try await wallet.sharedBefore(plan).reversed().map { before in
            let claims = before.shown.flatMap { names.claims($0.card, $0.claims) }
            return Phrase.sharedBeforeLine(.time(before.at), .words(.all(claims)))
        }
        overview = now
        try show(
            .consent(
                .init(
                    verifier: VerifierFace(now.request), showings: showings, choices: choices.map(\.line), before: before,
                    needsPin: now.needsAuth)))
    }

    /// Something the holder may choose, and how that is said to the core.
    private struct Way {
        let line: ChoiceLine
        let steps: [Choice]
    }

    private func ways(_ now: PlanOverview, _ names: Names) -> [Way] {
        let cards = distinct(now.alternatives.map(\.query)).flatMap { query -> [Way] in
            let others = now.alternatives.filter { $0.query == query }
            return others.count > 1 ? others.map { way(to: $0, names) } : []
        }
        let options = now.useCases.filter { $0.options.count > 1 || !$0.isRequired }.flatMap { useCase in
            let options = useCase.options.map { option in
                way(Phrase.choiceOption(.number(option.place + 1)), of: useCase, choosing: option.place)
            }
            return useCase.isRequired ? options : options + [way(Phrase.choiceNothing(), of: useCase, choosing: nil)]
        }
        return cards + options
    }

    private func way(to other: Alternative, _ names: Names) -> Way {
        let claims = Words.all(names.claims(other.card, other.disclosed))
        let text = Phrase.choiceCard(.words(names.card(other.card)), .words(claims))
        let set = other.claimSet.map { Choice.claimSet(query: other.query, card: other.card, claimSet: $0) }
        return Way(
            line: ChoiceLine(text: text, isChosen: other.isChosen),
            steps: [.cards(query: other.query, cards: [other.card]), set].compactMap { $0 })
    }

    private func way(_ text: Words, of useCase: UseCase, choosing option: UInt32?) -> Way {
        Way(
            line: ChoiceLine(text: text, isChosen: useCase.chosen == option),
            steps: [.useCase(place: useCase.place, option: option)])
    }

    override func close() {
        proposal = nil
    }
}

extension ShowingLines {
    @MainActor
    fileprivate init(_ showing: Showing, _ claims: ClaimLines, _ names: Names) {
        card = names.card(showing.card)
        state = Fact(showing.status)
        self.claims = claims
        withheld = names.claims(showing.card, showing.withheld)
        linkability = ViewModels.linkability(showing.linkability)
        notes = ViewModels.notes(showing.notes)
        pseudonym = showing.pseudonym.map(PseudonymLines.init)
        transactions = showing.transactions.map { transaction in
            TransactionLines(
                kind: .given(transaction.typeId), lines: transaction.lines.map { (.given($0.label), .given($0.value)) })
        }
        retained = names.claims(showing.card, showing.asked.filter(\.intentToRetain).flatMap(\.selected))
    }
}
