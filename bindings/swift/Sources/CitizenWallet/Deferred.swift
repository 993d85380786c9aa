import CitizenWalletFFI

extension Wallet {
    /// The cards that issuers promised and that are still to come, those to be asked for first at the beginning.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func deferred() async throws -> [DeferredCard] {
        try await work { try $0.deferred() }
    }

    /// Asks the issuer for the promised card with this `id`, unless it is too early: then no request is made. When the issuer
    /// says that there will be none, or sends what does not verify, the promise and its keys are gone. Uses the network.
    ///
    /// A card that came is given once: keep it within the hour or decline it. It is lost if the process dies in between.
    ///
    /// - Throws: ``WalletError`` `issuance_expired`, `credential_refused` and what verification refuses, which are the end of it;
    ///   `not_found`, `locked`, the integrity codes, those of the store, of the keys and of the network, after which it may be
    ///   asked again
    public func pollDeferred(_ id: String) async throws -> DeferredPoll {
        try await native.pollDeferred(id: id)
    }

    /// The holder no longer wants a promised card: it is not asked for again, and its keys are gone. The issuer is not told.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked` and those of the store
    public func forgetDeferred(_ id: String) async throws {
        try await native.forgetDeferred(id: id)
    }
}
