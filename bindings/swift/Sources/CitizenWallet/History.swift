import CitizenWalletFFI
import Foundation

extension Wallet {
    /// What was received, shown, declined, deleted and exported: to whom, when, and the names of claims, never their values.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func history() async throws -> History {
        try await work { try $0.history() }
    }

    /// Deletes what an `entry` of the history says (``HistoryItem/id``). That there was one stays visible. A presentation whose
    /// arrival is unknown cannot be sent again afterwards.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked` and those of the store
    public func deleteHistory(_ entry: String) async throws {
        try await work { try $0.deleteHistory(entry: entry) }
    }

    /// All claims and the history as JSON (UTF-8), **everything in clear**: put it where the holder wants it and wipe it. Keys
    /// are not in it: it is no backup. `auth` is from ``authenticate(with:)``. The history says that it happened.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked` and those of the store
    public func export(_ auth: FreshAuth) async throws -> Data {
        try await work { try $0.export(auth: auth) }
    }
}
