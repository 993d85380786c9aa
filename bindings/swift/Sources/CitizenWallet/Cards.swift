import CitizenWalletFFI
import Foundation

extension Wallet {
    /// All cards in the order of their receiving, with names in the preferred `locales` (BCP 47, best first).
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func list(locales: [String] = preferredLocales()) async throws -> [CardOverview] {
        try await work { try $0.list(locales: locales) }
    }

    /// The card with this `id`. The values of its claims stay in the library until they are asked for, one by one: drop the
    /// claims when they are no longer shown.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked` and those of the store
    public func detail(of id: String, locales: [String] = preferredLocales()) async throws -> CardDetail {
        try await work { try $0.detail(id: id, locales: locales) }
    }

    /// Deletes the card with this `id`, with its copies, keys and looks. The issuer is not told. Keys in hardware are deleted
    /// after it; what fails is tried again at each ``doPending()``.
    ///
    /// - Throws: ``WalletError`` `not_found`, `locked` and those of the store: then nothing was deleted
    public func delete(_ id: String) async throws {
        try await native.delete(card: id)
    }

    /// Does what is left to do: hardware keys that could not be deleted yet, answers that can no longer be sent again. Call it
    /// after unlocking.
    ///
    /// - Returns: how many things are still left
    /// - Throws: ``WalletError`` `locked` and those of the store
    @discardableResult
    public func doPending() async throws -> Int {
        Int(try await native.doPending())
    }

    /// The handles of all keys in the app's ``KeyStore`` that this store uses or still has to delete. An app whose key store
    /// serves this store alone may delete all others; and all of these after ``erase(in:platform:)``, which cannot know them.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func hardwareKeys() async throws -> [String] {
        try await work { try $0.hardwareKeys() }
    }
}

/// The holder's languages as the platform knows them, best first.
public func preferredLocales() -> [String] {
    Locale.preferredLanguages
}
