package org.citizenwallet.demo.desktop

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.toArgb
import org.citizenwallet.ErrorCode
import org.citizenwallet.demo.Colours
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.screens.Dark
import org.citizenwallet.demo.screens.Light
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The texts and colours of the app. */
class TextsTest {
    private val english = Strings.read("values")
    private val korean = Strings.read("values-ko")
    private val phrases = Phrase.values().map { it.key }.toSet()
    private val errors = codes().map { "error_$it" }.toSet()

    @Test
    fun `every text and every error of the library has words in English and Korean, and none is left over`() {
        assertTrue(errors.size > 100)
        assertEquals(phrases + errors, english.keys)
        assertEquals(phrases + errors, korean.keys)
    }

    @Test
    fun `every text takes the same arguments in both languages, and no Korean text is English`() {
        val places = Regex("%[0-9]\\\$s")
        fun arguments(text: String) = places.findAll(text).map { it.value }.toSet()
        for ((key, text) in english) {
            val other = korean.getValue(key)
            assertEquals(arguments(text), arguments(other), key)
            // A percent sign that is no argument would break the format.
            assertEquals("", (places.replace(text, "") + places.replace(other, "")).filter { it == '%' }, key)
            if (places.replace(text, "").any(Char::isLetter)) assertNotEquals(text, other, key)
        }
    }

    @Test
    fun `every colour of text can be read where it stands`() {
        for (palette in listOf(Light, Dark)) {
            val texts = with(palette) { listOf(text, quiet, primary, good, caution, bad) }
            for (ground in listOf(palette.background, palette.surface)) for (text in texts) readable(text, ground)
            readable(palette.onPrimary, palette.primary)
        }
    }

    @Test
    fun `what is no picture is none, and neither is one that fills the memory`() {
        for (bytes in listOf(ByteArray(0), ByteArray(10), "<svg/>".toByteArray(), "GIF89a".toByteArray())) assertNull(decodePicture(bytes))
        // The head of a PNG of 100000 by 100000 pixels.
        val head = intArrayOf(
            0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0,
            8, 2, 0, 0, 0, 0, 0, 0, 0,
        )
        assertNull(decodePicture(ByteArray(head.size) { head[it].toByte() }))
    }

    /** The codes that [ErrorCode] has a name for. */
    private fun codes(): List<String> =
        ErrorCode.Companion::class.java.methods
            .filter { it.name.startsWith("get") && it.returnType == String::class.java }
            .map { it.invoke(ErrorCode.Companion) as String }

    private fun readable(text: Color, ground: Color) {
        val contrast = Colours.contrast(text.toArgb() and 0xFFFFFF, ground.toArgb() and 0xFFFFFF)
        assertTrue(contrast >= Colours.READABLE, "$contrast: $text on $ground")
    }
}
