// A library that is for these tests only; there is none in the XCFramework.
#if canImport(CitizenWalletGlue)

import CitizenWallet
import CitizenWalletGlue
import Foundation
import Testing

@Suite("What lies between Rust and Swift", .timeLimit(.minutes(1)))
struct GlueTests {
    @Test("Every error arrives as who can act, with its code, whether to try again and all it says")
    func every() async throws {
        for expected in documented {
            let error = try await failing(ErrorCode(expected.code)) { try throwCode(code: expected.code) }
            #expect(category(error) == expected.category, "\(expected.code)")
            #expect(error.isRetryable == expected.isRetryable, "\(expected.code)")
            #expect(error.subject == "subject")
            #expect(error.rule == "Rule 1.2")
            #expect(error.retryAfter == .seconds(30))
            #expect(error.triesLeft == 4)
        }
    }

    @Test("A panic is one bug error, its text is not in it, and the next call works")
    func panics() async throws {
        let text = "the text of a panic"
        let atOnce = try await failing(.bug) { try panicNow(text: text) }
        let later = try await failing(.bug) { try await panicWhenPolled(text: text) }
        for error in [atOnce, later] {
            #expect(!String(reflecting: error).contains(text))
        }
        nop()
    }

    @Test("Bytes cross whole in both directions, and a list keeps its order", arguments: [0, 1, 1024, 102_400] as [UInt32])
    func bytes(length: UInt32) {
        let bytes = giveBytes(length: length)
        #expect(bytes == Data(repeating: 7, count: Int(length)))
        #expect(takeBytes(bytes: bytes) == length)
        #expect(lookAtBytes(bytes: bytes) == length)
        #expect(CitizenWalletGlue.cards(count: 50).map(\.name) == (0..<50).map { "Citizen identity card \($0)" })
    }

    @Test("A cancelled call is dropped on the native side too")
    func dropped() async throws {
        let calls = (0..<20).map { _ in Task { try await waitForEver() } }
        while waiting() < 20 { await Task.yield() }
        for call in calls { call.cancel() }
        for call in calls { await #expect(throws: CancellationError.self) { try await call.value } }
        #expect(waiting() == 0)
    }

    private func category(_ error: WalletError) -> String {
        switch error {
        case .holder: "holder"
        case .app: "app"
        case .issuer: "issuer"
        case .verifier: "verifier"
        case .device: "device"
        case .bug: "bug"
        }
    }
}

#endif
