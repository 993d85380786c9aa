import CitizenWallet
import Foundation
import Testing

/// How many cases an enum has, as docs/facade/swift.txt says.
func cases(of type: String) throws -> Int {
    try documents("facade/swift.txt").split(separator: "\n").filter { $0.hasPrefix("case \(type).") }.count
}

/// A clock that fails if it is told to.
private final class FailingClock: CitizenWallet.Clock {
    let fault = Shared<(any Error)?>(nil)

    func now() throws -> Int64 {
        if let error = fault.value { throw error }
        return Int64(Date().timeIntervalSince1970)
    }

    func monotonicMillis() throws -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}

/// Each case of what the app's functions declare to throw: the error that the app's call gets. For hardware keys and
/// attestations see HardwareTests.swift.
@Suite("What the app's functions declare to throw", .timeLimit(.minutes(1)))
struct DeclaredErrorTests {
    @Test("A device key's errors are told apart, and cost no try")
    func deviceKey() async throws {
        let errors: [(DeviceKeyError, ErrorCode)] = [
            (.unavailableNow, .deviceKeyUnavailableNow), (.userCancelled, .userCancelled), (.authRequired, .userAuthRequired),
            (.invalidated, .deviceKeyInvalidated), (.notFound, .deviceKeyMissing), (.lockedOut(seconds: 30), .lockedOut),
            (.hardwareFault, .deviceKeyFailed), (.unsupported, .notSupported), (.hostFailed, .hostFailed),
        ]
        #expect(try errors.count == cases(of: "DeviceKeyError"))
        let key = SoftwareDeviceKey()
        let wallet = try await Place(deviceKey: key).create()
        try await wallet.lock()
        for (error, code) in errors {
            key.asking.fail(with: error)
            let told = try await failing(code) { try await wallet.unlock(with: unlocking()) }
            #expect(told.retryAfter == (code == .lockedOut ? .seconds(30) : nil))
        }
        key.asking.open()
        #expect(try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking("847361")) }.triesLeft == 4)
    }

    @Test("An anchor's errors are told apart, and the wallet opens when it works again", arguments: [true, false])
    func anchor(reading: Bool) async throws {
        let errors: [(AnchorError, ErrorCode)] = [
            (.unavailableNow, .anchorFailed), (.failed, .anchorFailed), (.hostFailed, .hostFailed),
        ]
        #expect(try errors.count == cases(of: "AnchorError"))
        let anchor = MemoryAnchor()
        let wallet = try await Place(anchor: anchor).create()
        try await wallet.lock()
        for (error, code) in errors {
            anchor.fail(with: error, reading: reading)
            try await failing(code) { try await wallet.unlock(with: unlocking()) }
        }
        anchor.fail(with: nil)
        #expect(try await wallet.unlock(with: unlocking()).integrity == .sound)
    }

    @Test("A clock's errors are told apart")
    func clock() async throws {
        let errors: [(ClockError, ErrorCode)] = [(.unavailable, .clockImplausible), (.hostFailed, .hostFailed)]
        #expect(try errors.count == cases(of: "ClockError"))
        let clock = FailingClock()
        let wallet = try await Place(clock: clock).create()
        try await wallet.lock()
        for (error, code) in errors {
            clock.fault.change { $0 = error }
            try await failing(code) { try await wallet.unlock(with: unlocking()) }
        }
        clock.fault.change { $0 = nil }
        try await wallet.unlock(with: unlocking())
    }

    @Test("An HTTP client's errors are told apart")
    func http() async throws {
        let errors: [(HttpError, ErrorCode)] = [
            (.notSent, .networkFailed), (.sentOrUnknown, .networkFailed), (.timeout, .networkTimeout), (.tls, .networkFailed),
            (.addressNotAllowed, .urlNotAllowed), (.tooLarge, .tooLarge), (.cancelled, .userCancelled), (.hostFailed, .hostFailed),
        ]
        #expect(try errors.count == cases(of: "HttpError"))
        let gate = Gate()
        let network = Network { request in
            try await gate.pass()
            return Network.answer(request, 404)
        }
        let wallet = try await Place(http: network).create()
        for (error, code) in errors {
            gate.fail(with: error)
            try await failing(code) {
                try await wallet.offer("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer")
            }
        }
    }
}

/// The real network, but for one request.
private final class FaultyNetwork: HttpClient {
    let fault = Gate()
    private let state = Shared((asked: 0, at: -1))
    private let real = URLSessionHttpClient()

    var asked: Int { state.value.asked }

    /// From now on the request of this number goes wrong.
    func begin(at: Int) {
        state.change { $0 = (0, at) }
    }

    func send(request: HttpRequest) async throws -> HttpResponse {
        let isFaulty = state.change { state in
            defer { state.asked += 1 }
            return state.asked == state.at
        }
        if isFaulty { try await fault.pass() }
        return try await real.send(request: request)
    }
}

@Suite("Receiving that ends at each of its requests in turn", .timeLimit(.minutes(1)))
struct InterruptedTests {
    private let network = FaultyNetwork()

    @Test("A client that throws at any request leaves the wallet usable and no half of a card")
    func throwing() async throws {
        try await interrupting { scene, requests in
            var kept = 1
            for at in 0..<requests {
                network.begin(at: at)
                network.fault.fail(with: at % 2 == 0 ? Unexpected("hong@example.kr") : HttpError.timeout)
                let code = try await outcome { try await scene.receive() }
                #expect([nil, .hostFailed, .networkTimeout].contains(code))
                if code == nil { kept += 1 }
                try await expectWhole(scene, kept)
            }
            #expect((2..<requests).contains(kept), "pictures and the notification may fail, the rest may not")
            network.fault.open()
            try await scene.receive()
        }
    }

    @Test("A call that is cancelled while a client never answers leaves the wallet usable and no half of a card")
    func cancelled() async throws {
        try await interrupting { scene, requests in
            for at in 0..<requests {
                network.begin(at: at)
                try await givenUp(at: network.fault) { try await scene.receive() }
                // The last one tells the issuer that the card is stored.
                try await expectWhole(scene, at == requests - 1 ? 2 : 1)
            }
            try await scene.receive()
        }
    }

    private func interrupting(_ test: (Scene, Int) async throws -> Void) async throws {
        try await holding({ try Place(parties: $0, http: network) }) { scene in
            try await scene.receive()
            try await test(scene, network.asked)
        }
    }

    private func expectWhole(_ scene: Scene, _ cards: Int) async throws {
        #expect(try await scene.wallet.isUnlocked())
        #expect(try await scene.wallet.integrity() == .sound)
        #expect(try await scene.wallet.list().count == cards)
    }
}
