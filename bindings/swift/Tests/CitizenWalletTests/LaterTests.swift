import CitizenWallet
import Foundation
import Testing

@Suite("Cards that come later", .timeLimit(.minutes(1)))
struct DeferredTests {
    @Test("A promised card comes after a restart, survives a lock before it is kept, and is given once")
    func promise() async throws {
        try await holding { scene in
            let promise = try await promised(scene, #"{"interval":1}"#)
            #expect(promise.issuer == scene.parties.addresses.issuer.identifier)
            #expect(promise.renews == nil)
            await scene.wallet.close()
            let again = try await scene.place.openUnlocked()
            #expect(try await again.deferred() == [promise])
            let card = try await ready(again, promise.id)
            try await again.lock()
            try await failing(.locked) { try await again.keep(card) }
            try await again.unlock(with: unlocking())
            try await again.keep(card)
            #expect(try await again.list().map(\.copies) == [3])
            #expect(try await again.deferred().isEmpty)
            try await failing(.notFound) { try await again.pollDeferred(promise.id) }
        }
    }

    @Test("It is due when the issuer may be asked, and not asked for before")
    func due() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let promise = try await promised(scene, #"{"interval":3600}"#)
            guard case .notYet(let retryAt) = try await wallet.pollDeferred(promise.id) else { throw Unexpected("it is there") }
            #expect(retryAt == promise.retryAt)
            #expect(retryAt.timeIntervalSince(promise.since) >= 3600)
            #expect(try await wallet.due(at: retryAt.addingTimeInterval(-1)).isEmpty)
            #expect(try await wallet.nextDue(after: promise.since) == retryAt)
            let due = try await wallet.due(at: retryAt)
            #expect(due.map(\.what) == [.deferredReady(deferred: promise.id, renews: nil)])
            #expect(due[0].needsNetwork && !due[0].needsHolder)
        }
    }

    @Test("A promise the holder forgets or the issuer breaks is gone")
    func gone() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let forgotten = try await promised(scene, #"{"interval":1}"#)
            try await wallet.forgetDeferred(forgotten.id)
            try await failing(.notFound) { try await wallet.forgetDeferred(forgotten.id) }
            let broken = try await promised(scene, #"{"interval":1},"fault":"deferred_denied""#)
            try await failing(.credentialRefused) { try await ready(wallet, broken.id) }
            #expect(try await wallet.deferred().isEmpty)
            #expect(try await wallet.list().isEmpty)
        }
    }

