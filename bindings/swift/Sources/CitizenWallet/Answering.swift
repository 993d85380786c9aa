import CitizenWalletFFI
import Dispatch

/// How long a call waits for the function that it was made in, in seconds.
private let patience = 2.0

/// A function of the app's that is not `async`, while it is called. It must not wait for the wallet, which waits for it; a task
/// that it starts and does not wait for may call.
final class Answering: Sendable {
    /// That in which this was asked, also by a task that it started.
    @TaskLocal private static var current: Answering?

    /// Left when it has returned.
    private let under = DispatchGroup()

    private init() {
        under.enter()
    }

    /// Calls a function of the app's.
    static func call<Value>(_ function: () throws -> Value) rethrows -> Value {
        let answering = Answering()
        defer { answering.under.leave() }
        return try $current.withValue(answering, operation: function)
    }

    /// Waits for the function of the app's in which the caller was started, if it was in one.
    ///
    /// - Throws: `called_back` if that seems to wait for the caller
    static func refuseInside() async throws {
        guard let under = current?.under else { return }
        try await withCheckedThrowingContinuation { waiting in
            let once = Once<Void>(waiting)
            let over = DispatchWorkItem { once.resume(with: .failure(WalletError(.calledBack))) }
            walletQueue.asyncAfter(deadline: .now() + patience, execute: over)
            under.notify(queue: walletQueue) {
                once.resume(with: .success(()))
                over.cancel()
            }
        }
    }
}
