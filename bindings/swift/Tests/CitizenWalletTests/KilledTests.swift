#if os(Linux)

import CitizenWallet
import Foundation
import Testing

/// The calls of the app's functions since the wallet was unlocked, as moments with a name: `asked token 1` comes before the first
/// such request, `anchor 2 after asked token 1` before the second cell that is written after that.
private final class Moments: HttpClient, KeyStore, AnchorStore {
    /// Whether the wallet was unlocked.
    let begun = Shared(false)
    private let passed = Shared<[String: Int]>([:])
    private let last = Shared("unlocking")
    private let pass: @Sendable (String) -> Void
    private let network = URLSessionHttpClient()
    private let keys: SoftwareKeyStore
    private let anchor: MemoryAnchor

    /// The phone whose keys and anchor are in files in the folder `root`.
    init(root: URL, pass: @escaping @Sendable (String) -> Void = { _ in }) {
        self.pass = pass
        keys = SoftwareKeyStore(folder: root.appendingPathComponent("holder-keys"))
        anchor = MemoryAnchor(folder: root.appendingPathComponent("anchor"))
    }

    private func at(_ what: String, isAnchor: Bool = false) {
        guard begun.value else { return }
        let name = isAnchor ? "anchor after \(last.value)" : what
        let count = passed.change { passed in
            passed[name, default: 0] += 1
            return passed[name] ?? 0
        }
        guard !isAnchor else { return pass("anchor \(count) after \(last.value)") }
        last.change { $0 = "\(what) \(count)" }
        pass(last.value)
    }

    var handles: Set<String> { keys.handles }

    func send(request: HttpRequest) async throws -> HttpResponse {
        at("asked \(request.purpose)")
        let response = try await network.send(request: request)
        at("answered \(request.purpose)")
        return response
    }

    func capabilities() async throws -> KeyStoreCapabilities { try await keys.capabilities() }

    func create(request: CreateKeys) async throws -> [CreatedKey] {
        let made = try await keys.create(request: request)
        at("keys made")
        return made
    }

    func sign(request: SignRequest) async throws -> Data {
        at("to be signed")
        return try await keys.sign(request: request)
    }

    func signMany(requests: [SignRequest]) async throws -> [Data] { try await keys.signMany(requests: requests) }
    func delete(handle: String) async throws { try await keys.delete(handle: handle) }
    func list() async throws -> [String] { try await keys.list() }
    func read(name: String) throws -> Data? { try anchor.read(name: name) }

    func write(name: String, bytes: Data) throws {
        at("", isAnchor: true)
        try anchor.write(name: name, bytes: bytes)
    }

    func delete(name: String) throws { try anchor.delete(name: name) }
    func isRollbackSafe() throws -> Bool { true }
}

/// What a process does until it is killed.
private struct Doomed: Codable {
    enum Job: String, Codable { case receive, show }

    let job: Job
    let link: String
    /// The folder of the parties that the tests started, and that of the phone.
    let parties: URL
    let root: URL
    /// The moment it is killed at.
    let last: String

    static let there = "it is there"

    func place(_ moments: Moments, clock: CitizenWallet.Clock? = nil) throws -> Place {
        try Place(
            parties: Parties(startedIn: parties), deviceKey: SoftwareDeviceKey(folder: root.appendingPathComponent("device-keys")),
            anchor: moments, http: moments, keyStore: moments, clock: clock, root: root)
    }

    func run() async throws {
        Child.endWithParent()
        let moments = Moments(root: root) { moment in
            Child.say("passed: \(moment)")
            guard moment == last else { return }
            Child.say(Self.there)
            while true { Thread.sleep(forTimeInterval: 3600) }
        }
        let place = try place(moments)
        let scene = Scene(parties: try Parties(startedIn: parties), place: place, wallet: try await place.openUnlocked())
        moments.begun.change { $0 = true }
        switch job {
        case .receive: try await scene.wallet.receive(link, copies: 2, policy: onceOnly)
        case .show: try await scene.show(link)
        }
    }
}

