import Foundation
import Testing

@testable import ViewModels

@MainActor @Suite("What goes wrong, and what the holder is told", .timeLimit(.minutes(2)))
struct MishapsTests {
    @Test("A wrong PIN says how many tries are left, and then how long to wait")
    func wrongPin() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.then(\.keys, .lock)
            for left in (1...4).reversed() {
                #expect(try await phone.enter("000000", \.keys).notice == Phrase.wrongTriesLeft(.number(left)))
            }
            let last = said(try await phone.enter("000000", \.keys).notice)
            #expect(["wrong_and_wait", "wrong_tries_left"].contains(last))
            let locked = try await phone.enter(pin, \.keys).notice
            guard case .of("wait", let arguments)? = locked, case .wait(let wait)? = arguments.first else {
                throw Unexpected("\(String(describing: locked))")
            }
            #expect(wait > .zero)
        }
    }

    @Test("A forgotten PIN is replaced after the recovery code, and opens nothing from then on")
    func forgottenPin() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.forgetPin(code)
            try await phone.enter("508213", \.keys)
            #expect(said(try await phone.enter("508213", \.cards).notice) == "pin_changed")
            try await phone.then(\.keys, .lock)
            #expect(said(try await phone.enter(pin, \.keys).notice) == "wrong_tries_left")
            try await phone.enter("508213", \.cards)
        }
    }

    @Test("The phone's own check opens the wallet where the holder wanted it")
    func check() async throws {
        try await phone(canCheckHolder: true) { phone in
            try await phone.wait(\.welcome)
            try await phone.then(\.keys, .agree)
            try await phone.enter(pin, \.keys)
            try await phone.enter(pin, \.question)
            try await phone.then(\.recoveryCode, .agree)
            try await phone.then(\.cards, .agree)
            #expect(try await phone.then(\.keys, .lock).canCheckHolder)
            try await phone.then(\.cards, .checkHolder)
        }
    }

    @Test("A PIN that is easy to guess or was mistyped is asked for again")
    func weakPin() async throws {
        try await phone { phone in
            try await phone.wait(\.welcome)
            try await phone.then(\.keys, .agree)
            #expect(said(try await phone.enter("123456", \.keys).notice) == "error_weak_pin")
            try await phone.enter(pin, \.keys)
            #expect(said(try await phone.enter("739155", \.keys).notice) == "pin_differs")
            try await phone.enter(pin, \.keys)
            #expect(try await phone.enter(pin, \.recoveryCode).groups.count == 8)
        }
    }

    @Test("The recovery code is gone with its screen")
    func code() async throws {
        try await phone { phone in
            try await phone.wait(\.welcome)
            try await phone.then(\.keys, .agree)
            try await phone.enter(pin, \.keys)
            let code = try await phone.enter(pin, \.recoveryCode)
            #expect(code.groups.allSatisfy { $0.allSatisfy { $0 != 0 } })
            try await phone.then(\.cards, .agree)
            #expect(code.groups.allSatisfy { $0.allSatisfy { $0 == 0 } })
        }
    }

    @Test("No link and no code crashes the app or leaves it without an answer")
    func oddLinks() async throws {
        try await phone { phone in
            try await phone.setUp()
            let long = "openid4vp://?request_uri=https%3A%2F%2F" + String(repeating: "a", count: 200_000)
            let links = [
                "", " ", "hello", "https://example.com", "openid4vp://", "openid4vp://?client_id=",
                "openid-credential-offer://", "openid-credential-offer://?credential_offer=%7B",
                "openid-credential-offer://?credential_offer=null", "openid4vp://?%00%ff=%", "haip-vp://?request=a.b.c",
                "haip-vci://?x", "mdoc:AAAA", "\u{202e}\u{0}\u{fffd}", long, "https://wallet.example/back?",
                "https://wallet.example/back?code=1&state=2", "javascript:alert(1)", #"{"a":1}"#,
            ]
            for link in links {
                let answer = try await phone.then({ $0.trouble.map { _ in false } ?? $0.question.map { _ in true } }, .open(link))
                if answer { try await phone.then(\.trouble, .agree) }
                try await phone.then(\.cards, .back)
            }
        }
    }

    @Test("Somebody who pretends to be the bank is an error that says not to answer")
    func pretender() async throws {
        try await phone { phone in
            try await phone.setUp()
            let link = try await phone.parties.ask("bank", "resident_card", "name", options: #"{"fault":"certificate_mismatch"}"#)
            try await phone.then(\.question, .open(link))
            let trouble = try await phone.then(\.trouble, .agree)
            #expect(said(trouble.problem.title) == "error_verifier")
            #expect(said(trouble.problem.advice) == "error_untrusted_verifier")
            #expect(!trouble.canRepeat)
        }
    }

    @Test("Without a network the same can be tried again")
    func offline() async throws {
        try await phone { phone in
            try await phone.setUp()
            let link = "openid4vp://?client_id=x509_san_dns%3Alocalhost&request_uri=http%3A%2F%2Flocalhost%3A1%2Fr"
            try await phone.then(\.question, .open(link))
            let trouble = try await phone.then(\.trouble, .agree)
            #expect(trouble.problem.code == "network_failed")
            #expect(trouble.canRepeat)
            #expect(try await phone.then(\.trouble, .again).problem.code == "network_failed")
            try await phone.then(\.cards, .back)
        }
    }

    @Test("A phone that has no place for the store says so, and the same can be tried again")
    func noFolder() async throws {
        try await phone { phone in
            try await phone.setUp()
            phone.hasFolder = false
            await phone.die()
            let trouble = try await phone.wait(\.trouble)
            #expect(said(trouble.problem.title) == "error_device" && trouble.problem.code == "io_failed")
            phone.hasFolder = true
            try await phone.then(\.keys, .again)
            try await phone.enter(pin, \.cards)
        }
    }

    @Test("The end of the process while a code is typed leaves nothing of it")
    func deathWhileTyping() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.seeOffer("resident_card", "--tx-code")
            try await phone.then(\.keys, .agree)
            phone.type("12")
            #expect(phone.screen.keys?.typed == 2)
            await phone.die()
            #expect(try await phone.wait(\.keys).typed == 0)
            #expect(try await phone.enter(pin, \.cards).cards.isEmpty)
            #expect(try await phone.receive().cards.count == 1)
        }
    }

    @Test("A wallet that is being made is made to its end, and locks then where the app was left meanwhile")
    func making() async throws {
        try await phone { phone in
            try await phone.wait(\.welcome)
            try await phone.then(\.keys, .agree)
            try await phone.enter(pin, \.keys)
            #expect(try await !phone.enter(pin, \.working).canCancel)
            await phone.on(.back, .lock)
            try await phone.wait(\.recoveryCode)
            try await phone.then(\.keys, .agree)
            #expect(try await phone.enter(pin, \.cards).cards.isEmpty)
        }
    }

    @Test("A lock keeps a card that was received and not yet kept, and the holder decides after unlocking")
    func lockBeforeKeeping() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.seeOffer()
            let before = try await phone.then(\.received, .agree)
            let claims = said(before.claims)
            try await phone.then(\.keys, .lock)
            #expect(Set(said(before.claims).values) == ["gone"])
            #expect(said(try await phone.enter(pin, \.received).claims) == claims)
            let cards = try await phone.then(\.cards, .agree)
            #expect(said(cards.notice) == "card_kept" && cards.cards.count == 1)
            // It is gone back to once.
            try await phone.then(\.keys, .lock)
            try await phone.enter(pin, \.cards)
        }
    }

    @Test("A link that comes while the cards are busy is followed after")
    func linkWhileBusy() async throws {
        try await phone { phone in
            try await phone.setUp()
            let question = try await phone.then(\.question, .refreshStatus, .open(phone.parties.offer()[0]))
            #expect(said(question.title) == "offer_found")
        }
    }

    @Test("A link replaces no question")
    func linkWhileAsked() async throws {
        try await phone { phone in
            try await phone.setUp()
            let card = try await phone.receive().cards[0].id
            let question = try await phone.then(\.question, .delete(card))
            await phone.on(.open(try await phone.parties.offer()[0]))
            #expect(phone.screen.question == question)
            #expect(said(try await phone.then(\.question, .refuse, which: { $0 != question }).title) == "offer_found")
            #expect(try await phone.then(\.cards, .refuse).cards.count == 1)
        }
    }

    @Test("A verifier that calls itself by the name of another is told by what was proven of it, now and in the history")
    func ownNames() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            // What it calls itself is in its request; the address is in its certificate.
            let consent = try await phone.asked(phone.parties.ask("shop", "resident_card", "name"))
            #expect(said(consent.verifier.name) == "localhost")
            #expect(consent.verifier.facts.map(\.text).contains(Phrase.verifierOwnName(.given("shop"))))
            #expect(consent.verifier.facts.map { said($0.text) }.contains("verifier_subject"))
            try await phone.then(\.done, .agree)
            try await phone.then(\.cards, .back)
            let entry = try #require(try await phone.then(\.history, .showHistory).entries.first)
            #expect(entry.lines.first.map { said($0) } == "outcome_accepted" && entry.tone == .good)
            #expect(entry.what == Phrase.historyPresented(.given("localhost")))
            #expect(entry.lines.contains(Phrase.verifierOwnName(.given("shop"))))
        }
    }
}
