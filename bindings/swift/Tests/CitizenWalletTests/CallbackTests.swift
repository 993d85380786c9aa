@testable import CitizenWallet
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

/// An app that calls back, once from each function that must not, waits for the answer and notes what it was.
private final class CallingBack: AnchorStore, CitizenWallet.Clock, LockObserver, ProgressObserver {
    /// Whom to call, if anybody.
    let wallet = Shared<Wallet?>(nil)
    let call = Shared<@Sendable (Wallet) async throws -> Void>({ _ = try await $0.list() })
    let told = Shared<[String: ErrorCode?]>([:])
    /// What is done instead when it unlocks.
    let onUnlocked = Shared<(@Sendable () -> Void)?>(nil)
    private let cells = MemoryAnchor()

    func read(name: String) throws -> Data? {
        callBack(from: "read")
        return try cells.read(name: name)
    }

    func write(name: String, bytes: Data) throws {
        callBack(from: "write")
        try cells.write(name: name, bytes: bytes)
    }

    func delete(name: String) throws { try cells.delete(name: name) }

    func isRollbackSafe() throws -> Bool { try cells.isRollbackSafe() }

    func now() throws -> Int64 {
        callBack(from: "now")
        return Int64(Date().timeIntervalSince1970)
    }

    func monotonicMillis() throws -> UInt64 {
        callBack(from: "monotonicMillis")
        return DispatchTime.now().uptimeNanoseconds / 1_000_000
    }

    func onStep(step: ProgressStep) throws { callBack(from: "onStep") }

    func onLockState(state: LockState) throws {
        callBack(from: "onLockState")
        if state == .unlocked { onUnlocked.value?() }
    }

    private func callBack(from name: String) {
        guard let wallet = wallet.value, told.value[name] == nil else { return }
        let isAnswered = DispatchSemaphore(value: 0)
        Task { [call, told] in
            let code = try? await outcome { try await call.value(wallet) }
            told.change { $0[name] = .some(code ?? nil) }
            isAnswered.signal()
        }
        isAnswered.wait()
    }
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

