import CitizenWallet
import Foundation
import Testing

@Suite("Plans", .timeLimit(.minutes(1)))
struct PlanTests {
    private let payment = TransactionDataType(
        id: "urn:example:payment",
        members: ["amount", "payee"].map { TransactionMember(name: $0, kind: .text, required: true) })

    @Test("Another card can be chosen, and only the hash of what was shown then approves")
    func chosen() async throws {
        try await holding { scene in
            let cards = [try await scene.receive(), try await scene.receive()]
            let plan = try await scene.plan()
            let shown = try plan.overview()
            #expect(Set(shown.alternatives.map(\.card)) == Set(cards))
            let other = try #require(shown.alternatives.first { !$0.isChosen }).card
            let changed = try await scene.wallet.select(.cards(query: "card", cards: [other]), in: plan)
            #expect(changed.showings.map(\.card) == [other])
            #expect(changed.hash != shown.hash)
            #expect(try plan.overview().hash == changed.hash)
            try await failing(.consentMismatch) { try await scene.wallet.approve(plan, hash: shown.hash) }
            let presented = try await scene.wallet.present(scene.wallet.approve(plan, hash: changed.hash))
            #expect(presented.shown.map(\.card) == [other])
        }
    }

    @Test("One of the verifier's claim sets can be chosen")
    func claimSets() async throws {
        try await holding { scene in
            let card = try await scene.receive()
            let claims = #"[{"id":"a","path":["age_equal_or_over","19"]},{"id":"b","path":["nationality"]}]"#
            let query = scene.parties.query(claims, more: #","claim_sets":[["a"],["b"]]"#)
            let asked = try await scene.parties.ask(query: query)
            let plan = try await scene.plan(asked.uri)
            #expect(try plan.overview().alternatives.map(\.claimSet) == [0, 1])
            let changed = try await scene.wallet.select(.claimSet(query: "card", card: card, claimSet: 1), in: plan)
            #expect(changed.showings.map(\.disclosed) == [[[.name(name: "nationality")]]])
            _ = try await scene.wallet.present(scene.approve(plan))
            #expect(try await scene.parties.learned(asked).contains(#""disclosed":[["nationality"]]"#))
        }
    }

    @Test("A use case the verifier does not insist on is left out unless it is chosen")
    func useCases() async throws {
        try await holding { scene in
            try await scene.receive()
            let type = try #require(scene.parties.addresses.issuer.types["resident_card"])
            func query(_ id: String, _ path: String) -> String {
                #"{"id":"\#(id)","format":"dc+sd-jwt","meta":{"vct_values":["\#(type)"]},"claims":[{"path":\#(path)}]}"#
            }
            let asked = try await scene.parties.ask(
                query: """
                    {"credentials":[\(query("age", #"["age_equal_or_over","19"]"#)),\(query("origin", #"["nationality"]"#))],
                     "credential_sets":[{"options":[["age"]]},{"options":[["origin"]],"required":false}]}
                    """)
            let plan = try await scene.plan(asked.uri)
            let optional = try #require(try plan.overview().useCases.first { !$0.isRequired })
            #expect(optional.chosen == nil)
            #expect(optional.options.map(\.queries) == [["origin"]])
            #expect(try plan.overview().showings.map(\.query) == ["age"])
            let choice = Choice.useCase(place: optional.place, option: optional.options[0].place)
            #expect(try await scene.wallet.select(choice, in: plan).showings.map(\.query) == ["age", "origin"])
            try await failing(.notFound) { try await scene.wallet.select(.useCase(place: 0, option: nil), in: plan) }
            let skipped = try await scene.wallet.select(.useCase(place: optional.place, option: nil), in: plan)
            _ = try await scene.wallet.present(scene.wallet.approve(plan, hash: skipped.hash))
            #expect(try await !scene.parties.learned(asked).contains(#"["nationality"]"#))
        }
    }

    @Test("A choice that is not on offer and a wrong hash change nothing")
    func refused() async throws {
        try await holding { scene in
            let card = try await scene.receive()
            let plan = try await scene.plan()
            let before = try plan.overview()
            let choices: [Choice] = [
                .cards(query: "card", cards: ["no such card"]), .cards(query: "card", cards: []),
                .cards(query: "no such query", cards: [card]), .claimSet(query: "card", card: card, claimSet: .max),
                .useCase(place: .max, option: nil),
            ]
            for choice in choices { try await failing(.notFound) { try await scene.wallet.select(choice, in: plan) } }
            let others = [Data(count: 32), Data(), before.hash.dropLast(), before.hash + [0], try await scene.plan().overview().hash]
            for hash in others { try await failing(.consentMismatch) { try await scene.wallet.approve(plan, hash: hash) } }
            #expect(try plan.overview().hash == before.hash)
            #expect(try await scene.wallet.present(scene.wallet.approve(plan, hash: before.hash)).outcome == .accepted)
        }
    }

    @Test("A plan is approved once and an approved plan presented once")
    func once() async throws {
        try await holding { scene in
            try await scene.receive()
            let wallet = scene.wallet
            let plan = try await scene.plan()
            let approved = try await scene.approve(plan)
            try await failing(.usedUp) { try plan.overview() }
            try await failing(.usedUp) { try await wallet.select(.cards(query: "card", cards: []), in: plan) }
            try await failing(.usedUp) { try await wallet.revealed(by: plan) }
            try await failing(.usedUp) { try await wallet.sharedBefore(plan) }
            try await failing(.usedUp) { try await wallet.refuse(.plan(plan: plan)) }
            _ = try await wallet.present(approved)
            try await failing(.usedUp) { try await wallet.present(approved) }
            #expect(try await scene.parties.learned().contains(#""answers":1"#))
        }
    }

    @Test("A plan that is dropped tells nobody anything")
    func dropped() async throws {
        let network = VerifierNetwork()
        try await holding({ try Place(parties: $0, http: network) }) { scene in
            try await scene.receive()
            _ = try await scene.plan()
            _ = try await scene.approve(scene.plan())
            #expect(try await scene.wallet.history().items.count == 1)
        }
        #expect(network.answers.value.isEmpty)
    }

    @Test("A plan ends with its request, before and after approval")
    func expired() async throws {
        let clock = HandClock()
        try await holding({ try Place(parties: $0, clock: clock) }) { scene in
            try await scene.receive(policy: onceOnly)
            let plan = try await scene.plan()
            let hash = try plan.overview().hash
            let approved = try await scene.approve(scene.plan())
            clock.advance(3600)
            try await failing(.consentExpired) { try await scene.wallet.approve(plan, hash: hash) }
            // It locked itself meanwhile.
            try await scene.wallet.unlock(with: unlocking())
            try await failing(.consentExpired) { try await scene.wallet.present(approved) }
            #expect(try await scene.wallet.list().map(\.usableCopies) == [1])
        }
    }

    @Test("A transaction is shown whole, needs the holder's authentication, and is bound into the proof")
    func transaction() async throws {
        let rent = #""type":"urn:example:payment","credential_ids":["card"],"amount":"500.00 EUR""#
        let options = #"{"transaction_data":[{\#(rent),"payee":"Fictional Landlord"}]}"#
        try await holding({ try Place(parties: $0, transactions: [payment]) }) { scene in
            try await scene.receive()
            let plan = try await scene.plan(options: options)
            let overview = try plan.overview()
            let lines = [("amount", "500.00 EUR"), ("payee", "Fictional Landlord")].map { TransactionLine(label: $0, value: $1) }
            #expect(overview.showings[0].transactions == [TransactionOverview(typeId: payment.id, lines: lines)])
            #expect(overview.needsAuth && !overview.showings[0].needsAuth)
            try await failing(.userAuthRequired) { try await scene.wallet.approve(plan, hash: overview.hash) }
            let auth = try await scene.wallet.authenticate(with: unlocking())
            // The verifier checks the hash in the proof.
            #expect(try await scene.wallet.present(scene.approve(plan, auth: .fresh(auth: auth))).outcome == .accepted)
            #expect(try await scene.parties.learned().contains(#""accepted":true"#))
        }
        try await holding { scene in
            try await scene.receive()
            try await failing(.transactionDataNotSupported) { try await scene.plan(options: options) }
        }
    }

    @Test("A card that asks for it is shown only after an authentication for this very plan")
    func authenticated() async throws {
        let clock = HandClock()
        try await holding({ try Place(parties: $0, clock: clock) }) { scene in
            try await scene.receive(policy: KeepPolicy(userAuth: .eachShowing))
            let before = HolderAuth.fresh(auth: try await scene.wallet.authenticate(with: unlocking()))
            clock.advance(2)
            let plan = try await scene.plan()
            let overview = try plan.overview()
            #expect(overview.needsAuth && overview.showings[0].needsAuth)
            let now = Date(timeIntervalSince1970: TimeInterval(try clock.now()))
            for auth in [before, .verified(at: now.addingTimeInterval(-1)), .verified(at: now.addingTimeInterval(60))] {
                try await failing(.userAuthRequired) { try await scene.approve(plan, auth: auth) }
            }
            #expect(try await scene.wallet.present(scene.approve(plan, auth: .verified(at: now))).outcome == .accepted)
        }
    }

    @Test("A copy for one showing is shown once, and then no card fits")
    func burned() async throws {
        try await holding { scene in
            try await scene.receive(copies: 2, policy: onceOnly)
            let stale = try await scene.approve(scene.plan())
            try await scene.show()
            #expect(try await scene.wallet.list().map(\.usableCopies) == [1])
            // It was for the copy that is used now.
            try await failing(.oneTimeExhausted) { try await scene.wallet.present(stale) }
            try await scene.show()
            guard case .unavailable(let plan) = try await scene.wallet.request(scene.parties.ask()) else {
                throw Unexpected("a card that is used up")
            }
            #expect(try plan.overview().unmatched == ["card"])
        }
    }
}
