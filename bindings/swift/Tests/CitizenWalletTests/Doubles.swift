import CitizenWallet
import Foundation
import Testing

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

/// What a double does before it answers: nothing, unless it is told to.
final class Gate: Sendable {
    private let doing = Shared<@Sendable () async throws -> Void>({})

    /// Called by the double.
    func pass() async throws { try await doing.value() }

    /// From now on it does this.
    func first(_ what: @escaping @Sendable () async throws -> Void) {
        doing.change { $0 = what }
    }

    /// From now on it throws this.
    func fail(with error: any Error) {
        first { throw error }
    }

    /// From now on it answers at once.
    func open() {
        first {}
    }

    /// From now on it never answers; tells each time it was asked.
    func close() -> AsyncStream<Void> {
        let (asked, hear) = AsyncStream.makeStream(of: Void.self)
        first {
            hear.yield()
            try await Task.sleep(for: .seconds(3600))
        }
        return asked
    }
}

/// Makes a `call` until the double behind this `gate`, which never answers, was asked, does what is to be done `beforeThat`, and
/// cancels the call.
func givenUp(
    at gate: Gate, beforeThat: () async throws -> Void = {}, _ call: @escaping @Sendable () async throws -> Void
) async throws {
    let asked = gate.close()
    let task = Task { try await call() }
    for await _ in asked { break }
    try await beforeThat()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    gate.open()
}

/// Bytes by their names; in files, where there is a folder, and then also after this process.
final class Shelf: Sendable {
    private let kept = Shared<[String: Data]>([:])
    private let folder: URL?

    init(_ folder: URL? = nil) {
        self.folder = folder
        guard let folder else { return }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            kept.change { $0[name] = try? Data(contentsOf: folder.appendingPathComponent(name)) }
        }
    }

    var names: [String] { kept.value.keys.sorted() }

    subscript(name: String) -> Data? {
        get { kept.value[name] }
        set {
            kept.change { $0[name] = newValue }
            guard let file = folder?.appendingPathComponent(name) else { return }
            guard let newValue else { return (try? FileManager.default.removeItem(at: file)) ?? () }
            try? newValue.write(to: file, options: .atomic)
        }
    }

    func clear() {
        for name in names { self[name] = nil }
    }
}

/// An anchor that survives the wallets of one test, as the real one does.
final class MemoryAnchor: AnchorStore {
    private let cells: Shelf
    private let noted: @Sendable () -> Void
    private let fault = Shared<(error: (any Error)?, isReading: Bool)>((nil, true))

    init(folder: URL? = nil, noted: @escaping @Sendable () -> Void = {}) {
        cells = Shelf(folder)
        self.noted = noted
    }

    /// Thrown by each use from now on, by reading or by writing alone; none any more, if there is none.
    func fail(with error: (any Error)?, reading: Bool = true) {
        fault.change { $0 = (error, reading) }
    }

    /// As when the files are put on a new phone.
    func lose() {
        cells.clear()
    }

    func read(name: String) throws -> Data? {
        noted()
        if let error = fault.value.error, fault.value.isReading { throw error }
        return cells[name]
    }

    func write(name: String, bytes: Data) throws {
        noted()
        if let error = fault.value.error, !fault.value.isReading { throw error }
        cells[name] = bytes
    }

    func delete(name: String) throws {
        cells[name] = nil
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
    /// Before each use of a key.
    let asking = Gate()
    private let keys: Shelf
    private let canAsk: Bool

    init(userAuth: Bool = false, folder: URL? = nil) {
        canAsk = userAuth
        keys = Shelf(folder)
    }

    /// The operating system destroys every key.
    func loseKeys() {
        keys.clear()
    }

    func capabilities() async throws -> DeviceKeyCapabilities {
        DeviceKeyCapabilities(level: .trustedEnvironment, userAuth: canAsk, survivesBiometricChange: false)
    }

    func create(alias: String, policy: DeviceKeyPolicy) async throws {
        keys[alias] = Data((0..<8).map { _ in UInt8.random(in: .min ... .max) })
    }

    func prf(alias: String, input: Data) async throws -> Data {
        try await asking.pass()
        guard let key = keys[alias] else { throw DeviceKeyError.notFound }
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key + input { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Data((0..<32).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        })
    }

    func delete(alias: String) async throws {
        keys[alias] = nil
    }

    func list() async throws -> [String] { keys.names }
}

/// The real network; what is sent to verifiers is kept and may go wrong.
final class VerifierNetwork: HttpClient {
    /// What was to be sent to verifiers.
    let answers = Shared<[HttpRequest]>([])
    /// Before each of them is sent.
    let before = Gate()
    /// After each of them was sent.
    let after = Gate()
    private let real = URLSessionHttpClient()

    func send(request: HttpRequest) async throws -> HttpResponse {
        guard request.purpose == .response else { return try await real.send(request: request) }
        answers.change { $0.append(request) }
        try await before.pass()
        let response = try await real.send(request: request)
        try await after.pass()
        return response
    }
}
