package org.citizenwallet

/**
 * The status lists that [refreshStatus] would ask for these [cards] (all, where none is named). Asks nobody. An app may want the
 * holder's word first where a list can tell holders apart ([StatusListPlan.isTracking]), and leave its cards out.
 *
 * @throws WalletException `not_found`, `locked`, the integrity codes and those of the store
 */
public suspend fun Wallet.statusPlan(cards: List<String> = emptyList()): List<StatusListPlan> =
    work { it.statusPlan(cards) }

/**
 * Asks issuers over the network whether these [cards] (all, where none is named) are still good, and keeps what they say:
 * [CardOverview.status]. A list's keeper learns that a wallet on this network holds some card of the list. Call it on a
 * schedule or when the holder asks, never because a verifier asked for something.
 *
 * @throws WalletException `not_found`, `locked`, the integrity codes and those of the store. What is wrong with one list is in
 *   [StatusListRefresh.outcome]; what was known before still stands then.
 */
public suspend fun Wallet.refreshStatus(cards: List<String> = emptyList()): List<StatusListRefresh> =
    work { it.refreshStatus(cards) }
