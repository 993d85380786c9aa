package org.citizenwallet.demo

import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The window comes and goes as Android has it, in the middle of consent. */
class AppWindowTest {
    @Test
    fun `a screen that is turned shows the same plan, asks nobody again, and the plan can be agreed to`() = phone {
        val (window, link) = arrived()
        val consent = then<Screen.Consent>(Action.Agree)
        val claims = said(consent.showings.single().claims.lines)
        repeat(2) {
            on { window.disappeared(isTurned = true) }
            on { window.made(link, isMadeAgain = true) }
            on { window.appeared() }
        }
        assertSame(consent, app.screen.first())
        assertEquals(claims, said(consent.showings.single().claims.lines))
        assertEquals("outcome_accepted", said(then<Screen.Done>(Action.Agree).outcome.text))
        assertTrue("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `a window that is left locks, and made again in the same process it brings back no plan`() = phone {
        val (window, link) = arrived()
        val consent = then<Screen.Consent>(Action.Agree)
        on { window.disappeared(isTurned = false) }
        waitFor(consent) { it is Screen.Keys }
        on { window.made(link, isMadeAgain = true) }
        on { window.appeared() }
        assertEquals(setOf("gone"), said(consent.showings.single().claims.lines).values.toSet())
        enter<Screen.Cards>(Phone.PIN)
        assertFalse("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `a window that is made again in a new process brings back no plan, and asks nobody`() = phone {
        val (_, link) = arrived()
        then<Screen.Consent>(Action.Agree)
        die()
        val window = AppWindow(app)
        on { window.made(link, isMadeAgain = true) }
        on { window.appeared() }
        waitFor(null) { it is Screen.Keys }
        enter<Screen.Cards>(Phone.PIN)
        assertFalse("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `the app locks when the last of its windows is gone, and a link waits behind the lock`() = phone {
        val (window, _) = arrived()
        val question = screen
        on { window.appeared() }
        on { window.disappeared(isTurned = false) }
        assertSame(question, screen)
        on { window.disappeared(isTurned = false) }
        waitFor(question) { it is Screen.Keys }
        on { window.made(askAge(), isMadeAgain = false) }
        assertEquals("request_found", said(enter<Screen.Question>(Phone.PIN).title))
    }

    /** The window of somebody with a card, made for the link of a bar. */
    private suspend fun Phone.arrived(): Pair<AppWindow, String> {
        setUp()
        receive()
        val window = AppWindow(app)
        val link = askAge()
        val before = screen
        on { window.made(link, isMadeAgain = false) }
        on { window.appeared() }
        waitFor(before) { it is Screen.Question }
        return window to link
    }
}
