import CitizenWalletFFI
import Foundation

// A `String` cannot be wiped: take what is typed as bytes where you can, and drop each secret after the call it was made for.
// The native library wipes its copy when the last reference to it is gone.

extension Secret {
    /// What the holder typed, unchecked: a PIN, a passphrase, a recovery code, a transaction code. `typed` (UTF-8) is wiped. With
    /// another native library nothing is kept of it: there is no wallet to give it to either.
    public convenience init(wiping typed: inout Data) {
        defer { typed.wipe() }
        self.init(bytes: typed)
    }
}

extension Pin {
    /// A new PIN: 6 to 12 ASCII digits that are not easy to guess. `digits` are wiped, whatever happens.
    ///
    /// - Throws: ``WalletError`` `weak_pin` (its subject says why), `library_mismatch`
    public convenience init(wiping digits: inout Data) throws {
        defer { digits.wipe() }
        try Library.check()
        try self.init(digits: digits)
    }
}

extension Passphrase {
    /// A new passphrase. `text` (UTF-8) is wiped, whatever happens.
    ///
    /// - Throws: ``WalletError`` `weak_passphrase` (its subject says why), `library_mismatch`
    public convenience init(wiping text: inout Data) throws {
        defer { text.wipe() }
        try Library.check()
        try self.init(text: text)
    }
}

extension Data {
    /// Overwrites the bytes. Another variable that holds the same data keeps them: Swift copies what is shared.
    public mutating func wipe() {
        resetBytes(in: startIndex..<endIndex)
    }
}
