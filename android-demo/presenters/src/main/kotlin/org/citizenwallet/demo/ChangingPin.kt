package org.citizenwallet.demo

import org.citizenwallet.ErrorCode
import org.citizenwallet.Secret
import org.citizenwallet.UnlockWith
import org.citizenwallet.WalletException
import org.citizenwallet.changePin
import org.citizenwallet.code
import org.citizenwallet.of

/** The old PIN, which is checked first, and then a new one. */
internal class ChangingPin(app: App) : Task(app) {
    private val newPin = NewPin(app)
    private var old: CharArray? = null

    /** Once begun it goes to its end: the holder must know which PIN it is. */
    override var isCancellable = true
        private set

    override suspend fun begin() = askOld(null)

    override suspend fun on(action: Action) {
        when (action) {
            is Action.Enter -> old?.let { change(it) } ?: checkOld()
            is Action.Back -> app.go { after() }
            else -> Unit
        }
    }

    private fun askOld(notice: Text?) =
        show(Screen.Keys(Phrase.CHANGE_PIN(), Phrase.CHANGE_PIN_OLD(), Pad.PIN, notice = notice, canLeave = true))

    private suspend fun checkOld() {
        val typed = app.typed.take()
        show(Screen.Working(Phrase.WORKING_UNLOCK()))
        try {
            wallet.authenticate(UnlockWith.Pin(Secret.of(typed.copyOf()))).close()
        } catch (error: WalletException) {
            typed.fill('0')
            if (error.code != ErrorCode.WRONG_SECRET && error.code != ErrorCode.LOCKED_OUT) throw error
            return askOld(advice(error))
        }
        old = typed
        newPin.begin()
    }

    private suspend fun change(old: CharArray) {
        val new = newPin.enter() ?: return
        isCancellable = false
        show(Screen.Working(Phrase.WORKING_PIN(), canCancel = false))
        try {
            wallet.changePin(Secret.of(old.copyOf()), new)
        } catch (error: WalletException) {
            if (error.code != ErrorCode.WEAK_PIN) throw error
            // It is the old one.
            return newPin.begin(errorText(error.code))
        } finally {
            isCancellable = true
        }
        app.go { Browsing(app, Phrase.PIN_CHANGED()) }
    }

    override fun close() {
        newPin.close()
        old?.fill('0')
    }
}
