package org.citizenwallet.android

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.RandomAccessFile

/** Small files, each replaced as a whole. */
internal interface Cells {
    /** The bytes, or null if there is no such file. One that cannot be read is an [IOException]. */
    fun read(name: String): ByteArray?

    /** Durable when it returns; after a crash the file has the old bytes or the new ones. */
    fun replace(name: String, bytes: ByteArray)

    /** Durable when it returns. */
    fun remove(name: String)
}

/** Files of one folder, which is made at the first write. [syncFolder] makes renames and removals in it durable. */
internal class FolderCells(private val folder: File, private val syncFolder: (File) -> Unit) : Cells {
    override fun read(name: String): ByteArray? {
        val file = File(folder, name)
        if (!file.exists()) {
            // "Not there" only if the folder can be looked into: File.exists says no to everything else.
            if (folder.exists() && folder.list() == null) throw IOException("unreadable folder")
            return null
        }
        RandomAccessFile(file, "r").use { input ->
            if (input.length() > MAX_BYTES) throw IOException("too large")
            return ByteArray(input.length().toInt()).also(input::readFully)
        }
    }

    override fun replace(name: String, bytes: ByteArray) {
        if (!folder.isDirectory) {
            if (!folder.mkdirs() && !folder.isDirectory) throw IOException("no folder")
            folder.parentFile?.let(syncFolder)
        }
        val next = File(folder, "$name$NEXT")
        FileOutputStream(next).use { output ->
            output.write(bytes)
            output.fd.sync()
        }
        if (!next.renameTo(File(folder, name))) throw IOException("not replaced")
        syncFolder(folder)
    }

    override fun remove(name: String) {
        val files = listOf(File(folder, name), File(folder, "$name$NEXT")).filter { it.exists() }
        for (file in files) {
            if (!file.delete() && file.exists()) throw IOException("not removed")
        }
        if (files.isNotEmpty()) syncFolder(folder)
    }

    internal companion object {
        /** A sealed cell has at most 4 KiB and a few dozen bytes. */
        const val MAX_BYTES: Long = 8192

        /** Not a character of a cell's name. */
        const val NEXT: String = "~"
    }
}
