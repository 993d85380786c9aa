import CitizenWallet
import Foundation
import Testing

@Suite("Presenting", .timeLimit(.minutes(1)))
struct PresentTests {
    @Test("What a link wants and whom it contacts is told without asking anybody")
    func intents() async throws {
        let link = "openid4vp://?client_id=x509_san_dns%3Abar.example&request_uri=https%3A%2F%2Fbar.example%2Fr"
        #expect(try await Wallet.intent(of: link, from: .qr) == .presentation)
        #expect(try await Wallet.contacts(of: link) == "bar.example")
        #expect(try await Wallet.intent(of: "openid-credential-offer://?credential_offer=%7B%7D", from: .qr) == .offer)
        #expect(try await Wallet.intent(of: "https://bar.example/", from: .link) == .unknown)
        let long = "openid4vp://?" + String(repeating: "a", count: 5000)
        try await failing(.tooLarge) { try await Wallet.intent(of: long, from: .qr) }
    }

    @Test("Who asks is told with how that was proven and where the answer goes")
    func verifier() async throws {
        try await holding { scene in
            try await scene.receive()
            let overview = try await scene.plan(options: #"{"verifier_info":[{"format":"jwt","data":"e30.e30.e30"}]}"#).overview()
            let (request, showing) = (overview.request, overview.showings[0])
            #expect(request.verifier.clientId == "x509_san_dns:localhost" && request.verifier.domain == "localhost")
            #expect(request.verifier.proof == .certificateDnsName && request.verifier.trust == .anchored)
            #expect(request.verifier.certificateSha256?.count == 32)
            guard case .responseUri(let uri) = request.destination else { throw Unexpected("another destination") }
            #expect(uri.hasPrefix("http://localhost"))
            #expect(request.isEncrypted && request.expiresAt > Date())
            #expect(request.verifierInfo == [VerifierInfo(format: "jwt", data: "\"e30.e30.e30\"", queries: nil)])
            #expect(showing.asked.map(\.asked) == [age] && showing.keyBinding)
            #expect(showing.alwaysDisclosed.contains([.name(name: "vct")]))
            #expect(showing.linkability.contains(.issuerSignature) && !showing.linkability.contains(.copyShownBefore))
            let unproven = try await scene.plan(options: #"{"prefix":"redirect_uri"}"#).overview().request.verifier
            #expect(unproven.proof == .answerAddressOnly && unproven.trust == .unverified && unproven.domain == nil)
        }
    }

    @Test("A verifier that is a DID is told with what shows its key")
    func verifierDid() async throws {
        try await holding { scene in
            try await scene.receive()
            for prefix in ["did_key", "did_jwk"] {
                let plan = try await scene.plan(options: "{\"prefix\":\"\(prefix)\"}")
                let verifier = try plan.overview().request.verifier
                #expect(verifier.proof == .decentralizedIdentifier && verifier.trust == .unverified)
                #expect(verifier.didEvidence?.evidence == .selfCertifying)
                #expect(abs(verifier.didEvidence?.asOf?.timeIntervalSinceNow ?? 1000) < 300)
            }
            #expect(try await scene.plan().overview().request.verifier.didEvidence == nil)
        }
    }

    @Test("What a verifier was shown before is told with the next plan, and to no other")
    func sharedBefore() async throws {
        try await holding { scene in
            try await scene.receive()
            #expect(try await scene.wallet.sharedBefore(scene.plan()).isEmpty)
            let presented = try await scene.show()
            let next = try await scene.plan()
            let before = try await scene.wallet.sharedBefore(next)
            #expect(before.map(\.history) == [presented.history])
            #expect(before[0].outcome == .accepted && before[0].shown == presented.shown)
            #expect(try next.overview().showings[0].linkability.contains(.copyShownBefore))
            let other = try await scene.plan(options: #"{"prefix":"redirect_uri"}"#)
            #expect(try await scene.wallet.sharedBefore(other).isEmpty)
        }
    }

    @Test("Refusing looks to the verifier like having no card")
    func refused() async throws {
        let network = VerifierNetwork()
        try await holding({ try Place(parties: $0, http: network) }) { scene in
            try await scene.wallet.refuse(scene.wallet.request(scene.parties.ask()))
            let ofNone = try await scene.parties.learned()
            try await scene.receive()
            try await scene.wallet.refuse(.plan(plan: scene.plan()))
            #expect(try await scene.parties.learned() == ofNone)
            let bodies = network.answers.value.map { answer in
                String(decoding: answer.body, as: UTF8.self).split(separator: "&").filter { !$0.hasPrefix("state=") }
            }
            #expect(bodies.count == 2 && bodies[0] == bodies[1])
        }
    }

    @Test("A verifier nobody vouches for, a broken request and one that was answered are the verifier's errors")
    func broken() async throws {
        try await holding { scene in
            try await scene.receive()
            for (fault, code) in [("certificate_mismatch", ErrorCode.untrustedVerifier), ("expired", .requestExpired)] {
                let error = try await failing(code) { try await scene.plan(options: #"{"fault":"\#(fault)"}"#) }
                guard case .verifier = error else { throw Unexpected("\(error)") }
            }
            let link = try await scene.parties.ask()
            #expect(try await scene.show(link).outcome == .accepted)
            try await failing(.nonceMissingOrReused) { try await scene.wallet.request(link) }
        }
    }

    @Test("The sixth request in a minute is told how long to wait")
    func rate() async throws {
        try await holding({ try Place(parties: $0, requestsPerMinute: 5) }) { scene in
            for _ in 0..<5 { _ = try await scene.wallet.request(scene.parties.ask()) }
            let error = try await failing(.requestRateLimited) { try await scene.wallet.request(scene.parties.ask()) }
            let wait = try #require(error.retryAfter)
            #expect(wait > .zero && wait <= .seconds(60))
        }
    }

    @Test("A locked wallet presents nothing, and an approved plan is used up by the try; a plan can be approved meanwhile")
    func locked() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            try await scene.receive()
            let (approved, plan) = (try await scene.approve(scene.plan()), try await scene.plan())
            try await wallet.lock()
            try await failing(.locked) { try await wallet.request(scene.parties.ask()) }
            try await failing(.locked) { try await wallet.present(approved) }
            try await failing(.locked) { try await wallet.revealed(by: plan) }
            let meanwhile = try await scene.approve(plan)
            try await wallet.unlock(with: unlocking())
            try await failing(.usedUp) { try await wallet.present(approved) }
            #expect(try await wallet.present(meanwhile).outcome == .accepted)
        }
    }

    @Test("A presented card can be inspected and says only what was shown")
    func inspected() async throws {
        try await holding { scene in
            try await scene.receive()
            let asked = try await scene.parties.askPlatform("unsigned", origin: page)
            let plan = try await scene.wallet.dcApiRequest(protocol: asked.name, data: asked.data, origin: page).plan()
            let response = try #require(try await scene.wallet.present(scene.approve(plan)).response)
            // Without the proof by the holder's key, which follows the last tilde.
            let text = String(decoding: response, as: UTF8.self)
            let credential = try String(#require(text.firstMatch(of: /"card":\["([^"]*~)/)).1)
            let (platform, policy) = (scene.place.platform, scene.place.policy)
            let inspected = try await Wallet.inspect(credential, platform: platform, policy: policy)
            #expect(inspected.credential.format == "dc+sd-jwt" && inspected.credential.isHolderBound)
            #expect(inspected.credential.credentialType == scene.parties.addresses.issuer.types["resident_card"])
            let paths = inspected.claims.list().map(\.path)
            #expect(paths.contains(age) && !paths.contains([.name(name: "birthdate")]))
            let nobody = Policy(trust: Trust())
            try await failing(.untrustedIssuer) { try await Wallet.inspect(credential, platform: platform, policy: nobody) }
        }
    }
}

private let page = "https://bar.example"

@Suite("Requests of the platform", .timeLimit(.minutes(1)))
struct PlatformRequestTests {
    @Test("The platform gets the bytes of an unsigned and a signed request, and nothing is sent", arguments: ["unsigned", "signed"])
    func bytes(signing: String) async throws {
        let network = VerifierNetwork()
        try await holding({ try Place(parties: $0, http: network) }) { scene in
            try await scene.receive()
            for mode in ["direct_post", "direct_post.jwt"] {
                let asked = try await scene.parties.askPlatform(signing, origin: page, mode: mode)
                let plan = try await scene.wallet.dcApiRequest(protocol: asked.name, data: asked.data, origin: page).plan()
                let request = try plan.overview().request
                #expect(request.destination == .caller(protocol: asked.name, origin: page))
                #expect(request.verifier.trust == (signing == "signed" ? .anchored : .platform))
                let presented = try await scene.wallet.present(scene.approve(plan))
                #expect(presented.outcome == .returned)
                let learned = try await scene.parties.learned(asked, from: #require(presented.response))
                #expect(learned.contains(#""accepted":true"#))
                #expect(learned.contains(#""disclosed":[["age_equal_or_over","19"]]"#))
                try await failing(.notFound) { try await scene.wallet.resend(presented.history) }
            }
        }
        #expect(network.answers.value.isEmpty)
    }

    @Test("Refusing gives the same bytes with and without a card")
    func refused() async throws {
        try await holding { scene in
            var refusals: [Data?] = []
            for round in 0..<2 {
                if round == 1 { try await scene.receive() }
                let asked = try await scene.parties.askPlatform("unsigned", origin: page)
                let proposed = try await scene.wallet.dcApiRequest(protocol: asked.name, data: asked.data, origin: page)
                guard case .proposed(let proposal) = proposed else { throw Unexpected("refused") }
                let declined = try await scene.wallet.refuse(proposal)
                #expect(declined.outcome == .returned)
                refusals.append(declined.response)
            }
            #expect(refusals[0] != nil && refusals[0] == refusals[1])
        }
    }

    @Test("A request of another origin is refused and the caller may be told so; what is no request gets no answer")
    func otherOrigin() async throws {
        try await holding { scene in
            try await scene.receive()
            let asked = try await scene.parties.askPlatform("signed", origin: page)
            let elsewhere = "https://elsewhere.example"
            let refused = try await scene.wallet.dcApiRequest(protocol: asked.name, data: asked.data, origin: elsewhere).refusal()
            #expect(refused.error.code == .originMismatch)
            #expect(try String(decoding: #require(refused.response), as: UTF8.self).contains("error"))
            for (name, code) in [("telepathy", ErrorCode.requestNotSupported), ("openid4vp-v1-unsigned", .malformed)] {
                let refused = try await scene.wallet.dcApiRequest(protocol: name, data: "[", origin: page).refusal()
                #expect(refused.error.code == code && refused.response == nil)
            }
        }
    }
}
