package org.citizenwallet

import java.util.Locale

/**
 * All cards in the order of their receiving, with names in the preferred [locales] (BCP 47, best first).
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.list(locales: List<String> = preferredLocales()): List<CardOverview> =
    work { it.list(locales) }

/**
 * The card with this [id]. The values of its claims stay in the library until they are asked for, one by one: close the
 * claims when they are no longer shown.
 *
 * @throws WalletException `not_found`, `locked` and those of the store
 */
public suspend fun Wallet.detail(id: String, locales: List<String> = preferredLocales()): CardDetail =
    work { it.detail(id, locales) }

/** The holder's language as the platform knows it. */
internal fun preferredLocales(): List<String> = listOf(Locale.getDefault().toLanguageTag())
