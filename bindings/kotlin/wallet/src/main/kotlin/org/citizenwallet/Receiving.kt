package org.citizenwallet

/**
 * Reads an offer (a link, or what a QR code says) and fetches what the holder must see before agreeing: [Offer.details]. It
 * makes requests to addresses the offer names: ask the holder first.
 *
 * @throws WalletException `locked`, the integrity codes, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`,
 *   `grant_not_supported`, `format_not_supported` and the network's
 */
public suspend fun Wallet.offer(link: String): Offer = work { it.offer(link) }

/**
 * What an [issuer] (by its identifier) offers for these [configurationIds], where the wallet comes by itself. It makes
 * requests: ask the holder first.
 *
 * @throws WalletException as [offer]
 */
public suspend fun Wallet.discover(issuer: String, configurationIds: List<String>): Offer =
    work { it.discover(issuer, configurationIds) }

/**
 * After the holder agreed: asks the issuer's server for access, where [OfferDetails.isPreAuthorized]. The [txCode] is what
 * the holder typed if [OfferDetails.txCode] asks for one; it is wiped. After `grant_refused` it may be called again with
 * another code. Uses the network.
 *
 * @throws WalletException `tx_code_required`, `tx_code_not_expected` (both before any request), `issuance_expired` (also where
 *   the offer was accepted before), `grant_refused`, `token_refused`, `token_response_invalid`, `not_supported` and the
 *   network's
 */
public suspend fun Wallet.accept(offer: Offer, txCode: Secret? = null): AuthorizedIssuance =
    consuming(AutoCloseable { txCode?.close() }) { it.accept(offer, txCode) }

/**
 * After the holder agreed: begins an authorization in the browser, where [OfferDetails.canBeAuthorized], for these
 * [configurationIds] or, without any, for all that can be received. What is needed to go on is stored: the app may end
 * meanwhile. Go on with [resume]. Uses the network.
 *
 * @throws WalletException `not_supported` without a `redirectUri` in the policy or where the offer has no such grant; those of
 *   the server, of the store and of the network
 */
public suspend fun Wallet.authorize(offer: Offer, configurationIds: List<String> = emptyList()): AuthorizationUrl =
    work { it.authorize(offer, configurationIds) }

/**
 * Takes the link the browser came back with, also after a restart of the app. The authorization it answers is used up by it,
 * whatever comes of it. A link that answers none changes nothing. Uses the network.
 *
 * @throws WalletException `authorization_response_invalid`, `authorization_refused`, `issuance_expired`, those of the server,
 *   of the store and of the network
 */
public suspend fun Wallet.resume(redirectUrl: String): AuthorizedIssuance = work { it.resume(redirectUrl) }

/**
 * Orders one card in so many [copies] (the issuer may give fewer), each with a key of its own, and verifies it. It is not
 * stored yet: show it to the holder, and [keep] or [decline] it. One that comes later is written down at once: see [deferred].
 * Uses the network.
 *
 * Nothing of a [ReceivedCard] is in the store: with the process it is gone, and the issuer is told nothing. Keys that were made
 * for it in hardware go with a later `doPending`.
 *
 * @throws WalletException `credential_refused`, what verification refuses, those of the keys, of the store and of the network
 */
public suspend fun Wallet.order(authorized: AuthorizedIssuance, order: CardOrder, copies: Int = 1): Ordered =
    work { it.order(authorized, order.index, copies.asCopies()) }

/**
 * Stores a card: all its copies or none. The issuer is told only after they are durable. Uses the network.
 *
 * A coroutine that is cancelled has stored it or not: [list] tells. After each error but `used_up` the [card] can be kept
 * again, after unlocking or making room, or given up.
 *
 * @throws WalletException `used_up`; `not_supported` for a policy by which no copy could ever be shown, `locked`, the
 *   integrity codes, those of the store and of the hardware key, `key_unavailable` if it was received more than an hour ago and
 *   its hardware keys were given up
 */
public suspend fun Wallet.keep(card: ReceivedCard, policy: KeepPolicy = KeepPolicy()): KeptCard =
    work { it.keep(card, policy) }

/**
 * The holder does not want the card after all: nothing is stored, and the issuer is told that it was deleted. Works while the
 * wallet is locked, too. Uses the network.
 *
 * @return whether the issuer was told; null where it does not want to be
 * @throws WalletException `used_up`
 */
public suspend fun Wallet.decline(card: ReceivedCard): Notified? = work { it.decline(card) }

/**
 * The card cannot be stored: the issuer is told that it failed. Works while the wallet is locked, too. Uses the network.
 *
 * @return whether the issuer was told; null where it does not want to be
 * @throws WalletException `used_up`
 */
public suspend fun Wallet.giveUp(card: ReceivedCard): Notified? = work { it.giveUp(card) }

/**
 * All of it for apps that ask the holder once: every card of the offer is ordered and kept. Those that come later are among
 * [deferred]. Uses the network.
 *
 * @throws WalletException as the single steps. Cards of the same offer that were kept before the failure stay.
 */
public suspend fun Wallet.receive(
    link: String,
    txCode: Secret? = null,
    copies: Int = 1,
    policy: KeepPolicy = KeepPolicy(),
): List<KeptCard> =
    consuming(AutoCloseable { txCode?.close() }) { it.receive(link, txCode, copies.asCopies(), policy) }

/** What the holder sees of it, in the holder's language as the platform knows it. */
public fun Offer.details(): OfferDetails = details(preferredLocales())

/**
 * How it looks, in the holder's language as the platform knows it.
 *
 * @throws WalletException `used_up`
 */
public fun ReceivedCard.look(): CardLook = look(preferredLocales())

/**
 * What it says, for the holder to look at before keeping it, with labels in the holder's language.
 *
 * @throws WalletException `used_up`
 */
public fun ReceivedCard.claims(): Claims = claims(preferredLocales())

/** As many as fit: issuers give far fewer. */
private fun Int.asCopies(): UShort = coerceIn(1, UShort.MAX_VALUE.toInt()).toUShort()
