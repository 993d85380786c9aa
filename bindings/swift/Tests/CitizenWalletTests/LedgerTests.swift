import CitizenWallet
import Foundation
import Testing

// guide: ledger
/// The policy of an app that believes a verifier by its DID on a ledger. The texts come with the app, or it fetched them.
func believing(_ verifier: String, profile: String, servers: [String], checkpoint: String? = nil) -> Policy {
    let ledger = Ledger(profile: profile, servers: servers, checkpoint: checkpoint)
    return Policy(trust: Trust(verifierDids: [verifier]), ledgers: [ledger])
}
// guide: end

@Suite("Ledgers", .timeLimit(.minutes(1)))
struct LedgerTests {
    private let verifier = "did:ethr:0x7:0x661a50076d2554545d72e63b21a6c46f6097d7c4"

    @Test("A DID of a ledger is asked of the policy's servers by way of the app's HTTP client, and what is no proof is refused")
    func asked() async throws {
        for (answer, code) in [("[]", ErrorCode.ledgerEndpoint), ("<html>", .malformed)] {
            let asked = Shared<[String]>([])
            let network = Network { request in
                guard request.purpose == .rpc else { throw HttpError.notSent }
                asked.change { $0.append(request.url) }
                let json = HttpHeader(name: "content-type", value: "application/json")
                return HttpResponse(status: 200, headers: [json], body: Data(answer.utf8), finalUrl: request.url)
            }
            let policy = believing(verifier, profile: profile(), servers: ["https://rpc.example/"], checkpoint: #"{"number":7}"#)
            let wallet = try await created(policy, network)
            try await failing(code) { try await wallet.request(request()) }
            #expect(asked.value == ["https://rpc.example/"])
        }
    }

    @Test("Without the ledger, or where the policy does not name the verifier, nobody is asked")
    func unasked() async throws {
        let network = Network { request in throw Unexpected(request.url) }
        let known = believing(verifier, profile: profile(), servers: ["https://rpc.example/"])
        let unlisted = Policy(trust: Trust(), ledgers: known.ledgers)
        let without = Policy(trust: Trust(verifierDids: [verifier]))
        for (policy, code) in [(without, ErrorCode.requestNotSupported), (unlisted, .untrustedVerifier)] {
            let wallet = try await created(policy, network)
            try await failing(code) { try await wallet.request(request()) }
        }
    }

    @Test("No wallet is made or opened with a ledger that is wrong, and the error names the part")
    func wrong() async throws {
        let right = "https://rpc.example/"
        let cases: [(Policy, ErrorCode, String)] = [
            (believing(verifier, profile: profile("first"), servers: [right]), .malformed, "profile"),
            (believing(verifier, profile: String(repeating: " ", count: 65_537), servers: [right]), .tooLarge, "profile"),
            (believing(verifier, profile: profile(), servers: ["http://rpc.example/"]), .urlNotAllowed, "servers[0]"),
            (believing(verifier, profile: profile(), servers: [right, "http://127.0.0.1/"]), .urlNotAllowed, "servers[1]"),
            (believing(verifier, profile: profile(), servers: [right], checkpoint: "{}"), .malformed, "checkpoint"),
        ]
        for (policy, code, part) in cases {
            let made = try await failing(code) { try await created(policy, .none) }
            #expect(made.subject == "ledgers[0].\(part)")
            let place = try Place()
            let opened = try await failing(code) {
                try await Wallet.open(in: place.folder, platform: place.platform, policy: policy)
            }
            #expect(opened.subject == "ledgers[0].\(part)")
        }
    }

    @Test("Who anchors is checked when the wallet is made, and the error names the part")
    func anchoring() async throws {
        let (issuer, account) = ("https://city.example", "0x661a50076d2554545d72e63b21a6c46f6097d7c4")
        let right = AnchoringIssuer(issuer: issuer, profile: profile("genesis", anchoring: true), account: account)
        _ = try await created(Policy(trust: Trust(), anchors: [right]), .none)
        for (wrong, part) in [
            (AnchoringIssuer(issuer: issuer, profile: right.profile, account: String(account.dropLast())), "account"),
            (AnchoringIssuer(issuer: issuer, profile: "{}", account: account), "profile"),
        ] {
            let policy = Policy(trust: Trust(), anchors: [right, wrong])
            let error = try await failing(.malformed) { try await created(policy, .none) }
            #expect(error.subject == "anchors[1].\(part)")
        }
    }

    private func created(_ policy: Policy, _ network: Network) async throws -> Wallet {
        let place = try Place(http: network)
        let made = try await Wallet.create(
            in: place.folder, platform: place.platform, policy: policy, enrolments: pinned(),
            settings: VaultSettings(keyDerivation: .fixed(memoryKib: 19456, passes: 3)))
        return made.wallet
    }

    /// A request that says it is signed by a key of the verifier.
    private func request() -> String {
        let client = "decentralized_identifier:\(verifier)"
        let header = #"{"alg":"ES256K","typ":"oauth-authz-req+jwt","kid":"\#(verifier)#controller"}"#
        let payload = #"{"client_id":"\#(client)","response_type":"vp_token"}"#
        let parts = [Data(header.utf8), Data(payload.utf8), Data(repeating: 1, count: 64)].map { part in
            part.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        return "openid4vp://?client_id=\(client.replacing(":", with: "%3A"))&request=\(parts.joined(separator: "."))"
    }

    /// A chain profile whose first block stands in this member; on the chain is a registry of anchors, if `anchoring`.
    private func profile(_ genesis: String = "genesis", anchoring: Bool = false) -> String {
        let address = String(repeating: "11", count: 20)
        let hash = String(repeating: "22", count: 32)
        let contract = #"{"address": "0x\#(address)", "code_hash": "0x\#(hash)"}"#
        let anchors = anchoring ? #", "anchor_registry": \#(contract)"# : ""
        return """
            {"version": 1, "name": "a chain", "chain_id": 7, "\(genesis)": "0x\(hash)", "header_rules": "qbft", "max_age_seconds": 3600,
             "trust": {"seals": {"validators": ["0x\(address)", "0x\(address.dropLast())2", "0x\(address.dropLast())3", "0x\(address.dropLast())4"]}},
             "contracts": {"ethr_did_registry": \(contract)\(anchors)}}
            """
    }
}
