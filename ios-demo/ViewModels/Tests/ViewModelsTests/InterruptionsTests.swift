import CitizenWallet
import Foundation
import Testing

@testable import ViewModels

@MainActor
@Suite("The app goes to the background, or its process ends, in the middle of something", .timeLimit(.minutes(2)))
struct InterruptionsTests {
    @Test("When the app has locked, the wallet is locked and nothing of it is on the screen")
    func lock() async throws {
        try await phone { phone in
            try await phone.setUp()
            await phone.app.lock()
            #expect(phone.app.wallet.lockState == .locked)
            #expect(phone.screen.cards == nil)
            try await phone.wait(\.keys)
            try await phone.enter(pin, \.cards)
        }
    }

    @Test("A card that is being received comes, and waits behind the lock")
    func receiving() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.seeOffer()
            #expect(try await !phone.then(\.working, .agree).canCancel)
            await phone.on(.back)
            try await phone.then(\.keys, .lock)
            try await phone.enter(pin, \.received)
            #expect(try await phone.then(\.cards, .agree).cards.count == 1)
        }
    }

    @Test("A card that could not be kept is decided about again")
    func keeping() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.seeOffer()
            try await phone.then(\.received, .agree)
            phone.anchor.isFull.change { $0 = true }
            try await phone.then(\.trouble, .agree)
            phone.anchor.isFull.change { $0 = false }
            try await phone.then(\.received, .back)
            #expect(try await phone.then(\.cards, .agree).cards.count == 1)
        }
    }

    @Test("Where the system waits no longer, what is under way is interrupted, and the wallet is locked")
    func impatience() async throws {
        try await phone { phone in
            try await phone.setUp()
            try await phone.seeOffer()
            try await phone.then(\.working, .agree)
            let locking = Task { await phone.app.lock() }
            locking.cancel()
            await locking.value
            #expect(phone.app.wallet.lockState == .locked)
            try await phone.wait(\.keys)
        }
    }

    @Test("A forgotten PIN is replaced to the end, and then the wallet locks")
    func newPin() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.forgetPin(code)
            try await phone.enter("508213", \.keys)
            #expect(try await !phone.enter("508213", \.working).canCancel)
            await phone.app.lock()
            try await phone.wait(\.keys)
            try await phone.enter("508213", \.cards)
        }
    }

    @Test("Where a new PIN could not be put in the old one's place, the recovery code is asked for")
    func noPin() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.forgetPin(code)
            try await phone.enter("508213", \.keys)
            phone.deviceKey.isBusy = true
            try await phone.enter("508213", \.trouble)
            phone.deviceKey.isBusy = false
            let keys = try await phone.then(\.keys, .back)
            #expect(keys.pad == .recovery && keys.otherWay == nil)
            try await phone.enter(code, \.keys) { $0.pad == .pin }
            try await phone.enter("508213", \.keys)
            try await phone.enter("508213", \.cards)
        }
    }

    @Test("A holder who has not seen the recovery code to the end gets a new one", arguments: [false, true])
    func unseenCode(canCheckHolder: Bool) async throws {
        try await phone(canCheckHolder: canCheckHolder) { phone in
            let unseen = try await phone.unseenCode()
            await phone.die()
            // The PIN is needed for a new code.
            #expect(try await !phone.wait(\.keys).canCheckHolder)
            let code = try await phone.enter(pin, \.recoveryCode).text
            #expect(code != unseen)
            // Seen is what the holder says was written down.
            await phone.die()
            try await phone.wait(\.keys)
            let last = try await phone.enter(pin, \.recoveryCode).text
            try await phone.then(\.cards, .agree)
            #expect(try await phone.then(\.keys, .lock).canCheckHolder == canCheckHolder)
            try await phone.enter(pin, \.cards)
            try await phone.then(\.keys, .lock)
            try await phone.then(\.keys, .otherWayIn)
            #expect(said(try await phone.enter(code, \.keys).notice) == "wrong_tries_left")
            try await phone.enter(last, \.keys) { $0.pad == .pin }
        }
    }

    @Test("What may be another store and cannot be looked at is told, and stays")
    func unreadable() async throws {
        try await phone { phone in
            try await phone.setUp()
            let next = phone.place.appendingPathComponent("store.next")
            try Data("cards".utf8).write(to: next)
            await phone.die()
            #expect(try await phone.wait(\.trouble).problem.code == "io_failed")
            #expect(FileManager.default.fileExists(atPath: next.path))
            try FileManager.default.removeItem(at: next)
            try await phone.then(\.keys, .again)
            try await phone.enter(pin, \.cards)
        }
    }
}

extension Phone {
    /// Up to the recovery code.
    fileprivate func unseenCode() async throws -> String {
        try await wait(\.welcome)
        try await then(\.keys, .agree)
        try await enter(pin, \.keys)
        guard app.home.canCheckHolder else { return try await enter(pin, \.recoveryCode).text }
        try await enter(pin, \.question)
        return try await then(\.recoveryCode, .agree).text
    }
}

extension Screen.WrittenCode {
    fileprivate var text: String { groups.map { String(decoding: $0, as: UTF8.self) }.joined() }
}
