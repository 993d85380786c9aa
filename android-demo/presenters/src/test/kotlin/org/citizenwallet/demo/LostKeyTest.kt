package org.citizenwallet.demo

import java.io.File
import org.citizenwallet.Wallet
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The phone has the wallet's key no more: the cards go to a new wallet. */
class LostKeyTest {
    @Test
    fun `the recovery code moves the cards to a new wallet with a new PIN and a new code`() = phone {
        val code = lost()
        val lost = enter<Screen.Keys>(Phone.PIN)
        assertEquals(Pad.RECOVERY, lost.pad)
        assertTrue((lost.notice as Text.Of).key in setOf("error_device_key_missing", "error_device_key_invalidated"))
        assertEquals("error_recovery_code_malformed", said(enter<Screen.Keys>(code.reversed()).notice!!))
        val question = enter<Screen.Question>(code)
        assertEquals("rescue_title", said(question.title))
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(NEW)
        val new = enter<Screen.RecoveryCode>(NEW).groups.joinToString("") { String(it) }
        val unlock = then<Screen.Keys>(Action.Agree)
        assertEquals(Pad.PIN, unlock.pad)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>(Phone.PIN).notice!!))
        val cards = enter<Screen.Cards>(NEW)
        // Its own keys were lost with the phone's: it is due to be issued again.
        assertEquals("Resident card", said(cards.cards.single().name))
        assertEquals(listOf("history_adopted", "history_received"), then<Screen.History>(Action.ShowHistory).entries.map { said(it.what) })
        assertFalse(next().exists())
        then<Screen.Keys>(Action.Lock)
        then<Screen.Keys>(Action.OtherWayIn)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>(code).notice!!))
        enter<Screen.Keys>(new) { it.pad == Pad.PIN }
    }

    @Test
    fun `a holder who does not want to move looks at the cards`() = phone {
        val code = lost()
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Question>(code)
        val cards = then<Screen.Cards>(Action.Refuse)
        assertEquals("key_gone" to 1, said(cards.notice!!) to cards.cards.size)
    }

    @Test
    fun `a key that was not asked for may still be there, and nothing is moved`() = phone {
        val code = lost()
        then<Screen.Keys>(Action.OtherWayIn)
        assertEquals("key_silent", said(enter<Screen.Cards>(code).notice!!))
    }

    @Test
    fun `a lock ends the move, and the code is asked for again`() = phone {
        val code = lost()
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Question>(code)
        then<Screen.Keys>(Action.Agree)
        type("50")
        assertEquals("unlock_title", said(then<Screen.Keys>(Action.Lock).title))
        enter<Screen.Keys>(Phone.PIN) { it.pad == Pad.RECOVERY }
        enter<Screen.Question>(code)
    }

    @Test
    fun `where the process ends before the new code was seen, the old wallet is there`() = phone {
        val code = lost()
        moved(code)
        die()
        waitFor(null) { it is Screen.Keys }
        assertFalse(next().exists())
        enter<Screen.Keys>(Phone.PIN) { it.pad == Pad.RECOVERY }
        enter<Screen.Question>(code)
    }

    @Test
    fun `where the process ends after the old wallet was erased, the new one moves in`() = phone {
        moved(lost())
        app.close()
        Wallet.erase(app.home.folder, app.home.platform)
        die()
        waitFor(null) { it is Screen.Keys }
        assertEquals(1, enter<Screen.Cards>(NEW).cards.size)
        assertFalse(next().exists())
    }

    @Test
    fun `where the phone cannot tell whether a new wallet waits, no other is made in its place`() = phone {
        waitFor(null) { it is Screen.Welcome }
        // No folder, and not nothing either.
        next().writeText("")
        die()
        val trouble = waitFor(null) { it is Screen.Trouble } as Screen.Trouble
        assertEquals("io_failed" to true, trouble.problem.code to trouble.canRepeat)
        next().delete()
        then<Screen.Welcome>(Action.Again)
    }

    /** With a card, and locked: the recovery code. */
    private suspend fun Phone.lost(): String {
        val code = setUp()
        receive()
        then<Screen.Keys>(Action.Lock)
        deviceKey.loseKeys()
        return code
    }

    private suspend fun Phone.moved(code: String) {
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Question>(code)
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(NEW)
        enter<Screen.RecoveryCode>(NEW)
    }

    private fun Phone.next() = File(place, "store.next")

    private companion object {
        const val NEW = "508213"
    }
}
