import CitizenWallet
import Foundation

/// A wallet, its issuer, and the verifiers that ask it.
struct Scene: Sendable {
    let parties: Parties
    let place: Place
    let wallet: Wallet

    /// Receives one card in so many copies: its id.
    @discardableResult
    func receive(_ card: String = "resident_card", copies: Int = 1, policy: KeepPolicy = KeepPolicy()) async throws -> String {
        try await wallet.receive(parties.offer(card), copies: copies, policy: policy)[0].id
    }

    /// The first card of an offer with these options, ordered and not kept.
    func ordered(_ options: String = "", copies: Int = 1) async throws -> ReceivedCard {
        let handed = try await parties.handed(options)
        let authorized = try await wallet.accept(wallet.offer(handed.uri), txCode: handed.tx_code.map(typed))
        return try await wallet.order(authorized.orders()[0], from: authorized, copies: copies).here()
    }

    /// The plan for a request that can be answered, by default for the age.
    func plan(_ link: String? = nil, options: String = "{}") async throws -> ConsentPlan {
        let request = if let link { link } else { try await parties.ask(options: options) }
        return try await wallet.request(request).plan()
    }

    /// As a holder who reads and agrees.
    func approve(_ plan: ConsentPlan, auth: HolderAuth = .none) async throws -> ApprovedPlan {
        try await wallet.approve(plan, hash: plan.overview().hash, auth: auth)
    }

    /// Shows the age, or what this request asks for; how that ended.
    @discardableResult
    func show(_ link: String? = nil) async throws -> Presented {
        try await wallet.present(approve(plan(link)))
    }

    /// The value of the claim with this name.
    func text(_ name: String, of card: String) async throws -> String? {
        try await wallet.detail(of: card).claims.text(name)
    }
}

/// Runs `test` with running parties and a new wallet, at a place of its own or at the one made by `place`.
func holding(
    _ place: (Parties) throws -> Place = { try Place(parties: $0) }, _ test: (Scene) async throws -> Void
) async throws {
    try await Parties.serving { parties in
        let place = try place(parties)
        try await test(Scene(parties: parties, place: place, wallet: place.create()))
    }
}

extension Ordered {
    /// The card that was ordered, which must have come at once.
    func here() throws -> ReceivedCard {
        guard case .received(let card) = self else { throw Unexpected("the card comes later") }
        return card
    }
}

extension Proposal {
    /// The plan, which there must be.
    func plan() throws -> ConsentPlan {
        guard case .plan(let plan) = self else { throw Unexpected("no card fits") }
        return plan
    }
}

extension DcApiProposal {
    /// The plan, which there must be.
    func plan() throws -> ConsentPlan {
        guard case .proposed(let proposal) = self else { throw Unexpected("it was refused") }
        return try proposal.plan()
    }

    /// What it was refused with, which must be so.
    func refusal() throws -> (error: WalletError, response: Data?) {
        guard case .refused(let error, let response) = self else { throw Unexpected("it was not refused") }
        return (error, response)
    }
}

extension Claims {
    /// The text of the claim with this name or label.
    func text(_ name: String) throws -> String? {
        guard case .text(let text) = try value(name) else { return nil }
        return text
    }

    /// The value of the claim with this name or label.
    func value(_ name: String) throws -> ClaimValue {
        let index = list().firstIndex { $0.label == name || $0.path == [.name(name: name)] }
        guard let index else { throw Unexpected("no claim \(name)") }
        return try value(index: UInt32(index))
    }
}

/// Copies that are shown once.
let onceOnly = KeepPolicy(reuse: .onceOnly)

/// The name of no record.
let nothing = "0123456789abcdef0123456789abcdef"
