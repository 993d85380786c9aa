import CitizenWallet
import Foundation

@testable import ViewModels

/// The PIN of these tests.
let pin = "739154"

/// A holder with a phone, and the parties that holder meets.
@MainActor
final class Phone {
    let parties: Parties
    let deviceKey: SoftwareDeviceKey
    let anchor = MemoryAnchor()
    /// The wallet's time.
    let clock = HandClock()
    let place: URL
    /// The pages the app opened.
    private(set) var pages: [String] = []
    private(set) var app: AppModel!
    /// What the app wrote into files.
    private(set) var files: [String] = []

    /// Whether the phone has a place for the store.
    var hasFolder = true

    private var home: Home!

    init(_ parties: Parties, _ folder: URL, _ setting: Setting) {
        self.parties = parties
        place = folder
        let deviceKey = SoftwareDeviceKey(canCheckHolder: setting.canCheckHolder)
        self.deviceKey = deviceKey
        let platform = Platform(
            http: URLSessionHttpClient(), anchor: anchor, deviceKey: deviceKey, keyStore: setting.keyStore,
            clock: clock)
        let policy = Policy(
            trust: Trust(
                issuerCertificates: [parties.anchors], verifierCertificates: [parties.anchors], webIssuers: [parties.webIssuer]),
            clientId: "https://wallet.example", redirectUri: "https://wallet.example/back", allowLoopbackHttp: true,
            // All verifiers have one address here.
            requestsPerMinute: 60, transactionDataTypes: [payment])
        let settings = VaultSettings(keyDerivation: .fixed(memoryKib: 19456, passes: 3), lockAfterIdleSeconds: setting.idleSeconds)
        home = Home(
            folder: { [weak self] in
                guard self?.hasFolder == true else { throw Unexpected("no folder") }
                return folder.appendingPathComponent("store")
            },
            platform: platform, policy: policy, settings: settings, canCheckHolder: setting.canCheckHolder,
            save: { [weak self] name, bytes in
                self?.files.append(String(decoding: bytes, as: UTF8.self))
                return name
            },
            browse: { [weak self] in self?.pages.append($0) })
        app = start()
    }

    /// What phone, and whose.
    struct Setting {
        let canCheckHolder: Bool
        let idleSeconds: UInt64
        let keyStore: KeyStore?
    }

    var screen: Screen { app.screen }

    private func start() -> AppModel {
        AppModel(home) { ["en"] }
    }

    /// The system ends the process and starts it anew.
    func die() async {
        await app.close()
        app = start()
    }

    /// Does it, and lets the app begin.
    func on(_ actions: Action...) async {
        for action in actions { app.on(action) }
        await Task.yield()
    }

    func type(_ keys: String) {
        for key in keys { app.on(.key(key)) }
    }

    /// Does it, and waits for the next screen of this kind.
    @discardableResult
    func then<Content>(
        _ kind: (Screen) -> Content?, _ actions: Action..., which: (Content) -> Bool = { _ in true }
    ) async throws -> Content {
        let before = app.screenNumber
        for action in actions { app.on(action) }
        return try await wait(after: before, kind, which)
    }

    /// Types a PIN or a code, and waits.
    @discardableResult
    func enter<Content>(
        _ keys: String, _ kind: (Screen) -> Content?, which: (Content) -> Bool = { _ in true }
    ) async throws -> Content {
        type(keys)
        return try await then(kind, .enter, which: which)
    }

    /// Waits for a screen of this kind, after that with this number.
    @discardableResult
    func wait<Content>(
        after number: Int = -1, _ kind: (Screen) -> Content?, _ which: (Content) -> Bool = { _ in true }
    ) async throws -> Content {
        while true {
            if app.screenNumber > number, let content = kind(screen), which(content) { return content }
            try await change()
        }
    }

    /// The next screen, as a view learns of it.
    private func change() async throws {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        app.onChange = { changed.yield() }
        let patience = Task {
            try await Task.sleep(for: .seconds(30))
            changed.finish()
        }
        defer { patience.cancel() }
        for await _ in changes { return }
        throw Unexpected("still \(screen)")
    }

    /// From the first start to the empty wallet: the recovery code.
    @discardableResult
    func setUp(_ pin: String = pin) async throws -> String {
        try await wait(\.welcome)
        try await then(\.keys, .agree)
        try await enter(pin, \.keys)
        let code = try await enter(pin, \.recoveryCode).groups.map { String(decoding: $0, as: UTF8.self) }.joined()
        try await then(\.cards, .agree)
        return code
    }