/// A process with a wallet is killed at a moment, and the wallet is opened again in this one: docs/android.md says what is there
/// then. Cards have two copies that may be shown once, with keys in hardware.
@Suite("A process that is killed", .timeLimit(.minutes(2)))
struct KilledTests {
    @Test("If it is not, it does its task to the end")
    func toTheEnd() async throws {
        if let task = Child.task { return try await JSONDecoder().decode(Doomed.self, from: Data(task.utf8)).run() }
        try await killing { it in
            try await it.run(.receive, until: "no such moment")
            try await it.reopened { scene, _ async throws in #expect(try await scene.wallet.list().map(\.usableCopies) == [2]) }
            try await it.run(.show, until: "no such moment")
            #expect(try await it.answers() == 1)
        }
    }

    @Test("Before a card was kept, nothing of it is stored, and its hardware keys can be found and go")
    func receiving() async throws {
        try await killing { it in
            for moment in ["keys made 1", "anchor 2 after keys made 1", "answered credential 2"] {
                try await it.run(.receive, until: moment)
                try await it.reopened { scene, phone async throws in
                    #expect(try await scene.wallet.list().isEmpty, "\(moment)")
                    #expect(try await scene.wallet.history().items.isEmpty, "\(moment)")
                    // Of keys that were just made the wallet does not know yet: an app may delete what nobody knows.
                    let unknown = try await phone.handles.subtracting(scene.wallet.hardwareKeys())
                    if moment == "answered credential 2" { #expect(unknown.isEmpty) }
                    for handle in unknown { try await phone.delete(handle: handle) }
                }
            }
            #expect(try await it.parties.told().isEmpty)
            let later = HandClock()
            later.advance(2 * 3600)
            try await it.reopened(clock: later) { scene, phone async throws in
                #expect(!phone.handles.isEmpty)
                #expect(try await scene.wallet.doPending() == 0)
                #expect(phone.handles.isEmpty)
                #expect(try await scene.wallet.hardwareKeys().isEmpty)
            }
        }
    }

    @Test("While a card is kept, it is there whole or not at all, and the issuer is told of none that is not")
    func keeping() async throws {
        try await killing { it in
            var there = 0
            for moment in ["anchor 1 after answered display 1", "anchor 2 after answered display 1"] {
                try await it.run(.receive, until: moment)
                try await it.reopened { scene, _ async throws in
                    let cards = try await scene.wallet.list()
                    #expect((there...there + 1).contains(cards.count), "\(moment)")
                    there = cards.count
                    #expect(cards.allSatisfy { $0.usableCopies == 2 })
                    #expect(try await scene.wallet.history().items.count == there)
                }
            }
            #expect(try await it.parties.told().isEmpty)
        }
    }

    @Test("While the issuer is told that a card was kept, the card is there and can be shown")
    func telling() async throws {
        try await killing { it in
            for (number, moment) in ["asked credential 3", "answered credential 3"].enumerated() {
                try await it.run(.receive, until: moment)
                #expect(try await it.parties.told().count == number)
                try await it.reopened { scene, phone async throws in
                    #expect(try await scene.wallet.list().map(\.usableCopies) == Array(repeating: 2, count: number + 1))
                    #expect(try await Set(scene.wallet.hardwareKeys()) == phone.handles)
                }
            }
            try await it.reopened { scene, _ async throws in #expect(try await scene.show().outcome == .accepted) }
        }
    }

    @Test("Before it was written down that a card is shown, nothing was shown and no copy is used up")
    func notShown() async throws {
        try await killing { it in
            try await it.reopened { scene, _ async throws in try await scene.receive(copies: 2, policy: onceOnly) }
            for moment in ["to be signed 1", "anchor 1 after to be signed 1"] {
                let link = try await it.run(.show, until: moment)
                #expect(try await it.answers() == 0)
                try await it.reopened { scene, _ async throws in
                    #expect(try await scene.wallet.list().map(\.usableCopies) == [2], "\(moment)")
                    #expect(try await scene.wallet.sharedBefore(scene.plan(link)).isEmpty, "\(moment)")
                }
            }
            try await it.reopened { scene, _ async throws in #expect(try await scene.show().outcome == .accepted) }
        }
    }

    @Test(
        "Around the sending of an answer, its copy is burned, and the same bytes can be sent again",
        arguments: [("asked response 1", 0), ("answered response 1", 1), ("anchor 1 after answered response 1", 1)])
    func shown(moment: String, sent: Int) async throws {
        try await killing { it in
            try await it.reopened { scene, _ async throws in try await scene.receive(copies: 2, policy: onceOnly) }
            try await it.run(.show, until: moment)
            #expect(try await it.answers() == sent)
            try await it.reopened { scene, _ async throws in
                let wallet = scene.wallet
                #expect(try await wallet.list().map(\.usableCopies) == [1])
                let item = try #require(try await wallet.history().items.last)
                guard case .presented(_, _, _, let shown, _, .unknown) = item.event else { throw Unexpected("\(item.id)") }
                #expect(shown[0].claims.contains(age))
                // A verifier that has it already refuses it: nobody knows then.
                #expect(try await wallet.resend(item.id).outcome == (sent == 0 ? .accepted : .unknown))
                #expect(try await it.answers() == sent + 1)
                #expect(try await scene.show().outcome == .accepted)
                #expect(try await wallet.list().map(\.usableCopies) == [0])
            }
        }
    }

    private struct Killing {
        let parties: Parties
        let root: URL

        private func doomed(_ job: Doomed.Job, _ link: String, _ last: String) -> Doomed {
            Doomed(job: job, link: link, parties: parties.folder, root: root, last: last)
        }

        /// Has a process do this and kills it at this moment: the link it was given.
        @discardableResult
        func run(_ job: Doomed.Job, until moment: String) async throws -> String {
            let link = try await job == .receive ? parties.offer() : parties.ask()
            let task = String(decoding: try JSONEncoder().encode(doomed(job, link, moment)), as: UTF8.self)
            let said = try await Child("KilledTests/toTheEnd", task: task).said(upTo: Doomed.there)
            let isThere = said.contains(Doomed.there)
            #expect(isThere == (moment != "no such moment"), "\(moment) of \(said)")
            return link
        }

        /// How many answers the verifier got to the request made last.
        func answers() async throws -> Int? {
            try await parties.learned().firstMatch(of: /"answers":(\d+)/).flatMap { Int($0.1) }
        }

        /// The wallet that the killed process left behind, which is sound.
        func reopened(clock: CitizenWallet.Clock? = nil, _ test: (Scene, Moments) async throws -> Void) async throws {
            let moments = Moments(root: root)
            let place = try doomed(.show, "", "").place(moments, clock: clock)
            let wallet = try await place.open()
            #expect(try await wallet.unlock(with: unlocking()).integrity == .sound)
            #expect(try await wallet.damaged().isEmpty)
            #expect(try await wallet.history().isIntact)
            try await test(Scene(parties: parties, place: place, wallet: wallet), moments)
            await wallet.close()
        }
    }

    /// Runs a test with a wallet that no process holds.
    private func killing(_ test: (Killing) async throws -> Void) async throws {
        try await Parties.serving { parties in
            let root = temporary.appendingPathComponent(UUID().uuidString)
            let killing = Killing(parties: parties, root: root)
            let place = try Doomed(job: .show, link: "", parties: parties.folder, root: root, last: "").place(Moments(root: root))
            try await place.create().close()
            try await test(killing)
        }
    }
}

#endif
