@testable import CitizenWallet
import Foundation

/// Items in memory, with the faults of a real keychain.
final class DoubleKeychain: Keychain {
    struct State: Sendable {
        var items: [String: Data] = [:]
        /// Says that nothing is there.
        var isForgetful = false
        /// Called before each operation; throws to make it fail.
        var before: @Sendable (_ call: String) throws -> Void = { _ in }
        /// Called after each operation took effect.
        var after: @Sendable (_ call: String) throws -> Void = { _ in }
    }

    let state = Shared(State())

    func read(_ account: String) throws -> Data {
        try call("read \(account)") { state in
            guard !state.isForgetful, let bytes = state.items[account] else { throw Self.notFound }
            return bytes
        }
    }

    func add(_ account: String, _ bytes: Data) throws {
        try call("add \(account)") { state in
            guard state.items[account] == nil else { throw SystemError(status: Int32(SecurityCode.duplicateItem)) }
            state.items[account] = bytes
        }
    }

    func update(_ account: String, _ bytes: Data) throws {
        try call("update \(account)") { state in
            guard !state.isForgetful, state.items[account] != nil else { throw Self.notFound }
            state.items[account] = bytes
        }
    }

    func delete(_ account: String) throws {
        try call("delete \(account)") { state in
            guard !state.isForgetful, state.items[account] != nil else { throw Self.notFound }
            state.items[account] = nil
        }
    }

    /// The next calls that begin with `call` fail so.
    func fail(_ call: String, times: Int = .max, _ code: Int) {
        let left = Shared(times)
        state.change {
            $0.before = { now in
                guard now.hasPrefix(call), left.change({ left in defer { left -= 1 }; return left > 0 }) else { return }
                throw SystemError(status: Int32(code))
            }
        }
    }

    func work() {
        state.change { $0.before = { _ in }; $0.after = { _ in }; $0.isForgetful = false }
    }

    private func call<Value: Sendable>(_ name: String, _ action: @Sendable (inout State) throws -> Value) throws -> Value {
        try state.value.before(name)
        let value = state.change { state in Result { try action(&state) } }
        try state.value.after(name)
        return try value.get()
    }

    private static let notFound = SystemError(status: Int32(SecurityCode.itemNotFound))
}
