package org.citizenwallet.demo

import java.io.File
import kotlinx.coroutines.withContext
import org.citizenwallet.Wallet

/**
 * The store's folder, and beside it one for a store that is to take its place: it is made whole, then the old one is erased, then
 * it moves in. Whatever happens in between, one of the two is there.
 */
internal class Stores(private val home: Home) {
    val folder: File = home.folder
    val next: File = File(home.folder.path + ".next")

    suspend fun hasNext(): Boolean = files { !next.list().isNullOrEmpty() }

    suspend fun erase() {
        Wallet.erase(folder, home.platform)
    }

    suspend fun eraseNext() {
        Wallet.erase(next, home.platform)
        files { next.deleteRecursively() }
    }

    /** Whether the next store is now the one there is. */
    suspend fun moveIn(): Boolean = files {
        folder.deleteRecursively()
        next.renameTo(folder)
    }

    private suspend fun <T> files(work: () -> T): T = withContext(Wallet.Dispatcher) { work() }
}
