@testable import CitizenWallet
import Foundation
import Testing

/// The process ends here: not an error that anything catches.
private struct Crash: Error {}

@Suite("The anchor in the keychain", .timeLimit(.minutes(1)))
struct KeychainAnchorTests {
    private let keychain = DoubleKeychain()
    private let pauses = Shared<[UInt32]>([])

    private var anchor: KeychainAnchorStore {
        KeychainAnchorStore(keychain) { [pauses] milliseconds in pauses.change { $0.append(milliseconds) } }
    }

    private func read(_ name: String = "a") throws -> String? {
        try anchor.read(name: name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String, _ name: String = "a") throws {
        try anchor.write(name: name, bytes: Data(text.utf8))
    }

    @Test("A cell is read back, replaced and removed, and removing it again is no error")
    func cells() throws {
        #expect(try read() == nil)
        try write("one")
        try write("other", "b")
        #expect(try read() == "one")
        try write("two")
        #expect(try read() == "two")
        try anchor.delete(name: "a")
        try anchor.delete(name: "a")
        #expect(try read() == nil)
        #expect(try read("b") == "other")
        #expect(keychain.state.value.items.count == 1)
        #expect(try anchor.isRollbackSafe())
    }

    @Test("A keychain that calls everything absent is not believed")
    func forgetful() throws {
        try write("one")
        keychain.state.change { $0.isForgetful = true }
        #expect(throws: AnchorError.unavailableNow) { try read() }
        #expect(throws: AnchorError.unavailableNow) { try anchor.delete(name: "a") }
        #expect(throws: AnchorError.failed) { try write("two") }
        keychain.work()
        #expect(try read() == "one")
    }

    @Test("Before the first unlock nothing is absent, and nothing is written")
    func beforeFirstUnlock() throws {
        try write("one")
        keychain.fail("", SecurityCode.interactionNotAllowed)
        #expect(throws: AnchorError.unavailableNow) { try read() }
        #expect(throws: AnchorError.unavailableNow) { try read("absent") }
        #expect(throws: AnchorError.unavailableNow) { try write("two") }
        #expect(throws: AnchorError.unavailableNow) { try anchor.delete(name: "a") }
        keychain.work()
        #expect(try read() == "one")
    }

    @Test("A cell that cannot be read is an error and not absent")
    func unreadable() throws {
        try write("one")
        for code in [SecurityCode.decode, SecurityCode.authFailed, SecurityCode.missingEntitlement, -99999] {
            keychain.fail("read", code)
            #expect(throws: AnchorError.failed) { try read() }
        }
        keychain.work()
        #expect(try read() == "one")
    }

    @Test("A transient failure is tried again, a final one is not")
    func transient() throws {
        keychain.fail("update", times: 2, SecurityCode.notAvailable)
        try write("one")
        #expect(pauses.value == [20, 100])
        keychain.fail("read", SecurityCode.parameter)
        #expect(throws: AnchorError.failed) { try read() }
        #expect(pauses.value.count == 2)
    }

    @Test("What another process writes in between is replaced, not doubled")
    func race() throws {
        let isFirst = Shared(true)
        keychain.state.change { [keychain] in
            $0.before = { call in
                guard call == "add a", isFirst.change({ first in defer { first = false }; return first }) else { return }
                keychain.state.change { $0.items["a"] = Data("theirs".utf8) }
            }
        }
        try write("ours")
        #expect(try read() == "ours")
    }

    @Test("A crash at any point of a write leaves the value before or the new one", arguments: [nil, "one"])
    func crashes(first: String?) throws {
        var seen: Set<String?> = []
        let points = try forEachCrash {
            if let first { try write(first) }
        } action: {
            try write("two")
        } check: {
            let value = try read()
            seen.insert(value)
            #expect(value == first || value == "two")
            try write("three")
            #expect(try read() == "three")
            #expect(keychain.state.value.items.count == 1)
        }
        #expect(points >= 2)
        #expect(seen == [first, "two"])
    }

    @Test("A crash at any point of deleting leaves the value or none, and deleting can be repeated")
    func crashesOfDeleting() throws {
        var seen: Set<String?> = []
        let points = try forEachCrash {
            try write("one")
        } action: {
            try anchor.delete(name: "a")
        } check: {
            seen.insert(try read())
            try anchor.delete(name: "a")
            #expect(try read() == nil)
        }
        #expect(points >= 2)
        #expect(seen == ["one", nil])
    }

    @Test("A crash while the keychain is tried out leaves nothing that later reads trip over")
    func crashesOfTheTrial() throws {
        let points = try forEachCrash {
        } action: {
            _ = try read()
        } check: {
            let value = try read()
            #expect(value == nil)
            #expect(keychain.state.value.items.isEmpty)
        }
        #expect(points >= 8)
    }

    @Test("A name that is not a cell's, and what is too large, is refused")
    func limits() throws {
        for name in ["", "A", "a/b", "a_b", "é", "a\0", KeychainAnchorStore.canary, String(repeating: "a", count: 101)] {
            #expect(throws: AnchorError.failed) { try write("x", name) }
            #expect(throws: AnchorError.failed) { try read(name) }
        }
        #expect(throws: AnchorError.failed) {
            try anchor.write(name: "a", bytes: Data(count: KeychainAnchorStore.maxBytes + 1))
        }
        #expect(keychain.state.value.items.isEmpty)
        try anchor.write(name: String(repeating: "a", count: 100), bytes: Data(count: KeychainAnchorStore.maxBytes))
        try write("x", "0-9.z")
    }

    @Test("A wallet lives on it, and one that is put back is noticed")
    func wallet() async throws {
        let anchor = anchor
        let place = try Place(anchor: anchor)
        let wallet = try await place.create()
        let old = keychain.state.value.items
        #expect(!old.isEmpty)
        try await wallet.lock()
        try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking("847361")) }
        try await wallet.unlock(with: unlocking())
        #expect(try await wallet.integrity() == .sound)
        let auth = try await wallet.authenticate(with: unlocking())
        _ = try await wallet.renewRecoveryCode(auth, keep: Keep(pin: typed()))
        try await wallet.lock()
        keychain.state.change { $0.items = old }
        try await wallet.unlock(with: unlocking())
        #expect(try await wallet.integrity() != .sound)
        try await wallet.lock()
        keychain.state.change { $0.isForgetful = true }
        try await failing(.anchorFailed) { try await wallet.unlock(with: unlocking()) }
    }

    /// Runs `action` with a crash before and after each step it takes, from a fresh `start`, then `check`; how many there were.
    private func forEachCrash(start: () throws -> Void, action: () throws -> Void, check: () throws -> Void) throws -> Int {
        var crashAt = 0
        while true {
            keychain.state.change { $0.items = [:] }
            try start()
            let (step, at) = (Shared(0), crashAt)
            let crash: @Sendable (String) throws -> Void = { _ in
                if step.change({ step in defer { step += 1 }; return step }) == at { throw Crash() }
            }
            keychain.state.change { $0.before = crash; $0.after = crash }
            do {
                try action()
                keychain.work()
                return crashAt
            } catch where error is Crash || error as? AnchorError == .unavailableNow {
                // The second is what becomes of one while the keychain is tried out: Swift has no error that is not caught.
                keychain.work()
            }
            try check()
            crashAt += 1
        }
    }
}
