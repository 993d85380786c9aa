import CitizenWallet
import Foundation

/// A value that several threads change.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) {
        held = value
    }

    var value: Value { lock.withLock { held } }

    func change<Result>(_ change: (inout Value) -> Result) -> Result {
        lock.withLock { change(&held) }
    }
}

/// An anchor in memory; survives the wallets of one test, as the real one does.
final class MemoryAnchor: AnchorStore {
    private let cells = Shared<[String: Data]>([:])
    private let noted: @Sendable () -> Void

    init(noted: @escaping @Sendable () -> Void = {}) {
        self.noted = noted
    }

    func read(name: String) throws -> Data? {
        noted()
        return cells.value[name]
    }

    func write(name: String, bytes: Data) throws {
        noted()
        cells.change { $0[name] = bytes }
    }

    func delete(name: String) throws {
        cells.change { $0[name] = nil }
    }

    func isRollbackSafe() throws -> Bool { true }
}

/// A network that does this.
final class Network: HttpClient {
    private let sending: @Sendable (HttpRequest) async throws -> HttpResponse

    init(_ sending: @escaping @Sendable (HttpRequest) async throws -> HttpResponse) {
        self.sending = sending
    }

    func send(request: HttpRequest) async throws -> HttpResponse {
        try await sending(request)
    }

    /// Nobody answers.
    static let none = Network { _ in throw HttpError.notSent }

    /// An answer with this status and nothing else.
    static func answer(_ request: HttpRequest, _ status: UInt16) -> HttpResponse {
        HttpResponse(status: status, headers: [], body: Data(), finalUrl: request.url)
    }
}

/// A clock that is set by hand.
final class HandClock: CitizenWallet.Clock {
    private let passed = Shared<Int64>(0)
    private let start = Int64(Date().timeIntervalSince1970)

    func advance(_ seconds: Int64) {
        passed.change { $0 += seconds }
    }

    func now() throws -> Int64 { start + passed.value }

    func monotonicMillis() throws -> UInt64 { UInt64(passed.value) * 1000 }
}

/// A device key in software that can be told to fail. What it computes has the form of a PRF and is none: Foundation has no
/// cryptography on Linux.
final class SoftwareDeviceKey: DeviceKey {
    private let keys = Shared<[String: UInt64]>([:])
    private let fault = Shared<(any Error)?>(nil)
    private let canAsk: Bool

    init(userAuth: Bool = false) {
        canAsk = userAuth
    }

    /// Thrown by each use from now on, if there is one.
    func fail(with error: (any Error)?) {
        fault.change { $0 = error }
    }

    /// The operating system destroys every key.
    func loseKeys() {
        keys.change { $0 = [:] }
    }

    func capabilities() async throws -> DeviceKeyCapabilities {
        DeviceKeyCapabilities(level: .trustedEnvironment, userAuth: canAsk, survivesBiometricChange: false)
    }

    func create(alias: String, policy: DeviceKeyPolicy) async throws {
        keys.change { $0[alias] = UInt64.random(in: .min ... .max) }
    }

    func prf(alias: String, input: Data) async throws -> Data {
        if let error = fault.value { throw error }
        guard var state = keys.value[alias] else { throw DeviceKeyError.notFound }
        for byte in input { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Data((0..<32).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        })
    }

    func delete(alias: String) async throws {
        keys.change { $0[alias] = nil }
    }

    func list() async throws -> [String] { Array(keys.value.keys) }
}
