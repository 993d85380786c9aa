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

    func change(_ change: (inout Value) -> Void) {
        lock.withLock { change(&held) }
    }
}

/// A clock that goes on as always, and can be put forward.
final class HandClock: CitizenWallet.Clock {
    private let ahead = Shared<Int64>(0)

    func forward(_ seconds: Int64) {
        ahead.change { $0 += seconds }
    }

    func now() throws -> Int64 { Int64(Date().timeIntervalSince1970) + ahead.value }

    func monotonicMillis() throws -> UInt64 {
        DispatchTime.now().uptimeNanoseconds / 1_000_000 + UInt64(ahead.value) * 1000
    }
}

/// An anchor in memory: it survives the process of a test, as the real one does.
final class MemoryAnchor: AnchorStore {
    private let cells = Shared<[String: Data]>([:])
    /// Takes nothing more meanwhile.
    let isFull = Shared(false)

    /// As when the app was put on another phone.
    func forget() {
        cells.change { $0 = [:] }
    }

    func read(name: String) throws -> Data? { cells.value[name] }

    func write(name: String, bytes: Data) throws {
        if isFull.value { throw Unexpected("no place") }
        cells.change { $0[name] = bytes }
    }

    func delete(name: String) throws {
        cells.change { $0[name] = nil }
    }

    func isRollbackSafe() throws -> Bool { true }
}

/// A device key in software. What it computes has the form of a PRF and is none: Foundation has no cryptography on Linux.
final class SoftwareDeviceKey: DeviceKey {
    private let keys = Shared<[String: UInt64]>([:])
    private let canCheckHolder: Bool
    private let busy = Shared(false)

    /// Makes no new key meanwhile.
    var isBusy: Bool {
        get { busy.value }
        set { busy.change { $0 = newValue } }
    }

    init(canCheckHolder: Bool) {
        self.canCheckHolder = canCheckHolder
    }

    /// As when the system destroys every key because the passcode was removed.
    func loseKeys() {
        keys.change { $0 = [:] }
    }

    func capabilities() async throws -> DeviceKeyCapabilities {
        DeviceKeyCapabilities(level: .software, userAuth: canCheckHolder, survivesBiometricChange: false)
    }

    func create(alias: String, policy: DeviceKeyPolicy) async throws {
        if isBusy { throw DeviceKeyError.unavailableNow }
        keys.change { $0[alias] = UInt64.random(in: .min ... .max) }
    }

    func prf(alias: String, input: Data) async throws -> Data {
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

/// A key of a card that is there, and nothing else.
final class LeftKeys: KeyStore {
    let handles = Shared(["a"])

    func capabilities() async throws -> KeyStoreCapabilities { throw KeyStoreError.unavailableNow }

    func create(request: CreateKeys) async throws -> [CreatedKey] { throw KeyStoreError.unavailableNow }

    func sign(request: SignRequest) async throws -> Data { throw KeyStoreError.unavailableNow }

    func signMany(requests: [SignRequest]) async throws -> [Data] { throw KeyStoreError.unavailableNow }

    func delete(handle: String) async throws {
        handles.change { $0.removeAll { $0 == handle } }
    }

    func list() async throws -> [String] { handles.value }
}
