package org.citizenwallet.demo

import java.io.File
import java.io.IOException
import java.nio.file.DirectoryIteratorException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import kotlinx.coroutines.withContext
import org.citizenwallet.Wallet

/**
 * The store's folder, and beside it one for a store that is to take its place: it is made whole, then the old one is erased, then
 * it moves in. Whatever happens in between, one of the two is there.
 */
internal class Stores(private val home: Home) {
    val folder: File = home.folder
    val next: File = File(home.folder.path + ".next")

    /** It is there from before the store is made until the holder has the recovery code. */
    private val unseen = File(home.folder.path + ".unseen")

    /** Whether a recovery code was made that perhaps nobody saw. */
    suspend fun isCodeUnseen(): Boolean = files { unseen.exists() }

    /** @throws IOException if that cannot be written down */
    suspend fun codeIsToCome() = files {
        unseen.parentFile?.mkdirs()
        unseen.createNewFile()
        Unit
    }

    suspend fun codeWasSeen() = files {
        // One that stays means another new code, no more.
        unseen.delete()
        Unit
    }

    /**
     * Whether a store waits to take the place of the other.
     *
     * @throws IOException that cannot be told: it is not to be taken for "no", which would erase cards that were rescued
     */
    suspend fun hasNext(): Boolean = files {
        try {
            Files.newDirectoryStream(next.toPath()).use { it.iterator().hasNext() }
        } catch (_: NoSuchFileException) {
            false
        } catch (error: DirectoryIteratorException) {
            throw checkNotNull(error.cause)
        }
    }

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
