package org.citizenwallet.jvm

import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.AtomicMoveNotSupportedException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import org.citizenwallet.AnchorException
import org.citizenwallet.AnchorStore

/**
 * The anchor as files in [folder] (made if it is absent), for the desktop. Keep it outside the wallet's folder and outside
 * what is backed up.
 *
 * It is not rollback safe, and says so: whoever restores an older copy of both folders sets back the count of wrong tries.
 */
public class FileAnchorStore(folder: File) : AnchorStore {
    private val folder: Path = folder.toPath()

    override fun read(name: String): ByteArray? = failing {
        try {
            Files.readAllBytes(cell(name))
        } catch (_: NoSuchFileException) {
            null
        }
    }

    /** The new bytes are on the medium before they take the place of the old ones, so that one of the two is always there. */
    @Synchronized
    override fun write(name: String, bytes: ByteArray): Unit = failing {
        Files.createDirectories(folder)
        val cell = cell(name)
        val new = folder.resolve("$name~")
        FileChannel.open(new, CREATE, WRITE, TRUNCATE_EXISTING).use { file ->
            val buffer = ByteBuffer.wrap(bytes)
            while (buffer.hasRemaining()) file.write(buffer)
            file.force(true)
        }
        try {
            Files.move(new, cell, ATOMIC_MOVE)
        } catch (_: AtomicMoveNotSupportedException) {
            Files.move(new, cell, REPLACE_EXISTING)
        }
        syncFolder()
    }

    @Synchronized
    override fun delete(name: String): Unit = failing {
        if (Files.deleteIfExists(cell(name))) syncFolder()
    }

    override fun isRollbackSafe(): Boolean = false

    private fun cell(name: String): Path {
        // `~` ends the names of new files only.
        if (!NAME.matches(name)) throw AnchorException.Failed()
        return folder.resolve(name)
    }

    private fun syncFolder() {
        try {
            FileChannel.open(folder, READ).use { it.force(true) }
        } catch (_: IOException) {
            // Windows opens no folders; there the move is durable by itself.
        }
    }

    private inline fun <T> failing(work: () -> T): T =
        try {
            work()
        } catch (_: IOException) {
            throw AnchorException.Failed()
        }

    private companion object {
        val NAME = Regex("[a-z0-9-][a-z0-9.-]{0,99}")
    }
}
