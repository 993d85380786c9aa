package org.citizenwallet.demo

import java.io.File
import org.citizenwallet.CreateKeys
import org.citizenwallet.KeyStore
import org.citizenwallet.KeyStoreException
import org.citizenwallet.SignRequest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the holder does with the wallet as a whole: another PIN, everything in a file, the state it is in, its end. */
class WholeWalletTest {
    @Test
    fun `a new PIN needs the old one, and takes its place`() = phone {
        setUp()
        settings()
        then<Screen.Keys>(Action.ChangePin)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>("000000").notice!!))
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Keys>(Phone.PIN)
        // The same again is none.
        assertEquals("error_weak_pin", said(enter<Screen.Keys>(Phone.PIN).notice!!))
        enter<Screen.Keys>("508213")
        assertEquals("pin_changed", said(enter<Screen.Cards>("508213").notice!!))
        then<Screen.Keys>(Action.Lock)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>(Phone.PIN).notice!!))
        enter<Screen.Cards>("508213")
    }

    @Test
    fun `an export needs a yes and the PIN or the recovery code, and nothing of it is left in the app`() = phone {
        val code = setUp()
        receive()
        settings()
        then<Screen.Question>(Action.Export)
        then<Screen.Cards>(Action.Refuse)
        settings()
        then<Screen.Question>(Action.Export)
        then<Screen.Keys>(Action.Agree)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>("000000").notice!!))
        assertTrue(files.isEmpty())
        assertEquals("exported", said(enter<Screen.Cards>(Phone.PIN).notice!!))
        assertTrue("HONG GILDONG" in files.single())
        assertTrue(saved.single().all { it == 0.toByte() })
        settings()
        then<Screen.Question>(Action.Export)
        then<Screen.Keys>(Action.Agree)
        assertEquals(Pad.RECOVERY, then<Screen.Keys>(Action.OtherWayIn).pad)
        assertEquals("error_recovery_code_malformed", said(enter<Screen.Keys>(code.reversed()).notice!!))
        enter<Screen.Cards>(code)
        assertEquals(listOf("history_exported", "history_exported"), then<Screen.History>(Action.ShowHistory).entries.take(2).map { said(it.what) })
    }

    @Test
    fun `a wallet whose memory on the phone is gone is taken as it is when its holder says so`() = phone {
        val code = setUp()
        receive()
        then<Screen.Keys>(Action.Lock)
        File(place, "anchor").deleteRecursively()
        assertEquals("wait", said(enter<Screen.Keys>(Phone.PIN).notice!!))
        then<Screen.Keys>(Action.OtherWayIn)
        val unsound = enter<Screen.Cards>(code)
        assertEquals("not_sound" to Action.Adopt, unsound.due.first().let { said(it.text) to it.action })
        then<Screen.Question>(Action.Adopt)
        then<Screen.Cards>(Action.Refuse)
        then<Screen.Question>(Action.Adopt)
        assertEquals(Pad.RECOVERY, then<Screen.Keys>(Action.Agree).pad)
        val sound = enter<Screen.Cards>(code)
        assertEquals("adopted", said(sound.notice!!))
        assertTrue(sound.due.none { it.action == Action.Adopt })
        assertEquals("history_adopted", said(then<Screen.History>(Action.ShowHistory).entries.first().what))
    }

    @Test
    fun `erasing needs a yes, leaves no key and no file, and begins anew`() {
        val keys = LeftKeys()
        phone(keyStore = keys) {
            setUp()
            settings()
            then<Screen.Question>(Action.Erase)
            then<Screen.Settings>(Action.Refuse)
            then<Screen.Question>(Action.Erase)
            then<Screen.Welcome>(Action.Agree)
            assertEquals(emptyList<String>(), deviceKey.list() + keys.handles + File(place, "store").list().orEmpty())
            setUp("508213")
            then<Screen.Keys>(Action.Lock)
            enter<Screen.Cards>("508213")
        }
    }

    @Test
    fun `a holder who has neither PIN nor code can begin anew`() = phone {
        setUp()
        receive()
        then<Screen.Keys>(Action.Lock)
        assertEquals("erase", said(then<Screen.Keys>(Action.OtherWayIn).lastWay!!))
        then<Screen.Question>(Action.Erase)
        then<Screen.Keys>(Action.Back)
        then<Screen.Question>(Action.Erase)
        then<Screen.Welcome>(Action.Agree)
        setUp()
        assertTrue((screen as Screen.Cards).cards.isEmpty())
    }

    @Test
    fun `no settings lead on while the wallet is locked`() = phone {
        setUp()
        settings()
        then<Screen.Question>(Action.Erase)
        then<Screen.Keys>(Action.Lock)
        on(Action.Agree, Action.Export, Action.Adopt)
        assertTrue(screen is Screen.Keys)
        assertFalse(enter<Screen.Cards>(Phone.PIN).cards.isNotEmpty())
    }

    private suspend fun Phone.settings() = then<Screen.Settings>(Action.ShowSettings)

    /** A key of a card that is there. */
    private class LeftKeys : KeyStore {
        val handles = mutableListOf("a")

        override suspend fun capabilities() = throw KeyStoreException.UnavailableNow()

        override suspend fun create(request: CreateKeys) = throw KeyStoreException.UnavailableNow()

        override suspend fun sign(request: SignRequest) = throw KeyStoreException.UnavailableNow()

        override suspend fun signMany(requests: List<SignRequest>) = throw KeyStoreException.UnavailableNow()

        override suspend fun delete(handle: String) {
            handles -= handle
        }

        override suspend fun list(): List<String> = handles.toList()
    }
}
