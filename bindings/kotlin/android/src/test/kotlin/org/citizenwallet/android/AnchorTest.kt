package org.citizenwallet.android

import org.citizenwallet.AnchorException
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.IOException
import java.security.ProviderException
import java.security.SecureRandom
import java.security.UnrecoverableKeyException

/** Files in memory that can be copied and put back. */
internal class DoubleCells : Cells {
    val files = mutableMapOf<String, ByteArray>()
    var before: (call: String) -> Unit = {}
    var after: (call: String) -> Unit = {}

    override fun read(name: String): ByteArray? = files[name].also { before("read") }

    override fun replace(name: String, bytes: ByteArray) {
        before("replace")
        files[name] = bytes
        after("replace")
    }

    override fun remove(name: String) {
        before("remove")
        files.remove(name)
        after("remove")
    }
}

/** The process ends here: not an exception that anything catches. */
internal class Crash : Error()

class AnchorTest {
    private val phone = Phone()
    private val cells = DoubleCells()
    private val anchor = store()

    private fun store(cells: Cells = this.cells) = KeystoreAnchorStore(cells, phone.access, SecureRandom()::nextBytes)

    private fun read(name: String = "a") = anchor.read(name)?.decodeToString()

    private fun write(text: String, name: String = "a") = anchor.write(name, text.toByteArray())

    private fun keys() = phone.keystore.entries.keys.filter { it.startsWith(KeystoreAnchorStore.PREFIX) }

    @Test
    fun `a cell is read back, replaced and removed`() {
        assertNull(read())
        write("one")
        assertEquals("one", read())
        write("two")
        assertEquals("two", read())
        anchor.delete("a")
        anchor.delete("a")
        assertNull(read())
        assertTrue(keys().isEmpty())
    }

    @Test
    fun `each value has a key of its own, and one key is left`() {
        write("one")
        val first = keys()
        write("two")
        assertEquals(1, keys().size)
        assertFalse(keys() == first)
    }

    @Test
    fun `an older file that is put back is neither read nor taken for absent`() {
        write("one")
        val old = cells.files.getValue("a")
        write("two")
        cells.files["a"] = old
        assertArrayEquals(ByteArray(0), anchor.read("a"))
        // The wallet can go on from there.
        write("three")
        assertEquals("three", read())
    }

    @Test
    fun `a file of another cell, changed or cut is a foreign cell`() {
        write("one")
        write("other", name = "b")
        val good = cells.files.getValue("a")
        val foreign = mutableListOf(cells.files.getValue("b"), ByteArray(0))
        good.indices.forEach { index -> foreign += good.copyOf().also { it[index] = (it[index] + 1).toByte() } }
        good.indices.forEach { foreign += good.copyOf(it) }
        for (file in foreign) {
            cells.files["a"] = file
            assertArrayEquals(ByteArray(0), anchor.read("a"))
        }
        cells.files["a"] = good
        assertEquals("one", read())
    }

    @Test
    fun `files without their keys, on a new phone, are foreign cells`() {
        write("one")
        phone.keystore.entries.clear()
        assertArrayEquals(ByteArray(0), anchor.read("a"))
    }

    @Test
    fun `a cell whose key cannot be had now is an error, never absent and never foreign`() {
        write("one")
        phone.keystore.isForgetful = true
        assertThrows<AnchorException.UnavailableNow> { read() }
        phone.keystore.isForgetful = false
        phone.fail("open") { UnrecoverableKeyException() }
        assertThrows<AnchorException.Failed> { read() }
        phone.keystore.before = {}
        phone.device.isUserUnlocked = false
        phone.fail("open") { ProviderException() }
        assertThrows<AnchorException.UnavailableNow> { read() }
        phone.device.isUserUnlocked = true
        phone.keystore.before = {}
        cells.before = { throw IOException() }
        assertThrows<AnchorException.Failed> { read() }
        cells.before = {}
        assertEquals("one", read())
    }

    @Test
    fun `a transient failure is tried again`() {
        phone.fail("seal", times = 2) { ProviderException() }
        write("one")
        assertEquals("one", read())
    }

    @Test
    fun `a write that fails keeps the value before, and leaves no key behind`() {
        write("one")
        phone.fail("seal") { ProviderException() }
        assertThrows<AnchorException.Failed> { write("two") }
        phone.keystore.before = {}
        assertEquals("one", read())
        assertEquals(1, keys().size)
        cells.before = { if (it == "replace") throw IOException() }
        assertThrows<AnchorException.Failed> { write("two") }
        cells.before = {}
        assertEquals("one", read())
        assertEquals(1, keys().size)
    }

