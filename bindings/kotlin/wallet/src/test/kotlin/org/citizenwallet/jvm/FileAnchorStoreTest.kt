package org.citizenwallet.jvm

import java.io.File
import java.nio.file.Files
import org.citizenwallet.AnchorException
import org.citizenwallet.AnchorStore
import org.citizenwallet.Place
import org.citizenwallet.Place.Companion.pin
import org.citizenwallet.waiting
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class FileAnchorStoreTest {
    private val root: File = Files.createTempDirectory("anchor").toFile()
    private val folder = File(root, "cells")
    private val anchor: AnchorStore = FileAnchorStore(folder)

    @AfterEach
    fun remove() {
        root.deleteRecursively()
    }

    @Test
    fun `a cell is absent, written, replaced and removed, also for who opens it later`() {
        assertNull(anchor.read("a.b-1"))
        anchor.delete("a.b-1")
        anchor.write("a.b-1", byteArrayOf(1, 2))
        anchor.write("a.b-1", byteArrayOf(3))
        anchor.write("a.b-2", byteArrayOf())
        val later = FileAnchorStore(folder)
        assertArrayEquals(byteArrayOf(3), later.read("a.b-1"))
        assertArrayEquals(byteArrayOf(), later.read("a.b-2"))
        later.delete("a.b-1")
        assertNull(anchor.read("a.b-1"))
        assertEquals(listOf("a.b-2"), folder.list()!!.toList())
    }

    @Test
    fun `what a crash left of a write is never read`() {
        anchor.write("cell", byteArrayOf(1))
        File(folder, "cell~").writeBytes(byteArrayOf(9))
        assertArrayEquals(byteArrayOf(1), anchor.read("cell"))
        anchor.write("cell", byteArrayOf(2))
        assertArrayEquals(byteArrayOf(2), anchor.read("cell"))
    }

    @Test
    fun `a cell that is there and cannot be read is an error, not absent`() {
        File(folder, "cell").mkdirs()
        assertThrows(AnchorException.Failed::class.java) { anchor.read("cell") }
        root.deleteRecursively()
        root.writeBytes(byteArrayOf())
        assertThrows(AnchorException.Failed::class.java) { anchor.write("cell", byteArrayOf(1)) }
    }

    @Test
    fun `no name leads out of the folder`() {
        for (name in listOf("", "..", "../x", "a/b", "a~", ".a", "A", "x".repeat(101))) {
            assertThrows(AnchorException.Failed::class.java, { anchor.write(name, byteArrayOf(1)) }, name)
        }
    }

    @Test
    fun `a wallet counts its tries in it, and it says that a backup sets them back`() = waiting {
        Place(anchor = anchor).use { place ->
            place.create().close()
            place.open().use { assertFalse(it.unlock(pin()).triesAreRollbackSafe) }
        }
    }
}
