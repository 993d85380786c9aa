import CitizenWallet
import Foundation
import Testing

/// What holds for each function of the wallet.
@MainActor
@Suite("Each call", .timeLimit(.minutes(2)))
struct EachCallTests {
    @Test("Every function is called here")
    func complete() async throws {
        let called = Calls(try await Gifts.shared.value).all.map { String($0.key.prefix { $0 != " " }) }
        let declared = try Calls.declared
        #expect(called.sorted() == declared.sorted())
    }

    @Test("On a closed wallet says so")
    func closed() async throws {
        let wallet = try await Place().create()
        await wallet.close()
        await wallet.close()
        for (name, call) in Calls(try await Gifts.shared.value).all {
            let code = try await outcome { try await call(wallet) }
            #expect(code == .usedUp, "\(name)")
        }
    }

    @Test("On a locked wallet says so, but for those that need no key of its records")
    func locked() async throws {
        let wallet = try await Place().create()
        var others: [String: ErrorCode?] = [:]
        for (name, call) in Calls(try await Gifts()).all {
            try await wallet.lock()
            let code = try await outcome { try await call(wallet) }
            if code != .locked { others[name] = .some(code) }
        }
        #expect(others == Self.needNoKey)
        try await wallet.lock()
        let refused = try await wallet.dcApiRequest(protocol: "openid4vp-v1-unsigned", data: "{}", origin: "https://page.example")
        #expect(try refused.refusal().error.code == .locked)
        #expect(try await wallet.unlock(with: unlocking()).integrity == .sound)
    }

    /// What a call ends with, or none, where that is not `locked`.
    private static let needNoKey: [String: ErrorCode?] = [
        "isUnlocked": nil, "timeUntilLock": nil, "slots": nil, "lock": nil, "quarantine": nil,
        // A card that is not stored yet can be refused; here both are about the same one.
        "decline": nil, "giveUp": .usedUp,
        // What it is refused with is told as a value.
        "dcApiRequest": nil, "changePin": .weakPin, "rescue": .recoveryCodeMalformed,
        // These take the holder's secret, which unlocks.
        "authenticate": nil, "unlock": nil, "beginUnlock": nil, "finishUnlock": nil, "export": nil, "adopt": nil,
        "addPin": .storeExists, "addOsAuth": .unsafeConfiguration, "addPassphrase": nil, "renewRecoveryCode": nil,
        "removeSlot": .slotMissing, "deleteIdentity": .notFound,
    ]

    @Test("From many tasks at once each ends well or with locked")
    func atOnce() async throws {
        let wallet = try await Place().create()
        let calls = Calls(try await Gifts.shared.value).all.filter { !Calls.deriving.contains($0.key) }
        // What each says by itself, of things that are not there; and when another call came first.
        var alone: [String: ErrorCode?] = [:]
        for (name, call) in calls { alone[name] = .some(try await outcome { try await call(wallet) }) }
        let between: Set<ErrorCode?> = [nil, .locked, .usedUp, .conflict, .requestPending, .requestRateLimited]
        let callers = (0..<4).map { caller in
            Task { @MainActor in
                for (number, (name, call)) in calls.enumerated() {
                    if caller == 0, number % 5 == 0 { _ = try await outcome { try await wallet.unlock(with: unlocking()) } }
                    let code = try await outcome { try await call(wallet) }
                    // Of the same second.
                    let isSecond = name == "quarantine" && code == .storeExists
                    #expect(between.contains(code) || alone[name] == .some(code) || isSecond, "\(name): \(String(describing: code))")
                }
            }
        }
        for caller in callers { try await caller.value }
        try await wallet.unlock(with: unlocking())
        #expect(try await wallet.integrity() == .sound)
    }

    @Test("From the main actor does no work on the main thread")
    func elsewhere() async throws {
        let phone = Phone()
        #expect(phone.isOnMain)
        let calls = Calls(try await Gifts()).all
        try await Parties.serving { parties in
            let wallet = try await phone.place(parties).create()
            try await wallet.receive(parties.offer())
            for (name, call) in calls {
                if try await !wallet.isUnlocked() { try await wallet.unlock(with: unlocking()) }
                try await phone.elsewhere(name) {
                    // Of its own: what is asked here is where it worked.
                    _ = try await outcome { try await call(wallet) }
                }
            }
        }
    }