    @Test("A client that never answers, and one that cannot be cancelled, is a timeout soon after its time")
    func silent() async throws {
        let (late, isLeft) = (Shared<[CheckedContinuation<Void, Never>]>([]), Shared(false))
        let network = Network { request in
            if request.url.contains("deaf") {
                await withCheckedContinuation { waiting in late.change { $0.append(waiting) } }
            } else {
                defer { isLeft.change { $0 = true } }
                try await Task.sleep(for: .seconds(3600))
            }
            return Network.answer(request, 404)
        }
        let guarded = try Place(http: network).platform.guarded().http
        let start = ContinuousClock.now
        let calls = ["deaf", "silent"].map { path in
            let policy = HttpPolicy(maxBytes: 1, totalSeconds: 1, allowPrivateAddresses: false)
            let request = HttpRequest(purpose: .offer, method: .get, url: path, headers: [], body: Data(), policy: policy)
            return Task { await #expect(throws: HttpError.timeout) { try await guarded.send(request: request) } }
        }
        for call in calls { await call.value }
        #expect((.seconds(1)..<Duration.seconds(20)).contains(ContinuousClock.now - start))
        while !isLeft.value { await Task.yield() }
        for waiting in late.value { waiting.resume() }
    }

    @Test("A client that answers twice is told so, and its first answer counts")
    func twice() async throws {
        let second = Shared<[ErrorCode?]>([])
        let client = CompletionHttpClient { request, reply in
            try? reply.give(.success(Network.answer(request, 404)))
            for answer in [.success(Network.answer(request, 500)), .failure(HttpError.timeout)] as [Result<HttpResponse, HttpError>] {
                do {
                    try reply.give(answer)
                } catch {
                    second.change { $0.append((error as? WalletError)?.code) }
                }
            }
        }
        let wallet = try await Place(http: client).create()
        try await failing(.httpStatus) { try await wallet.offer(link) }
        #expect(second.value == [.usedUp, .usedUp])
        #expect(try await wallet.list().isEmpty)
    }

    @Test("A client that calls back later is waited for, what it fails with is told, and one that lets go of its reply has failed")
    func later() async throws {
        let client = CompletionHttpClient { request, reply in
            if request.url.contains("dropped") { return }
            DispatchQueue.global().async {
                try? reply.give(request.url.contains("failed") ? .failure(.tls) : .success(Network.answer(request, 404)))
            }
        }
        let wallet = try await Place(http: client).create()
        try await failing(.httpStatus) { try await wallet.offer(link) }
        try await failing(.networkFailed) { try await wallet.offer(link + "failed") }
        try await failing(.hostFailed) { try await wallet.offer(link + "dropped") }
    }

    @Test("A function that is not async and waits for the wallet is refused, and nothing waits for itself")
    func calledBack() async throws {
        let app = CallingBack()
        let wallet = try await Place(anchor: app, clock: app, progress: app, lock: app).create()
        try await wallet.lock()
        app.wallet.change { $0 = wallet }
        try await wallet.unlock(with: unlocking())
        #expect(try await wallet.list().isEmpty)
        try await wallet.lock()
        app.wallet.change { $0 = nil }
        let from = ["read", "write", "now", "monotonicMillis", "onStep", "onLockState"]
        #expect(app.told.value == Dictionary(uniqueKeysWithValues: from.map { ($0, ErrorCode.calledBack) }))
        try await wallet.unlock(with: unlocking())
    }

    @Test("A wallet that is closed from a function that waits for it is closed, and nothing waits for itself")
    func closedWithin() async throws {
        let app = CallingBack()
        app.call.change { $0 = { await $0.close() } }
        let wallet = try await Place(clock: app).create()
        app.wallet.change { $0 = wallet }
        _ = try await outcome { try await wallet.list() }
        try await failing(.usedUp) { try await wallet.list() }
        app.wallet.change { $0 = nil }
    }

    @Test("A task that such a function starts, and does not wait for, calls when the function has returned")
    func startedWithin() async throws {
        let (started, tell) = AsyncStream.makeStream(of: Task<Bool, any Error>.self)
        let app = CallingBack()
        let wallet = try await Place(lock: app).create()
        try await wallet.lock()
        app.onUnlocked.change {
            $0 = {
                let isBegun = DispatchSemaphore(value: 0)
                tell.yield(Task {
                    isBegun.signal()
                    return try await wallet.list().isEmpty
                })
                isBegun.wait()
            }
        }
        try await wallet.unlock(with: unlocking())
        for await task in started {
            #expect(try await task.value)
            break
        }
        app.onUnlocked.change { $0 = nil }
    }

    @Test("A device key that is lost between two calls is missing, and the wallet stays")
    func lostKey() async throws {
        let key = SoftwareDeviceKey()
        let made = try await Place(deviceKey: key).createTelling()
        let code = try #require(made.recoveryCode).text()
        try await made.wallet.lock()
        let attempt = try await made.wallet.beginUnlock(with: unlocking())
        key.loseKeys()
        try await failing(.deviceKeyMissing) { try await made.wallet.finishUnlock(attempt) }
        try await made.wallet.unlock(with: .recoveryCode(secret: Secret(bytes: code)))
        #expect(try await made.wallet.integrity() == .sound)
    }

    @Test("A device key that never answers is given up with the call, which costs no try")
    func silentKey() async throws {
        let key = SoftwareDeviceKey()
        let wallet = try await Place(deviceKey: key).create()
        try await wallet.lock()
        try await givenUp(at: key.asking) { try await wallet.unlock(with: unlocking()) }
        #expect(wallet.lockState == .locked)
        #expect(try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking("847361")) }.triesLeft == 4)
        try await wallet.unlock(with: unlocking())
    }

    @Test("Functions of one app are called for several wallets at once, and each wallet gets its own answers")
    func shared() async throws {
        let (key, anchors) = (SoftwareDeviceKey(), (0..<4).map { _ in MemoryAnchor() })
        let (meeting, isOver) = (Shared(0), Shared(false))
        let places = try anchors.map { try Place(deviceKey: key, anchor: $0) }
        var wallets: [Wallet] = []
        for place in places { wallets.append(try await place.create()) }
        for wallet in wallets { try await wallet.lock() }
        key.asking.first {
            if meeting.change({ $0 += 1; return $0 }) == 4 { isOver.change { $0 = true } }
            while !isOver.value { try await Task.sleep(for: .milliseconds(5)) }
        }
        let calls = wallets.map { wallet in Task { try await wallet.unlock(with: unlocking()).integrity } }
        for call in calls { #expect(try await call.value == .sound) }
        #expect(meeting.value >= 4)
    }

    @Test("An answer that comes after the wallet was closed and erased is told, and nothing is written any more")
    func erased() async throws {
        let (key, gate) = (SoftwareDeviceKey(), Gate())
        let network = Network { request in
            try await gate.pass()
            return Network.answer(request, 404)
        }
        let place = try Place(deviceKey: key, http: network)
        let wallet = try await place.create()
        let waiting = Shared<[CheckedContinuation<Void, Never>]>([])
        for held in [gate, key.asking] {
            held.first { await withCheckedContinuation { here in waiting.change { $0.append(here) } } }
        }
        let offer = Task { try await outcome { try await wallet.offer(link) } }
        let authenticate = Task { try await outcome { try await wallet.authenticate(with: unlocking()) } }
        while waiting.value.count < 2 { await Task.yield() }
        await wallet.close()
        #expect(try await Wallet.erase(in: place.folder, platform: place.platform) == .done)
        for here in waiting.value { here.resume() }
        #expect(try await offer.value == .httpStatus)
        #expect(try await authenticate.value == .deviceKeyMissing)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder.path).isEmpty)
        #expect(try await key.list().isEmpty)
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
