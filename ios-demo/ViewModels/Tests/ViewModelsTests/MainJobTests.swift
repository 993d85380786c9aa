import Testing

@testable import ViewModels

@MainActor @Suite("What the app is for: a card comes, somebody asks, the holder decides", .timeLimit(.minutes(2)))
struct MainJobTests {
    @Test("From the first start to a bar that learns the age and nothing else")
    func all() async throws {
        try await phone { phone in
            try await phone.setUp()
            let cards = try await phone.receive()
            #expect(cards.cards.map { said($0.name) } == ["Resident card"])
            let consent = try await phone.asked(phone.askAge())
            let showing = try #require(consent.showings.first)
            #expect(said(showing.claims.lines.filter { !$0.isAlways }) == ["claim_age › 19": "yes"])
            #expect(said(showing.claims.lines.filter(\.isAlways)).keys.contains("claim_exp"))
            #expect(showing.withheld.map { said($0) }.contains("Name"))
            #expect(consent.before.isEmpty)
            #expect(consent.verifier.facts.map { said($0.text) }.contains("trust_anchored"))
            let done = try await phone.then(\.done, .agree)
            #expect(said(done.outcome.text) == "outcome_accepted")
            #expect(try await phone.parties.learned().contains(#""disclosed":[["age_equal_or_over","19"]]"#))
            try await phone.then(\.cards, .back)
            let history = try await phone.then(\.history, .showHistory)
            #expect(history.entries.map { said($0.what) } == ["history_presented", "history_received"])
            #expect(history.isIntact)
            // The next time the wallet remembers.
            #expect(try await phone.asked(phone.askAge()).before.count == 1)
        }
    }

    @Test("A holder who says no shows nothing, and one who goes back answers nothing")
    func refusing() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.asked(phone.askAge())
            #expect(said(try await phone.then(\.cards, .refuse).notice) == "refused")
            #expect(try await phone.parties.learned().contains("access_denied"))
            try await phone.asked(phone.askAge())
            try await phone.then(\.cards, .back)
            let learned = try await phone.parties.learned()
            #expect(!learned.contains("access_denied") && !learned.contains(#""accepted":true"#))
        }
    }

    @Test("Nothing is asked of anybody before the holder agrees")
    func asking() async throws {
        try await phone { phone in
            try await phone.setUp()
            let question = try await phone.then(\.question, .open(phone.askAge()))
            #expect(question.lines.map { said($0) }.contains("request_contacts"))
            try await phone.then(\.cards, .refuse)
            #expect(try await !phone.parties.learned().contains(#""fetched":true"#))
        }
    }

    @Test("The death of the process in the middle of consent comes back to a locked wallet without a plan")
    func death() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.asked(phone.askAge())
            await phone.die()
            try await phone.wait(\.keys)
            try await phone.enter(pin, \.cards)
            #expect(try await !phone.parties.learned().contains(#""accepted":true"#))
        }
    }

    @Test("A lock in the middle of consent ends it, and what is clicked then does nothing")
    func locking() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            let consent = try await phone.asked(phone.askAge())
            try await phone.then(\.keys, .lock)
            await phone.on(.agree)
            #expect(Set(said(try #require(consent.showings.first).claims.lines).values) == ["gone"])
            try await phone.enter(pin, \.cards)
            #expect(try await !phone.parties.learned().contains(#""accepted":true"#))
        }
    }

    @Test("A window that is closed and made anew in the middle of consent finds the same plan")
    func window() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.asked(phone.askAge())
            let number = phone.app.screenNumber
            // A view reads the screen and asks for values, each time it is made.
            let drawn = (0..<2).map { _ in phone.screen.consent.map { said($0.showings[0].claims.lines) } }
            #expect(drawn[0]?["claim_age › 19"] == "yes" && drawn[0] == drawn[1])
            #expect(phone.app.screenNumber == number)
            try await phone.then(\.done, .agree)
        }
    }

    @Test("A wallet that nobody touches locks itself, and the app shows it")
    func idle() async throws {
        try await phone(idleSeconds: 2) { phone in
            try await phone.setUp()
            let keys = try await phone.wait(\.keys)
            #expect(said(keys.notice) == "was_locked")
            try await phone.enter(pin, \.cards)
        }
    }

    @Test("An address of the verifier that is not https is opened only after the holder has seen the whole of it")
    func address() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.asked(phone.askAge())
            try await phone.then(\.done, .agree)
            let question = try await phone.then(\.question, .agree)
            try await phone.then(\.cards, .refuse)
            #expect(phone.pages.isEmpty)
            try await phone.asked(phone.askAge())
            try await phone.then(\.done, .agree)
            let shown = try await phone.then(\.question, .agree, which: { $0 != question }).lines.map { said($0) }
            try await phone.then(\.cards, .agree)
            #expect(phone.pages == shown && shown.allSatisfy { $0.hasPrefix("http://localhost:") })
        }
    }

    @Test(
        "Only https goes to the browser without a question",
        arguments: [
            ("https://bar.example/done", true), ("HTTPS://bar.example", true), ("http://bar.example", false), ("tel:112", false),
            ("bank://pay?to=bar", false), ("javascript:alert(1)", false), (" https://bar.example", false), ("", false),
        ])
    func web(address: String, isOpened: Bool) {
        #expect(isWeb(address) == isOpened)
    }

    @Test("A link that comes while the wallet is locked waits for the holder")
    func waiting() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.then(\.keys, .lock)
            let link = try await phone.askAge()
            await phone.on(.open(link))
            #expect(phone.screen.keys != nil)
            try await phone.enter(pin, \.question)
            try await phone.then(\.consent, .agree)
        }
    }
}

extension Phone {
    /// A request of the bar: whether the holder is over 19.
    func askAge() async throws -> String {
        try await parties.ask("bar", "resident_card", "age_equal_or_over.19")
    }
}
