import CitizenWallet
import Foundation

/// Receives cards, from an offer, a promise or an older card to the card in the store.
final class Receiving: Activity {
    /// How it begins.
    enum Start {
        /// By an offer.
        case offer(String)
        /// By the link with which the browser came back.
        case answer(String)
        /// By what an issuer promised, if it is ready.
        case promise(String)
        /// A card again, in its own place. What changed is shown before it is kept.
        case renewal(String)
    }

    private let start: Start
    private var offer: Offer?
    private var authorized: AuthorizedIssuance?
    private var orders: [CardOrder] = []
    private var arrival: Arrival?
    /// What came of it so far.
    private var news: Words?
    private var isPromised = false
    /// The issuer is asked for what it gives once.
    private var isAsking = false

    init(_ app: AppModel, _ start: Start) {
        self.start = start
        super.init(app)
    }

    /// What the issuer gives once is waited for, and a card that came is put before the holder.
    override var isCancellable: Bool { !isAsking && arrival == nil }
    override var outlivesLock: Bool { arrival != nil || !orders.isEmpty }

    override func begin() async throws {
        switch start {
        case .offer(let link): try await look(at: link)
        case .answer(let link): try await order(from: once { try await wallet.resume(link) })
        case .promise(let promise): try await ask(for: promise)
        case .renewal(let card): try await renew(card)
        }
    }

    override func resume() async throws {
        guard let arrival else { return try await next() }
        do {
            try await show(.received(arrival.screen(app)))
        } catch let error as WalletError where error.code == .usedUp {
            // It was being kept or declined when the wallet locked: the cards tell which.
            try go(after())
        }
    }

    /// A card that could not be kept is decided about again: it would be lost.
    override func leave() async throws {
        if arrival == nil { try await super.leave() } else { try await resume() }
    }

    override func on(_ action: Action) async throws {
        switch (app.screen, action) {
        case (.offer, .agree): try await agree()
        case (.keys, .enter):
            var typed = app.typed.take()
            try await accept(Secret(wiping: &typed))
        case (.textCode, .enterText(var typed)): try await accept(Secret(wiping: &typed))
        case (.received, _): try await received(action)
        // A step that failed and can be done again.
        case (.trouble, _): if arrival != nil { try await received(action) } else { try await agree() }
        case (_, .back), (_, .refuse): try go(after())
        default: break
        }
    }

    private func look(at link: String) async throws {
        try show(.working(.init(what: Phrase.workingIssuer())))
        let offer = try await wallet.offer(link)
        self.offer = offer
        try show(.offer(.init(offer.details(locales: app.locales()))))
    }

    /// Asks for a card that was promised. What may pass is no trouble: it is asked for again later.
    private func ask(for promise: String) async throws {
        let renews = try await wallet.deferred().first { $0.id == promise }?.renews
        let polled: DeferredPoll
        do {
            polled = try await once { try await wallet.pollDeferred(promise) }
        } catch let error as WalletError where error.code != .locked && error.isRetryable {
            return try go(Browsing(app, notice: advice(on: error)))
        }
        switch polled {
        case .notYet(let retryAt): try go(Browsing(app, notice: Phrase.promiseNotYet(.time(retryAt))))
        case .ready(let card):
            arrival = .new(card)
            if let renews { try await replace(card, in: renews) } else { try await came(.new(card)) }
        }
    }

    private func renew(_ card: String) async throws {
        let renewed: RenewedCard
        do {
            renewed = try await once { try await wallet.renew(card) }
        } catch let error as WalletError where error.code == .issuanceDeferred {
            return try go(Browsing(app, notice: Phrase.cardComesLater()))
        }
        try await came(.renewed(renewed))
    }

    private func agree() async throws {
        if authorized != nil { return try await next() }
        guard let offer else { return }
        let details = offer.details(locales: app.locales())
        switch (details.isPreAuthorized, details.txCode) {
        case (true, let code?): try ask(for: code, nil)
        case (true, nil): try await accept(nil)
        case (false, _):
            try show(.working(.init(what: Phrase.workingBrowser())))
            let page = try await wallet.authorize(offer).url
            try Task.checkCancellation()
            await app.home.browse(page)
            try go(Browsing(app, notice: Phrase.goOnInBrowser()))
        }
    }

