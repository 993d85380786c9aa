import CitizenWalletFFI

/// The native library: compared with this one before it is used.
enum Library {
    /// Why it cannot be used: the subject of `library_mismatch`.
    private static let mismatch: String? =
        if !isLibraryBound { "interface" } else { libraryVersion() == boundVersion ? nil : "version" }

    /// - Throws: `library_mismatch`
    static func check() throws {
        if let mismatch { throw WalletError(.libraryMismatch, about: mismatch) }
    }
}

extension Wallet {
    /// Compares the native library with this one, which takes some milliseconds the first time. What makes or opens a wallet
    /// does so by itself, and so do ``Secret``, ``Pin`` and ``Passphrase``.
    ///
    /// - Throws: ``WalletError`` `library_mismatch`
    public static func load() async throws {
        try await aside(Library.check)
    }
}
