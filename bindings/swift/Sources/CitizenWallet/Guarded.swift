import CitizenWalletFFI
import Dispatch
import Foundation

/// How much longer than it was given an HTTP client is waited for, in seconds.
private let grace = 2.0

/// The app's HTTP client as the native library gets it: one that never answers is not waited for longer than it was given.
///
/// One that blocks its thread keeps a thread of Swift's from everybody else; the call ends all the same as soon as Swift has
/// another.
final class GuardedHttpClient: HttpClient {
    private let app: HttpClient

    init(_ app: HttpClient) {
        self.app = app
    }

    func send(request: HttpRequest) async throws -> HttpResponse {
        let call = Task { [app] in try await app.send(request: request) }
        defer { call.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting in
                let once = Once(waiting)
                let over = DispatchWorkItem { once.resume(with: .failure(HttpError.timeout)) }
                let seconds = Double(request.policy.totalSeconds) + grace
                walletQueue.asyncAfter(deadline: .now() + seconds, execute: over)
                Task {
                    once.resume(with: await call.result)
                    over.cancel()
                }
            }
        } onCancel: {
            call.cancel()
        }
    }
}

/// The app's anchor as the native library gets it: its functions must not wait for the wallet.
final class GuardedAnchorStore: AnchorStore {
    private let app: AnchorStore

    init(_ app: AnchorStore) {
        self.app = app
    }

    func read(name: String) throws -> Data? { try Answering.call { try app.read(name: name) } }

    func write(name: String, bytes: Data) throws { try Answering.call { try app.write(name: name, bytes: bytes) } }

    func delete(name: String) throws { try Answering.call { try app.delete(name: name) } }

    func isRollbackSafe() throws -> Bool { try Answering.call { try app.isRollbackSafe() } }
}

/// The app's clock as the native library gets it: its functions must not wait for the wallet.
final class GuardedClock: CitizenWalletFFI.Clock {
    private let app: CitizenWalletFFI.Clock

    init(_ app: CitizenWalletFFI.Clock) {
        self.app = app
    }

    func now() throws -> Int64 { try Answering.call { try app.now() } }

    func monotonicMillis() throws -> UInt64 { try Answering.call { try app.monotonicMillis() } }
}
