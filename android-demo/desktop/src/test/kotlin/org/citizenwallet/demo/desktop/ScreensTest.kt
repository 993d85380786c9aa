package org.citizenwallet.demo.desktop

import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What holds for every screen, however it is drawn. The drawings are in target/screens. */
class ScreensTest {
    @Test
    fun `everything that can be touched or seen has words`() = holds { drawing ->
        drawing.elements.filter { (it.isTouched || it.isPicture) && it.label.isBlank() }.map { "at ${it.bounds}" }
    }

    @Test
    fun `everything that can be touched is 48 dp high and wide`() = holds { drawing ->
        drawing.elements.filter { it.isTouched && (it.width < 47.9 || it.height < 47.9) }
            .map { "${it.label}: ${it.width} x ${it.height}" }
    }

    @Test
    fun `no text is cut off, also at twice its size and in a longer language`() = holds { drawing ->
        val cut = drawing.parts.filter { it.isText && (it.isClipped || it.width > it.bounds.width + 1 || it.height > it.bounds.height + 1) }
        cut.map { "${it.label}: ${it.width} x ${it.height} in ${it.bounds}" }
    }

    @Test
    fun `no text lies on another`() = holds { drawing ->
        val texts = drawing.parts.filter { it.isText }
        texts.flatMapIndexed { place, one ->
            texts.drop(place + 1).filter { one.bounds.deflate(1f).overlaps(it.bounds.deflate(1f)) }.map { "${one.label} | ${it.label}" }
        }
    }

    @Test
    fun `every screen there is was drawn in both languages, by day and by night`() {
        val screens = Screen::class.java.declaredClasses.filter { Screen::class.java.isAssignableFrom(it) }.toSet()
        for (look in listOf("en-light", "en-dark", "en-large", "ko-light", "ko-dark", "ko-large", "pseudo", "rtl")) {
            assertEquals(screens, Tour.drawings.filter { it.look.name == look }.map { it.kind }.toSet(), look)
        }
    }

    @Test
    fun `consent is read in order - who asks, what is seen, what stays private, and the answer last`() {
        val drawn = Tour.drawings.filter { it.screen == "consent" }
        assertTrue(drawn.isNotEmpty())
        for (drawing in drawn) {
            val order = listOf(
                Phrase.CONSENT_WHO, Phrase.CONSENT_SHOWS, Phrase.CONSENT_PRIVATE, Phrase.CONSENT_ALWAYS, Phrase.CONSENT_LINK,
                Phrase.CONSENT_BEFORE, Phrase.CONSENT_AGREE, Phrase.CONSENT_REFUSE,
            ).map { phrase ->
                val words = drawing.look.texts.of(phrase())
                drawing.elements.indexOfFirst { it.label == words }.also { assertTrue(it >= 0, "$drawing: $words") }
            }
            assertEquals(order.sorted(), order, "$drawing")
        }
    }

    private fun holds(rule: (Drawing) -> List<String>) {
        assertTrue(Tour.drawings.size > 100, "${Tour.drawings.size}")
        val broken = Tour.drawings.flatMap { drawing -> rule(drawing).map { "${drawing.screen} ${drawing.look.name}: $it" } }
        assertEquals("", broken.joinToString("\n"))
    }
}
