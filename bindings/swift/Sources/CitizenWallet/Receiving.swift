import CitizenWalletFFI

extension Wallet {
    /// Reads an offer (a link, or what a QR code says) and fetches what the holder must see before agreeing: ``Offer/details()``.
    /// It makes requests to addresses the offer names: ask the holder first.
    ///
    /// - Throws: ``WalletError`` `locked`, the integrity codes, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`,
    ///   `grant_not_supported`, `format_not_supported` and the network's
    public func offer(_ link: String) async throws -> Offer {
        try await native.offer(link: link)
    }

    /// What an `issuer` (by its identifier) offers for these `configurationIds`, where the wallet comes by itself. It makes
    /// requests: ask the holder first.
    ///
    /// - Throws: ``WalletError`` as ``offer(_:)``
    public func discover(_ issuer: String, configurationIds: [String]) async throws -> Offer {
        try await native.discover(issuer: issuer, configurationIds: configurationIds)
    }

    /// After the holder agreed: asks the issuer's server for access, where ``OfferDetails/isPreAuthorized``. The `txCode` is what
    /// the holder typed if ``OfferDetails/txCode`` asks for one. After `grant_refused` it may be called again with another code.
    /// Uses the network.
    ///
    /// - Throws: ``WalletError`` `tx_code_required`, `tx_code_not_expected` (both before any request), `issuance_expired` (also
    ///   where the offer was accepted before), `grant_refused`, `token_refused`, `token_response_invalid`, `not_supported` and
    ///   the network's
    public func accept(_ offer: Offer, txCode: Secret? = nil) async throws -> AuthorizedIssuance {
        try await native.accept(offer: offer, txCode: txCode)
    }

    /// After the holder agreed: begins an authorization in the browser, where ``OfferDetails/canBeAuthorized``, for these
    /// `configurationIds` or, without any, for all that can be received. What is needed to go on is stored: the app may end
    /// meanwhile. Go on with ``resume(_:)``. Uses the network.
    ///
    /// - Throws: ``WalletError`` `not_supported` without a `redirectUri` in the policy or where the offer has no such grant;
    ///   those of the server, of the store and of the network
    public func authorize(_ offer: Offer, configurationIds: [String] = []) async throws -> AuthorizationUrl {
        try await native.authorize(offer: offer, configurationIds: configurationIds)
    }

    /// Takes the link the browser came back with, also after a restart of the app. The authorization it answers is used up by
    /// it, whatever comes of it. A link that answers none changes nothing. Uses the network.
    ///
    /// - Throws: ``WalletError`` `authorization_response_invalid`, `authorization_refused`, `issuance_expired`, those of the
    ///   server, of the store and of the network
    public func resume(_ redirectUrl: String) async throws -> AuthorizedIssuance {
        try await native.resume(redirectUrl: redirectUrl)
    }

    /// Orders one card in so many `copies` (the issuer may give fewer), each with a key of its own, and verifies it. It is not
    /// stored yet: show it to the holder, and keep or decline it. One that comes later is written down at once: see
    /// ``deferred()``. Uses the network.
    ///
    /// Nothing of a ``ReceivedCard`` is in the store: with the process it is gone, and the issuer is told nothing. Keys that were
    /// made for it in hardware go with a later ``doPending()``.
    ///
    /// - Throws: ``WalletError`` `credential_refused`, what verification refuses, those of the keys, of the store and of the
    ///   network
    public func order(_ order: CardOrder, from authorized: AuthorizedIssuance, copies: Int = 1) async throws -> Ordered {
        try await native.order(authorized: authorized, index: order.index, copies: asCopies(copies))
    }

    /// Stores a card: all its copies or none. The issuer is told only after they are durable. Uses the network.
    ///
    /// A task that is cancelled has stored it or not: ``list(locales:)`` tells. After each error but `used_up` the `card` can be
    /// kept again, after unlocking or making room, or given up.
    ///
    /// - Throws: ``WalletError`` `used_up`; `not_supported` for a policy by which no copy could ever be shown, `locked`, the
    ///   integrity codes, those of the store and of the hardware key, `key_unavailable` if it was received more than an hour ago
    ///   and its hardware keys were given up
    @discardableResult
    public func keep(_ card: ReceivedCard, policy: KeepPolicy = KeepPolicy()) async throws -> KeptCard {
        try await native.keep(card: card, policy: policy)
    }

    /// The holder does not want the card after all: nothing is stored, and the issuer is told that it was deleted. Works while
    /// the wallet is locked, too. Uses the network.
    ///
    /// - Returns: whether the issuer was told; none where it does not want to be
    /// - Throws: ``WalletError`` `used_up`
    @discardableResult
    public func decline(_ card: ReceivedCard) async throws -> Notified? {
        try await native.decline(card: card)
    }

    /// The card cannot be stored: the issuer is told that it failed. Works while the wallet is locked, too. Uses the network.
    ///
    /// - Returns: whether the issuer was told; none where it does not want to be
    /// - Throws: ``WalletError`` `used_up`
    @discardableResult
    public func giveUp(_ card: ReceivedCard) async throws -> Notified? {
        try await native.giveUp(card: card)
    }

    /// All of it for apps that ask the holder once: every card of the offer is ordered and kept. Those that come later are among
    /// ``deferred()``. Uses the network.
    ///
    /// - Throws: ``WalletError`` as the single steps. Cards of the same offer that were kept before the failure stay.
    @discardableResult
    public func receive(
        _ link: String, txCode: Secret? = nil, copies: Int = 1, policy: KeepPolicy = KeepPolicy()
    ) async throws -> [KeptCard] {
        try await native.receive(link: link, txCode: txCode, copies: asCopies(copies), policy: policy)
    }
}

/// As many as fit: issuers give far fewer.
private func asCopies(_ copies: Int) -> UInt16 {
    UInt16(clamping: max(copies, 1))
}

extension Offer {
    /// What the holder sees of it, in the holder's language as the platform knows it.
    public func details() -> OfferDetails {
        details(locales: preferredLocales())
    }
}

extension ReceivedCard {
    /// How it looks, in the holder's language as the platform knows it.
    ///
    /// - Throws: ``WalletError`` `used_up`
    public func look() throws -> CardLook {
        try look(locales: preferredLocales())
    }

    /// What it says, for the holder to look at before keeping it, with labels in the holder's language.
    ///
    /// - Throws: ``WalletError`` `used_up`
    public func claims() throws -> Claims {
        try claims(locales: preferredLocales())
    }
}
