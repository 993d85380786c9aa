package org.citizenwallet.demo

import org.citizenwallet.ErrorCode
import org.citizenwallet.Pin
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.of

/** A new PIN, typed twice. */
internal class NewPin(private val app: App) : AutoCloseable {
    private var first: CharArray? = null

    fun begin(notice: Text? = null) {
        close()
        app.show(Screen.Keys(Phrase.PIN_CHOOSE(), Phrase.PIN_RULES(), Pad.PIN, notice = notice, canLeave = true))
    }

    /** Takes what was typed: the PIN once it was typed twice, until then null. */
    fun enter(): Pin? {
        val typed = app.typed.take()
        val before = first
        if (before == null) {
            try {
                // Says at once what is wrong with it.
                Pin.of(typed.copyOf()).close()
            } catch (error: WalletException) {
                typed.fill('0')
                if (error.code != ErrorCode.WEAK_PIN) throw error
                begin(errorText(error.code))
                return null
            }
            first = typed
            app.show(Screen.Keys(Phrase.PIN_REPEAT(), Phrase.PIN_REPEAT_WHY(), Pad.PIN, canLeave = true))
            return null
        }
        val isSame = before.contentEquals(typed)
        typed.fill('0')
        if (!isSame) {
            begin(Phrase.PIN_DIFFERS())
            return null
        }
        first = null
        return Pin.of(before)
    }

    override fun close() {
        first?.fill('0')
        first = null
    }
}
