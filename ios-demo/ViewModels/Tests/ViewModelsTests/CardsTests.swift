import Testing

@testable import ViewModels

@MainActor @Suite("How cards come, change and go, and the choices there are", .timeLimit(.minutes(2)))
struct CardsTests {
    @Test("A wrong code of the issuer is asked for again, and the right one brings the card")
    func code() async throws {
        try await phone { phone in
            try await phone.setUp()
            let offered = try await phone.parties.offer("resident_card", "--tx-code")
            try await phone.then(\.question, .open(offered[0]))
            #expect(try await phone.then(\.offer, .agree).needsCode)
            try await phone.then(\.keys, .agree)
            let wrong = String(offered[1].map { $0 == "9" ? "0" : Character("\($0.wholeNumberValue! + 1)") })
            #expect(said(try await phone.enter(wrong, \.keys).notice) == "error_grant_refused")
            try await phone.enter(offered[1], \.received)
            #expect(said(try await phone.then(\.cards, .agree).notice) == "card_kept")
        }
    }

    @Test("A card that is not wanted is not kept")
    func declining() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.then(\.question, .open(phone.parties.offer()[0]))
            try await phone.then(\.offer, .agree)
            try await phone.then(\.received, .agree)
            let cards = try await phone.then(\.cards, .refuse)
            #expect(said(cards.notice) == "card_declined")
            #expect(cards.cards.isEmpty)
        }
    }

    @Test("The holder agrees in the browser, and the app may have ended meanwhile")
    func browser() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.then(\.question, .open(phone.parties.offer("driving_licence", "--authorization-code")[0]))
            #expect(try await phone.then(\.offer, .agree).inBrowser)
            #expect(said(try await phone.then(\.cards, .agree).notice) == "go_on_in_browser")
            let back = try await phone.parties.browse(try #require(phone.pages.first))
            await phone.die()
            try await phone.wait(\.keys)
            await phone.on(.open(back))
            try await phone.enter(pin, \.received)
            #expect(try await phone.then(\.cards, .agree).cards.count == 1)
        }
    }

    @Test("A renewed card shows what changed before it is kept, and a lock does not take it away")
    func renewing() async throws {
        try await phone { phone in
            try await phone.parties.configure(#"{"refresh_tokens":true}"#)
            try await phone.setUp()
            let card = try await phone.receive().cards[0].id
            try await phone.parties.change("resident_card", #"{"claims":{"nationality":"UT"}}"#)
            let renewed = try await phone.then(\.received, .renew(card))
            let change = try #require(renewed.changes.first { said($0.label) == "Nationality" })
            #expect([said(change.before), said(change.after)] == ["KR", "UT"])
            try await phone.then(\.keys, .lock)
            #expect([said(change.before), said(change.after)] == ["gone", "gone"])
            try await phone.enter(pin, \.received) { $0.changes.contains { said($0.after) == "UT" } }
            try await phone.then(\.cards, .agree)
            #expect(said(try await phone.then(\.card, .showCard(card)).claims.lines)["Nationality"] == "UT")
        }
    }

    @Test("A card that cannot be renewed by itself is received again, and takes the place of the old one")
    func again() async throws {
        try await phone { phone in
            try await phone.setUp()
            let card = try await phone.receive().cards[0].id
            #expect(try await phone.then(\.trouble, .renew(card)).problem.code == "renewal_needs_holder")
            try await phone.then(\.cards, .back)
            try await phone.parties.change("resident_card", #"{"claims":{"nationality":"UT"}}"#)
            #expect(try await phone.offered().older.map(\.id) == [card])
            let renewed = try await phone.then(\.received, .replace(card))
            #expect(renewed.changes.contains { said($0.label) == "Nationality" })
            // A lock does not take it away.
            try await phone.then(\.keys, .lock)
            try await phone.enter(pin, \.received) { !$0.changes.isEmpty }
            let cards = try await phone.then(\.cards, .agree)
            #expect(said(cards.notice) == "renewed" && cards.cards.map(\.id) == [card])
            #expect(said(try await phone.then(\.card, .showCard(card)).claims.lines)["Nationality"] == "UT")
            // One that says the same takes the place without a question.
            try await phone.then(\.cards, .back)
            #expect(try await phone.offered().older.count == 1)
            #expect(said(try await phone.then(\.cards, .replace(card)).notice) == "renewed")
        }
    }

    @Test("A card of somebody else takes no place, and can be kept beside the other")
    func another() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.parties.change("resident_card", #"{"claims":{"sub":"one"}}"#)
            let card = try await phone.receive().cards[0].id
            try await phone.parties.change("resident_card", #"{"claims":{"sub":"another"}}"#)
            try await phone.offered()
            let other = try await phone.then(\.received, .replace(card))
            #expect(said(other.notice) == "received_is_other" && other.older.isEmpty)
            #expect(try await phone.then(\.cards, .agree).cards.count == 2)
        }
    }

    @Test("A withdrawn card says so, and is not shown")
    func withdrawn() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive("driving_licence")
            #expect(try await phone.then(\.cards, .refreshStatus).cards.map { said($0.state.text) } == ["state_valid"])
            try await phone.parties.status(#"{"card":"driving_licence","status":"revoked"}"#)
            let state = try #require(try await phone.then(\.cards, .refreshStatus).cards.first).state
            #expect(said(state.text) == "state_revoked" && state.tone == .bad)
            try await phone.then(\.question, .open(phone.parties.ask("shop", "driving_licence", "licence_number")))
            try await phone.then(\.nothingFits, .agree)
        }
    }

    @Test("One of two cards is chosen, and the other is not shown")
    func choosing() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.parties.change("resident_card", #"{"claims":{"nationality":"UT"}}"#)
            try await phone.receive()
            let consent = try await phone.asked(phone.parties.ask("bar", "resident_card", "nationality"))
            #expect(consent.choices.count == 2)
            let first = said(consent.showings[0].claims.lines)["Nationality"]
            let unchosen = try #require(consent.choices.firstIndex { !$0.isChosen })
            let other = try await phone.then(\.consent, .choose(unchosen))
            #expect(Set([first, said(other.showings[0].claims.lines)["Nationality"]]) == ["KR", "UT"])
            #expect(other.choices[unchosen].isChosen)
            try await phone.then(\.done, .agree)
            try await phone.then(\.cards, .back)
        }
    }

    @Test("A payment is shown and confirmed with the PIN")
    func payment() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            let payment =
                #"{"type":"urn:example:payment","credential_ids":["card"],"amount":"50.00","payee":"Fictional Landlord"}"#
            let options = #"{"transaction_data":[\#(payment)]}"#
            let consent = try await phone.asked(phone.parties.ask("bank", "resident_card", "name", options: options))
            let lines = consent.showings[0].transactions.flatMap(\.lines).map { [said($0.label), said($0.value)] }
            #expect(lines == [["amount", "50.00"], ["payee", "Fictional Landlord"]])
            #expect(consent.needsPin)
            try await phone.then(\.keys, .agree)
            #expect(said(try await phone.enter("000000", \.keys).notice) == "wrong_tries_left")
            try await phone.enter(pin, \.done)
            #expect(try await phone.parties.learned().contains(#""accepted":true"#))
        }
    }

    @Test("A deleted card is gone, and the history says so without it")
    func deleting() async throws {
        try await phone { phone in
            try await phone.setUp()
            let card = try await phone.receive().cards[0].id
            let shown = try await phone.then(\.card, .showCard(card))
            #expect(shown.linkability.map { said($0) }.contains("link_signature"))
            try await phone.then(\.question, .delete(card))
            try await phone.then(\.card, .refuse)
            try await phone.then(\.question, .delete(card))
            #expect(try await phone.then(\.cards, .agree).cards.isEmpty)
            let history = try await phone.then(\.history, .showHistory)
            #expect(history.entries.first.map { said($0.what) } == "history_deleted")
            let after = try await phone.then(\.history, .deleteEntry(try #require(history.entries.last).id))
            #expect(after.isIntact)
        }
    }
}

extension Phone {
    /// Up to the decision about a card.
    @discardableResult
    func offered() async throws -> Screen.Received {
        try await seeOffer()
        return try await then(\.received, .agree)
    }
}
