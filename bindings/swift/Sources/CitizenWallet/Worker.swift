import CitizenWalletFFI
import Dispatch
import Foundation

/// Where a wallet does what does not wait: on a queue over the library's, one call after the other. Reading a database would
/// keep one of the few threads on which Swift runs everything else.
final class Worker: Sendable {
    private let queue = DispatchQueue(label: "org.citizenwallet.wallet", target: walletQueue)

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await aside(on: queue, work)
    }
}

/// Runs `work` on the library's queue, or on one over it.
func aside<Value: Sendable>(
    on queue: DispatchQueue = walletQueue, _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { waiting in
        queue.async { waiting.resume(with: Result(catching: work)) }
    }
}

/// Runs `work` though the caller is cancelled: what it gives is given once.
func toTheEnd<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task(operation: work).value
}

/// The native wallet until it is closed. It is let go of on the library's queue: closing a database is work, too.
final class Held: @unchecked Sendable {
    private let lock = NSLock()
    private var held: NativeWallet?

    init(_ native: NativeWallet) {
        held = native
    }

    /// - Throws: `used_up` if it was closed
    var native: NativeWallet {
        get throws {
            guard let native = lock.withLock({ held }) else { throw WalletError(.usedUp) }
            return native
        }
    }

    /// Returns at once; what it does is done in this order.
    func close() {
        walletQueue.async {
            let native = self.lock.withLock {
                defer { self.held = nil }
                return self.held
            }
            try? native?.lock()
        }
    }
}