    /// Locked, and opened with the recovery code: a new PIN is asked for.
    @discardableResult
    func forgetPin(_ code: String) async throws -> Screen.Keys {
        try await then(\.keys, .lock)
        try await then(\.keys, .otherWayIn)
        return try await enter(code, \.keys) { $0.pad == .pin }
    }

    /// Up to an offer that was looked at.
    @discardableResult
    func seeOffer(_ card: String = "resident_card", _ options: String...) async throws -> Screen.Offered {
        try await then(\.question, .open(parties.offer(card, options: options)[0]))
        return try await then(\.offer, .agree)
    }

    /// Receives a card by a link to the end.
    @discardableResult
    func receive(_ card: String = "resident_card") async throws -> Screen.Cards {
        try await seeOffer(card)
        try await then(\.received, .agree)
        return try await then(\.cards, .agree)
    }

    /// Up to the plan for a request.
    @discardableResult
    func asked(_ link: String) async throws -> Screen.Consent {
        try await then(\.question, .open(link))
        return try await then(\.consent, .agree)
    }
}

/// What of a payment is shown to the holder.
private let payment = TransactionDataType(
    id: "urn:example:payment",
    members: ["amount", "payee"].map { TransactionMember(name: $0, kind: .text, required: true) })

/// The folder of what these tests write. It goes when they end.
let temporary: URL = {
    atexit { try? FileManager.default.removeItem(at: temporary) }
    let name = "wallet-app-tests-\(ProcessInfo.processInfo.processIdentifier)"
    return FileManager.default.temporaryDirectory.appendingPathComponent(name)
}()

/// Runs a test with a phone and running parties.
@MainActor
func phone(
    canCheckHolder: Bool = false, idleSeconds: UInt64 = 300, keyStore: KeyStore? = nil, _ test: (Phone) async throws -> Void
) async throws {
    let folder = temporary.appendingPathComponent(UUID().uuidString)
    let parties = try await Parties(in: folder.appendingPathComponent("parties"))
    defer { parties.stop() }
    let setting = Phone.Setting(canCheckHolder: canCheckHolder, idleSeconds: idleSeconds, keyStore: keyStore)
    let phone = Phone(parties, folder, setting)
    do {
        try await test(phone)
    } catch {
        await phone.app.close()
        throw error
    }
    await phone.app.close()
}

/// A text by its keys, or as given.
func said(_ words: Words?) -> String? {
    words.map(said)
}

func said(_ words: Words) -> String {
    switch words {
    case .given(let words): words
    case .all(let parts): parts.map { said($0) }.joined(separator: ", ")
    case .of(Phrase.claimWithin.key, let arguments):
        arguments.map { if case .words(let words) = $0 { said(words) } else { "\($0)" } }.joined(separator: " › ")
    case .of(let key, _): key
    }
}

/// What a value says, as a view draws it.
func said(_ value: Value?) -> String {
    switch value {
    case .words(let words): words
    case .said(let words): said(words)
    case .picture: "picture"
    case nil: "gone"
    }
}

/// The labels and values of claims, as a view draws them.
func said(_ claims: [ClaimLine]) -> [String: String] {
    Dictionary(claims.map { (said($0.label), said($0.value)) }) { first, _ in first }
}

extension Screen.Received {
    /// Of a card that is new.
    var claims: [ClaimLine] {
        if case .claims(let claims) = says { claims.lines } else { [] }
    }

    /// Of a card that takes the place of an older one.
    var changes: [ChangeLine] {
        if case .changes(let changes) = says { changes.lines } else { [] }
    }
}

extension Screen {
    var welcome: Void? { if case .welcome = self { () } else { nil } }
    var keys: Keys? { if case .keys(let it) = self { it } else { nil } }
    var recoveryCode: WrittenCode? { if case .recoveryCode(let it) = self { it } else { nil } }
    var cards: Cards? { if case .cards(let it) = self { it } else { nil } }
    var addCard: AddCard? { if case .addCard(let it) = self { it } else { nil } }
    var question: Question? { if case .question(let it) = self { it } else { nil } }
    var working: Working? { if case .working(let it) = self { it } else { nil } }
    var offer: Offered? { if case .offer(let it) = self { it } else { nil } }
    var received: Received? { if case .received(let it) = self { it } else { nil } }
    var card: Card? { if case .card(let it) = self { it } else { nil } }
    var consent: Consent? { if case .consent(let it) = self { it } else { nil } }
    var nothingFits: NothingFits? { if case .nothingFits(let it) = self { it } else { nil } }
    var done: Done? { if case .done(let it) = self { it } else { nil } }
    var settings: Settings? { if case .settings(let it) = self { it } else { nil } }
    var history: Entries? { if case .history(let it) = self { it } else { nil } }
    var trouble: Trouble? { if case .trouble(let it) = self { it } else { nil } }
}
