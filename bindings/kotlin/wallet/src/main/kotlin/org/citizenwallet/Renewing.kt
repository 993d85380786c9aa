package org.citizenwallet

import java.time.Instant

/**
 * Lets the issuer issue the card with this [id] again, without the holder: as many copies as are missing where it is only short
 * of them, else all. Nothing of the card changes yet: if [RenewedCard.isChanged] show the holder [RenewedCard.changes], and
 * then [keepRenewed] it or [decline] its [RenewedCard.intoCard]. Uses the network.
 *
 * @throws WalletException `renewal_needs_holder`: begin anew with an offer and [replacing]; `renewal_mismatch` if it is another
 *   card; `issuance_deferred` if it comes later: it is among [deferred], then [replacing]; `conflict` while another renewal is
 *   under way; `not_found`, `locked`, the integrity codes, and those of [offer] and [order]
 */
public suspend fun Wallet.renew(id: String): RenewedCard = work { it.renew(id) }

/**
 * Compares a [card] that was received by an offer or an authorization with the card whose place it is to take, the one with
 * this [id]. Go on as after [renew].
 *
 * After each error but `used_up` the [card] can be used again.
 *
 * @throws WalletException `used_up`; `renewal_mismatch` if it is another card, `not_found`, `locked`, those of the store
 */
public suspend fun Wallet.replacing(id: String, card: ReceivedCard): RenewedCard = work { it.replacing(id, card) }

/**
 * Stores a renewed card in its own place: whatever happens, the old one is there or the new one, whole. The issuer is told only
 * after the new copies are durable. A plan that was made with an old copy can no longer be presented. Uses the network.
 *
 * After each error but `used_up` the [card] can be kept again.
 *
 * @throws WalletException `used_up`; `not_found` if the card was deleted meanwhile, and those of [keep]
 */
public suspend fun Wallet.keepRenewed(card: RenewedCard): Renewed = work { it.keepRenewed(card) }

/**
 * What should be done about the cards at this time, most urgent first. Makes no request and writes nothing: the library never
 * schedules. Ask after unlocking, and from the platform's scheduler while the wallet is unlocked; do what needs the network
 * only when the phone charges and the network costs nothing, but for [Urgency.NOW]. Renewing right after a showing tells the
 * issuer when its card was shown: add a random delay.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.due(at: Instant = Instant.now()): List<Due> = work { it.due(at) }

/**
 * When [due] has more to say [after] this time by the passing of time alone; null if never.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.nextDue(after: Instant = Instant.now()): Instant? = work { it.nextDue(after) }

/**
 * What it says otherwise than before, with labels in the holder's language as the platform knows it.
 *
 * @throws WalletException `used_up`
 */
public fun RenewedCard.changes(): ClaimChanges = changes(preferredLocales())
