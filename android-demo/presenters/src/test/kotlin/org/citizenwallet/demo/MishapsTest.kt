package org.citizenwallet.demo

import org.citizenwallet.Secret
import org.citizenwallet.SlotKind
import org.citizenwallet.UnlockWith
import org.citizenwallet.of
import org.citizenwallet.removeSlot
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What goes wrong, and what the holder is told. */
class MishapsTest {
    @Test
    fun `a wrong PIN says how many tries are left, and then how long to wait`() = phone {
        setUp()
        then<Screen.Keys>(Action.Lock)
        for (left in 4 downTo 1) assertEquals(Phrase.WRONG_TRIES_LEFT(left), enter<Screen.Keys>("000000").notice)
        val last = enter<Screen.Keys>("000000").notice
        val locked = enter<Screen.Keys>(Phone.PIN).notice
        assertTrue((last as Text.Of).key in setOf("wrong_and_wait", "wrong_tries_left"), "$last")
        assertEquals("wait", (locked as Text.Of).key)
        assertTrue(locked.arguments.single() is kotlin.time.Duration)
    }

    @Test
    fun `what a code says is taken like a link that was pasted, and who gives up stays where they were`() = phone {
        setUp()
        then<Screen.AddCard>(Action.AddCard)
        on(Action.Scan)
        assertTrue(screen is Screen.AddCard)
        for (odd in listOf("", "https://example.com/hello", "openid4vp:", "\ud800")) {
            code = odd
            val scanned = then<Screen.Trouble>(Action.Scan)
            then<Screen.Cards>(Action.Back)
            assertEquals(scanned, then<Screen.Trouble>(Action.Open(odd)), odd)
            then<Screen.Cards>(Action.Back)
            then<Screen.AddCard>(Action.AddCard)
        }
        code = parties.offer("resident_card").first()
        assertEquals("offer_found", said(then<Screen.Question>(Action.Scan).title))
    }

