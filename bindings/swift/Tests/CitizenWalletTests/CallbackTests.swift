import CitizenWallet
import Foundation
import Testing

/// Text that an app's own errors hold, and that must come out nowhere.
private let mark = "Erika Mustermann, 12.08.1964"

/// An error of the app's that no function of it declared.
private struct Surprise: Error {
    let text = mark
}

/// An app whose every function throws what it did not declare.
private final class Thrower: HttpClient, AnchorStore, DeviceKey, CitizenWallet.Clock, LockObserver, ProgressObserver,
    AttestationProvider
{
    func send(request: HttpRequest) async throws -> HttpResponse { throw Surprise() }
    func read(name: String) throws -> Data? { throw Surprise() }
    func write(name: String, bytes: Data) throws { throw Surprise() }
    func delete(name: String) throws { throw Surprise() }
    func isRollbackSafe() throws -> Bool { throw Surprise() }
    func capabilities() async throws -> DeviceKeyCapabilities { throw Surprise() }
    func create(alias: String, policy: DeviceKeyPolicy) async throws { throw Surprise() }
    func prf(alias: String, input: Data) async throws -> Data { throw Surprise() }
    func delete(alias: String) async throws { throw Surprise() }
    func list() async throws -> [String] { throw Surprise() }
    func now() throws -> Int64 { throw Surprise() }
    func monotonicMillis() throws -> UInt64 { throw Surprise() }
    func onLockState(state: LockState) throws { throw Surprise() }
    func onStep(step: ProgressStep) throws { throw Surprise() }
    func walletAttestation(request: WalletAttestationRequest) async throws -> WalletAttestation { throw Surprise() }
    func keyAttestation(request: KeyAttestationRequest) async throws -> String { throw Surprise() }
}

/// Keys in hardware that fails.
private final class ThrowingKeyStore: KeyStore {
    func capabilities() async throws -> KeyStoreCapabilities { throw Surprise() }
    func create(request: CreateKeys) async throws -> [CreatedKey] { throw Surprise() }
    func sign(request: SignRequest) async throws -> Data { throw Surprise() }
    func signMany(requests: [SignRequest]) async throws -> [Data] { throw Surprise() }
    func delete(handle: String) async throws { throw Surprise() }
    func list() async throws -> [String] { throw Surprise() }
}

@Suite("The app's functions", .timeLimit(.minutes(2)))
struct CallbackTests {
    private let link = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer"

