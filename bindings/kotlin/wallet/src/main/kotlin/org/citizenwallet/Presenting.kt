package org.citizenwallet

/**
 * What a scanned or clicked [text] is for, by the text alone. Nothing in it has been checked or trusted. No network request
 * is made.
 *
 * @throws WalletException `too_large`, `library_mismatch`
 */
public suspend fun Wallet.Companion.intent(text: String, medium: LinkMedium): LinkIntent =
    apart(Dispatcher) { linkIntent(text, medium) }

/**
 * The host that [Wallet.request] contacts first for this [link], if any: ask the holder before. No network request is made.
 *
 * @throws WalletException those about the form of a request, `library_mismatch`
 */
public suspend fun Wallet.Companion.contacts(link: String): String? = apart(Dispatcher) { requestContacts(link) }

/**
 * Parses and verifies the credential in [text] without storing it. Asks the network only where the issuer's key is on the
 * web. Close the claims when they are no longer shown.
 *
 * @throws WalletException those of verifying a credential, `library_mismatch`
 */
public suspend fun Wallet.Companion.inspect(platform: Platform, policy: Policy, text: String): Inspected =
    apart(Dispatcher) { inspectCredential(platform.guarded(Watch(platform)), policy, text) }

/**
 * Reads and verifies a request and matches it against the cards. Asks the network: call it after the holder's go only (see
 * [contacts]). A verifier that was authenticated and whose request breaks a rule is told which kind of rule.
 *
 * A proposal is answered once, by [present] or [refuse]; close one that is not: nobody is told anything then.
 *
 * @throws WalletException `locked`, the integrity codes, `request_rate_limited` and `request_pending` with [retryAfter], and
 *   every refusal of OpenID4VP ([WalletException.Verifier])
 */
public suspend fun Wallet.request(link: String): Proposal = work { it.request(link) }

/**
 * Verifies a request that the platform hands over by the Digital Credentials API and matches it against the cards.
 * [protocol] and [data] (JSON) are what the caller gave; [origin] is what the *platform* says about the caller:
 * `https://verifier.example` or `android:apk-key-hash:…`. No network request is made.
 *
 * The plan is shown, changed and approved like any other. [present] and [refuse] give the bytes for the platform instead of
 * sending any. A request that is refused is no exception but [DcApiProposal.Refused], with what the caller may be given.
 */
public suspend fun Wallet.dcApiRequest(protocol: String, data: String, origin: String): DcApiProposal = work {
    it.dcApiRequest(protocol, data, origin)
}

/**
 * Every claim that this [showing] of the plan (its place in [PlanOverview.showings]) reveals, as in the very copy that would
 * be sent, with labels in the preferred [locales]. What is withheld inside a claim is left out of its value. The values stay
 * in the library until they are asked for, one by one: close the claims when they are no longer shown. No network request is
 * made.
 *
 * @throws WalletException `not_found`, `consent_mismatch` if the card was changed meanwhile, `used_up`, `locked` and those of
 *   the store
 */
public suspend fun Wallet.revealed(
    plan: ConsentPlan,
    showing: Int = 0,
    locales: List<String> = preferredLocales(),
): Claims = work { it.revealed(plan, showing.toUInt(), locales) }

/**
 * What the verifier of this [plan] was shown before, oldest first, as far as the history was not deleted. No network request
 * is made.
 *
 * @throws WalletException `used_up`, `locked` and those of the store
 */
public suspend fun Wallet.sharedBefore(plan: ConsentPlan): List<SharedBefore> = work { it.sharedBefore(plan) }

/**
 * Changes a [plan]: another card, another of the verifier's options. Show what comes back: it has another hash. No network
 * request is made.
 *
 * @throws WalletException `not_found` if the request or the cards do not allow the [choice]: the plan stays as it was;
 *   `used_up`
 */
public suspend fun Wallet.select(plan: ConsentPlan, choice: Choice): PlanOverview = work { it.select(plan, choice) }

/**
 * The holder agrees to the [plan] with this [hash]: that of the [PlanOverview] the holder was shown, kept beside it. Where
 * [PlanOverview.needsAuth] says so, [auth] tells how the holder authenticated since the plan was made or changed. No network
 * request is made, and the wallet may be locked if [auth] is not a [FreshAuth].
 *
 * @throws WalletException `consent_mismatch` (the plan was changed: show it again), `consent_expired`, `user_auth_required`
 *   (also for a [FreshAuth] of another store or older than a minute), `locked` with a [FreshAuth], those of the clock: the plan
 *   stays as it was; `used_up` for a plan that was answered
 */
public suspend fun Wallet.approve(plan: ConsentPlan, hash: ByteArray, auth: HolderAuth = HolderAuth.None): ApprovedPlan =
    work {
        it.approve(plan, hash, auth)
    }

/**
 * Makes the presentation, writes down durably that the copies are used and what is shown, and only then sends it, or gives
 * out the bytes for the caller of the Digital Credentials API. Asks the network, and the holder where keys in hardware do.
 *
 * The approved plan is used up however this ends. Cancelled before anything was written down, nothing was shown; after that
 * the outcome is [Outcome.Unknown] in the history, and [resend] finds out.
 *
 * @throws WalletException before anything was sent: `used_up`, `locked`, the integrity codes, `conflict`,
 *   `one_time_exhausted`, `consent_expired`, `needs_reissue`, those of the keys and of the store. After that it does not fail:
 *   see [Presented.outcome]
 */
public suspend fun Wallet.present(approved: ApprovedPlan): Presented = work { it.present(approved) }

/**
 * The holder says no, or has seen that no card fits: the verifier cannot tell the two apart. Asks the network, but for a
 * request of the Digital Credentials API.
 *
 * @throws WalletException `used_up`, `locked`, those of the store
 */
public suspend fun Wallet.refuse(proposal: Proposal): Declined = work { it.refuse(proposal) }

/**
 * Sends the very bytes of a presentation again whose outcome is [Outcome.Unknown], to the very same place; [history] is
 * [Presented.history] or the name of the history entry. If the verifier refuses them the outcome stays unknown: it may have
 * taken the first ones. Asks the network.
 *
 * @throws WalletException `locked`, the integrity codes, `not_found` if there is nothing to send again, `request_expired`
 */
public suspend fun Wallet.resend(history: String): Presented = work { it.resend(history) }
