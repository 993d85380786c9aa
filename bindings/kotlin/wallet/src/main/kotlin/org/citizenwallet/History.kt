package org.citizenwallet

/**
 * What was received, shown, declined, deleted and exported: to whom, when, and the names of claims, never their values.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.history(): History = work { it.history() }

/**
 * Deletes what an [entry] of the history says ([HistoryItem.id]). That there was one stays visible. A presentation whose
 * arrival is unknown cannot be sent again afterwards.
 *
 * @throws WalletException `not_found`, `locked` and those of the store
 */
public suspend fun Wallet.deleteHistory(entry: String): Unit = work { it.deleteHistory(entry) }

/**
 * All claims and the history as JSON (UTF-8), **everything in clear**: put it where the holder wants it and wipe the array.
 * Keys are not in it: it is no backup. [auth] is from [Wallet.authenticate]. The history says that it happened.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked` and those of the store
 */
public suspend fun Wallet.export(auth: FreshAuth): ByteArray = work { it.export(auth) }
