import CitizenWallet
import Foundation

/// Receives what an issuer offers, from the offer to the card in the store.
final class Receiving: Activity {
    /// How it begins.
    enum Start {
        /// By an offer.
        case offer(String)
        /// By the link with which the browser came back.
        case answer(String)
    }

    private let start: Start
    private var offer: Offer?
    private var authorized: AuthorizedIssuance?
    private var orders: [CardOrder] = []
    private var card: ReceivedCard?
    private var kept = 0
    private var promised = 0

    init(_ app: AppModel, _ start: Start) {
        self.start = start
        super.init(app)
    }

    override var outlivesLock: Bool { card != nil }

    override func begin() async throws {
        try show(.working(.init(what: Phrase.workingIssuer())))
        switch start {
        case .answer(let link): try await order(from: wallet.resume(link))
        case .offer(let link):
            let offer = try await wallet.offer(link)
            self.offer = offer
            try show(.offer(.init(offer.details(locales: app.locales()))))
        }
    }

    override func resume() async throws {
        guard let card else { return }
        do {
            try ask(card)
        } catch let error as WalletError where error.code == .usedUp {
            // It was being kept or declined when the wallet locked: the cards tell which.
            try go(after())
        }
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
        case (.trouble, _): if card != nil { try await received(action) } else { try await agree() }
        case (_, .back), (_, .refuse): try go(after())
        default: break
        }
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
        try show(.working(.init(what: Phrase.workingIssuer())))
        let authorized: AuthorizedIssuance
        do {
            authorized = try await wallet.accept(offer, txCode: code)
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
        guard let authorized else { return }
        while let order = orders.first {
            try show(.working(.init(what: Phrase.workingIssuer())))
            let copies = min(Int(authorized.mostCopies()), Self.copies)
            let ordered = try await wallet.order(order, from: authorized, copies: copies)
            orders.removeFirst()
            switch ordered {
            case .received(let card): return try ask(card)
            case .deferred: promised += 1
            }
        }
        let notice: Phrase = promised > 0 ? .cardComesLater : kept > 0 ? .cardKept : .cardDeclined
        try go(Browsing(app, notice: notice()))
    }

    private func ask(_ received: ReceivedCard) throws {
        card = received
        let look = try received.look(locales: app.locales())
        let face = CardFace(
            id: "", name: try .given(look.name, otherwise: .given(received.credentialType())),
            issuer: .given(look.issuer.name, otherwise: .given("")), background: look.backgroundColor,
            foreground: look.textColor, logo: look.logo?.image?.bytes, logoText: look.logo?.altText,
            state: Fact(Phrase.stateNew()))
        let claims = ClaimLines(try received.claims(locales: app.locales()))
        try show(.received(.init(face: face, signer: Fact(signedBy: received.signedBy()), says: .claims(claims))))
    }

    private func received(_ action: Action) async throws {
        guard let card else { return }
        switch action {
        case .agree:
            try show(.working(.init(what: Phrase.workingKeep())))
            // Copies that are shown once each, so that no two verifiers see the same key.
            let isBatch = try card.copies() > 1
            try await wallet.keep(card, policy: KeepPolicy(reuse: isBatch ? .onceOnly : nil))
            kept += 1
        case .refuse, .back: try await wallet.decline(card)
        default: return
        }
        self.card = nil
        try await next()
    }

    override func close() {
        card = nil
        authorized = nil
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
