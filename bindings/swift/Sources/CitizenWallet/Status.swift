import CitizenWalletFFI

extension Wallet {
    /// The status lists that ``refreshStatus(of:)`` would ask for these `cards` (all, where none is named). Asks nobody. An app
    /// may want the holder's word first where a list can tell holders apart (``StatusListPlan/isTracking``), and leave its cards
    /// out.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked`, the integrity codes and those of the store
    public func statusPlan(for cards: [String] = []) async throws -> [StatusListPlan] {
        try await work { try $0.statusPlan(cards: cards) }
    }

    /// Asks issuers over the network whether these `cards` (all, where none is named) are still good, and keeps what they say:
    /// ``CardOverview/status``. A list's keeper learns that a wallet on this network holds some card of the list. Call it on a
    /// schedule or when the holder asks, never because a verifier asked for something.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked`, the integrity codes and those of the store. What is wrong with one list
    ///   is in ``StatusListRefresh/outcome``; what was known before still stands then.
    public func refreshStatus(of cards: [String] = []) async throws -> [StatusListRefresh] {
        try await native.refreshStatus(cards: cards)
    }
}
