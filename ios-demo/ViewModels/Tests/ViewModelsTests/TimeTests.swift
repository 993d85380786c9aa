import Foundation
import Testing

@testable import ViewModels

@MainActor
@Suite("A holder takes the time that it takes", .timeLimit(.minutes(1)))
struct TimeTests {
    @Test("Whoever chooses a PIN has all the time there is")
    func choosing() async throws {
        try await phone { phone in
            try await phone.wait(\.welcome)
            try await phone.then(\.keys, .agree)
            try await phone.slowly(pin, \.keys)
            try await phone.slowly(pin, \.recoveryCode)
        }
    }

    @Test("Whoever unlocks has all the time there is, with the PIN and with the recovery code")
    func unlocking() async throws {
        try await phone { phone in
            let code = try await phone.setUp()
            try await phone.then(\.keys, .lock)
            try await phone.slowly("739155", \.keys)
            try await phone.slowly(pin, \.cards)
            try await phone.then(\.keys, .lock)
            try await phone.then(\.keys, .otherWayIn)
            #expect(try await phone.slowly(code, \.keys) { $0.pad == .pin }.typed == 0)
            try await phone.slowly("508213", \.keys)
            try await phone.slowly("508213", \.cards)
        }
    }

    @Test("The wallet does not lock while the holder types, however slowly")
    func typing() async throws {
        try await phone(idleSeconds: 300) { phone in
            try await phone.setUp()
            try await phone.then(\.settings, .showSettings)
            try await phone.then(\.keys, .changePin)
            // In the end it does, a quarter of an hour after it was unlocked.
            for key in pin.prefix(4) {
                phone.clock.forward(140)
                phone.type(String(key))
                while let left = try await phone.app.wallet.timeUntilLock(), left < .seconds(290) { await Task.yield() }
            }
            phone.type(String(pin.dropFirst(4)))
            #expect(phone.screen.keys?.title == Phrase.changePin())
            #expect(try await phone.then(\.keys, .enter).title == Phrase.pinChoose())
        }
    }

    @Test("Nothing in the app waits for a time")
    func timers() throws {
        for folder in ["ViewModels/Sources/ViewModels", "App"] {
            let folder = project.appendingPathComponent(folder)
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let sources = files.filter { $0.pathExtension == "swift" }
            #expect(sources.count > 5)
            for source in sources {
                let text = try String(contentsOf: source, encoding: .utf8)
                for waiting in ["sleep", "Timer", "asyncAfter", "TimelineView"] {
                    #expect(!text.contains(waiting), "\(waiting) in \(source.lastPathComponent)")
                }
            }
        }
    }
}

extension Phone {
    /// Types the first half, an hour later the second one, and enters it after another.
    @discardableResult
    fileprivate func slowly<Content>(
        _ keys: String, _ kind: (Screen) -> Content?, which: (Content) -> Bool = { _ in true }
    ) async throws -> Content {
        let half = keys.count / 2
        type(String(keys.prefix(half)))
        let number = app.screenNumber
        clock.forward(3600)
        await Task.yield()
        #expect(app.screenNumber == number && screen.keys?.typed == half)
        type(String(keys.dropFirst(half)))
        clock.forward(3600)
        return try await then(kind, .enter, which: which)
    }
}
