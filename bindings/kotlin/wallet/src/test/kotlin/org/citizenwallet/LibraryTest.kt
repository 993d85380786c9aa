package org.citizenwallet

import com.sun.jna.Platform as Machine
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.file.Files
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

/** A native library that is not the one of these bindings. */
@EnabledOnOs(OS.LINUX)
class LibraryTest {
    @Test
    fun `the library of these bindings is loaded`() = assertEquals("loaded", loading(ours.readBytes()))

    @Test
    fun `one of another version is a mismatch`() {
        val version = ErrorCode.LIBRARY_MISMATCH.text
        val older = replaced(ours.readBytes(), libraryVersion(), libraryVersion().replace('0', '9'))
        assertEquals("$version: version", loading(older))
    }

    @Test
    fun `one whose functions have other parameters is a mismatch`() {
        val functions = listOf("uniffi_wallet_ffi_checksum_func_open_wallet", "uniffi_wallet_ffi_checksum_func_error_codes")
        assertEquals("library_mismatch: interface", loading(swapped(ours.readBytes(), functions)))
    }

    @Test
    fun `one that lacks a function is a mismatch`() {
        val name = "uniffi_wallet_ffi_checksum_func_open_wallet"
        assertEquals("library_mismatch: missing", loading(replaced(ours.readBytes(), name, name.replace("open", "shut"))))
    }

    @Test
    fun `none at all is a mismatch, and so is one that is no library`() {
        assertEquals("library_mismatch: missing", loading(null))
        assertEquals("library_mismatch: missing", loading("no library".toByteArray()))
    }

    @Test
    fun `one in the JAR is found where nobody says where it is, and compared all the same`() {
        assertEquals("loaded", loading(null, inJar = ours.readBytes()))
        val other = replaced(ours.readBytes(), libraryVersion(), libraryVersion().replace('0', '9'))
        assertEquals("library_mismatch: version", loading(null, inJar = other))
    }

    @Test
    fun `one that is named goes before the one in the JAR`() =
        assertEquals("loaded", loading(ours.readBytes(), inJar = "no library".toByteArray()))

    private val ours =
        System.getProperty("jna.library.path").split(File.pathSeparator).map { File(it, "libwallet_ffi.so") }.first(File::exists)

    /** What a Java machine of its own says of this [library] in the folder that is named, and [inJar] on its class path. */
    private fun loading(library: ByteArray?, inJar: ByteArray? = null): String {
        val folder = Files.createTempDirectory("native").toFile()
        val classes = Files.createTempDirectory("classes").toFile()
        try {
            library?.let { File(folder, ours.name).writeBytes(it) }
            inJar?.let { File(classes, Machine.RESOURCE_PREFIX).apply { mkdir() }.resolve(ours.name).writeBytes(it) }
            val named = folder.path.takeIf { library != null || inJar == null }
            val output = Child.output(Child.start("OtherLibrary", native = named, classes = classes))
            val told = output.lines().filter { it.startsWith("told: ") }.distinct()
            assertEquals(1, told.size, output)
            return told.single().removePrefix("told: ")
        } finally {
            folder.deleteRecursively()
            classes.deleteRecursively()
        }
    }

    /** The library with a text of it replaced by one as long. */
    private fun replaced(library: ByteArray, old: String, new: String): ByteArray {
        val text = String(library, Charsets.ISO_8859_1)
        assertTrue(old in text && old.length == new.length)
        return text.replace(old, new).toByteArray(Charsets.ISO_8859_1)
    }

    /** The library in which each of two functions is found under the other's name (ELF, 64 bits). */
    private fun swapped(library: ByteArray, names: List<String>): ByteArray {
        val elf = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN)
        val table = elf.getLong(0x28).toInt()
        val sections = List(elf.getShort(0x3C).toInt()) { table + it * elf.getShort(0x3A) }
        val symbols = sections.single { elf.getInt(it + 4) == DYNAMIC_SYMBOLS }
        val texts = elf.getLong(sections[elf.getInt(symbols + 0x28)] + 0x18).toInt()
        val start = elf.getLong(symbols + 0x18).toInt()
        val entries = start until start + elf.getLong(symbols + 0x20).toInt() step SYMBOL
        val found = names.map { name -> entries.single { isNamed(library, texts + elf.getInt(it), name) } }
        val places = found.map { elf.getLong(it + 8) }
        found.zip(places.reversed()) { entry, place -> elf.putLong(entry + 8, place) }
        return library
    }

    private fun isNamed(library: ByteArray, start: Int, name: String): Boolean {
        val wanted = name.toByteArray() + 0
        return wanted.indices.all { library[start + it] == wanted[it] }
    }

    private companion object {
        /** The kind of section the loader looks names up in. */
        const val DYNAMIC_SYMBOLS = 11

        /** Bytes of an entry in it. */
        const val SYMBOL = 24
    }
}