    private func ask(for code: TxCode, _ notice: Words?) throws {
        let advice = Words.given(code.descriptionText, otherwise: Phrase.codeAdvice())
        switch code.input {
        case .numeric:
            try show(.keys(.init(title: Phrase.codeTitle(), advice: advice, pad: .code, notice: notice, canLeave: true)))
        case .text: try show(.textCode(.init(advice: advice, notice: notice)))
        }
    }

    private func accept(_ code: Secret?) async throws {
        guard let offer else { return }
        let authorized: AuthorizedIssuance
        do {
            authorized = try await once { try await wallet.accept(offer, txCode: code) }
        } catch let error as WalletError where error.code == .grantRefused {
            guard code != nil, let asked = offer.details(locales: app.locales()).txCode else { throw error }
            return try ask(for: asked, errorText(error.code))
        }
        try await order(from: authorized)
    }

    private func order(from authorized: AuthorizedIssuance) async throws {
        self.authorized = authorized
        orders = authorized.orders()
        try await next()
    }

    /// The next card of the offer, or the end.
    private func next() async throws {
        while let order = orders.first, let authorized {
            let copies = min(Int(authorized.mostCopies()), Self.copies)
            let ordered = try await once { try await wallet.order(order, from: authorized, copies: copies) }
            orders.removeFirst()
            switch ordered {
            case .received(let card): return try await came(.new(card))
            case .deferred: isPromised = true
            }
        }
        try go(Browsing(app, notice: isPromised ? Phrase.cardComesLater() : news))
    }

    /// Asks the issuer for what it gives once. What is given is taken in by the caller before anything else happens.
    private func once<Given>(_ ask: @MainActor () async throws -> Given) async throws -> Given {
        isAsking = true
        defer { isAsking = false }
        try show(.working(.init(what: Phrase.workingIssuer(), canCancel: false)))
        return try await ask()
    }

    /// Lets the holder decide. A renewed card that says what it said needs no decision.
    private func came(_ card: Arrival) async throws {
        arrival = card
        if case .renewed(let renewed) = card, try !renewed.isChanged() { return try await keep(card) }
        try await show(.received(card.screen(app)))
    }

    private func received(_ action: Action) async throws {
        guard let card = arrival else { return }
        switch action {
        case .agree: try await keep(card)
        case .replace(let id): if case .new(let new) = card { try await replace(new, in: id) }
        case .refuse, .back:
            try await card.decline(in: wallet)
            // What was kept before it is the news.
            try await decided(news ?? card.declined)
        default: break
        }
    }

    private func keep(_ card: Arrival) async throws {
        try show(.working(.init(what: Phrase.workingKeep(), canCancel: false)))
        try await card.keep(in: wallet)
        try await decided(card.kept)
    }

    private func decided(_ what: Words) async throws {
        arrival = nil
        news = what
        try await next()
    }

    /// Puts a new card in the place of the one with this `id`, unless that turns out to be another card.
    private func replace(_ card: ReceivedCard, in id: String) async throws {
        let renewed: RenewedCard
        do {
            renewed = try await wallet.replacing(id, with: card)
        } catch let error as WalletError where error.code == .renewalMismatch || error.code == .notFound {
            return try await show(.received(Arrival.new(card).screen(app, Phrase.receivedIsOther())))
        }
        try await came(.renewed(renewed))
    }

    override func close() {
        arrival = nil
        authorized = nil
        orders = []
        offer = nil
    }

    private static let copies = 3
}

extension Screen.Offered {
    init(_ details: OfferDetails) {
        let address = host(details.issuer)
        issuer = .given(details.issuerLook.name, otherwise: .given(address))
        if let signer = details.metadataSignedBy {
            proof = Fact(Phrase.offerSigned(.given(signer)), .good)
        } else {
            proof = Fact(Phrase.offerUnsigned(.given(address)))
        }
        cards = details.cards.map { card in
            OfferedFace(
                name: .given(card.look.name, otherwise: .given(card.configurationId)),
                description: card.look.descriptionText.map(Words.given), background: card.look.backgroundColor,
                foreground: card.look.textColor, claims: distinct(card.claims.compactMap { $0.label.map(Words.given) }),
                problem: card.problem.map { _ in Phrase.cannotHold() })
        }
        needsCode = details.isPreAuthorized && details.txCode != nil
        inBrowser = !details.isPreAuthorized
    }
}
