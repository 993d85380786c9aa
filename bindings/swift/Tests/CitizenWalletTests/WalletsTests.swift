import CitizenWallet
import Foundation
import Testing

@Suite("Wallets", .timeLimit(.minutes(1)))
struct WalletsTests {
    @Test("Two wallets in two folders live side by side and know nothing of each other")
    func two() async throws {
        let (one, other) = (try Place(), try Place())
        async let made = one.create()
        let second = try await other.create()
        let first = try await made
        try await first.lock()
        #expect(try await second.isUnlocked())
        #expect(first.lockState == .locked)
        #expect(second.lockState == .unlocked)
        await first.close()
        #expect(try await Wallet.erase(in: one.folder, platform: one.platform) == .done)
        #expect(try await second.integrity() == .sound)
    }

    @Test("Two wallets on one folder are locked each for itself and see the same store")
    func sameFolder() async throws {
        let place = try Place()
        let first = try await place.create()
        let second = try await place.open()
        try await second.unlock(with: unlocking())
        try await first.lock()
        #expect(try await second.isUnlocked())
        #expect(try await failing(.wrongSecret) { try await first.unlock(with: unlocking("847361")) }.triesLeft == 4)
        #expect(try await failing(.wrongSecret) { try await second.authenticate(with: unlocking("847362")) }.triesLeft == 3)
        try await first.unlock(with: unlocking())
        #expect(try await first.slots() == second.slots())
    }

    @Test("What was erased is gone, and can be made again")
    func erased() async throws {
        let place = try Place()
        try await place.create().close()
        try await failing(.storeExists) { try await place.create() }
        #expect(try await Wallet.erase(in: place.folder, platform: place.platform) == .done)
        #expect(try await Wallet.erase(in: place.folder, platform: place.platform) == .nothingThere)
        try await failing(.storeMissing) { try await place.open() }
        _ = try await place.create()
    }

    @Test("A wallet that nobody refers to is closed, and lets go of the app's objects")
    func forgotten() async throws {
        var anchor: MemoryAnchor? = MemoryAnchor()
        weak var gone = anchor
        try await use(anchor: anchor!)
        anchor = nil
        while gone != nil { await Task.yield() }
    }

    private func use(anchor: MemoryAnchor) async throws {
        #expect(try await Place(anchor: anchor).create().integrity() == .sound)
    }

    @MainActor
    @Test("No work is done on the main thread, wherever it is called from")
    func mainThread() async throws {
        let main = DispatchSpecificKey<Bool>()
        DispatchQueue.main.setSpecific(key: main, value: true)
        let phone = Phone(main)
        #expect(phone.isOnMain)
        let place = try Place(anchor: MemoryAnchor(noted: phone.note), clock: phone, progress: phone, lock: phone)
        let wallet = try await place.create()
        let calls: [@MainActor () async throws -> Void] = [
            { _ = try await wallet.list() }, { _ = try await wallet.integrity() }, { _ = try await wallet.slots() },
            { _ = try await wallet.isUnlocked() }, { _ = try await wallet.due() }, { _ = try await wallet.history() },
            { _ = try await wallet.doPending() }, { _ = try await wallet.damaged() },
            { _ = try await wallet.authenticate(with: unlocking()) }, { _ = try await wallet.quarantine() },
            { _ = try await wallet.beginUnlock(with: unlocking()) }, { try await wallet.lock() },
            { try await wallet.unlock(with: unlocking()) }, { _ = try await place.open() },
            { await wallet.close() }, { _ = try await Wallet.erase(in: place.folder, platform: place.platform) },
        ]
        for (number, call) in calls.enumerated() {
            try await call()
            #expect(phone.isOnMain)
            #expect(!phone.wasOnMain.value, "call \(number)")
        }
        #expect(phone.calls.value > 20)
    }
}

/// An app that notes where its functions are called.
private final class Phone: CitizenWallet.Clock, LockObserver, ProgressObserver {
    let wasOnMain = Shared(false)
    let calls = Shared(0)
    nonisolated(unsafe) private let main: DispatchSpecificKey<Bool>

    init(_ main: DispatchSpecificKey<Bool>) {
        self.main = main
    }

    /// Linux has no main thread while it waits for what is asynchronous, but a main queue.
    var isOnMain: Bool { Thread.isMainThread || DispatchQueue.getSpecific(key: main) == true }

    @Sendable func note() {
        calls.change { $0 += 1 }
        if isOnMain { wasOnMain.change { $0 = true } }
    }

    func now() throws -> Int64 {
        note()
        return Int64(Date().timeIntervalSince1970)
    }

    func monotonicMillis() throws -> UInt64 {
        note()
        return DispatchTime.now().uptimeNanoseconds / 1_000_000
    }

    func onLockState(state: LockState) throws { note() }

    func onStep(step: ProgressStep) throws { note() }
}
