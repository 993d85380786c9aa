import CitizenWallet
import Testing

@Suite("W3C credentials", .timeLimit(.minutes(1)))
struct W3cCredentialTests {
    @Test("A card of bbs-2023 is shown, and the plan says what links it and what binds it")
    func bbs() async throws {
        try await trusting { scene in
            let card = try await scene.receive("citizen_id_bbs")
            #expect(try await scene.wallet.list().map(\.format) == ["ldp_vc"])
            #expect(try await scene.wallet.detail(of: card).linkability.isEmpty)
            for _ in 0..<2 {
                let plan = try await scene.plan(scene.parties.askW3c("citizen_id_bbs"))
                let showing = try #require(plan.overview().showings.first)
                #expect(showing.linkability == [.disclosedValues])
                #expect(showing.notes == [.headerUnchecked])
                #expect(!showing.keyBinding)
                #expect(try await scene.wallet.present(scene.approve(plan)).outcome == .accepted)
                let learned = try await scene.parties.learned()
                #expect(learned.contains(#""accepted":true"#))
                #expect(learned.contains(#""disclosed":[["credentialSubject","age_over_19"]]"#))
            }
        }
    }

    @Test("Each showing of a card of ecdsa-sd-2023 has the same signature")
    func ecdsaSd() async throws {
        try await trusting { scene in
            let card = try await scene.receive("citizen_id_ecdsa_sd")
            #expect(try await scene.wallet.detail(of: card).linkability == [.issuerSignature])
            let plan = try await scene.plan(scene.parties.askW3c("citizen_id_ecdsa_sd"))
            #expect(try plan.overview().showings.map(\.notes) == [[.notBound]])
        }
    }

    @Test("A pseudonym is for the service the plan says and one per person, and the verifier takes it once")
    func pseudonym() async throws {
        try await trusting { scene in
            try await scene.receive("citizen_id_pseudonym")
            let first = try await vote(scene)
            #expect(first.contains(#""accepted":true"#))
            #expect(first.contains(try Regex(#""pseudonym":"[0-9a-f]{96}""#)))
            let second = try await vote(scene)
            #expect(second.contains(#""accepted":false"#) && second.contains("thispseudonymwasherebefore"))
        }
    }

    private func vote(_ scene: Scene) async throws -> String {
        let plan = try await scene.plan(
            scene.parties.askW3c("citizen_id_pseudonym", pseudonymFor: "vote \u{202e}2026"))
        let showing = try #require(plan.overview().showings.first)
        let pseudonym = try #require(showing.pseudonym)
        #expect(pseudonym.service.contains("vote") && !pseudonym.service.unicodeScalars.contains("\u{202e}"))
        #expect(pseudonym.isOnePerPerson)
        #expect(showing.linkability.contains(.pseudonym))
        #expect(showing.notes.contains(.linkSecret))
        _ = try await scene.wallet.present(scene.approve(plan))
        return try await scene.parties.learned()
    }

    @Test("A card with a secret for pseudonyms shows none where none is asked for")
    func unasked() async throws {
        try await trusting { scene in
            try await scene.receive("citizen_id_pseudonym")
            let plan = try await scene.plan(scene.parties.askW3c("citizen_id_pseudonym"))
            let showing = try #require(plan.overview().showings.first)
            #expect(showing.pseudonym == nil)
            #expect(!showing.linkability.contains(.pseudonym))
        }
    }

    @Test("A W3C credential as JWT is shown whole, by the key of its subject, and the plan says both")
    func jwt() async throws {
        try await holding { scene in
            for configuration in ["citizen_id_jwt", "citizen_id_vc_jwt"] {
                let card = try await scene.receive(configuration)
                let detail = try await scene.wallet.detail(of: card)
                #expect(detail.overview.format == "jwt_vc_json")
                #expect(detail.linkability.contains(.issuerSignature))
                let plan = try await scene.plan(scene.parties.askW3c(configuration, "name"))
                let showing = try #require(plan.overview().showings.first)
                #expect(showing.keyBinding && showing.disclosed.isEmpty && showing.withheld.isEmpty)
                #expect(showing.linkability.contains(.alwaysDisclosedValues))
                #expect(try await scene.wallet.present(scene.approve(plan)).outcome == .accepted)
                let learned = try await scene.parties.learned()
                #expect(learned.contains(#""accepted":true"#) && learned.contains(#""locality":"#))
                try await scene.wallet.delete(card)
            }
        }
    }

    @Test("A web site the app does not trust is not believed")
    func untrusted() async throws {
        try await holding { scene in
            try await failing(.untrustedIssuer) { try await scene.receive("citizen_id_bbs") }
        }
    }

    /// With a wallet that trusts the issuer's web site.
    private func trusting(_ test: (Scene) async throws -> Void) async throws {
        try await holding({ try Place(parties: $0, webIssuers: [$0.webIssuer()]) }, test)
    }
}
