import CitizenWallet
import Foundation
import Testing

/// Both cards there are, as a member of an offer's options.
private let both = #""configurations":["resident_card","driving_licence"]"#

@Suite("Receiving by a code", .timeLimit(.minutes(1)))
struct ReceivingTests {
    @Test("The holder sees who offers what before agreeing")
    func details() async throws {
        try await holding { scene in
            let offer = try await scene.wallet.offer(scene.parties.handed(both + #","tx_code":true"#).uri)
            let details = offer.details(locales: ["en"])
            let issuer = scene.parties.addresses.issuer
            #expect(details.issuer == issuer.identifier)
            #expect(details.issuerLook.name != nil)
            #expect(details.isPreAuthorized && !details.canBeAuthorized)
            #expect(details.txCode?.input == .numeric && details.txCode?.length == 6)
            #expect(details.cards.map(\.look.name) == ["Resident card", "Driving licence"])
            #expect(details.cards[0].credentialType == issuer.types["resident_card"])
            #expect(details.cards[0].problem == nil)
            #expect(details.cards[0].look.logo?.image == nil, "no picture is fetched before the holder agrees")
            #expect(details.cards[0].claims.contains { $0.label == "Date of birth" })
            let korean = offer.details(locales: ["ko-KR"]).cards[0].claims.first { $0.path == [.name(name: "name")] }
            #expect(korean?.label == "이름")
        }
    }

    @Test("Several cards in copies are looked at, kept, told to the issuer and there after a restart")
    func several() async throws {
        try await holding { scene in
            let (parties, wallet) = (scene.parties, scene.wallet)
            let handed = try await parties.handed(both + #","tx_code":true"#)
            let authorized = try await wallet.accept(wallet.offer(handed.uri), txCode: handed.tx_code.map(typed))
            #expect(authorized.orders().map(\.configurationId) == ["resident_card", "driving_licence"])
            #expect(authorized.mostCopies() >= 3)
            for order in authorized.orders() {
                let card = try await wallet.order(order, from: authorized, copies: 3).here()
                #expect(try card.credentialType() == order.credentialType)
                #expect(try card.copies() == 3)
                #expect(try card.signedBy() != nil)
                #expect(try card.look(locales: ["en"]).logo?.image != nil, "now the pictures are here")
                #expect(try card.claims(locales: ["en"]).text("Name") == "홍길동")
                let kept = try await wallet.keep(card, policy: onceOnly)
                #expect(kept.copies == 3 && kept.notified == .sent && kept.credentialType == order.credentialType)
            }
            #expect(try await parties.told() == ["credential_accepted", "credential_accepted"])
            await wallet.close()
            let again = try await scene.place.openUnlocked()
            let cards = try await again.list(locales: ["en"])
            #expect(cards.map(\.name) == ["Resident card", "Driving licence"])
            #expect(cards.allSatisfy { $0.usableCopies == 3 && $0.validity == .valid })
        }
    }

    @Test("After a wrong transaction code the right one is taken, once")
    func txCode() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let handed = try await scene.parties.handed(#""tx_code":true"#)
            let offer = try await wallet.offer(handed.uri)
            try await failing(.txCodeRequired) { try await wallet.accept(offer) }
            for (digits, why) in [("12345", "length"), ("12345a", "input_mode")] {
                let error = try await failing(.txCodeRequired) { try await wallet.accept(offer, txCode: typed(digits)) }
                #expect(error.subject == why)
            }
            let wrong = handed.tx_code == "000000" ? "000001" : "000000"
            try await failing(.grantRefused) { try await wallet.accept(offer, txCode: typed(wrong)) }
            #expect(try await wallet.accept(offer, txCode: handed.tx_code.map(typed)).orders().count == 1)
            try await failing(.issuanceExpired) { try await wallet.accept(offer, txCode: handed.tx_code.map(typed)) }
            let other = try await wallet.offer(scene.parties.offer())
            try await failing(.txCodeNotExpected) { try await wallet.accept(other, txCode: typed("123456")) }
        }
    }

    @Test("Of calls that keep a card at the same time one does, and the card says so from then on")
    func once() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let card = try await scene.ordered()
            let calls = (0..<8).map { _ in Task { try await outcome { try await wallet.keep(card) } } }
            var codes: [ErrorCode?] = []
            for call in calls { codes.append(try await call.value) }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .usedUp }.count == 7)
            try await failing(.usedUp) { try await wallet.decline(card) }
            try await failing(.usedUp) { try await wallet.giveUp(card) }
            try await failing(.usedUp) { try card.credentialType() }
            try await failing(.usedUp) { try card.claims() }
            #expect(try await wallet.list().count == 1)
            #expect(try await scene.parties.told() == ["credential_accepted"])
        }
    }

    @Test("A locked wallet gives the card back and keeps it after unlocking")
    func locked() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let card = try await scene.ordered(copies: 2)
            try await wallet.lock()
            try await failing(.locked) { try await wallet.keep(card) }
            #expect(try card.copies() == 2)
            try await wallet.unlock(with: unlocking())
            try await failing(.notSupported) { try await wallet.keep(card, policy: KeepPolicy(reuse: .limited(times: 0))) }
            try await wallet.keep(card, policy: KeepPolicy(reuse: .limited(times: 3), userAuth: .eachShowing))
            #expect(try await wallet.list().map(\.usableCopies) == [2])
        }
    }

    @Test("A card the holder does not want is told to be deleted, one that cannot be stored to have failed")
    func unwanted() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let (unwanted, unstorable) = (try await scene.ordered(), try await scene.ordered())
            try await wallet.lock()
            #expect(try await wallet.decline(unwanted) == .sent)
            #expect(try await wallet.giveUp(unstorable) == .sent)
            #expect(try await scene.parties.told() == ["credential_deleted", "credential_failure"])
            try await wallet.unlock(with: unlocking())
            #expect(try await wallet.list().isEmpty)
        }
    }

    @Test("Nothing is left of a card that was not kept when the wallet was closed")
    func notKept() async throws {
        try await holding { scene in
            let card = try await scene.ordered(copies: 2)
            await scene.wallet.close()
            try await failing(.usedUp) { try await scene.wallet.keep(card) }
            let again = try await scene.place.openUnlocked()
            #expect(try await again.integrity() == .sound)
            #expect(try await again.list().isEmpty)
            #expect(try await scene.parties.told().isEmpty)
        }
    }

    @Test(
        "An issuer that breaks a rule is named as the one who can act, and leaves nothing",
        arguments: [
            ("bad_signature", ErrorCode.signatureInvalid), ("one_bad_copy", .signatureInvalid), ("wrong_key", .holderKeyMismatch),
            ("wrong_type", .wrongCredentialType), ("untrusted_signer", .untrustedIssuer), ("expired", .credentialExpired),
            ("always_stale_nonce", .nonceRefused),
        ])
    func faults(fault: String, code: ErrorCode) async throws {
        try await holding { scene in
            let error = try await failing(code) { try await scene.ordered(#""fault":"\#(fault)""#, copies: 3) }
            guard case .issuer = error else { throw Unexpected("\(error)") }
            #expect(try await scene.wallet.list().isEmpty)
            try await scene.receive()
        }
    }

    @Test("What is no offer makes no request", arguments: ["", "https://example.org", "openid-credential-offer://?credential_offer={}"])
    func noOffer(link: String) async throws {
        let wallet = try await Place().create()
        try await failing(.offerInvalid) { try await wallet.offer(link) }
    }

    @Test("A card on offer that cannot be received says why, the others can be")
    func problem() async throws {
        try await holding { scene in
            let link = try await scene.parties.handed(both).uri.replacingOccurrences(of: "driving_licence", with: "library_card")
            let cards = try await scene.wallet.offer(link).details().cards
            #expect(cards.map(\.problem) == [nil, "unknown_configuration"])
        }
    }

    @Test("A card of five megabytes is received, shown and exported whole; one of ten is refused, and nothing of it kept")
    func large() async throws {
        try await holding { scene in
            let (parties, wallet) = (scene.parties, scene.wallet)
            let large = String(repeating: "x", count: 3_750_000)
            try await parties.changeLarge(#"{"claims":{"name_latin":"\#(large)"}}"#)
            let card = try await scene.receive()
            // What is shown of a text is cut, whatever its length.
            #expect(try await scene.text("name_latin", of: card)?.hasPrefix("xxx") == true)
            #expect(try await scene.show().outcome == .accepted)
            let export = try await wallet.export(wallet.authenticate(with: unlocking()))
            #expect(export.range(of: Data("\"\(large)\"".utf8)) != nil)
            try await parties.changeLarge(#"{"claims":{"name_latin":"\#(large)\#(large)"}}"#)
            try await failing(.tooLarge) { try await scene.receive() }
            #expect(try await wallet.list().count == 1)
            #expect(try await wallet.integrity() == .sound)
        }
    }

    @Test("A portrait arrives as the bytes of its picture, and a text that only says so as text")
    func portrait() async throws {
        // The smallest PNG.
        let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        try await holding { scene in
            let claims = #""portrait":"data:image/png;base64,\#(png)","disguised":"data:image/jpeg;base64,\#(png)""#
            try await scene.parties.change("resident_card", "{\"claims\":{\(claims)}}")
            let card = try await scene.wallet.detail(of: scene.receive())
            #expect(try card.claims.value("portrait") == .picture(mediaType: "image/png", bytes: #require(Data(base64Encoded: png))))
            #expect(try card.claims.text("disguised") == "data:image/jpeg;base64,\(png)")
        }
    }
}

@Suite("Receiving by the browser", .timeLimit(.minutes(1)))
struct AuthorizingTests {
    private let inBrowser = #""grant":"authorization_code""#

    @Test("The process may die while the holder is in the browser, and each answer is taken once")
    func restarted() async throws {
        try await holding { scene in
            let offer = try await scene.wallet.offer(scene.parties.handed(inBrowser).uri)
            #expect(offer.details().canBeAuthorized && !offer.details().isPreAuthorized)
            let begun = try await scene.wallet.authorize(offer)
            #expect(begun.expiresAt > Date())
            #expect(!"\(begun)".contains(begun.url), "it belongs to this issuance and not into logs")
            await scene.wallet.close()
            let again = try await scene.place.openUnlocked()
            let back = try await scene.parties.browse(begun.url)
            let authorized = try await again.resume(back)
            try await again.keep(again.order(authorized.orders()[0], from: authorized, copies: 2).here())
            #expect(try await again.list().map(\.copies) == [2])
            try await failing(.authorizationResponseInvalid) { try await again.resume(back) }
        }
    }

    @Test("A wallet that comes by itself chooses among what the issuer has")
    func discovered() async throws {
        try await holding { scene in
            let (wallet, issuer) = (scene.wallet, scene.parties.addresses.issuer)
            let offer = try await wallet.discover(issuer.identifier, configurationIds: ["resident_card", "driving_licence"])
            #expect(offer.details().cards.count == 2)
            let begun = try await wallet.authorize(offer, configurationIds: ["driving_licence"])
            let authorized = try await wallet.resume(scene.parties.browse(begun.url))
            #expect(authorized.orders().map(\.configurationId) == ["driving_licence"])
            try await wallet.keep(wallet.order(authorized.orders()[0], from: authorized).here())
            #expect(try await wallet.list().map(\.credentialType) == [issuer.types["driving_licence"]])
        }
    }

    @Test("A link that answers nothing of ours changes nothing, and a holder who does not consent is told apart")
    func answers() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let begun = try await wallet.authorize(wallet.offer(scene.parties.handed(inBrowser).uri))
            for link in ["", "https://wallet.example/cb", "https://wallet.example/cb?code=a&state=b"] {
                try await failing(.authorizationResponseInvalid) { try await wallet.resume(link) }
            }
            #expect(try await wallet.resume(scene.parties.browse(begun.url)).orders().count == 1)
            let denied = try await scene.parties.handed(inBrowser + #","fault":"authorization_denied""#)
            let other = try await wallet.authorize(wallet.offer(denied.uri))
            let back = try await scene.parties.browse(other.url)
            try await failing(.authorizationRefused) { try await wallet.resume(back) }
            #expect(try await wallet.list().isEmpty)
        }
    }
}