    @Test
    fun `a forgotten PIN is replaced after the recovery code, and opens nothing from then on`() = phone {
        val code = setUp()
        then<Screen.Keys>(Action.Lock)
        then<Screen.Keys>(Action.OtherWayIn)
        enter<Screen.Keys>(code) { it.pad == Pad.PIN }
        enter<Screen.Keys>("508213")
        assertEquals("pin_changed", said(enter<Screen.Cards>("508213").notice!!))
        then<Screen.Keys>(Action.Lock)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>(Phone.PIN).notice!!))
        enter<Screen.Cards>("508213")
    }

    @Test
    fun `a lock waits for the PIN that is being changed, and it opens the wallet`() = phone {
        val code = setUp()
        then<Screen.Keys>(Action.Lock)
        then<Screen.Keys>(Action.OtherWayIn)
        enter<Screen.Keys>(code) { it.pad == Pad.PIN }
        enter<Screen.Keys>("508213")
        type("508213")
        assertFalse(whileWorking(Action.Enter, Action.Back, Action.Lock).canCancel)
        waitFor(null) { it is Screen.Keys }
        enter<Screen.Cards>("508213")
    }

    @Test
    fun `a wallet without a PIN starts with the recovery code and gets one`() = phone {
        val code = setUp()
        app.wallet.authenticate(UnlockWith.Pin(Secret.of(Phone.PIN.toCharArray()))).use { app.wallet.removeSlot(it, SlotKind.Pin) }
        die()
        val keys = waitFor(null) { it is Screen.Keys } as Screen.Keys
        assertEquals(Pad.RECOVERY to null, keys.pad to keys.otherWay)
        enter<Screen.Keys>(code) { it.pad == Pad.PIN }
        enter<Screen.Keys>("508213")
        enter<Screen.Cards>("508213")
        assertEquals(Pad.PIN, then<Screen.Keys>(Action.Lock).pad)
        enter<Screen.Cards>("508213")
    }

    @Test
    fun `the phone's own check opens the wallet where the holder wanted it`() = phone(canCheckHolder = true) {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Question>(Phone.PIN)
        then<Screen.RecoveryCode>(Action.Agree)
        then<Screen.Cards>(Action.Agree)
        assertTrue(then<Screen.Keys>(Action.Lock).canCheckHolder)
        then<Screen.Cards>(Action.CheckHolder)
    }

    @Test
    fun `a PIN that is easy to guess or was mistyped is asked for again`() = phone {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        assertEquals("error_weak_pin", said(enter<Screen.Keys>("123456").notice!!))
        enter<Screen.Keys>(Phone.PIN)
        assertEquals("pin_differs", said(enter<Screen.Keys>("739155").notice!!))
        enter<Screen.Keys>(Phone.PIN)
        assertEquals(8, enter<Screen.RecoveryCode>(Phone.PIN).groups.size)
    }

    @Test
    fun `no link and no code crashes the app or leaves it without an answer`() = phone {
        setUp()
        val long = "openid4vp://?request_uri=https%3A%2F%2F" + "a".repeat(200_000)
        val links = listOf(
            "", " ", "hello", "https://example.com", "openid4vp://", "openid4vp://?client_id=", "openid-credential-offer://",
            "openid-credential-offer://?credential_offer=%7B", "openid-credential-offer://?credential_offer=null",
            "openid4vp://?%00%ff=%", "haip-vp://?request=a.b.c", "haip-vci://?x", "mdoc:AAAA", "\u202e\u0000\ud800", long,
            "https://wallet.example/back?", "https://wallet.example/back?code=1&state=2", "javascript:alert(1)", "{\"a\":1}",
        )
        for (link in links) {
            on(Action.Open(link))
            val answer = waitFor(null) { it is Screen.Trouble || it is Screen.Question }
            if (answer is Screen.Question) then<Screen.Trouble>(Action.Agree)
            then<Screen.Cards>(Action.Back)
        }
    }

    @Test
    fun `somebody who pretends to be the bank is an error that says not to answer`() = phone {
        setUp()
        then<Screen.Question>(Action.Open(parties.ask("bank", "resident_card", "name", options = """{"fault":"certificate_mismatch"}""")))
        val trouble = then<Screen.Trouble>(Action.Agree)
        assertEquals("error_verifier" to "error_untrusted_verifier", said(trouble.problem.title) to said(trouble.problem.advice))
        assertEquals(false, trouble.canRepeat)
    }

    @Test
    fun `without a network the same can be tried again`() = phone {
        setUp()
        then<Screen.Question>(Action.Open("openid4vp://?client_id=x509_san_dns%3Alocalhost&request_uri=http%3A%2F%2Flocalhost%3A1%2Fr"))
        val trouble = then<Screen.Trouble>(Action.Agree)
        assertEquals("network_failed", trouble.problem.code)
        assertTrue(trouble.canRepeat)
        assertEquals("network_failed", then<Screen.Trouble>(Action.Again).problem.code)
        then<Screen.Cards>(Action.Back)
    }

    @Test
    fun `the end of the process while a code is typed leaves nothing of it`() = phone {
        setUp()
        val (link, _) = parties.offer("resident_card", "--tx-code")
        then<Screen.Question>(Action.Open(link))
        then<Screen.Offer>(Action.Agree)
        then<Screen.Keys>(Action.Agree)
        type("12")
        die()
        val keys = waitFor(null) { it is Screen.Keys } as Screen.Keys
        assertEquals(0, keys.typed)
        assertTrue(enter<Screen.Cards>(Phone.PIN).cards.isEmpty())
        assertNotNull(receive().cards.single())
    }

    @Test
    fun `a wallet that is being made is made to its end, and locks then where the app was left meanwhile`() = phone {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(Phone.PIN)
        type(Phone.PIN)
        assertFalse(whileWorking(Action.Enter, Action.Back, Action.Lock).canCancel)
        waitFor(null) { it is Screen.RecoveryCode }
        then<Screen.Keys>(Action.Agree)
        assertTrue(enter<Screen.Cards>(Phone.PIN).cards.isEmpty())
    }

    @Test
    fun `a lock keeps a card that was received and not yet kept, and the holder decides after unlocking`() = phone {
        setUp()
        then<Screen.Question>(Action.Open(parties.offer("resident_card").first()))
        then<Screen.Offer>(Action.Agree)
        val before = then<Screen.Received>(Action.Agree)
        val claims = said(before.claims.lines)
        then<Screen.Keys>(Action.Lock)
        assertEquals(setOf("gone"), said(before.claims.lines).values.toSet())
        assertEquals(claims, said(enter<Screen.Received>(Phone.PIN).claims.lines))
        val cards = then<Screen.Cards>(Action.Agree)
        assertEquals("card_kept" to 1, said(cards.notice!!) to cards.cards.size)
        // It is gone back to once.
        then<Screen.Keys>(Action.Lock)
        enter<Screen.Cards>(Phone.PIN)
    }

    @Test
    fun `neither a lock nor the holder cancels what the issuer answers once, and the card is there after unlocking`() = phone {
        setUp()
        then<Screen.Question>(Action.Open(parties.offer("resident_card").first()))
        then<Screen.Offer>(Action.Agree)
        assertFalse(whileWorking(Action.Agree, Action.Back, Action.Lock).canCancel)
        waitFor(null) { it is Screen.Keys }
        enter<Screen.Received>(Phone.PIN)
        assertEquals(1, then<Screen.Cards>(Action.Agree).cards.size)
    }

    @Test
    fun `a link that comes while the cards are busy is followed after`() = phone {
        setUp()
        val link = parties.offer("resident_card").first()
        val question = then<Screen.Question>(Action.RefreshStatus, Action.Open(link))
        assertEquals("offer_found", said(question.title))
    }

    @Test
    fun `where the process ends before the recovery code was seen, the PIN brings a new one, again and again until it is seen`() = phone {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(Phone.PIN)
        val lost = code(enter(Phone.PIN))
        die()
        waitFor(null) { it is Screen.Keys }
        val lostToo = code(enter(Phone.PIN))
        assertNotEquals(lost, lostToo)
        die()
        waitFor(null) { it is Screen.Keys }
        val seen = code(enter(Phone.PIN))
        then<Screen.Cards>(Action.Agree)
        then<Screen.Keys>(Action.Lock)
        enter<Screen.Cards>(Phone.PIN)
        then<Screen.Keys>(Action.Lock)
        then<Screen.Keys>(Action.OtherWayIn)
        for (old in listOf(lost, lostToo)) assertEquals(Pad.RECOVERY, enter<Screen.Keys>(old).pad)
        enter<Screen.Keys>(seen) { it.pad == Pad.PIN }
    }

    private fun code(screen: Screen.RecoveryCode) = screen.groups.joinToString("") { String(it) }

    @Test
    fun `a page that is not of the web is opened only after its whole address was seen`() = phone {
        setUp()
        receive()
        // On this machine it is plain http: a scheme as good as that of any app.
        suspend fun answered(): Screen.Question {
            asked(parties.ask("shop", "resident_card", "name", options = """{"redirect":true}"""))
            then<Screen.Done>(Action.Agree)
            return then(Action.Agree)
        }
        val address = said(answered().lines.single())
        assertTrue(address.startsWith("http://") && "/done/" in address, address)
        then<Screen.Cards>(Action.Refuse)
        assertTrue(pages.isEmpty())
        val other = said(answered().lines.single())
        then<Screen.Cards>(Action.Agree)
        assertEquals(listOf(other), pages)
    }

    @Test
    fun `a link replaces no question`() = phone {
        setUp()
        val card = receive().cards.single().id
        val question = then<Screen.Question>(Action.Delete(card))
        on(Action.Open(parties.offer("resident_card").first()))
        assertEquals(question, screen)
        assertEquals("offer_found", said(then<Screen.Question>(Action.Refuse).title))
        assertEquals(1, then<Screen.Cards>(Action.Refuse).cards.size)
    }

    @Test
    fun `a verifier that calls itself by the name of another is told by what was proven of it, now and in the history`() = phone {
        setUp()
        receive()
        // What it calls itself is in its request; the address is in its certificate.
        val name = "shop"
        val consent = asked(parties.ask(name, "resident_card", "name"))
        val facts = consent.verifier.facts.map { it.text as Text.Of }
        assertEquals("localhost", said(consent.verifier.name))
        assertTrue(Phrase.VERIFIER_OWN_NAME(Text.Given(name)) in facts, "$facts")
        assertTrue(facts.any { it.key == "verifier_subject" }, "$facts")
        then<Screen.Done>(Action.Agree)
        then<Screen.Cards>(Action.Back)
        val entry = then<Screen.History>(Action.ShowHistory).entries.first()
        assertEquals(Phrase.HISTORY_PRESENTED(Text.Given("localhost")), entry.what)
        assertEquals("outcome_accepted" to Tone.GOOD, said(entry.lines.first()) to entry.tone)
        assertTrue(Phrase.VERIFIER_OWN_NAME(Text.Given(name)) in entry.lines, "${entry.lines}")
    }
}
