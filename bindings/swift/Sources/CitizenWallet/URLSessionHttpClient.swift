import CitizenWalletFFI
import Dispatch
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
#if canImport(Darwin)
    import Security
#endif

/// The network by `URLSession`: no redirects, no cookies, no cache, no proxy, a connection for each request; the limits of each
/// request hold while its answer is read. A task that is cancelled closes the connection.
///
/// `URLSession` looks names up itself. Every address of a name is checked before, but where the answer changes in between a
/// private address could be connected to. Apple's systems tell the address after the request: it is handed on
/// (``HttpResponse/peerAddress``) and the wallet throws such an answer away, but the request was sent. Elsewhere the address is told
/// only where the URL itself names it.
public final class URLSessionHttpClient: HttpClient {
    #if canImport(Darwin)
        /// The app's own word on a server whose certificate the system has verified for its name: whether to go on. Called
        /// before a byte of the request is sent.
        public typealias ServerCheck = @Sendable (_ host: String, _ trust: SecTrust) -> Bool

        /// - Parameter accepts: such as a comparison with pinned keys; by default what the system accepts is accepted.
        public init(accepts: @escaping ServerCheck = { _, _ in true }) {
            self.accepts = accepts
        }

        private let accepts: ServerCheck
    #else
        public init() {}
    #endif

    private func exchanges() -> Exchanges {
        #if canImport(Darwin)
            Exchanges(accepts: accepts)
        #else
            Exchanges()
        #endif
    }

    /// One for each request: whose connections are kept and resumed would tell that it is the same wallet that asks again.
    private func session(_ exchanges: Exchanges) -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        // No proxy: it would learn whom the wallet talks to.
        configuration.connectionProxyDictionary = [:]
        return URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
    }

    public func send(request: HttpRequest) async throws -> HttpResponse {
        guard let url = URL(string: request.url), let host = url.host else { throw HttpError.notSent }
        let seconds = Double(request.policy.totalSeconds)
        let deadline = DispatchTime.now() + seconds
        let literal = try await checked(host, request.policy, until: deadline)
        let exchanges = exchanges()
        let session = session(exchanges)
        // The session keeps its delegate until then.
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: urlRequest(url, request, seconds))
        let (answer, body, peer) = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting in
                exchanges.begin(task, most: request.policy.maxBytes, until: deadline, waiting)
            }
        } onCancel: {
            exchanges.cancel(task)
        }
        return HttpResponse(
            status: UInt16(clamping: answer.statusCode), headers: headers(of: answer), body: body,
            finalUrl: answer.url?.absoluteString ?? request.url, peerAddress: peer ?? literal)
    }

    private func urlRequest(_ url: URL, _ request: HttpRequest, _ seconds: Double) -> URLRequest {
        var made = URLRequest(url: url, timeoutInterval: seconds)
        made.httpShouldHandleCookies = false
        // Both would tell about the app, the phone and the holder.
        made.setValue("citizen-wallet", forHTTPHeaderField: "User-Agent")
        made.setValue("*", forHTTPHeaderField: "Accept-Language")
        for header in request.headers { made.setValue(header.value, forHTTPHeaderField: header.name) }
        if request.method == .post {
            made.httpMethod = "POST"
            made.httpBody = request.body
        }
        return made
    }

    private func headers(of answer: HTTPURLResponse) -> [HttpHeader] {
        answer.allHeaderFields.compactMap { name, value in
            guard let name = name as? String, let value = value as? String else { return nil }
            return HttpHeader(name: name.lowercased(), value: value)
        }
    }

    /// Refuses names with an address that is not global. The address, if the URL names it and not a host.
    private func checked(_ host: String, _ policy: HttpPolicy, until deadline: DispatchTime) async throws -> String? {
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let addresses = try await lookedUp(name, until: deadline)
        guard policy.allowPrivateAddresses || addresses.allSatisfy({ isGlobalAddress(address: $0) }) else {
            throw HttpError.addressNotAllowed
        }
        return name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." } ? addresses.first : nil
    }
}