    @Test("What an app did not declare to throw is host_failed, and its text is nowhere")
    func undeclared() async throws {
        try await Parties.serving { parties in
            let place = try Place(parties: parties)
            try await place.create().close()
            let good = place.platform
            func told(_ change: (Platform) -> Platform, _ call: (Wallet) async throws -> Void) async throws {
                let wallet = try await place.open(change(good))
                let error = try await failing(.hostFailed) { try await call(wallet) }
                #expect(!String(reflecting: error).contains("Erika"))
                await wallet.close()
            }
            let thrower = Thrower()
            func unlock(_ wallet: Wallet) async throws { try await wallet.unlock(with: unlocking()) }
            try await told({ $0.with(deviceKey: thrower) }, unlock)
            try await told({ $0.with(anchor: thrower) }, unlock)
            try await told({ $0.with(clock: thrower) }, unlock)
            try await told({ $0.with(http: thrower) }) {
                try await unlock($0)
                _ = try await $0.offer(link)
            }
            try await told({ $0.with(keyStore: ThrowingKeyStore()) }) {
                try await unlock($0)
                try await $0.receive(try await parties.offer())
            }
            try await parties.configure(#"{"key_attestation":"required"}"#)
            try await told({ $0.with(attestation: thrower) }) {
                try await unlock($0)
                try await $0.receive(try await parties.offer())
            }
            let watched = try await place.open(good.with(observer: thrower))
            try await unlock(watched)
            #expect(watched.lockState == .unlocked)
        }
    }

    @Test(
        "What an app declares to throw arrives as its own code",
        arguments: [
            (DeviceKeyError.userCancelled, ErrorCode.userCancelled), (.invalidated, .deviceKeyInvalidated),
            (.notFound, .deviceKeyMissing), (.authRequired, .userAuthRequired), (.lockedOut(seconds: 9), .lockedOut),
        ])
    func declared(error: DeviceKeyError, code: ErrorCode) async throws {
        let key = SoftwareDeviceKey(userAuth: true)
        let wallet = try await Place(deviceKey: key).create(Enrolments(osAuth: true, recoveryCode: true))
        try await wallet.lock()
        key.fail(with: error)
        try await failing(code) { try await wallet.unlock(with: .osAuth) }
        key.fail(with: nil)
        #expect(try await wallet.unlock(with: .osAuth).slot == .osAuth)
    }

    @Test("Calls of many tasks each get their own answer")
    func many() async throws {
        let network = Network { request in
            if request.url.contains("even") { throw HttpError.notSent }
            return Network.answer(request, 404)
        }
        let wallet = try await Place(http: network).create()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let isEven = number % 2 == 0
                    try await failing(isEven ? .networkFailed : .httpStatus) {
                        try await wallet.offer(link + (isEven ? "even" : "odd"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("A function that is async may call the wallet that waits for it")
    func within() async throws {
        let here = Shared<Wallet?>(nil)
        let network = Network { request in
            let wallet = try #require(here.value)
            #expect(try await wallet.list().isEmpty)
            try await wallet.lock()
            try await wallet.unlock(with: unlocking())
            return Network.answer(request, 404)
        }
        let wallet = try await Place(http: network).create()
        here.change { $0 = wallet }
        try await failing(.httpStatus) { try await wallet.offer(link) }
        #expect(try await wallet.isUnlocked())
        here.change { $0 = nil }
    }

    @Test("A call that is cancelled ends at once, its client is cancelled with it, and the wallet works on")
    func cancelled() async throws {
        let (asked, hear) = AsyncStream.makeStream(of: Void.self)
        let (left, leave) = AsyncStream.makeStream(of: Void.self)
        let network = Network { _ in
            hear.yield()
            defer { leave.yield() }
            try await Task.sleep(for: .seconds(3600))
            throw HttpError.timeout
        }
        let wallet = try await Place(http: network).create()
        let call = Task { try await wallet.offer(link) }
        for await _ in asked { break }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        for await _ in left { break }
        #expect(try await wallet.list().isEmpty)
    }

    @Test("An answer after the call was cancelled goes nowhere")
    func late() async throws {
        let (asked, hear) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        let network = Network { request in
            await withCheckedContinuation { hear.yield($0) }
            return Network.answer(request, 200)
        }
        let wallet = try await Place(http: network).create()
        let call = Task { try await wallet.offer(link) }
        for await waiting in asked {
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            waiting.resume()
            break
        }
        #expect(try await wallet.list().isEmpty)
    }

    @Test("A call in a task that was cancelled before does nothing")
    func cancelledBefore() async throws {
        let wallet = try await Place().create()
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await wallet.offer(link)
        }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }

    @Test("What is told once is told though its task is cancelled")
    func toTheEnd() async throws {
        let place = try Place()
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await place.createTelling()
        }
        call.cancel()
        #expect(try await call.value.recoveryCode != nil)
    }
}

extension Platform {
    /// This platform with other parts.
    fileprivate func with(
        http: HttpClient? = nil, anchor: AnchorStore? = nil, deviceKey: DeviceKey? = nil, keyStore: KeyStore? = nil,
        attestation: AttestationProvider? = nil, clock: CitizenWallet.Clock? = nil, observer: Thrower? = nil
    ) -> Platform {
        Platform(
            http: http ?? self.http, anchor: anchor ?? self.anchor, deviceKey: deviceKey ?? self.deviceKey,
            keyStore: keyStore, attestation: attestation, clock: clock, progress: observer, lock: observer)
    }
}
