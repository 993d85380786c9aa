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
}
