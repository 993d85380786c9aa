import CitizenWalletFFI
import Foundation

extension Wallet {
    /// What a scanned or clicked `text` is for, by the text alone. Nothing in it has been checked or trusted. No network request
    /// is made.
    ///
    /// - Throws: ``WalletError`` `too_large`
    public static func intent(of text: String, from medium: LinkMedium) async throws -> LinkIntent {
        try await aside {
            try Library.check()
            return try linkIntent(text: text, medium: medium)
        }
    }

    /// The host that ``request(_:)`` contacts first for this `link`, if any: ask the holder before. No network request is made.
    ///
    /// - Throws: ``WalletError``: those about the form of a request
    public static func contacts(of link: String) async throws -> String? {
        try await aside {
            try Library.check()
            return try requestContacts(link: link)
        }
    }

    /// Parses and verifies the credential in `text` without storing it. Asks the network only where the issuer's key is on the
    /// web. Drop the claims when they are no longer shown.
    ///
    /// - Throws: ``WalletError``: those of verifying a credential
    public static func inspect(_ text: String, platform: Platform, policy: Policy) async throws -> Inspected {
        try await load()
        return try await inspectCredential(platform: platform.guarded(), policy: policy, text: text)
    }

    /// Reads and verifies a request and matches it against the cards. Asks the network: call it after the holder's go only (see
    /// ``contacts(of:)``). A verifier that was authenticated and whose request breaks a rule is told which kind of rule.
    ///
    /// A proposal is answered once, by ``present(_:)`` or ``refuse(_:)``; drop one that is not: nobody is told anything then.
    ///
    /// - Throws: ``WalletError`` `locked`, the integrity codes, `request_rate_limited` and `request_pending` with
    ///   ``WalletError/retryAfter``, and every refusal of OpenID4VP (`verifier`)
    public func request(_ link: String) async throws -> Proposal {
        try await native.request(link: link)
    }

    /// Verifies a request that the platform hands over by the Digital Credentials API and matches it against the cards.
    /// `protocol` and `data` (JSON) are what the caller gave; `origin` is what the *platform* says about the caller:
    /// `https://verifier.example`. No network request is made.
    ///
    /// The plan is shown, changed and approved like any other. ``present(_:)`` and ``refuse(_:)`` give the bytes for the platform
    /// instead of sending any. A request that is refused is no error but ``DcApiProposal/refused(error:response:)``, with what the
    /// caller may be given.
    public func dcApiRequest(protocol: String, data: String, origin: String) async throws -> DcApiProposal {
        try await work { try $0.dcApiRequest(protocol: `protocol`, data: data, origin: origin) }
    }

    /// Every claim that this `showing` of the plan (its place in ``PlanOverview/showings``) reveals, as in the very copy that
    /// would be sent, with labels in the preferred `locales`. What is withheld inside a claim is left out of its value. The
    /// values stay in the library until they are asked for, one by one: drop the claims when they are no longer shown. No network
    /// request is made.
    ///
    /// - Throws: ``WalletError`` `not_found`, `consent_mismatch` if the card was changed meanwhile, `used_up`, `locked` and those
    ///   of the store
    public func revealed(
        by plan: ConsentPlan, showing: Int = 0, locales: [String] = preferredLocales()
    ) async throws -> Claims {
        // What is no place at all is none of the plan's.
        try await work { try $0.revealed(plan: plan, showing: UInt32(exactly: showing) ?? .max, locales: locales) }
    }

    /// What the verifier of this `plan` was shown before, oldest first, as far as the history was not deleted. No network
    /// request is made.
    ///
    /// - Throws: ``WalletError`` `used_up`, `locked` and those of the store
    public func sharedBefore(_ plan: ConsentPlan) async throws -> [SharedBefore] {
        try await work { try $0.sharedBefore(plan: plan) }
    }

    /// Changes a `plan`: another card, another of the verifier's options. Show what comes back: it has another hash. No network
    /// request is made.
    ///
    /// - Throws: ``WalletError`` `not_found` if the request or the cards do not allow the `choice`: the plan stays as it was;
    ///   `used_up`
    public func select(_ choice: Choice, in plan: ConsentPlan) async throws -> PlanOverview {
        try await work { try $0.select(plan: plan, choice: choice) }
    }

    /// The holder agrees to the `plan` with this `hash`: that of the ``PlanOverview`` the holder was shown, kept beside it. Where
    /// ``PlanOverview/needsAuth`` says so, `auth` tells how the holder authenticated since the plan was made or changed. No
    /// network request is made, and the wallet may be locked.
    ///
    /// - Throws: ``WalletError`` `consent_mismatch` (the plan was changed: show it again), `consent_expired`,
    ///   `user_auth_required`, those of the clock: the plan stays as it was; `used_up` for a plan that was answered
    public func approve(_ plan: ConsentPlan, hash: Data, auth: HolderAuth = .none) async throws -> ApprovedPlan {
        try await work { try $0.approve(plan: plan, hash: hash, auth: auth) }
    }

    /// Makes the presentation, writes down durably that the copies are used and what is shown, and only then sends it, or gives
    /// out the bytes for the caller of the Digital Credentials API. Asks the network, and the holder where keys in hardware do.
    ///
    /// The approved plan is used up however this ends. Cancelled before anything was written down, nothing was shown; after that
    /// the outcome is ``Outcome/unknown`` in the history, and ``resend(_:)`` finds out.
    ///
    /// - Throws: ``WalletError`` before anything was sent: `used_up`, `locked`, the integrity codes, `conflict`,
    ///   `one_time_exhausted`, `consent_expired`, `needs_reissue`, those of the keys and of the store. After that it does not
    ///   fail: see ``Presented/outcome``
    public func present(_ approved: ApprovedPlan) async throws -> Presented {
        try await native.present(approved: approved)
    }

    /// The holder says no, or has seen that no card fits: the verifier cannot tell the two apart. Asks the network, but for a
    /// request of the Digital Credentials API.
    ///
    /// - Throws: ``WalletError`` `used_up`, `locked`, those of the store
    @discardableResult
    public func refuse(_ proposal: Proposal) async throws -> Declined {
        try await native.refuse(proposal: proposal)
    }

    /// Sends the very bytes of a presentation again whose outcome is ``Outcome/unknown``, to the very same place; `history` is
    /// ``Presented/history`` or the name of the history entry. If the verifier refuses them the outcome stays unknown: it may
    /// have taken the first ones. Asks the network.
    ///
    /// - Throws: ``WalletError`` `locked`, the integrity codes, `not_found` if there is nothing to send again, `request_expired`
    public func resend(_ history: String) async throws -> Presented {
        try await native.resend(history: history)
    }
}
