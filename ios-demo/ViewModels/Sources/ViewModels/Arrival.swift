import CitizenWallet

/// A card that came and is not kept yet.
@MainActor
enum Arrival {
    /// A card of its own, unless the holder wants it in the place of one there is.
    case new(ReceivedCard)
    /// A card in its own place: renewed by itself, or received again.
    case renewed(RenewedCard)

    /// What to say once it was kept.
    var kept: Words {
        switch self {
        case .new: Phrase.cardKept()
        case .renewed: Phrase.renewed()
        }
    }

    /// What to say once it was not.
    var declined: Words {
        switch self {
        case .new: Phrase.cardDeclined()
        case .renewed: Phrase.renewalDeclined()
        }
    }

    /// It as the holder sees it before deciding.
    func screen(_ app: AppModel, _ notice: Words? = nil) async throws -> Screen.Received {
        switch self {
        case .new(let card):
            // After it turned out to be another card it takes no place.
            let older = notice == nil ? try await Self.older(than: card, app) : []
            let claims = ClaimLines(try card.claims(locales: app.locales()))
            return Screen.Received(
                face: try CardFace(card, app.locales()), signer: Fact(signedBy: try card.signedBy()), says: .claims(claims),
                older: older, notice: notice)
        case .renewed(let card):
            let detail = try await app.wallet.detail(of: card.id(), locales: app.locales())
            let changes = ChangeLines(try card.changes(locales: app.locales()))
            return Screen.Received(
                face: CardFace(detail), signer: Fact(signedBy: try card.signedBy()), says: .changes(changes), notice: notice)
        }
    }

    /// Cards of the same kind, whose place it may take.
    private static func older(than card: ReceivedCard, _ app: AppModel) async throws -> [OlderCard] {
        let type = try card.credentialType()
        return try await app.wallet.list(locales: app.locales()).filter { $0.credentialType == type }.map {
            OlderCard(id: $0.id, replace: Phrase.receivedReplaces(.given($0.name), .time($0.receivedAt)))
        }
    }

    func keep(in wallet: Wallet) async throws {
        switch self {
        case .new(let card):
            // Copies that are shown once each, so that no two verifiers see the same key.
            let isBatch = try card.copies() > 1
            try await wallet.keep(card, policy: KeepPolicy(reuse: isBatch ? .onceOnly : nil))
        case .renewed(let card): try await wallet.keep(card)
        }
    }

    func decline(in wallet: Wallet) async throws {
        switch self {
        case .new(let card): try await wallet.decline(card)
        case .renewed(let card): try await wallet.decline(card.intoCard())
        }
    }
}

extension CardFace {
    /// How a card looks that is not kept yet.
    fileprivate init(_ card: ReceivedCard, _ locales: [String]) throws {
        let look = try card.look(locales: locales)
        self.init(
            id: "", name: .given(look.name, otherwise: .given(try card.credentialType())),
            issuer: .given(look.issuer.name, otherwise: .given("")), background: look.backgroundColor,
            foreground: look.textColor, logo: look.logo?.image?.bytes, logoText: look.logo?.altText,
            state: Fact(Phrase.stateNew()))
    }
}
