import CitizenWalletFFI
import Foundation

/// What the anchor asks of the keychain: small items by account, all of one service. The implementation is `SecurityKeychain`;
/// whatever the system answers comes out as a ``SystemError``.
protocol Keychain: Sendable {
    /// - Throws: `itemNotFound` if there is none
    func read(_ account: String) throws -> Data

    /// - Throws: `duplicateItem` if there is one
    func add(_ account: String, _ bytes: Data) throws

    /// Replaces the bytes as a whole.
    ///
    /// - Throws: `itemNotFound` if there is none
    func update(_ account: String, _ bytes: Data) throws

    /// - Throws: `itemNotFound` if there is none
    func delete(_ account: String) throws
}

/// The wallet's anchor: items of the keychain that stay on this device, are never synchronised, and can be read once the phone was
/// unlocked after it started.
///
/// An app's files that are restored do not bring them back. A backup of the whole phone does, if it is restored onto the same
/// phone: the wallet then finds its files newer and says so, and wrong PINs counted since are forgotten. Items outlive the app: who
/// installs it again makes a new store, which does not look at them.
public final class KeychainAnchorStore: AnchorStore {
    private let keychain: any Keychain
    private let pause: @Sendable (_ milliseconds: UInt32) -> Void

    init(_ keychain: any Keychain, pause: @escaping @Sendable (_ milliseconds: UInt32) -> Void = { usleep($0 * 1000) }) {
        self.keychain = keychain
        self.pause = pause
    }

    public func read(name: String) throws -> Data? {
        try answer(name) {
            do {
                return try steadily { try keychain.read(name) }
            } catch let error as SystemError where error.isNotFound {
                guard isWorking() else { throw AnchorError.unavailableNow }
                return nil
            }
        }
    }

    public func write(name: String, bytes: Data) throws {
        guard bytes.count <= Self.maxBytes else { throw AnchorError.failed }
        try answer(name) {
            try steadily {
                do {
                    try keychain.update(name, bytes)
                } catch let error as SystemError where error.isNotFound {
                    // Where another process came in between: it is a duplicate, and updated with the next try.
                    try keychain.add(name, bytes)
                }
            }
        }
    }

    public func delete(name: String) throws {
        try answer(name) {
            do {
                try steadily { try keychain.delete(name) }
            } catch let error as SystemError where error.isNotFound {
                guard isWorking() else { throw AnchorError.unavailableNow }
            }
        }
    }

    /// The app's files alone do not bring it back, see above.
    public func isRollbackSafe() throws -> Bool { true }

    /// Whether an item that is put into the keychain is there. Before the first unlock some versions answer "no such item".
    private func isWorking() -> Bool {
        do {
            do {
                try keychain.add(Self.canary, Data([1]))
            } catch let error as SystemError where error == SystemError(status: Int32(SecurityCode.duplicateItem)) {
                // Of a process that ended half-way.
            }
            let found = try keychain.read(Self.canary)
            try keychain.delete(Self.canary)
            return found == Data([1])
        } catch {
            return false
        }
    }

    private func steadily<Value>(_ action: () throws -> Value) throws -> Value {
        for milliseconds in Self.pauses {
            do {
                return try action()
            } catch let error as SystemError where Reading(error).mayPass && !error.isNotFound {
                pause(milliseconds)
            }
        }
        return try action()
    }

    private func answer<Value>(_ name: String, _ action: () throws -> Value) throws -> Value {
        guard Self.isName(name) else { throw AnchorError.failed }
        do {
            return try action()
        } catch let error as SystemError {
            throw Reading(error).failure == .unavailableNow ? AnchorError.unavailableNow : AnchorError.failed
        }
    }

    private static func isName(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                }
            }
    }

    /// Short: the wallet waits for its answer on a thread of its own.
    private static let pauses: [UInt32] = [20, 100]
    static let maxBytes = 4096

    /// Not the name of a cell: those have no capitals.
    static let canary = "CANARY"
}

extension SystemError {
    fileprivate var isNotFound: Bool { Reading(self).failure == .notFound }
}