    private func promised(_ scene: Scene, _ options: String) async throws -> DeferredCard {
        let handed = try await scene.parties.handed(#""deferred":\#(options)"#)
        let authorized = try await scene.wallet.accept(scene.wallet.offer(handed.uri))
        let ordered = try await scene.wallet.order(authorized.orders()[0], from: authorized, copies: 3)
        guard case .deferred(let promise) = ordered else { throw Unexpected("it came at once") }
        return promise
    }

    /// Asks until the issuer has it. The test's own limit ends this.
    private func ready(_ wallet: Wallet, _ id: String) async throws -> ReceivedCard {
        while true {
            if case .ready(let card) = try await wallet.pollDeferred(id) { return card }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

@Suite("Cards that are issued again", .timeLimit(.minutes(1)))
struct RenewingTests {
    private let other = #"{"claims":{"name_latin":"OTHER"}}"#

    @Test("New content is shown as what changed, given back by a locked wallet and kept in the card's own place")
    func changed() async throws {
        try await renewing { scene in
            let wallet = scene.wallet
            let id = try await scene.receive(copies: 2)
            try await scene.parties.change("resident_card", other)
            let renewed = try await wallet.renew(id)
            #expect(try renewed.id() == id)
            #expect(try renewed.kind() == .reissue)
            #expect(try renewed.isChanged())
            #expect(try renewed.signedByBefore() == nil, "nobody else signed")
            let changes = try renewed.changes()
            #expect(changes.list().map(\.path) == [[.name(name: "name_latin")]])
            #expect(changes.list()[0].kind == .changed)
            #expect(try changes.before(index: 0) == .text(text: "HONG GILDONG"))
            #expect(try changes.after(index: 0) == .text(text: "OTHER"))
            try await failing(.notFound) { try changes.after(index: 1) }
            #expect(try await scene.text("name_latin", of: id) == "HONG GILDONG", "nothing changes unseen")
            try await wallet.lock()
            try await failing(.locked) { try await wallet.keep(renewed) }
            try await wallet.unlock(with: unlocking())
            #expect(try await wallet.keep(renewed) == Renewed(id: id, kind: .reissue, copies: 2, notified: .sent))
            #expect(try await scene.text("name_latin", of: id) == "OTHER")
            try await failing(.usedUp) { try await wallet.keep(renewed) }
            try await failing(.usedUp) { try renewed.intoCard() }
        }
    }

    @Test("Copies that are shown once are filled up, and no more than are missing")
    func refilled() async throws {
        try await renewing { scene in
            let id = try await scene.receive(copies: 3, policy: onceOnly)
            for _ in 0..<2 { #expect(try await scene.show().outcome == .accepted) }
            let renewed = try await scene.wallet.renew(id)
            #expect(try renewed.kind() == .refill)
            #expect(try renewed.copies() == 2)
            #expect(try !renewed.isChanged())
            #expect(try renewed.changes().list().isEmpty)
            try await scene.wallet.keep(renewed)
            #expect(try await scene.wallet.list().map(\.usableCopies) == [3])
        }
    }

    @Test("A renewal the holder declines leaves the card as it was")
    func declined() async throws {
        try await renewing { scene in
            let id = try await scene.receive()
            try await scene.parties.change("resident_card", other)
            let renewed = try await scene.wallet.renew(id)
            #expect(try await scene.wallet.decline(renewed.intoCard()) == .sent)
            try await failing(.usedUp) { try await scene.wallet.keep(renewed) }
            #expect(try await scene.parties.told() == ["credential_accepted", "credential_deleted"])
            #expect(try await scene.text("name_latin", of: id) == "HONG GILDONG")
        }
    }

    @Test("Without a refresh token the holder gets a new card, and it takes the old one's place")
    func replaced() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let id = try await scene.receive()
            try await failing(.renewalNeedsHolder) { try await wallet.renew(id) }
            let licence = try await scene.ordered(#""configurations":["driving_licence"]"#)
            try await failing(.renewalMismatch) { try await wallet.replacing(id, with: licence) }
            #expect(try licence.copies() == 1, "given back")
            let renewed = try await wallet.replacing(id, with: scene.ordered(copies: 2))
            #expect(try !renewed.isChanged())
            try await wallet.keep(renewed)
            try await wallet.keep(licence)
            let cards = try await wallet.list()
            #expect(cards[0].id == id && cards[0].copies == 2 && cards.count == 2)
        }
    }

    @Test("A card that runs out is due in time, with what it takes")
    func due() async throws {
        try await renewing { scene in
            let wallet = scene.wallet
            try await scene.parties.change("resident_card", #"{"lifetime":864000}"#)
            let renewable = try await scene.receive()
            try await scene.parties.configure("{}")
            let other = try await scene.receive()
            #expect(try await wallet.due().allSatisfy { $0.what != .reissue(card: renewable) })
            #expect(try #require(try await wallet.nextDue()) > Date().addingTimeInterval(-1))
            let due = try await wallet.due(at: Date().addingTimeInterval(863_000))
            let reissue = try #require(due.first { $0.what == .reissue(card: renewable) })
            let expiring = try #require(due.first { $0.what == .expiring(card: other) })
            #expect(!reissue.needsHolder && expiring.needsHolder)
            #expect(try await wallet.list()[0].expiresAt == reissue.until)
        }
    }

    private func renewing(_ test: (Scene) async throws -> Void) async throws {
        try await holding { scene in
            try await scene.parties.configure(#"{"refresh_tokens":true}"#)
            try await test(scene)
        }
    }
}

@Suite("Status", .timeLimit(.minutes(1)))
struct StatusTests {
    @Test("A revocation is known after asking the list, which is asked only then")
    func revoked() async throws {
        let (asked, real) = (Shared(0), URLSessionHttpClient())
        let network = Network { request in
            if request.purpose == .status { asked.change { $0 += 1 } }
            return try await real.send(request: request)
        }
        try await holding({ try Place(parties: $0, http: network) }) { scene in
            let wallet = scene.wallet
            let card = try await scene.receive("driving_licence")
            let plan = try await wallet.statusPlan()
            #expect(plan.map(\.cards) == [[card]])
            #expect(asked.value == 0)
            let first = try await wallet.refreshStatus()
            #expect(first.map(\.plan) == plan)
            guard case .kept(let until) = first[0].outcome else { throw Unexpected("\(first[0].outcome)") }
            #expect(until > Date())
            #expect(try await wallet.list()[0].status == .valid)
            try await scene.parties.status(#"{"card":"driving_licence","status":"revoked"}"#)
            #expect(try await wallet.list()[0].status == .valid)
            #expect(asked.value == 1)
            _ = try await wallet.refreshStatus(of: [card])
            #expect(try await wallet.list()[0].status == .revoked)
            #expect(asked.value == 2)
        }
    }

    @Test("A list that cannot be believed changes nothing and says why", arguments: ["bad_signature", "unreachable"])
    func notBelieved(fault: String) async throws {
        try await holding { scene in
            try await scene.receive("driving_licence")
            _ = try await scene.wallet.refreshStatus()
            try await scene.parties.status(#"{"fault":"\#(fault)"}"#)
            let refused = try await scene.wallet.refreshStatus()
            guard case .notBelieved(let error) = refused[0].outcome else { throw Unexpected("believed") }
            #expect(ErrorCode.all.contains(error.code))
            #expect(try await scene.wallet.list()[0].status == .valid)
            try await failing(.notFound) { try await scene.wallet.refreshStatus(of: [nothing]) }
        }
    }
}