    @Test
    fun `a write that fails after the file was replaced holds the new value`() {
        write("one")
        cells.after = { throw IOException() }
        assertThrows<AnchorException.Failed> { write("two") }
        cells.after = {}
        assertEquals("two", read())
        assertEquals(1, keys().size)
    }

    @Test
    fun `a crash at any point of a write leaves the value before or the new one`() {
        val seen = mutableSetOf<String?>()
        for (first in listOf(null, "one")) {
            forEachCrash({ first?.let { write(it) } }, { write("two") }) {
                val value = read()
                seen += value
                assertTrue(value == first || value == "two", "$value")
                write("three")
                assertEquals("three", read())
                assertEquals(1, keys().size)
            }
        }
        assertEquals(setOf(null, "one", "two"), seen)
    }

    @Test
    fun `a crash at any point of deleting leaves the value or none, and deleting can be repeated`() {
        val seen = mutableSetOf<String?>()
        forEachCrash({ write("one") }, { anchor.delete("a") }) {
            seen += read()
            anchor.delete("a")
            assertNull(read())
            assertTrue(keys().isEmpty())
        }
        assertEquals(setOf(null, "one"), seen)
    }

    @Test
    fun `after a crash before the old key was deleted, reading deletes it`() {
        write("one")
        val old = cells.files.getValue("a")
        cells.after = { throw Crash() }
        assertThrows<Crash> { write("two") }
        cells.after = {}
        assertEquals(2, keys().size)
        assertEquals("two", read())
        cells.files["a"] = old
        assertArrayEquals(ByteArray(0), anchor.read("a"))
    }

    /** Runs [action] with a crash before and after each step it takes, from a fresh [start], then [check]. */
    private fun forEachCrash(start: () -> Unit, action: () -> Unit, check: () -> Unit) {
        var crashAt = 0
        while (true) {
            phone.keystore.entries.clear()
            cells.files.clear()
            start()
            var step = 0
            val crash = { _: String -> if (step++ == crashAt) throw Crash() }
            listOf(crash, crash).let { (before, after) ->
                phone.keystore.before = before
                phone.keystore.after = after
                cells.before = before
                cells.after = after
            }
            val isOver = runCatching(action).isSuccess
            phone.keystore.before = {}
            phone.keystore.after = {}
            cells.before = {}
            cells.after = {}
            if (isOver) break
            check()
            crashAt++
        }
        assertTrue(crashAt >= 6, "$crashAt crash points")
    }

    @Test
    fun `a cell whose name begins with another's is another cell`() {
        write("one", name = "a")
        write("two", name = "a.0011223344556677")
        write("three", name = "a")
        assertEquals("two", read("a.0011223344556677"))
        anchor.delete("a")
        assertEquals("two", read("a.0011223344556677"))
    }

    @Test
    fun `a name that could leave the folder is refused`() {
        for (name in listOf("", "..", ".a", "../x", "a/b", "A", "a~", "a\u0000", "a".repeat(101))) {
            assertThrows<AnchorException.Failed>(name) { write("x", name) }
        }
        assertTrue(cells.files.isEmpty() && keys().isEmpty())
        write("x", "a".repeat(100))
    }

    @Test
    fun `a cell that is too large is refused`() {
        assertThrows<AnchorException.Failed> { anchor.write("a", ByteArray(KeystoreAnchorStore.MAX_BYTES + 1)) }
        anchor.write("a", ByteArray(KeystoreAnchorStore.MAX_BYTES))
        assertEquals(KeystoreAnchorStore.MAX_BYTES, anchor.read("a")?.size)
    }

    @Test
    fun `in a real folder a cell is replaced as a whole, and a half-written one is not seen`(@TempDir folder: File) {
        val synced = mutableListOf<File>()
        val place = File(folder, "anchor")
        val store = store(FolderCells(place, synced::add))
        assertNull(store.read("a"))
        store.write("a", byteArrayOf(1))
        assertTrue(place in synced && folder in synced)
        File(place, "a${FolderCells.NEXT}").writeBytes(byteArrayOf(9))
        assertArrayEquals(byteArrayOf(1), store.read("a"))
        store.write("a", byteArrayOf(2))
        assertArrayEquals(byteArrayOf(2), store.read("a"))
        assertEquals(listOf("a"), place.list()!!.toList())
        store.delete("a")
        assertEquals(emptyList<String>(), place.list()!!.toList())
    }

    @Test
    fun `what lies in the place of a cell and cannot be read is an error`(@TempDir folder: File) {
        File(folder, "a").mkdir()
        val store = store(FolderCells(folder) {})
        assertThrows<AnchorException.Failed> { store.read("a") }
        File(folder, "b").writeBytes(ByteArray(FolderCells.MAX_BYTES.toInt() + 1))
        assertThrows<AnchorException.Failed> { store.read("b") }
        Unit
    }
}