    @Test("From the main actor does none there when it succeeds, from an offer to the erased wallet")
    func job() async throws {
        let phone = Phone()
        try await Parties.serving { parties in
            try await parties.configure(#"{"refresh_tokens":true}"#)
            let place = try phone.place(parties)
            try await phone.elsewhere("load", asksApp: false) { try await Wallet.load() }
            let wallet = try await phone.elsewhere("create") { try await place.create() }
            let link = try await parties.offer()
            let intent = try await phone.elsewhere("intent", asksApp: false) { try await Wallet.intent(of: link, from: .link) }
            #expect(intent == .offer)
            let offer = try await phone.elsewhere("offer") { try await wallet.offer(link) }
            let authorized = try await phone.elsewhere("accept") { try await wallet.accept(offer) }
            let ordered = try await phone.elsewhere("order") { try await wallet.order(authorized.orders()[0], from: authorized) }
            let kept = try await phone.elsewhere("keep") { try await wallet.keep(ordered.here()) }
            let renewed = try await phone.elsewhere("renew") { try await wallet.renew(kept.id) }
            try await phone.elsewhere("keep renewed") { try await wallet.keep(renewed) }
            try await phone.elsewhere("detail") { try await wallet.detail(of: kept.id) }
            let asked = try await parties.ask()
            let host = try await phone.elsewhere("contacts", asksApp: false) { try await Wallet.contacts(of: asked) }
            #expect(host == "localhost")
            let plan = try await phone.elsewhere("request") { try await wallet.request(asked).plan() }
            try await phone.elsewhere("revealed") { try await wallet.revealed(by: plan) }
            let hash = try plan.overview().hash
            let approved = try await phone.elsewhere("approve") { try await wallet.approve(plan, hash: hash) }
            let presented = try await phone.elsewhere("present") { try await wallet.present(approved) }
            #expect(presented.outcome == .accepted)
            try await phone.elsewhere("inspect", asksApp: false) {
                _ = try await outcome { try await Wallet.inspect("none", platform: place.platform, policy: place.policy) }
            }
            try await phone.elsewhere("refreshStatus") { try await wallet.refreshStatus() }
            try await phone.elsewhere("changePin") { try await wallet.changePin(from: typed(), to: newPin("508213")) }
            try await phone.elsewhere("delete") { try await wallet.delete(kept.id) }
            await wallet.close()
            _ = try await phone.elsewhere("open", asksApp: false) { try await place.open() }
            try await phone.elsewhere("erase", asksApp: false) { try await Wallet.erase(in: place.folder, platform: place.platform) }
        }
    }
}

/// An app that notes where its functions are called.
private final class Phone: CitizenWallet.Clock, LockObserver, ProgressObserver, HttpClient {
    private let wasOnMain = Shared(false)
    private let calls = Shared(0)
    private let real = URLSessionHttpClient()

    @MainActor init() {
        DispatchQueue.main.setSpecific(key: mainQueue, value: true)
    }

    func place(_ parties: Parties) throws -> Place {
        try Place(
            parties: parties, anchor: MemoryAnchor(noted: { self.note() }), http: self, clock: self, progress: self, lock: self)
    }

    /// Runs a `call`, during which no function of the app's may be called on the main thread, and one must be called.
    @MainActor @discardableResult
    func elsewhere<Value>(_ name: String, asksApp: Bool = true, _ call: @MainActor () async throws -> Value) async throws -> Value {
        calls.change { $0 = 0 }
        let value = try await call()
        #expect(isOnMain)
        #expect(!wasOnMain.value, "\(name)")
        #expect(calls.value > 0 || !asksApp, "\(name)")
        return value
    }

    /// Linux has no main thread while it waits for what is asynchronous, but a main queue.
    var isOnMain: Bool { Thread.isMainThread || DispatchQueue.getSpecific(key: mainQueue) == true }

    private func note() {
        calls.change { $0 += 1 }
        if isOnMain { wasOnMain.change { $0 = true } }
    }

    func send(request: HttpRequest) async throws -> HttpResponse {
        note()
        return try await real.send(request: request)
    }

    func now() throws -> Int64 {
        note()
        return Int64(Date().timeIntervalSince1970)
    }

    func monotonicMillis() throws -> UInt64 {
        note()
        return DispatchTime.now().uptimeNanoseconds / 1_000_000
    }

    func onLockState(state: LockState) throws { note() }

    func onStep(step: ProgressStep) throws { note() }
}

private nonisolated(unsafe) let mainQueue = DispatchSpecificKey<Bool>()
