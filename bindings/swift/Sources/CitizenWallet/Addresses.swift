import CitizenWalletFFI
import Dispatch
import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The addresses of a host, as text without zones. Looking up cannot be interrupted: its thread is left to itself when the time
/// is up.
///
/// - Throws: ``HttpError``
func lookedUp(_ host: String, until deadline: DispatchTime) async throws -> [String] {
    try await withCheckedThrowingContinuation { waiting in
        let once = Once(waiting)
        DispatchQueue.global().async { once.resume(with: Result { try addresses(of: host) }) }
        DispatchQueue.global().asyncAfter(deadline: deadline) { once.resume(with: .failure(HttpError.timeout)) }
    }
}

private func addresses(of host: String) throws -> [String] {
    var hints = addrinfo()
    #if canImport(Darwin)
        hints.ai_socktype = SOCK_STREAM
    #else
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { throw HttpError.notSent }
    defer { freeaddrinfo(first) }
    let all = sequence(first: first, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
    return try all.compactMap { $0?.pointee }.map(numeric)
}

private func numeric(_ info: addrinfo) throws -> String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let failed = getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard failed == 0 else { throw HttpError.notSent }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let address = String(decoding: bytes, as: UTF8.self)
    return withoutZone(address)
}

/// Such as `fe80::1%en0`.
func withoutZone(_ address: String) -> String {
    address.split(separator: "%").first.map(String.init) ?? address
}

/// A continuation that two may try to resume: the first one does.
final class Once<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: CheckedContinuation<Value, any Error>?

    init(_ waiting: CheckedContinuation<Value, any Error>) {
        self.waiting = waiting
    }

    /// Whether this was the first.
    @discardableResult
    func resume(with result: Result<Value, any Error>) -> Bool {
        let waiting = lock.withLock {
            defer { self.waiting = nil }
            return self.waiting
        }
        waiting?.resume(with: result)
        return waiting != nil
    }
}
