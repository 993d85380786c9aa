import CitizenWalletFFI

/// The network by a client that answers by calling back, as those with completion handlers do.
///
/// A continuation of Swift's that is resumed twice ends the app, and one that is never resumed stays for ever: here the first
/// answer counts, a second one is an error, and none at all is noticed.
public final class CompletionHttpClient: HttpClient {
    /// Begins a request and gives the answer to the reply, at once or later, on any thread.
    public typealias Begin = @Sendable (_ request: HttpRequest, _ reply: HttpReply) -> Void

    private let begin: Begin

    /// - Parameter begin: must hold to the request's policy: no redirects, no more bytes, no more time
    public init(begin: @escaping Begin) {
        self.begin = begin
    }

    public func send(request: HttpRequest) async throws -> HttpResponse {
        try await withCheckedThrowingContinuation { begin(request, HttpReply(to: Once($0))) }
    }
}

/// Where the answer to one request goes. If it is let go of without any, the client has failed.
public final class HttpReply: Sendable {
    private let waiting: Once<HttpResponse>

    init(to waiting: Once<HttpResponse>) {
        self.waiting = waiting
    }

    deinit {
        waiting.resume(with: .failure(HttpError.hostFailed))
    }

    /// Gives the answer, whatever its status, or why there is none.
    ///
    /// - Throws: ``WalletError`` `used_up` if one was given before; that one counts
    public func give(_ answer: Result<HttpResponse, HttpError>) throws {
        guard waiting.resume(with: answer.mapError { $0 as any Error }) else { throw WalletError(.usedUp) }
    }
}
