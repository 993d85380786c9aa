import CitizenWallet
import Foundation
import Testing

/// Issuers whose keys stand on a chain: a real node is asked over JSON-RPC, by way of the app's HTTP client. The node needs what
/// is not wherever Swift is: `cargo xtask swift` starts it, with the parties, and says where.
@Suite("Ledgers of a chain", .enabled(if: Chain.folder != nil, "needs the parties with a chain"), .timeLimit(.minutes(2)))
struct ChainTests {
    @Test("A card is kept by a key that was proven on the device, and its detail says by which block")
    func kept() async throws {
        let chain = try Chain()
        for configuration in ["citizen_id_jwt", "citizen_id_vc_jwt"] {
            let detail = try await chain.received(configuration)
            #expect(detail.overview.signedBy == chain.issuer)
            let shown = try #require(detail.issuerDid)
            guard case .ledgerProof(let block, let anchor) = shown.evidence else { throw Unexpected("\(shown.evidence)") }
            #expect(anchor == .checkpoint(signers: 2, of: 3))
            #expect(block.chainId == 31337)
            let hash = block.hash.map { String(format: "%02x", $0) }.joined()
            #expect(try #require(chain.ledger.checkpoint).contains("\"hash\":\"0x\(hash)\""))
            #expect(try chain.isRecent(#require(shown.asOf)))
        }
        #expect(chain.network.asked.value.isSuperset(of: ["eth_getProof", "eth_getBlockReceipts"]))
    }

    @Test("A server that changes one digit of what it was asked for is refused", arguments: [
        ("accountProof", ErrorCode.ledgerProof), ("proof", .ledgerProof), ("stateRoot", .ledgerEndpoint), ("data", .ledgerProof),
    ])
    func changed(member: String, code: ErrorCode) async throws {
        let chain = try Chain()
        chain.network.says.change { $0 = { try lastDigits(of: member, changedIn: $0) } }
        try await chain.refuses(code)
        #expect(chain.network.lies.value > 0)
    }

