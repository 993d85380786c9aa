package org.citizenwallet.demo

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Cards that come later. */
class PromisesTest {
    @Test
    fun `a promised card is said to come, and is there when its issuer has it`() = phone {
        setUp()
        val cards = promised(seconds = 1)
        assertEquals("card_comes_later" to "promised", said(cards.notice!!) to said(cards.promised.single().text))
        val id = cards.promised.single().id
        var answer: Screen
        do answer = then<Screen>(Action.AskFor(id)) { it is Screen.Cards || it is Screen.Received } while (answer is Screen.Cards)
        val after = then<Screen.Cards>(Action.Agree)
        assertEquals(listOf(1, 0), listOf(after.cards.size, after.promised.size))
        assertEquals("card_kept", said(after.notice!!))
    }

    @Test
    fun `after unlocking a promised card is asked for without a word of the holder`() = phone {
        setUp()
        promised(seconds = 1)
        var answer: Screen
        do {
            then<Screen.Keys>(Action.Lock)
            answer = enter<Screen>(Phone.PIN) { it is Screen.Cards || it is Screen.Received }
        } while (answer is Screen.Cards)
        assertEquals(1, then<Screen.Cards>(Action.Agree).cards.size)
    }

    @Test
    fun `a lock that comes while a promised card is asked for loses neither card nor promise`() = phone {
        setUp()
        val id = promised(seconds = 1).promised.single().id
        var answer: Screen
        do {
            whileWorking(Action.AskFor(id), Action.Back, Action.Lock) { !it.canCancel }
            waitFor(null) { it is Screen.Keys }
            answer = enter<Screen>(Phone.PIN) { it is Screen.Cards || it is Screen.Received }
        } while (answer is Screen.Cards)
        assertEquals(1, then<Screen.Cards>(Action.Agree).cards.size)
    }

    @Test
    fun `a card that is not ready says when it may be, and the holder may give it up`() = phone {
        setUp()
        val id = promised(seconds = 3600).promised.single().id
        assertEquals("promise_not_yet", said(then<Screen.Cards>(Action.AskFor(id)).notice!!))
        then<Screen.Question>(Action.Forget(id))
        assertEquals(1, then<Screen.Cards>(Action.Refuse).promised.size)
        then<Screen.Question>(Action.Forget(id))
        val cards = then<Screen.Cards>(Action.Agree)
        assertEquals("forgotten" to 0, said(cards.notice!!) to cards.promised.size)
    }

    @Test
    fun `without a network the promise stays, and the cards are to be seen`() = phone {
        setUp()
        val id = promised(seconds = 1).promised.single().id
        parties.close()
        var cards: Screen.Cards
        do cards = then(Action.AskFor(id)) while (said(cards.notice!!) == "promise_not_yet")
        assertEquals("error_network_failed" to 1, said(cards.notice!!) to cards.promised.size)
    }

    private suspend fun Phone.promised(seconds: Int): Screen.Cards {
        then<Screen.Question>(Action.Open(parties.offer("resident_card", "--deferred", "$seconds").first()))
        then<Screen.Offer>(Action.Agree)
        return then(Action.Agree)
    }
}
