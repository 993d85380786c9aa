import Foundation
import Testing

@testable import ViewModels

@MainActor
@Suite("The wallet as a whole: another PIN, everything in a file, the state it is in, its end", .timeLimit(.minutes(2)))
struct WholeWalletTests {
    @Test("A new PIN needs the old one, and takes its place")
    func changingPin() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.keys, .changePin)
            #expect(said(try await phone.enter("000000", \.keys).notice) == "wrong_tries_left")
            try await phone.enter(pin, \.keys)
            try await phone.enter(pin, \.keys)
            // The same again is none.
            #expect(said(try await phone.enter(pin, \.keys).notice) == "error_weak_pin")
            try await phone.enter("508213", \.keys)
            #expect(said(try await phone.enter("508213", \.cards).notice) == "pin_changed")
            try await phone.then(\.keys, .lock)
            #expect(said(try await phone.enter(pin, \.keys).notice) == "wrong_tries_left")
            try await phone.enter("508213", \.cards)
        }
    }

    @Test("An export needs a yes and the PIN or the recovery code")
    func exporting() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.receive()
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.question, .export)
            try await phone.then(\.cards, .refuse)
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.question, .export)
            try await phone.then(\.keys, .agree)
            #expect(said(try await phone.enter("000000", \.keys).notice) == "wrong_tries_left")
            #expect(phone.files.isEmpty)
            #expect(said(try await phone.enter(pin, \.cards).notice) == "exported")
            #expect(phone.files.count == 1 && phone.files[0].contains("HONG GILDONG"))
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.question, .export)
            try await phone.then(\.keys, .agree)
            #expect(try await phone.then(\.keys, .otherWayIn).pad == .recovery)
            let mistyped = try await phone.enter(String(code.reversed()), \.keys)
            #expect(said(mistyped.notice) == "error_recovery_code_malformed")
            try await phone.enter(code, \.cards)
            let history = try await phone.then(\.history, .showHistory).entries.prefix(2).map { said($0.what) }
            #expect(history == ["history_exported", "history_exported"])
        }
    }

    @Test("A wallet whose memory on the phone is gone is taken as it is when its holder says so")
    func adopting() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.receive()
            try await phone.then(\.keys, .lock)
            phone.anchor.forget()
            #expect(said(try await phone.enter(pin, \.keys).notice) == "wait")
            try await phone.then(\.keys, .otherWayIn)
            let unsound = try #require(try await phone.enter(code, \.cards).due.first)
            #expect(said(unsound.text) == "not_sound")
            guard case .adopt = unsound.action else { throw Unexpected("\(unsound.action)") }
            try await phone.then(\.question, .adopt)
            try await phone.then(\.cards, .refuse)
            try await phone.then(\.question, .adopt)
            #expect(try await phone.then(\.keys, .agree).pad == .recovery)
            let sound = try await phone.enter(code, \.cards)
            #expect(said(sound.notice) == "adopted")
            #expect(!sound.due.contains { said($0.text) == "not_sound" })
            #expect(try await phone.then(\.history, .showHistory).entries.first.map { said($0.what) } == "history_adopted")
        }
    }

    @Test("Erasing needs a yes, leaves no key and no file, and begins anew")
    func erasing() async throws {
        let keys = LeftKeys()
        try await phone(keyStore: keys) { phone in
            try await phone.setUp()
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.question, .erase)
            try await phone.then(\.settings, .refuse)
            try await phone.then(\.question, .erase)
            try await phone.then(\.welcome, .agree)
            let files = try? FileManager.default.contentsOfDirectory(atPath: phone.place.appendingPathComponent("store").path)
            #expect(try await phone.deviceKey.list() + keys.handles.value + (files ?? []) == [])
            try await phone.setUp("508213")
            try await phone.then(\.keys, .lock)
            try await phone.enter("508213", \.cards)
        }
    }

    @Test("A holder who has neither PIN nor code can begin anew")
    func beginningAnew() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.receive()
            try await phone.then(\.keys, .lock)
            #expect(said(try await phone.then(\.keys, .otherWayIn).lastWay) == "erase")
            try await phone.then(\.question, .erase)
            try await phone.then(\.keys, .back)
            try await phone.then(\.question, .erase)
            try await phone.then(\.welcome, .agree)
            try await phone.setUp()
            #expect(phone.screen.cards?.cards.isEmpty == true)
        }
    }

    @Test("No settings lead on while the wallet is locked")
    func locked() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.question, .erase)
            try await phone.then(\.keys, .lock)
            await phone.on(.agree)
            await phone.on(.export)
            await phone.on(.adopt)
            #expect(phone.screen.keys != nil)
            #expect(try await phone.enter(pin, \.cards).cards.isEmpty)
        }
    }
}
