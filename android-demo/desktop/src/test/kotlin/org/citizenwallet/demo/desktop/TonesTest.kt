package org.citizenwallet.demo.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.use
import java.time.Instant
import java.util.Locale
import org.citizenwallet.demo.Entry
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Text
import org.citizenwallet.demo.Tone
import org.citizenwallet.demo.screens.AppView
import org.citizenwallet.demo.screens.LocalTexts
import org.citizenwallet.demo.screens.Palette
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** For whoever does not tell colours apart. */
class TonesTest {
    @Test
    fun `without colours each tone still looks different, with the same words`() {
        val drawn = Tone.entries.map { drawn(it) }
        assertEquals(Tone.entries.size, drawn.map { it.contentHashCode() }.toSet().size)
        // The difference is the tone's, and not chance.
        assertArrayEquals(drawn.first(), drawn(Tone.entries.first()))
    }

    /** The pixels of something that is the case in this [tone], in black and white. */
    @OptIn(ExperimentalComposeUiApi::class)
    private fun drawn(tone: Tone): ByteArray {
        val entry = Entry("1", Instant.EPOCH, Text.Given("what"), listOf(Text.Given("words")), tone)
        return ImageComposeScene(600, 800).use { scene ->
            scene.setContent {
                CompositionLocalProvider(LocalTexts provides Strings.texts(Locale.ENGLISH)) {
                    AppView(Screen.History(listOf(entry), isIntact = true), Grey) {}
                }
            }
            scene.render()
            checkNotNull(scene.render().encodeToData()).bytes
        }
    }

    private companion object {
        val Grey = Palette(
            background = Color.White,
            surface = Color.White,
            text = Color.Black,
            quiet = Color.Black,
            primary = Color.Black,
            onPrimary = Color.White,
            good = Color.Black,
            caution = Color.Black,
            bad = Color.Black,
            line = Color.Black,
            isLight = true,
        )
    }
}
