import CitizenWallet
import Foundation
import Testing

/// A holder who agrees, types what was prepared, and remembers what was shown.
@MainActor
private final class Guided: Screen, Screens {
    var lines: [String] = []
    var agrees = true
    var types: [String] = []
    var links: [String] = []

    func show(_ line: String) { lines.append(line) }
    func agrees(_ question: String) async -> Bool { agrees }
    func typed(_ question: String) async -> Data { Data(types.removeFirst().utf8) }
    func authorized(_ authorized: AuthorizedIssuance) { links.append("back") }
    func offered(_ link: String) { links.append("offer") }
    func asked(_ link: String) { links.append("request") }
    func unknown() { links.append("unknown") }
}

@Suite("The guide", .timeLimit(.minutes(1)))
struct GuideTests {
    @Test("From nothing to the first presentation as docs/ios.md shows it")
    func job() async throws {
        try await Parties.serving { try await Self.job($0) }
    }

    @MainActor
    private static func job(_ parties: Parties) async throws {
        let place = try Place(parties: parties)
        let session = WalletSession(folder: place.folder, platform: place.platform, policy: place.policy)
        let holder = Guided()
        #expect(try await session.open() == nil)
        var digits = Data(pin.utf8)
        #expect(try await session.setUp(typing: &digits) != nil)
        #expect(digits == Data(count: pin.utf8.count))
        try await session.lock()

        let again = WalletSession(folder: place.folder, platform: place.platform, policy: place.policy)
        digits = Data(pin.utf8)
        #expect(try await again.unlock(typing: &digits)?.integrity == .sound)
        let wallet = try #require(try await again.open())

        let handed = try await parties.offerWithCode()
        holder.types = [handed.code]
        try await handle(handed.link, wallet, holder)
        try await receive(handed.link, wallet, holder)
        #expect(holder.lines.contains("Kept in 3 copies"))

        let link = try await parties.ask()
        holder.lines = []
        try await handle(link, wallet, holder)
        try await CitizenWalletTests.show(link, wallet, holder)
        #expect(holder.lines.first == "localhost asks")
        #expect(holder.lines.last == "Shown")
        #expect(try await parties.learned().contains(#""accepted":true"#))
        #expect(holder.links == ["offer", "request"])

        holder.agrees = false
        try await CitizenWalletTests.show(try await parties.ask(), wallet, holder)
        #expect(try await wallet.history().items.count == 2)
        try await handle("mailto:nobody@example.com", wallet, holder)
        #expect(holder.links.last == "unknown")
        await #expect(throws: WalletError.self) { try await handle("https://wallet.example/back?code=1", wallet, holder) }
    }

    @Test("What went wrong is said by its code, or else by who can act")
    func errors() async throws {
        let wallet = try await Place().create()
        try await wallet.lock()
        let wrong = try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking("847361")) }
        #expect(advice(wrong) == "That is not it. You have 4 more tries.")
        let locked = try await failing(.locked) { try await wallet.list() }
        #expect(advice(locked).hasSuffix("(locked)"))
    }

    @Test("Every scheme of the Info.plist is one the wallet knows, and what the guide's code needs is there")
    func properties() async throws {
        let info = try properties("Info.plist")
        let types = try #require(info["CFBundleURLTypes"] as? [[String: Any]])
        let schemes = types.flatMap { $0["CFBundleURLSchemes"] as? [String] ?? [] }
        var known: [LinkIntent] = []
        for scheme in schemes { known.append(try await Wallet.intent(of: "\(scheme)://?a=b", from: .link)) }
        #expect(known.filter { $0 == .offer }.count == 2)
        #expect(known.filter { $0 == .presentation }.count == 3)
        #expect(schemes.count == 5)
        #expect(info["NSFaceIDUsageDescription"] is String)
        let domains = try properties("Example.entitlements")["com.apple.developer.associated-domains"] as? [String]
        #expect(domains == ["applinks:wallet.example"])
    }

    private func properties(_ name: String) throws -> [String: Any] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name)
        let read = try PropertyListSerialization.propertyList(from: Data(contentsOf: file), format: nil)
        return try #require(read as? [String: Any])
    }
}
