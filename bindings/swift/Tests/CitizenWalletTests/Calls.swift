import CitizenWallet
import Foundation

/// What only an issuer can give, had from one that is gone by now.
struct Gifts: Sendable {
    let offer: Offer
    let authorized: AuthorizedIssuance
    let card: ReceivedCard
    let renewed: RenewedCard

    /// Had once: they may be used up.
    static let shared = Task { try await Gifts() }

    /// Not used yet.
    init() async throws {
        (offer, authorized, card, renewed) = try await Parties.serving { parties in
            let place = try Place(parties: parties)
            let scene = Scene(parties: parties, place: place, wallet: try await place.create())
            let wallet = scene.wallet
            let kept = try await scene.receive()
            let offer = try await wallet.offer(parties.offer())
            let authorized = try await wallet.accept(wallet.offer(parties.offer()))
            let renewed = try await wallet.replacing(kept, with: scene.ordered())
            return (offer, authorized, try await scene.ordered(), renewed)
        }
    }
}

/// One call of every function of ``Wallet``, for the rules that hold for all of them, from the main actor.
///
/// With the wallet unlocked each ends, some of them with an error of their own: they are given what there is not. Those that need
/// a plan are called only where the wallet has a card. Sorted so that one does not keep the next from working.
@MainActor
struct Calls {
    typealias Call = @MainActor @Sendable (Wallet) async throws -> any Sendable

    /// Where an overloaded function is called, its name is followed by what it is given.
    let all: KeyValuePairs<String, Call>

    /// Those that derive keys from a secret first, and what changes the secrets.
    static let deriving: Set = [
        "authenticate", "unlock", "beginUnlock", "finishUnlock", "export", "adopt", "rescue", "changePin", "changePassphrase",
        "addPin", "addOsAuth", "addPassphrase", "renewRecoveryCode", "removeSlot", "signPrepared", "deleteIdentity",
    ]

    init(_ gifts: Gifts) {
        all = [
            "isUnlocked": { try await $0.isUnlocked() },
            "timeUntilLock": { try await $0.timeUntilLock() },
            "touch": { try await $0.touch() },
            "slots": { try await $0.slots() },
            "integrity": { try await $0.integrity() },
            "list": { try await $0.list() },
            "detail": { try await $0.detail(of: nothing) },
            "offer": { try await $0.offer("") },
            "discover": { try await $0.discover("https://issuer.example", configurationIds: ["card"]) },
            "accept": { try await $0.accept(gifts.offer) },
            "authorize": { try await $0.authorize(gifts.offer) },
            "resume": { try await $0.resume("https://wallet.example/cb?code=a&state=b") },
            "order": { try await $0.order(gifts.authorized.orders()[0], from: gifts.authorized) },
            "receive": { try await $0.receive("") },
            "replacing": { try await $0.replacing(nothing, with: gifts.card) },
            "keep": { try await $0.keep(gifts.card) },
            "decline": { try await $0.decline(gifts.card) },
            "giveUp": { try await $0.giveUp(gifts.card) },
            "renew": { try await $0.renew(nothing) },
            "keep renewed": { try await $0.keep(gifts.renewed) },
            "deferred": { try await $0.deferred() },
            "pollDeferred": { try await $0.pollDeferred(nothing) },
            "forgetDeferred": { try await $0.forgetDeferred(nothing) },
            "due": { try await $0.due() },
            "nextDue": { try await $0.nextDue() },
            "authenticate": { try await $0.authenticate(with: unlocking()) },
            "unlock": { try await $0.unlock(with: unlocking()) },
            "beginUnlock": { try await $0.beginUnlock(with: unlocking()) },
            "finishUnlock": { try await $0.finishUnlock($0.beginUnlock(with: unlocking())) },
            "request": { try await $0.request("openid4vp://?client_id=nobody") },
            "dcApiRequest": { try await $0.dcApiRequest(protocol: unsigned, data: "{}", origin: page) },
            "revealed": { try await $0.revealed(by: plan($0)) },
            "sharedBefore": { try await $0.sharedBefore(plan($0)) },
            "select": { try await $0.select(.useCase(place: 0, option: 0), in: plan($0)) },
            "approve": { try await approved($0) },
            "present": { try await $0.present(approved($0)) },
            "refuse": { try await $0.refuse(.plan(plan: plan($0))) },
            "resend": { try await $0.resend(nothing) },
            "history": { try await $0.history() },
            "deleteHistory": { try await $0.deleteHistory(nothing) },
            "export": { try await $0.export(authenticated($0)) },
            "createIdentity": { try await $0.createIdentity(.key) },
            "identities": { try await $0.identities() },
            "nameIdentity": { try await $0.nameIdentity(nothing, "did:meta:1") },
            "prepareSignature": { try await proof($0) },
            "signPrepared": {
                let prepared = try await proof($0)
                return try await $0.signPrepared(authenticated($0), prepared, shown: prepared.digest())
            },
            "deleteIdentity": { try await $0.deleteIdentity(authenticated($0), nothing) },
            "delete": { try await $0.delete(nothing) },
            "doPending": { try await $0.doPending() },
            "hardwareKeys": { try await $0.hardwareKeys() },
            "statusPlan": { try await $0.statusPlan() },
            "refreshStatus": { try await $0.refreshStatus() },
            "adopt": { try await $0.adopt(authenticated($0)) },
            "damaged": { try await $0.damaged() },
            "forgetDamagedLedgers": { try await $0.forgetDamagedLedgers() },
            "quarantine": { try await $0.quarantine() },
            "rescue": { try await $0.rescue(with: .recoveryCode(secret: typed("no code")), into: temporary, enrolments: Enrolments()) },
            // The same PIN, which is refused and not counted as a try.
            "changePin": { try await $0.changePin(from: typed(), to: newPin()) },
            "changePassphrase": { try await $0.changePassphrase(from: typed(phrase), to: newPassphrase()) },
            "addPin": { try await $0.addPin(authenticated($0), newPin()) },
            "addOsAuth": { try await $0.addOsAuth(authenticated($0)) },
            "addPassphrase": { try await $0.addPassphrase(authenticated($0), newPassphrase()) },
            "renewRecoveryCode": { try await $0.renewRecoveryCode(authenticated($0), keep: Keep(pin: typed())) },
            "removeSlot": { try await $0.removeSlot(authenticated($0), .osAuth) },
            "lock": { try await $0.lock() },
        ]
    }

