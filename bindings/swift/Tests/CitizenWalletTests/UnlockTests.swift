import CitizenWallet
import Foundation
import Testing

@Suite("Unlocking and locking", .timeLimit(.minutes(1)))
struct UnlockTests {
    @Test("A wrong PIN says how many tries are left, and after five even the right one waits")
    func wrongPin() async throws {
        let place = try Place()
        let wallet = try await place.create()
        try await wallet.lock()
        var left: [Int?] = []
        for wrong in 1...5 {
            let error = try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking("84736\(wrong)")) }
            left.append(error.triesLeft)
        }
        #expect(left == [4, 3, 2, 1, 0])
        let error = try await failing(.lockedOut) { try await wallet.unlock(with: unlocking()) }
        #expect(try #require(error.retryAfter) > .seconds(0))
    }

    @Test("A passphrase needs no hardware key")
    func passphrase() async throws {
        let place = try Place(deviceKey: nil)
        let text = "four brown horses under a slow bridge"
        var bytes = Data(text.utf8)
        let passphrase = try Passphrase(wiping: &bytes)
        #expect(bytes == Data(count: text.utf8.count))
        let wallet = try await place.create(Enrolments(passphrase: passphrase))
        try await wallet.lock()
        try await failing(.wrongSecret) { try await wallet.unlock(with: .passphrase(secret: typed("four brown boats"))) }
        #expect(try await wallet.unlock(with: .passphrase(secret: typed(text))).slot == .passphrase)
    }

    @Test("A weak PIN makes no secret, says why, and is wiped all the same")
    func weak() async throws {
        var digits = Data("123456".utf8)
        let error = try await failing(.weakPin) { try Pin(wiping: &digits) }
        #expect(error.subject?.isEmpty == false)
        #expect(digits == Data(count: 6))
    }

    @Test("The recovery code opens when the hardware key is gone")
    func recovery() async throws {
        let key = SoftwareDeviceKey()
        let place = try Place(deviceKey: key)
        let made = try await place.createTelling()
        let code = try #require(made.recoveryCode).text()
        try await made.wallet.lock()
        key.loseKeys()
        try await failing(.deviceKeyMissing) { try await made.wallet.unlock(with: unlocking()) }
        try await made.wallet.unlock(with: .recoveryCode(secret: Secret(bytes: code)))
        #expect(try await made.wallet.isUnlocked())
    }

    @Test("An attempt is made once, and authenticating counts as unlocking does")
    func attempts() async throws {
        let wallet = try await Place().create()
        let attempt = try await wallet.beginUnlock(with: unlocking())
        try await wallet.finishUnlock(attempt)
        try await failing(.usedUp) { try await wallet.finishUnlock(attempt) }
        #expect(try await failing(.wrongSecret) { try await wallet.authenticate(with: unlocking("847361")) }.triesLeft == 4)
        let auth = try await wallet.authenticate(with: unlocking())
        let kept = try await wallet.renewRecoveryCode(auth, keep: Keep(pin: typed()))
        #expect(kept.recoveryCode != nil)
    }

    @Test("The lock state is told with each change, and the streams end with the wallet")
    func states() async throws {
        let wallet = try await Place().create()
        // They keep what is told from here on.
        let (states, progress) = (wallet.lockStates, wallet.progress)
        let told = Task { await states.reduce(into: []) { $0.append($1) } }
        let steps = Task { await progress.reduce(into: []) { $0.append($1) } }
        var first = wallet.lockStates.makeAsyncIterator()
        #expect(await first.next() == .unlocked)
        try await wallet.lock()
        #expect(wallet.lockState == .locked)
        #expect(await first.next() == .locked)
        try await wallet.unlock(with: unlocking())
        #expect(await first.next() == .unlocked)
        await wallet.close()
        #expect(wallet.lockState == .locked)
        #expect(await told.value.suffix(2) == [.unlocked, .locked])
        #expect(await steps.value.contains(.derivingKey))
        try await failing(.usedUp) { try await wallet.list() }
    }

    @Test("A wallet that locks itself tells so though nobody calls it")
    func autoLock() async throws {
        let wallet = try await Place(idleSeconds: 1).create()
        for await state in wallet.lockStates where state == .locked { break }
        try await failing(.locked) { try await wallet.list() }
    }

    @Test("The idle time starts again with every use, and ends")
    func idle() async throws {
        let clock = HandClock()
        let wallet = try await Place(clock: clock).create()
        clock.advance(40)
        #expect(try await wallet.timeUntilLock() == .seconds(20))
        try await wallet.touch()
        clock.advance(59)
        #expect(try await wallet.isUnlocked())
        clock.advance(61)
        #expect(try await !wallet.isUnlocked())
        #expect(wallet.lockState == .locked)
    }
}
