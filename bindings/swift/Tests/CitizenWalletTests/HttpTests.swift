@testable import CitizenWallet
import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

@Suite("URLSessionHttpClient", .timeLimit(.minutes(1)))
struct HttpTests {
    private let client = URLSessionHttpClient()

    @Test("An answer comes with its status, its headers in lower case, its body and where it came from")
    func answer() async throws {
        let server = try Server("HTTP/1.1 404 Not Found\r\nX-Word: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")
        let response = try await client.send(request: request(server.url, headers: [("accept", "application/jwt")]))
        #expect(response.status == 404)
        #expect(response.headers.contains(HttpHeader(name: "x-word", value: "a")))
        #expect(response.body == Data("body".utf8))
        #expect(response.finalUrl == server.url)
        #expect(response.peerAddress == "127.0.0.1")
        let sent = try #require(server.asked.value)
        #expect(sent.hasPrefix("GET /a "))
        let lines = sent.lowercased().split(separator: "\r\n")
        #expect(lines.contains("accept: application/jwt"))
        #expect(lines.contains("user-agent: citizen-wallet"))
        #expect(!lines.contains { $0.hasPrefix("cookie") || $0.hasPrefix("referer") })
    }

    @Test("A body is posted as it is")
    func post() async throws {
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let response = try await client.send(request: request(server.url, method: .post, body: Data("a=b".utf8)))
        #expect(response.status == 200)
        let sent = try #require(server.asked.value)
        #expect(sent.hasPrefix("POST /a "))
        #expect(sent.hasSuffix("\r\n\r\na=b"))
    }

    @Test("A redirect is not followed but given back")
    func redirect() async throws {
        let other = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let server = try Server(
            "HTTP/1.1 302 Found\r\nLocation: \(other.url)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        #expect(try await client.send(request: request(server.url)).status == 302)
        #expect(other.asked.value == nil)
    }

    @Test("No more is read than is allowed")
    func tooLarge() async throws {
        let body = String(repeating: "x", count: 100_000)
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n\(body)")
        await #expect(throws: HttpError.tooLarge) { try await client.send(request: request(server.url, most: 99_999)) }
    }

    @Test("A server that does not answer is waited for so long and no longer")
    func timeout() async throws {
        let server = try Server(nil)
        await #expect(throws: HttpError.timeout) { try await client.send(request: request(server.url, seconds: 3)) }
        #expect(server.asked.value != nil)
    }

    @Test("A connection that breaks after the request may have sent it")
    func broken() async throws {
        let server = try Server("")
        await #expect(throws: HttpError.sentOrUnknown) {
            try await client.send(request: request(server.url, method: .post, body: Data("a=b".utf8)))
        }
    }

    @Test("What nobody listens to, and a name that does not exist, was not sent")
    func notSent() async throws {
        for url in [try Server.closed(), "https://nobody.invalid/a"] {
            await #expect(throws: HttpError.notSent) { try await client.send(request: request(url)) }
        }
    }

