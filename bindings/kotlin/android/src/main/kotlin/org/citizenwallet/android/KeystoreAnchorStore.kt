package org.citizenwallet.android

import android.content.Context
import org.citizenwallet.AnchorException
import org.citizenwallet.AnchorStore
import org.citizenwallet.android.framework.FrameworkParts
import org.citizenwallet.android.framework.syncFolder
import java.io.File
import java.io.IOException
import java.security.SecureRandom
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * The wallet's anchor: small files, each sealed with a Keystore key of its own that is replaced at every write.
 *
 * A write makes a new key, seals the bytes with it, replaces the file, and deletes the old key. An older copy of the file
 * that is put back can be opened by nobody: the wallet takes it for a foreign cell, tells of it (`anchor_missing`) and gives
 * no free tries for a PIN. Whoever restores the Keystore's own database as well, which takes control of the system, is not
 * noticed.
 *
 * A crash leaves the old value or the new one. If it comes between replacing the file and deleting the old key, the copy
 * before the last is readable until the next read or write deletes that key.
 *
 * Use one folder in an app, in `noBackupFilesDir`: a file restored on another phone is of no use. Not for several
 * processes at once. Calls take some tens of milliseconds.
 */
public class KeystoreAnchorStore internal constructor(
    private val cells: Cells,
    private val access: KeystoreAccess,
    private val random: (ByteArray) -> Unit,
) : AnchorStore {
    /** Cells in `folder`, which is created at the first write. */
    @JvmOverloads
    public constructor(
        context: Context,
        folder: File = File(context.noBackupFilesDir, "org.citizenwallet.anchor"),
    ) : this(FolderCells(folder, ::syncFolder), FrameworkParts.access(context), SecureRandom()::nextBytes)

    override fun read(name: String): ByteArray? = answer(name) {
        val file = cells.read(name) ?: return@answer null
        val cell = SealedCell.parse(file) ?: return@answer FOREIGN
        val alias = alias(name, cell.generation)
        val bytes = try {
            access.steadily(alias) { it.open(alias, cell.sealed, context(name, cell.generation)) }
        } catch (failed: KeystoreFailed) {
            if (failed.failure !in GONE) throw failed
            return@answer FOREIGN
        }
        // After a crash the key of the value before may still be there. If it cannot be deleted now, the next write does.
        try {
            forget(name, except = alias)
        } catch (_: KeystoreFailed) {
        }
        bytes
    }

    override fun write(name: String, bytes: ByteArray): Unit = answer(name) {
        if (bytes.size > MAX_BYTES) throw IOException("too large")
        val generation = ByteArray(GENERATION_BYTES).also(random)
        val alias = alias(name, generation)
        try {
            access.steadily(alias) { it.create(alias, KeyRules(KeyKind.SEAL)) }
            val sealed = access.steadily(alias) { it.seal(alias, bytes, context(name, generation)) }
            cells.replace(name, SealedCell(generation, sealed).encode())
        } catch (failed: Exception) {
            abandon(name, alias)
            throw failed
        }
        forget(name, except = alias)
    }

    override fun delete(name: String): Unit = answer(name) {
        // The file first: without it nothing refers to the keys, and the call can be repeated.
        cells.remove(name)
        forget(name, except = null)
    }

    /** Restored files are noticed, see the class. */
    override fun isRollbackSafe(): Boolean = true

    /** Deletes the keys of all values of the cell but one. */
    private fun forget(name: String, except: String?) {
        val prefix = prefix(name)
        val old = access.steadily(prefix) { it.aliases() }.filter { isOf(prefix, it) && it != except }
        for (alias in old) access.steadily(alias) { it.delete(alias) }
    }

    /** The new key of a write that failed, unless the file was replaced after all. */
    private fun abandon(name: String, alias: String) {
        try {
            val current = cells.read(name)?.let(SealedCell::parse)
            if (current == null || alias(name, current.generation) != alias) access.steadily(alias) { it.delete(alias) }
        } catch (_: Exception) {
            // The next write deletes it.
        }
    }

    private fun <T> answer(name: String, action: () -> T): T {
        if (!NAME.matches(name)) throw AnchorException.Failed()
        try {
            return LOCK.withLock(action)
        } catch (failed: KeystoreFailed) {
            throw if (failed.failure == Failure.UnavailableNow) AnchorException.UnavailableNow() else AnchorException.Failed()
        } catch (_: IOException) {
            throw AnchorException.Failed()
        }
    }

    internal companion object {
        private val LOCK = ReentrantLock()
        private val NAME = Regex("[a-z0-9-][a-z0-9.-]{0,99}")
        private val GENERATION = Regex("[0-9a-f]{${2 * GENERATION_BYTES}}")
        const val PREFIX: String = "org.citizenwallet.anchor."
        const val GENERATION_BYTES: Int = 8
        const val MAX_BYTES: Int = 4096

        /** What is read from a file nobody's key opens: a cell that is not one of the wallet's, and not an absent one. */
        val FOREIGN: ByteArray get() = ByteArray(0)

        /** The file will never be readable again. Everything else is "not now". */
        private val GONE = setOf(Failure.NotFound, Failure.Invalidated, Failure.NotSealedSo)

        fun prefix(name: String): String = "$PREFIX$name."

        fun alias(name: String, generation: ByteArray): String =
            prefix(name) + generation.joinToString("") { "%02x".format(it) }

        /** Another cell's name may begin with this one's. */
        fun isOf(prefix: String, alias: String): Boolean =
            alias.startsWith(prefix) && GENERATION.matches(alias.removePrefix(prefix))

        private fun context(name: String, generation: ByteArray): ByteArray =
            "org.citizenwallet anchor 1\n$name\n".toByteArray() + generation
    }
}

/** A cell's file: `version (1) ‖ generation (8) ‖ nonce ‖ sealed bytes`. */
internal class SealedCell(val generation: ByteArray, val sealed: ByteArray) {
    fun encode(): ByteArray = byteArrayOf(VERSION) + generation + sealed

    internal companion object {
        private const val VERSION: Byte = 1
        private const val HEAD = 1 + KeystoreAnchorStore.GENERATION_BYTES

        fun parse(file: ByteArray): SealedCell? =
            if (file.size <= HEAD || file[0] != VERSION) {
                null
            } else {
                SealedCell(file.copyOfRange(1, HEAD), file.copyOfRange(HEAD, file.size))
            }
    }
}
