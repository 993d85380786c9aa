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

/**
 * Deletes the card with this [id], with its copies, keys and looks. The issuer is not told. Keys in hardware are deleted after
 * it; what fails is tried again at each [doPending].
 *
 * @throws WalletException `not_found`, `locked` and those of the store: then nothing was deleted
 */
public suspend fun Wallet.delete(id: String): Unit = work { it.delete(id) }

/**
 * Does what is left to do: hardware keys that could not be deleted yet, answers that can no longer be sent again. Call it after
 * unlocking. How many things are still left.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.doPending(): Int = work { it.doPending().toInt() }

/**
 * The handles of all keys in the app's [KeyStore] that this store uses or still has to delete. An app whose key store serves this
 * store alone may delete all others while nothing is received or renewed: a process that died just after making keys leaves some
 * that nobody knows. And all of these after [Wallet.erase], which cannot know them.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.hardwareKeys(): List<String> = work { it.hardwareKeys() }

/** The holder's language as the platform knows it. */
internal fun preferredLocales(): List<String> = listOf(Locale.getDefault().toLanguageTag())