    /// The names of all functions of ``Wallet`` as docs/facade/swift.txt has them, but for `close`.
    static var declared: [String] {
        get throws {
            let lines = try documents("facade/swift.txt").split(separator: "\n")
            return lines.compactMap { $0.prefixMatch(of: /func Wallet\.(\w+)\(/) }.map { String($0.1) }.filter { $0 != "close" }
        }
    }
}

private let unsigned = "openid4vp-v1-unsigned"
private let page = "https://page.example"

private func authenticated(_ wallet: Wallet) async throws -> FreshAuth {
    try await wallet.authenticate(with: unlocking())
}

/// A proof that this wallet's holder controls a did:key.
private func proof(_ wallet: Wallet) async throws -> PreparedSignature {
    let identity = try await wallet.createIdentity(.key)
    return try await wallet.prepareSignature(identity.id, .proof(audience: page, nonce: "1"))
}

private func approved(_ wallet: Wallet) async throws -> ApprovedPlan {
    let plan = try await plan(wallet)
    return try await wallet.approve(plan, hash: plan.overview().hash)
}

/// A plan to show a card of this wallet, by a request that needs no network; without a card `not_found`.
private func plan(_ wallet: Wallet) async throws -> ConsentPlan {
    let card = try await wallet.list().first?.id ?? nothing
    let type = try await wallet.detail(of: card).overview.credentialType
    let query = #"{"credentials":[{"id":"card","format":"dc+sd-jwt","meta":{"vct_values":["\#(type)"]}}]}"#
    let request = """
        {"response_type":"vp_token","response_mode":"dc_api","nonce":"\(UUID().uuidString)",
         "client_metadata":{"vp_formats_supported":{"dc+sd-jwt":{}}},"dcql_query":\(query)}
        """
    let proposed = try await wallet.dcApiRequest(protocol: unsigned, data: request, origin: page)
    if case .refused(let error, _) = proposed { throw error }
    return try proposed.plan()
}

/// The text of a file of this project's documents.
func documents(_ name: String) throws -> String {
    let docs = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../docs").standardized
    return try String(contentsOf: docs.appendingPathComponent(name), encoding: .utf8)
}
