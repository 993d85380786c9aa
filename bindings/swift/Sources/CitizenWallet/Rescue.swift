import CitizenWalletFFI
import Foundation

extension Wallet {
    /// The holder takes the store as it is, after ``IntegrityState/anchorMissing`` (files restored, or a new phone) or another
    /// state that is not sound. Every copy that may be shown a limited number of times counts as used, because nobody knows what
    /// was shown since. Does nothing in a store that is sound. `auth` is from ``authenticate(with:)``.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked` and those of the store
    public func adopt(_ auth: FreshAuth) async throws {
        try await work { try $0.adopt(auth: auth) }
    }

    /// Reads every record and names those that cannot be read. Nothing is deleted because of it.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func damaged() async throws -> [DamagedRecord] {
        try await work { try $0.damaged() }
    }

    /// Gives up what is damaged of the blocks seen of ledgers: for `record_corrupt` about `ledger_memory`, with which every ledger
    /// is refused until then. From then on an older answer about now is believed of that ledger, until a newer one comes: whoever
    /// can write the store's files can bring about the damage, so let the holder decide. What can be read stays. Returns how many
    /// records went.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    @discardableResult
    public func forgetDamagedLedgers() async throws -> UInt32 {
        try await work { try $0.forgetDamagedLedgers() }
    }

    /// Copies the database beside the store, for later investigation, into a folder named after the time: its path.
    ///
    /// - Throws: ``WalletError`` `store_exists` if there is one of the same second, `store_missing`, `disk_full`,
    ///   `read_only_medium`, `io_failed`
    public func quarantine() async throws -> URL {
        URL(fileURLWithPath: try await work { try $0.quarantine() }, isDirectory: true)
    }

    /// Makes a new store in `folder` from what can be read of this one: for `store_corrupt`, or when records are refused. This
    /// wallet need not be unlocked and is not changed. Open the new one as any other, with a secret of `enrolments`. Copies that
    /// may be shown a limited number of times count as used there. Once begun it is not cancelled: the recovery code of the new
    /// store is told once.
    ///
    /// - Throws: ``WalletError`` as ``unlock(with:)`` for the secret of this wallet, and as
    ///   ``create(in:platform:policy:enrolments:settings:)`` for the new one
    public func rescue(
        with secret: UnlockWith, into folder: URL, enrolments: Enrolments, settings: VaultSettings = VaultSettings()
    ) async throws -> Rescued {
        let native = try await native
        return try await toTheEnd {
            try await native.rescue(with: secret, dir: folder.path, settings: settings, enrolments: enrolments)
        }
    }
}