    @Test("A private address is not connected to, by whatever name", arguments: ["127.0.0.1", "localhost", "[::1]"])
    func privateAddress(host: String) async throws {
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let url = server.url.replacingOccurrences(of: "127.0.0.1", with: host)
        await #expect(throws: HttpError.addressNotAllowed) {
            try await client.send(request: request(url, allowPrivate: false))
        }
        #expect(server.asked.value == nil)
    }

    @Test("A task that is cancelled closes the connection")
    func cancelled() async throws {
        let server = try Server(nil)
        let call = Task { try await client.send(request: request(server.url)) }
        while server.asked.value == nil { await Task.yield() }
        call.cancel()
        await #expect(throws: HttpError.cancelled) { try await call.value }
        while !server.isLeft.value { await Task.yield() }
    }

    @Test("A request that is cancelled before it begins leaves nothing behind")
    func cancelledBefore() async throws {
        let server = try Server(nil)
        let exchanges = Weak(try await cancelledBefore(server))
        while exchanges.value != nil && !Task.isCancelled { await Task.yield() }
        #expect(exchanges.value == nil)
        #expect(server.asked.value == nil)
    }

    @Test("A server is asked for by the system first, then by the app, and nothing else is answered")
    func challenged() {
        var asked: [String] = []
        func answer(to trust: String?, _ isVerified: Bool, _ isAccepted: Bool) -> ChallengeAnswer {
            asked = []
            return ChallengeAnswer(
                to: trust, isVerified: { asked.append("system \($0)"); return isVerified },
                accepts: { asked.append("app \($0)"); return isAccepted })
        }
        #expect(answer(to: "a", true, true) == .goOn && asked == ["system a", "app a"])
        #expect(answer(to: "a", true, false) == .distrust && asked == ["system a", "app a"])
        // The app's word is no way around the system's.
        #expect(answer(to: "a", false, true) == .distrust && asked == ["system a"])
        #expect(answer(to: nil, true, true) == .refuse && asked == [])
        #expect(ChallengeAnswer.goOn.disposition == .useCredential)
        #expect(ChallengeAnswer.distrust.disposition == .cancelAuthenticationChallenge)
        #expect(ChallengeAnswer.refuse.disposition == .rejectProtectionSpace)
    }

    @Test("A server that is not trusted ends its request, and one that asks for something else does not")
    func distrusted() async throws {
        let server = try Server(nil)
        let exchanges = all()
        let session = URLSession(configuration: .ephemeral, delegate: exchanges, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: try #require(URL(string: server.url)))
        await #expect(throws: HttpError.tls) {
            _ = try await withCheckedThrowingContinuation {
                exchanges.begin(task, most: 1, until: .now() + 20, $0)
                exchanges.take(.goOn, for: task)
                exchanges.take(.refuse, for: task)
                exchanges.take(.distrust, for: task)
            }
        }
    }

    /// Exchanges with whatever server.
    private func all() -> Exchanges {
        #if canImport(Darwin)
            Exchanges { _, _ in true }
        #else
            Exchanges()
        #endif
    }

    private func cancelledBefore(_ server: Server) async throws -> Exchanges {
        let exchanges = all()
        let session = URLSession(configuration: .ephemeral, delegate: exchanges, delegateQueue: nil)
        let task = session.dataTask(with: try #require(URL(string: server.url)))
        exchanges.cancel(task)
        await #expect(throws: HttpError.cancelled) {
            _ = try await withCheckedThrowingContinuation { exchanges.begin(task, most: 1, until: .now() + 20, $0) }
        }
        session.finishTasksAndInvalidate()
        return exchanges
    }

    private func request(
        _ url: String, method: HttpMethod = .get, headers: [(String, String)] = [], body: Data = Data(),
        most: UInt64 = 1_000_000, seconds: UInt32 = 20, allowPrivate: Bool = true
    ) -> HttpRequest {
        HttpRequest(
            purpose: .metadata, method: method, url: url, headers: headers.map { HttpHeader(name: $0, value: $1) },
            body: body,
            policy: HttpPolicy(maxBytes: most, totalSeconds: seconds, allowPrivateAddresses: allowPrivate))
    }
}

private final class Weak {
    weak var value: Exchanges?

    init(_ value: Exchanges) {
        self.value = value
    }
}

/// A server on loopback that takes one request and gives this answer, or none until the client leaves.
private final class Server: Sendable {
    let url: String
    /// The request, when it came.
    let asked = Shared<String?>(nil)
    /// Whether the client closed the connection.
    let isLeft = Shared(false)
    private let socket: Int32

    /// Where nobody listens.
    static func closed() throws -> String {
        let (socket, url) = try listening()
        _ = close(socket)
        return url
    }

    init(_ answer: String?) throws {
        (socket, url) = try Self.listening()
        let socket = socket
        DispatchQueue.global().async { [asked, isLeft] in
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let read = recv(connection, &bytes, bytes.count, 0)
            asked.change { $0 = String(decoding: bytes.prefix(max(read, 0)), as: UTF8.self) }
            if let answer {
                let sent = Array(answer.utf8)
                _ = send(connection, sent, sent.count, Int32(MSG_NOSIGNAL))
            } else {
                isLeft.change { $0 = recv(connection, &bytes, bytes.count, 0) <= 0 }
            }
            shutdown(connection, Int32(SHUT_RDWR))
            _ = Self.close(connection)
        }
    }

    // The one place that closes it: a number closed twice may be another's by then, such as a database's.
    deinit {
        // Wakes who waits for a connection.
        shutdown(socket, Int32(SHUT_RDWR))
        _ = Self.close(socket)
    }

    /// A socket that listens on a port of the system's choice, and its address.
    private static func listening() throws -> (socket: Int32, url: String) {
        #if canImport(Darwin)
            let stream = SOCK_STREAM
        #else
            let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let socket = open(stream)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) + listen(socket, 1) + getsockname(socket, address, &length)
            }
        }
        guard failed == 0 else {
            _ = close(socket)
            throw Unexpected("no socket")
        }
        return (socket, "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/a")
    }

    private static func open(_ stream: Int32) -> Int32 {
        #if canImport(Darwin)
            Darwin.socket(AF_INET, stream, 0)
        #else
            Glibc.socket(AF_INET, stream, 0)
        #endif
    }

    private static func close(_ socket: Int32) -> Int32 {
        #if canImport(Darwin)
            Darwin.close(socket)
        #else
            Glibc.close(socket)
        #endif
    }
}
