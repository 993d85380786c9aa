package org.citizenwallet

import java.io.File
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext

/**
 * The holder takes the store as it is, after [IntegrityState.ANCHOR_MISSING] (files restored, or a new phone) or another state
 * that is not sound. Every copy that may be shown a limited number of times counts as used, because nobody knows what was shown
 * since. Does nothing in a store that is sound. [auth] is from [Wallet.authenticate].
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked` and those of the store
 */
public suspend fun Wallet.adopt(auth: FreshAuth): Unit = work { it.adopt(auth) }

/**
 * Reads every record and names those that cannot be read. Nothing is deleted because of it.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.damaged(): List<DamagedRecord> = work { it.damaged() }

/**
 * Gives up what is damaged of the blocks seen of ledgers: for `record_corrupt` about `ledger_memory`, with which every ledger is
 * refused until then. From then on an older answer about now is believed of that ledger, until a newer one comes: whoever can write
 * the store's files can bring about the damage, so let the holder decide. What can be read stays. Returns how many records went.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.forgetDamagedLedgers(): UInt = work { it.forgetDamagedLedgers() }

/**
 * Copies the database beside the store, for later investigation, into a folder named after the time: its path.
 *
 * @throws WalletException `store_exists` if there is one of the same second, `store_missing`, `disk_full`, `read_only_medium`,
 *   `io_failed`
 */
public suspend fun Wallet.quarantine(): File = work { File(it.quarantine()) }

/**
 * Makes a new store in [folder] from what can be read of this one: for `store_corrupt`, or when records are refused. This wallet
 * need not be unlocked and is not changed. Open the new one as any other, with a secret of [enrolments]. Copies that may be shown
 * a limited number of times count as used there. All secrets are wiped.
 *
 * @throws WalletException as [Wallet.unlock] for the secret of this wallet, and as [Wallet.create] for the new one
 */
public suspend fun Wallet.rescue(
    with: UnlockWith,
    folder: File,
    enrolments: Enrolments,
    settings: VaultSettings = VaultSettings(),
): Rescued =
    // The recovery code of the new store is told once.
    withContext(NonCancellable) {
        consuming(AutoCloseable { AutoCloseable(enrolments::destroy).use { with.destroy() } }) {
            it.rescue(with, folder.path, settings, enrolments)
        }
    }
