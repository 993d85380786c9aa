package org.citizenwallet.demo

import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A holder takes the time that it takes. */
class TimeTest {
    @Test
    fun `whoever chooses a PIN has all the time there is`() = phone {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        slowly<Screen.Keys>(Phone.PIN)
        slowly<Screen.RecoveryCode>(Phone.PIN)
    }

    @Test
    fun `whoever unlocks has all the time there is, with the PIN and with the recovery code`() = phone {
        val code = setUp()
        then<Screen.Keys>(Action.Lock)
        slowly<Screen.Keys>("739155")
        slowly<Screen.Cards>(Phone.PIN)
        then<Screen.Keys>(Action.Lock)
        then<Screen.Keys>(Action.OtherWayIn)
        val chosen = slowly<Screen.Keys>(code) { it.pad == Pad.PIN }
        assertEquals(0, chosen.typed)
        slowly<Screen.Keys>("508213")
        slowly<Screen.Cards>("508213")
    }

    @Test
    fun `the wallet does not lock while the holder types, however slowly`() = phone(idleSeconds = 300uL) {
        setUp()
        then<Screen.Settings>(Action.ShowSettings)
        then<Screen.Keys>(Action.ChangePin)
        // In the end it does, a quarter of an hour after it was unlocked.
        for (key in Phone.PIN.take(4)) {
            time.forward(140.seconds)
            type(key.toString())
            while (app.wallet.timeUntilLock()!! < 290.seconds) yield()
        }
        type(Phone.PIN.drop(4))
        assertEquals(Phrase.CHANGE_PIN(), (screen as Screen.Keys).title)
        assertEquals(Phrase.PIN_CHOOSE(), then<Screen.Keys>(Action.Enter).title)
    }

    /** Types the first half, an hour later the second one, and enters it after another. */
    private suspend inline fun <reified S : Screen> Phone.slowly(keys: String, noinline which: (S) -> Boolean = { true }): S {
        val half = keys.length / 2
        type(keys.take(half))
        val before = screen
        time.forward(1.hours)
        // Whatever was due has been done when this is.
        on {}
        assertEquals(before, screen)
        assertEquals(half, (screen as Screen.Keys).typed)
        type(keys.drop(half))
        time.forward(1.hours)
        return then(Action.Enter, which = which)
    }
}
