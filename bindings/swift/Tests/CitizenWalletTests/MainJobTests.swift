import CitizenWallet
import Foundation
import Testing

/// A claim asked for in these tests: whether the holder is over 19.
let age: [PathSegment] = [.name(name: "age_equal_or_over"), .name(name: "19")]

@Suite("The main job", .timeLimit(.minutes(2)))
struct MainJobTests {
    @Test("A card is received, looked at, listed, asked for, agreed to and shown, and no more than agreed is learned")
    func all() async throws {
        try await Parties.serving { parties in
            let place = try Place(parties: parties)
            try await place.create().close()
            let wallet = try await place.open()
            try await failing(.locked) { try await wallet.list() }
            #expect(try await wallet.unlock(with: unlocking()).integrity == .sound)

            let handed = try await parties.offerWithCode()
            #expect(try await Wallet.intent(of: handed.link, from: .qr) == .offer)
            let offer = try await wallet.offer(handed.link)
            let details = offer.details(locales: ["en"])
            #expect(details.isPreAuthorized)
            #expect(details.txCode?.length == 6)
            #expect(details.cards.map(\.look.name) == ["Resident card"])
            let authorized = try await wallet.accept(offer, txCode: typed(handed.code))
            let order = try #require(authorized.orders().first)
            guard case .received(let card) = try await wallet.order(order, from: authorized, copies: 2) else {
                throw Unexpected("the card comes later")
            }
            #expect(try text("Name", in: card.claims(locales: ["en"])) == "홍길동")
            let kept = try await wallet.keep(card)
            #expect(kept.copies == 2)
            #expect(kept.notified == .sent)
            await #expect(throws: WalletError.self) { try await wallet.keep(card) }

            let listed = try await wallet.list(locales: ["en"])
            #expect(listed.map(\.id) == [kept.id])
            #expect(listed.first?.validity == .valid)
            #expect(try await text("Name", in: wallet.detail(of: kept.id, locales: ["en"]).claims) == "홍길동")

            let link = try await parties.ask()
            #expect(try await Wallet.contacts(of: link)?.hasPrefix("localhost") == true)
            guard case .plan(let plan) = try await wallet.request(link) else { throw Unexpected("no card fits") }
            let overview = try plan.overview()
            let showing = try #require(overview.showings.first)
            #expect(showing.disclosed == [age])
            #expect(showing.withheld.contains([.name(name: "name")]))
            #expect(overview.request.verifier.clientId == "x509_san_dns:localhost")
            let revealed = try await wallet.revealed(by: plan)
            let place19 = try #require(revealed.list().firstIndex { $0.path == age })
            #expect(try revealed.value(index: UInt32(place19)) == .boolean(value: true))
            try await failing(.notFound) { try await wallet.revealed(by: plan, showing: 1) }
            try await failing(.notFound) { try await wallet.revealed(by: plan, showing: -1) }
            try await failing(.consentMismatch) { try await wallet.approve(plan, hash: Data(count: 32)) }

            let presented = try await wallet.present(wallet.approve(plan, hash: overview.hash))
            #expect(presented.outcome == .accepted)
            let learned = try await parties.learned()
            #expect(learned.contains(#""accepted":true"#))
            #expect(learned.contains(#""disclosed":[["age_equal_or_over","19"]]"#))
            #expect(!learned.contains("birthdate"))
            #expect(try await wallet.history().items.count == 2)
            try await failing(.usedUp) { try await wallet.approve(plan, hash: overview.hash) }
        }
    }

    @Test("Everything of an offer is received in one call, and is there after the wallet was closed and opened")
    func inOneCall() async throws {
        try await Parties.serving { parties in
            let place = try Place(parties: parties)
            let wallet = try await place.create()
            let kept = try await wallet.receive(try await parties.offer(), copies: 3)
            #expect(kept.map(\.copies) == [3])
            await wallet.close()
            let again = try await place.open()
            try await again.unlock(with: unlocking())
            #expect(try await again.list().map(\.id) == kept.map(\.id))
            try await again.delete(kept[0].id)
            try await failing(.notFound) { try await again.detail(of: kept[0].id) }
        }
    }

    @Test("To refuse is told to the verifier, and a request is answered once")
    func refusing() async throws {
        try await Parties.serving { parties in
            let wallet = try await Place(parties: parties).create()
            let absent = try await wallet.request(try await parties.ask())
            guard case .unavailable = absent else { throw Unexpected("a card that is not there") }
            #expect(try await wallet.refuse(absent).outcome == .accepted)
            #expect(try await parties.learned().contains("access_denied"))
            try await failing(.usedUp) { try await wallet.refuse(absent) }
        }
    }

    @Test("A request of the platform is answered with bytes for it")
    func platformRequest() async throws {
        try await Parties.serving { parties in
            let wallet = try await Place(parties: parties).create()
            try await wallet.receive(try await parties.offer())
            let type = try await wallet.list()[0].credentialType
            let query = #"{"credentials":[{"id":"card","format":"dc+sd-jwt","meta":{"vct_values":["\#(type)"]}}]}"#
            let request = """
                {"response_type":"vp_token","response_mode":"dc_api","nonce":"\(UUID().uuidString)",
                 "client_metadata":{"vp_formats_supported":{"dc+sd-jwt":{}}},"dcql_query":\(query)}
                """
            let proposed = try await wallet.dcApiRequest(
                protocol: "openid4vp-v1-unsigned", data: request, origin: "https://page.example")
            guard case .proposed(let proposal) = proposed, case .plan(let plan) = proposal else {
                throw Unexpected("\(proposed)")
            }
            let presented = try await wallet.present(wallet.approve(plan, hash: plan.overview().hash))
            #expect(try String(decoding: #require(presented.response), as: UTF8.self).contains("vp_token"))
        }
    }

    private func text(_ label: String, in claims: Claims) throws -> String? {
        let index = try #require(claims.list().firstIndex { $0.label == label })
        guard case .text(let text) = try claims.value(index: UInt32(index)) else { return nil }
        return text
    }
}
