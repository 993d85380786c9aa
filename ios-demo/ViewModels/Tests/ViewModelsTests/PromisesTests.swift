import Testing

@testable import ViewModels

@MainActor @Suite("Cards that come later", .timeLimit(.minutes(2)))
struct PromisesTests {
    @Test("A promised card is said to come, and is there when its issuer has it")
    func promise() async throws {
        try await phone { phone in
            try await phone.setUp()
            let cards = try await phone.promised(seconds: 1)
            #expect(said(cards.notice) == "card_comes_later")
            let promise = try #require(cards.promised.first)
            #expect(said(promise.text) == "promised")
            while try await phone.then({ $0.received != nil || $0.cards != nil ? $0 : nil }, .askFor(promise.id)).received == nil {}
            let after = try await phone.then(\.cards, .agree)
            #expect(after.cards.count == 1 && after.promised.isEmpty)
            #expect(said(after.notice) == "card_kept")
        }
    }

    @Test("After unlocking a promised card is asked for without a word of the holder")
    func unlocking() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.promised(seconds: 1)
            repeat {
                try await phone.then(\.keys, .lock)
            } while try await phone.enter(pin, { $0.received != nil || $0.cards != nil ? $0 : nil }).received == nil
            #expect(try await phone.then(\.cards, .agree).cards.count == 1)
        }
    }

    @Test("A card that is not ready says when it may be, and the holder may give it up")
    func forgetting() async throws {
        try await phone { phone in
            try await phone.setUp()
            let id = try #require(try await phone.promised(seconds: 3600).promised.first).id
            #expect(said(try await phone.then(\.cards, .askFor(id)).notice) == "promise_not_yet")
            try await phone.then(\.question, .forget(id))
            #expect(try await phone.then(\.cards, .refuse).promised.count == 1)
            try await phone.then(\.question, .forget(id))
            let cards = try await phone.then(\.cards, .agree)
            #expect(said(cards.notice) == "forgotten" && cards.promised.isEmpty)
        }
    }

    @Test("Without a network the promise stays, and the cards are to be seen")
    func offline() async throws {
        try await phone { phone in
            try await phone.setUp()
            let id = try #require(try await phone.promised(seconds: 1).promised.first).id
            phone.parties.stop()
            var cards: Screen.Cards
            repeat { cards = try await phone.then(\.cards, .askFor(id)) } while said(cards.notice) == "promise_not_yet"
            #expect(said(cards.notice) == "error_network_failed" && cards.promised.count == 1)
        }
    }
}

extension Phone {
    /// A card is ordered that comes so much later.
    @discardableResult
    func promised(seconds: Int) async throws -> Screen.Cards {
        try await then(\.question, .open(parties.offer("resident_card", "--deferred", "\(seconds)")[0]))
        try await then(\.offer, .agree)
        return try await then(\.cards, .agree)
    }
}
