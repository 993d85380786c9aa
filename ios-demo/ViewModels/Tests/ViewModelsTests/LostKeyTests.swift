import CitizenWallet
import Foundation
import Testing

@testable import ViewModels

/// The PIN of a wallet that takes the place of another.
private let newPin = "508213"

@MainActor @Suite("The phone has the wallet's key no more: the cards go to a new wallet", .timeLimit(.minutes(2)))
struct LostKeyTests {
    @Test("The recovery code moves the cards to a new wallet with a new PIN and a new code")
    func moving() async throws {
        try await phone { phone in
            let code = try await phone.lost()
            let lost = try await phone.enter(pin, \.keys)
            #expect(lost.pad == .recovery && said(lost.notice) == "error_device_key_missing")
            let mistyped = try await phone.enter(String(code.reversed()), \.keys)
            #expect(said(mistyped.notice) == "error_recovery_code_malformed")
            #expect(said(try await phone.enter(code, \.question).title) == "rescue_title")
            try await phone.then(\.keys, .agree)
            try await phone.enter(newPin, \.keys)
            let new = try await phone.enter(newPin, \.recoveryCode).groups.map { String(decoding: $0, as: UTF8.self) }.joined()
            #expect(try await phone.then(\.keys, .agree).pad == .pin)
            #expect(said(try await phone.enter(pin, \.keys).notice) == "wrong_tries_left")
            #expect(try await phone.enter(newPin, \.cards).cards.map { said($0.name) } == ["Resident card"])
            let history = try await phone.then(\.history, .showHistory).entries.map { said($0.what) }
            #expect(history == ["history_adopted", "history_received"])
            #expect(!phone.hasNext)
            try await phone.then(\.keys, .lock)
            try await phone.then(\.keys, .otherWayIn)
            #expect(said(try await phone.enter(code, \.keys).notice) == "wrong_tries_left")
            try await phone.enter(new, \.keys) { $0.pad == .pin }
        }
    }

    @Test("A holder who does not want to move looks at the cards")
    func looking() async throws {
        try await phone { phone in
            let code = try await phone.lost()
            try await phone.enter(pin, \.keys)
            try await phone.enter(code, \.question)
            let cards = try await phone.then(\.cards, .refuse)
            #expect(said(cards.notice) == "key_gone" && cards.cards.count == 1)
        }
    }

    @Test("A key that was not asked for may still be there, and nothing is moved")
    func silent() async throws {
        try await phone { phone in
            let code = try await phone.lost()
            try await phone.then(\.keys, .otherWayIn)
            #expect(said(try await phone.enter(code, \.cards).notice) == "key_silent")
        }
    }

    @Test("A lock ends the move, and the code is asked for again")
    func locking() async throws {
        try await phone { phone in
            let code = try await phone.lost()
            try await phone.enter(pin, \.keys)
            try await phone.enter(code, \.question)
            try await phone.then(\.keys, .agree)
            phone.type("50")
            #expect(said(try await phone.then(\.keys, .lock).title) == "unlock_title")
            try await phone.enter(pin, \.keys) { $0.pad == .recovery }
            try await phone.enter(code, \.question)
        }
    }

    @Test("Where the process ends before the new code was seen, the old wallet is there")
    func deathBefore() async throws {
        try await phone { phone in
            let code = try await phone.lost()
            try await phone.moved(code)
            #expect(phone.hasNext)
            await phone.die()
            try await phone.wait(\.keys)
            #expect(!phone.hasNext)
            try await phone.enter(pin, \.keys) { $0.pad == .recovery }
            try await phone.enter(code, \.question)
        }
    }

    @Test("Where the process ends after the old wallet was erased, the new one moves in")
    func deathAfter() async throws {
        try await phone { phone in
            try await phone.moved(phone.lost())
            await phone.app.close()
            let home = phone.app.home
            _ = try await Wallet.erase(in: home.folder(), platform: home.platform)
            await phone.die()
            try await phone.wait(\.keys)
            #expect(try await phone.enter(newPin, \.cards).cards.count == 1)
            #expect(!phone.hasNext)
        }
    }
}

extension Phone {
    /// With a card, and locked, its key gone: the recovery code.
    fileprivate func lost() async throws -> String {
        let code = try await setUp()
        try await receive()
        try await then(\.keys, .lock)
        deviceKey.loseKeys()
        return code
    }

    fileprivate func moved(_ code: String) async throws {
        try await enter(pin, \.keys)
        try await enter(code, \.question)
        try await then(\.keys, .agree)
        try await enter(newPin, \.keys)
        try await enter(newPin, \.recoveryCode)
    }

    /// Whether a store waits to take the place of the one there is.
    fileprivate var hasNext: Bool {
        FileManager.default.fileExists(atPath: place.appendingPathComponent("store.next").path)
    }
}
