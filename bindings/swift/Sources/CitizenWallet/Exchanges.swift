import CitizenWalletFFI
import Dispatch
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
#if canImport(Darwin)
    import Security
#endif

/// The requests under way of one session: what identifies a task does so within its session only.
final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    /// What came: the address it came from, if the system tells.
    typealias Answer = (response: HTTPURLResponse, body: Data, peer: String?)

    /// One request: what it may take and what came of it so far.
    private struct Exchange {
        let most: UInt64
        let waiting: CheckedContinuation<Answer, any Error>
        var body = Data()
        var peer: String?
        /// Why it was ended by this client, if it was.
        var fault: HttpError?
    }

    private let lock = NSLock()
    private var exchanges: [Int: Exchange] = [:]
    /// Cancelled before they were begun.
    private var cancelled: Set<Int> = []

    #if canImport(Darwin)
        private let accepts: @Sendable (String, SecTrust) -> Bool

        init(accepts: @escaping @Sendable (String, SecTrust) -> Bool) {
            self.accepts = accepts
        }

        func urlSession(
            _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
            completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
        ) {
            let space = challenge.protectionSpace
            let isAboutServer = space.authenticationMethod == NSURLAuthenticationMethodServerTrust
            let trust = isAboutServer ? space.serverTrust : nil
            let answer = ChallengeAnswer(
                to: trust, isVerified: { SecTrustEvaluateWithError($0, nil) }, accepts: { accepts(space.host, $0) })
            take(answer, for: task)
            completionHandler(answer.disposition, answer == .goOn ? trust.map(URLCredential.init(trust:)) : nil)
        }

        /// Comes before the end of its task.
        func urlSession(_ session: URLSession, task: URLSessionTask, didFinishCollecting metrics: URLSessionTaskMetrics) {
            // Where there is a proxy all the same, it is its address.
            guard let last = metrics.transactionMetrics.last, !last.isProxyConnection else { return }
            lock.withLock { exchanges[task.taskIdentifier]?.peer = last.remoteAddress.map(withoutZone) }
        }
    #endif

    /// Sends it; `waiting` is resumed once, whatever happens.
    func begin(
        _ task: URLSessionTask, most: UInt64, until deadline: DispatchTime,
        _ waiting: CheckedContinuation<Answer, any Error>
    ) {
        let isCancelled = lock.withLock {
            guard cancelled.remove(task.taskIdentifier) == nil else { return true }
            exchanges[task.taskIdentifier] = Exchange(most: most, waiting: waiting)
            return false
        }
        guard !isCancelled else {
            // The session lives until its task has ended, also one that was never begun.
            task.cancel()
            return waiting.resume(throwing: HttpError.cancelled)
        }
        task.resume()
        DispatchQueue.global().asyncAfter(deadline: deadline) { [weak self, weak task] in
            if let task { self?.end(task, .timeout) }
        }
    }

    /// A server that is not trusted ends its request.
    func take(_ answer: ChallengeAnswer, for task: URLSessionTask) {
        if answer == .distrust { end(task, .tls) }
    }

    private func end(_ task: URLSessionTask, _ fault: HttpError) {
        lock.withLock {
            if exchanges[task.taskIdentifier]?.fault == nil { exchanges[task.taskIdentifier]?.fault = fault }
        }
        task.cancel()
    }

    /// The caller no longer waits, or will not begin to.
    func cancel(_ task: URLSessionTask) {
        let isBegun = lock.withLock {
            let isBegun = exchanges[task.taskIdentifier] != nil
            if !isBegun { cancelled.insert(task.taskIdentifier) }
            return isBegun
        }
        if isBegun { end(task, .cancelled) }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = lock.withLock {
            guard var exchange = exchanges.removeValue(forKey: dataTask.taskIdentifier) else { return false }
            defer { exchanges[dataTask.taskIdentifier] = exchange }
            guard UInt64(exchange.body.count) + UInt64(data.count) <= exchange.most else { return true }
            exchange.body.append(data)
            return false
        }
        if isTooLarge { end(dataTask, .tooLarge) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = lock.withLock({ exchanges.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let fault = exchange.fault ?? error.map(httpError) {
            exchange.waiting.resume(throwing: fault)
        } else if let answer = task.response as? HTTPURLResponse {
            exchange.waiting.resume(returning: (answer, exchange.body, exchange.peer))
        } else {
            exchange.waiting.resume(throwing: HttpError.sentOrUnknown)
        }
    }
}

/// What an error of `URLSession` says about the request.
private func httpError(_ error: any Error) -> HttpError {
    switch (error as? URLError)?.code {
    case .timedOut: .timeout
    case .cancelled: .cancelled
    case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .unsupportedURL,
        .badURL, .dataNotAllowed, .internationalRoamingOff:
        .notSent
    case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateUntrusted,
        .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
        .clientCertificateRequired, .appTransportSecurityRequiresSecureConnection:
        .tls
    default: .sentOrUnknown
    }
}
