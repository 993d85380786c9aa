// What is allocated is told by glibc, whose function Swift does not import.
#if os(Linux)

import CitizenWallet
import Foundation
import Testing

@Suite("Memory does not grow with use", .timeLimit(.minutes(2)))
struct LeakTests {
    @Test("Unlocking and closing, and showing a card, leave nothing behind")
    func flat() async throws {
        guard Child.task != nil else {
            // Alone in a process: other tests allocate, too.
            let said = try await Child("LeakTests/flat", task: "soak").said()
            #expect(said.filter { $0.hasPrefix("held: ") } == ["held: no more", "held: no more"], "\(said)")
            return
        }
        Child.endWithParent()
        try await unlockingAndClosing()
        try await showing()
    }

    private func unlockingAndClosing() async throws {
        let place = try Place()
        try await place.create().close()
        // A wallet that is left open takes more than fifty kilobytes.
        try await soak(rounds: 10) { try await place.openUnlocked().close() }
    }

    private func showing() async throws {
        try await holding { scene in
            try await scene.receive()
            // An open database caches up to eight megabytes of its file, which grows with the history.
            try await soak(rounds: 10, rest: { try await scene.wallet.lock() }) {
                if try await !scene.wallet.isUnlocked() { try await scene.wallet.unlock(with: unlocking()) }
                #expect(try await scene.show().outcome == .accepted)
            }
        }
    }

    /// Does `work` three times as many rounds and compares what is allocated after two thirds of them with the end.
    private func soak(
        rounds: Int, rest: () async throws -> Void = {}, _ work: () async throws -> Void
    ) async throws {
        var held: [Int] = []
        for _ in 0..<3 {
            for _ in 0..<rounds { try await work() }
            try await rest()
            held.append(try allocated())
        }
        let most = held[1] + 256 * 1024 + rounds * 256
        // What was closed is let go of behind the caller's back; what leaks never goes.
        while held[2] > most, held.count < 1000 {
            try await Task.sleep(for: .milliseconds(10))
            held[2] = min(held[2], try allocated())
            held.append(0)
        }
        #expect(uniffiForeignFutureHandleCountWalletFfi() == 0)
        Child.say(held[2] <= most ? "held: no more" : "held: \(held.prefix(3))")
    }

    /// Bytes that are allocated and not freed, by Swift and by Rust.
    private func allocated() throws -> Int {
        var (text, size) = (UnsafeMutablePointer<CChar>?.none, 0)
        let stream = try #require(open_memstream(&text, &size))
        let tell = try #require(dlsym(nil, "malloc_info"))
        typealias MallocInfo = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
        #expect(unsafeBitCast(tell, to: MallocInfo.self)(0, stream) == 0)
        fclose(stream)
        defer { free(text) }
        let told = String(cString: try #require(text))
        // The last of each kind is about all arenas.
        func last(_ matches: [Regex<(Substring, Substring)>.Match]) -> Int { matches.last.flatMap { Int($0.1) } ?? 0 }
        let system = last(told.matches(of: /<system type="current" size="(\d+)"/))
        let unused = last(told.matches(of: /<total type="rest" count="\d+" size="(\d+)"/))
        let fast = last(told.matches(of: /<total type="fast" count="\d+" size="(\d+)"/))
        let mapped = last(told.matches(of: /<total type="mmap" count="\d+" size="(\d+)"/))
        return system + mapped - unused - fast
    }
}

#endif
