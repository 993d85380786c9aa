import Testing

@testable import ViewModels

@MainActor @Suite("W3C cards: what of them can be recognised, and pseudonyms", .timeLimit(.minutes(2)))
struct UnlinkableTests {
    @Test("A card of bbs-2023 is recognised by nothing but what is shown, and its screens say so")
    func bbs() async throws {
        try await phone { phone in
            try await phone.setUp()
            let card = try #require(try await phone.receive("citizen_id_bbs").cards.first)
            #expect(said(card.name) == "Citizen ID")
            #expect(try await phone.then(\.card, .showCard(card.id)).linkability.isEmpty)
            try await phone.then(\.cards, .back)
            // The second time it is as the first: no copy is known again.
            for time in 0..<2 {
                let consent = try await phone.asked(phone.parties.ask("bar", "citizen_id_bbs", "age_over_19"))
                let showing = try #require(consent.showings.first)
                let always = said(showing.claims.lines.filter(\.isAlways))
                #expect(Set(always.keys) == ["claim_vct", "claim_iss", "claim_nbf", "claim_exp"])
                #expect(always["claim_exp"] == "point_in_time")
                #expect(showing.withheld.map { said($0) }.contains("name latin"))
                #expect(said(showing.claims.lines.filter { !$0.isAlways }) == ["Aged 19 or over": "yes"])
                #expect(showing.linkability.map { said($0) } == ["link_only_shown"])
                #expect(showing.notes.map { said($0.text) } == ["note_header"])
                #expect(showing.pseudonym == nil)
                #expect(consent.before.count == time)
                #expect(said(try await phone.then(\.done, .agree).outcome.text) == "outcome_accepted")
                try await phone.then(\.cards, .back)
            }
            let learned = try await phone.parties.learned()
            #expect(learned.contains(#""disclosed":[["credentialSubject","age_over_19"]]"#))
            let entries = try await phone.then(\.history, .showHistory).entries
            let lines = try #require(entries.first).lines.map { said($0) }.filter { $0 != "verifier_own_name" }
            #expect(lines == ["outcome_accepted", "Citizen ID", "Aged 19 or over"])
        }
    }

    @Test("A card of ecdsa-sd-2023 is recognised by its signature, and its screens say so")
    func ecdsaSd() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive("citizen_id_ecdsa_sd")
            let consent = try await phone.asked(phone.parties.ask("bar", "citizen_id_ecdsa_sd", "age_over_19"))
            let showing = try #require(consent.showings.first)
            #expect(Set(showing.linkability.map { said($0) }) == ["link_shown", "link_signature"])
            #expect(showing.notes.map { said($0.text) } == ["note_not_bound"])
        }
    }

    @Test("A pseudonym says for whom it is and that it is one per person, and a second vote is refused")
    func pseudonym() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive("citizen_id_pseudonym")
            for outcome in ["outcome_accepted", "outcome_refused"] {
                let link = try await phone.parties.askPseudonym("town vote", "citizen_id_pseudonym", "age_over_19")
                let showing = try #require(try await phone.asked(link).showings.first)
                let pseudonym = try #require(showing.pseudonym)
                #expect(said(pseudonym.service).contains("town vote"))
                #expect(pseudonym.kind == Fact(Phrase.pseudonymOne()))
                #expect(showing.linkability.map { said($0) }.contains("link_pseudonym"))
                #expect(showing.notes.map { said($0.text) }.contains("note_link_secret"))
                #expect(said(try await phone.then(\.done, .agree).outcome.text) == outcome)
                try await phone.then(\.cards, .back)
            }
            let entries = try await phone.then(\.history, .showHistory).entries.prefix(2).map { $0.lines.map { said($0) } }
            #expect(entries.map(\.first) == ["outcome_refused", "outcome_accepted"])
            #expect(entries.allSatisfy { $0.last == "shown_pseudonym" })
            // Where none is asked for, none is shown.
            try await phone.then(\.cards, .back)
            let unasked = try await phone.asked(phone.parties.ask("bar", "citizen_id_pseudonym", "age_over_19"))
            #expect(try #require(unasked.showings.first).pseudonym == nil)
        }
    }
}