    @Test("A server that leaves out events, so that a revoked key looks valid, is refused")
    func leftOut() async throws {
        let chain = try Chain()
        chain.network.says.change { $0 = { $0.replacing(try Regex(#""logs":\[\{[^\]]*\][^\]]*\]"#), with: #""logs":[]"#) } }
        try await chain.refuses(.ledgerProof)
        #expect(chain.network.lies.value > 0)
    }

    @Test("Where a server lies or is silent the next one is asked")
    func next() async throws {
        let answers: [LedgerNetwork.Saying] = [
            { try lastDigits(of: "accountProof", changedIn: $0) }, { _ in throw HttpError.notSent },
        ]
        for says in answers {
            let chain = try Chain()
            let liar = chain.server + "/?first"
            chain.network.liar.change { $0 = liar }
            chain.network.says.change { $0 = says }
            let two = Ledger(profile: chain.ledger.profile, servers: [liar, chain.server], checkpoint: chain.ledger.checkpoint)
            let shown = try await chain.received(at: chain.place(ledgers: [two])).issuerDid
            guard case .ledgerProof = shown?.evidence else { throw Unexpected("no proof") }
            #expect(chain.network.lies.value > 0)
        }
    }

    @Test("An older checkpoint than the one seen is refused, also by a wallet that was closed in between")
    func older() async throws {
        let chain = try Chain()
        let (place, wallet) = try await chain.holding()
        await wallet.close()
        let older = try Ledger(
            profile: chain.ledger.profile, servers: [chain.server], checkpoint: chain.text("ledger-checkpoint-earlier.json"))
        let reopened = try await chain.place(again: place, ledgers: [older]).openUnlocked()
        try await failing(.ledgerStale) { try await chain.verified(by: reopened) }
    }

    @Test("Without the ledger, a checkpoint, a server or the issuer's DID in the policy none of its cards is kept")
    func without() async throws {
        let chain = try Chain()
        let (profile, checkpoint) = (chain.ledger.profile, chain.ledger.checkpoint)
        let cases: [([String], [Ledger], ErrorCode)] = [
            ([chain.issuer], [], .notSupported),
            ([chain.issuer], [Ledger(profile: profile, servers: [chain.server], checkpoint: nil)], .ledgerProof),
            ([chain.issuer], [Ledger(profile: profile, servers: [], checkpoint: checkpoint)], .ledgerEndpoint),
            ([], [chain.ledger], .untrustedIssuer),
        ]
        for (issuers, ledgers, code) in cases {
            let place = try chain.place(issuers: issuers, ledgers: ledgers)
            try await chain.refuses(code, at: place)
        }
    }

    @Test("While the memory of a ledger is damaged no ledger is believed about now, until it is given up")
    func damaged() async throws {
        let chain = try Chain()
        let (place, wallet) = try await chain.holding()
        #expect(try await wallet.forgetDamagedLedgers() == 0)
        await wallet.close()
        try damageLedgerMemory(place.folder.appendingPathComponent("vault.db"))
        let damaged = try await place.openUnlocked()
        let offer = try await chain.parties.offer("citizen_id_jwt")
        let refused = try await failing(.recordCorrupt) { try await damaged.receive(offer) }
        #expect(refused.subject == "ledger_memory")
        #expect(try await damaged.forgetDamagedLedgers() == 1)
        #expect(try await damaged.forgetDamagedLedgers() == 0)
        #expect(try await damaged.receive(chain.parties.offer("citizen_id_jwt")).count == 1)
        #expect(try await damaged.list().count == 2)
    }

    @Test("A card that its issuer anchored says so, proven without asking anybody, as long as the app believes its anchors")
    func anchored() async throws {
        let chain = try Chain()
        let place = try chain.place(anchoring: [chain.anchoring])
        let (_, wallet) = try await chain.holding(place)
        let card = try await #require(wallet.list().first).id
        await wallet.close()
        chain.network.asked.change { $0 = [] }
        let anchors = try await place.openUnlocked().detail(of: card).anchors
        guard anchors.count == 1, case .proven(let name, _, _, let anchor, let asOf, _, let isNewest, let batchSize) = anchors[0]
        else { throw Unexpected("not proven") }
        #expect(name == "served")
        #expect(anchor == .checkpoint(signers: 2, of: 3))
        #expect(batchSize == 16 && isNewest == true)
        #expect(try chain.isRecent(#require(asOf)))
        #expect("\(anchors[0])" == "CardAnchor")
        #expect(chain.network.asked.value.isEmpty)
        let unbelieving = try await chain.place(again: place).openUnlocked().detail(of: card).anchors
        guard unbelieving.count == 1, case .notProven(let error) = unbelieving[0] else { throw Unexpected("proven") }
        #expect(error.code == .notSupported)
        #expect(try await chain.received().anchors.isEmpty)
    }

    @Test("A verifier that asks for the proof of an anchor gets it, as the plan says, and no other does")
    func handedOn() async throws {
        let chain = try Chain()
        let (_, wallet) = try await chain.holding(chain.place(anchoring: [chain.anchoring]), "resident_card")
        let type = try #require(chain.parties.addresses.issuer.types["resident_card"])
        for asks in [true, false] {
            let meta = #"{"vct_values":["\#(type)"],"anchor_proof":\#(asks)}"#
            let claims = #"[{"path":["age_equal_or_over","19"]}]"#
            let card = #"{"id":"card","format":"dc+sd-jwt","meta":\#(meta),"claims":\#(claims)}"#
            let asked = try await chain.parties.ask(query: #"{"credentials":[\#(card)]}"#)
            let plan = try await wallet.request(asked.uri).plan()
            #expect(try #require(plan.overview().showings.first).linkability.contains(.anchorProof) == asks)
            let presented = try await wallet.present(wallet.approve(plan, hash: plan.overview().hash))
            #expect(presented.outcome == .accepted)
            #expect(presented.shown.map(\.anchorProof) == [asks])
            #expect(try await chain.parties.learned(asked).contains(#""anchor_proof":{"#) == asks)
        }
    }

    @Test("A card that comes with a false proof of its anchor is refused where the issuer's anchors are believed")
    func falseAnchor() async throws {
        let chain = try Chain()
        chain.network.stapled.change { $0 = { try lastDigits(of: "salt", changedIn: $0) } }
        try await failing(.ledgerProof) { try await chain.received(at: chain.place(anchoring: [chain.anchoring])) }
        #expect(try await chain.received().anchors.isEmpty)
    }
}

/// A chain, an issuer that signs by a key on it, and what an app pins of both.
private struct Chain {
    /// Where the parties wrote both.
    static let folder = ProcessInfo.processInfo.environment["WALLET_LEDGER"].map { URL(fileURLWithPath: $0) }

    let parties: Parties
    let network = LedgerNetwork()
    let clock = HandClock()
    let server: String
    let issuer: String
    let ledger: Ledger
    let anchoring: AnchoringIssuer

    init() throws {
        parties = try Parties(startedIn: #require(Self.folder))
        (server, issuer) = try (Self.text("ledger-server"), Self.text("ledger-issuer"))
        let profile = try Self.text("ledger-profile.json")
        ledger = try Ledger(profile: profile, servers: [server], checkpoint: Self.text("ledger-checkpoint.json"))
        anchoring = try AnchoringIssuer(
            issuer: parties.addresses.issuer.identifier, profile: profile, account: Self.text("ledger-account"))
    }

    func text(_ name: String) throws -> String { try Self.text(name) }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: #require(folder).appendingPathComponent(name), encoding: .utf8)
    }

    /// By default of an app that believes the ledger and the issuer; if there was one before, on its phone and with its store.
    func place(
        again: Place? = nil, issuers: [String]? = nil, ledgers: [Ledger]? = nil, anchoring: [AnchoringIssuer] = []
    ) throws -> Place {
        try Place(
            parties: parties, deviceKey: again?.platform.deviceKey ?? SoftwareDeviceKey(),
            anchor: again?.platform.anchor ?? MemoryAnchor(), http: network, clock: clock,
            issuerDids: issuers ?? [issuer], ledgers: ledgers ?? [ledger], anchoring: anchoring, root: again?.folder.deletingLastPathComponent())
    }

    /// A new wallet that received a card.
    func holding(_ place: Place? = nil, _ configuration: String = "citizen_id_jwt") async throws -> (Place, Wallet) {
        let place = try place ?? self.place()
        let wallet = try await place.create()
        try await wallet.receive(parties.offer(configuration))
        return (place, wallet)
    }

    /// A card that a new wallet received.
    func received(_ configuration: String = "citizen_id_jwt", at place: Place? = nil) async throws -> CardDetail {
        let wallet = try await holding(place, configuration).1
        return try await wallet.detail(of: #require(wallet.list().first).id)
    }

    /// A new wallet keeps no card, and says why: at once, or when it verifies later what came.
    func refuses(_ code: ErrorCode, at place: Place? = nil) async throws {
        let wallet = try await (place ?? self.place()).create()
        try await failing(code) { try await verified(by: wallet) }
        #expect(try await wallet.list().isEmpty)
    }

    /// Receives a card. One that could not be verified is verified again.
    func verified(by wallet: Wallet) async throws {
        guard try await wallet.receive(parties.offer("citizen_id_jwt")).isEmpty else { return }
        clock.advance(10)
        _ = try await wallet.pollDeferred(#require(wallet.deferred().first).id)
    }

    /// Within what the profile calls now: since the parties were started the tests were built.
    func isRecent(_ time: Date) -> Bool { (Date() - 3600...Date()).contains(time) }
}

/// The real network, but for what the servers of a ledger say: all of them, or the liar.
private final class LedgerNetwork: HttpClient {
    typealias Saying = @Sendable (String) throws -> String

    let says = Shared<Saying>({ $0 })
    let liar = Shared<String?>(nil)
    /// What comes with a card.
    let stapled = Shared<Saying>({ $0 })
    /// How many answers were not those of the server.
    let lies = Shared(0)
    /// The methods that were called.
    let asked = Shared<Set<String>>([])
    private let real = URLSessionHttpClient()

    func send(request: HttpRequest) async throws -> HttpResponse {
        if request.purpose == .credential { return try await answer(request, stapled.value) }
        guard request.purpose == .rpc else { return try await real.send(request: request) }
        let methods = String(decoding: request.body, as: UTF8.self).matches(of: /"method":"(\w+)"/).map { String($0.1) }
        asked.change { $0.formUnion(methods) }
        if let liar = liar.value, !request.url.hasPrefix(liar) { return try await real.send(request: request) }
        return try await answer(request, says.value)
    }

    private func answer(_ request: HttpRequest, _ says: Saying) async throws -> HttpResponse {
        let answer = try await real.send(request: request)
        let honest = String(decoding: answer.body, as: UTF8.self)
        lies.change { $0 += 1 }
        let said = try says(honest)
        if said == honest { lies.change { $0 -= 1 } }
        return HttpResponse(
            status: answer.status, headers: answer.headers, body: Data(said.utf8), finalUrl: answer.finalUrl,
            peerAddress: answer.peerAddress)
    }
}

/// With another last digit of each text of this member, or of the first in its list.
private func lastDigits(of member: String, changedIn said: String) throws -> String {
    let texts = try Regex("\"\(member)\":\\[?\"0x[0-9a-f]*[0-9a-f]")
    return said.replacing(texts) { match in
        let text = said[match.range]
        return text.dropLast() + (text.hasSuffix("0") ? "1" : "0")
    }
}

/// Changes one bit of each record of kind 13 (docs/vault-format.md) of a closed database. A row of SQLite begins with the types of
/// its columns: no rowid, 16 bytes, four small numbers, a blob; then comes what they hold.
private func damageLedgerMemory(_ file: URL) throws {
    var bytes = try [UInt8](Data(contentsOf: file))
    let isNumber: (UInt8) -> Bool = { [1, 8, 9].contains($0) }
    let rows = bytes.indices.dropLast(64).filter { at in
        bytes[at..<at + 3] == [0, 44, 1] && bytes[at + 3..<at + 6].allSatisfy(isNumber) && bytes[at + 24] == 13
    }
    guard !rows.isEmpty else { throw Unexpected("no memory of a ledger in the file") }
    for row in rows { bytes[row + 60] ^= 1 }
    try Data(bytes).write(to: file)
}
