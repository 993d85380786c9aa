package org.citizenwallet.demo

import org.citizenwallet.ErrorCode
import org.citizenwallet.FreshAuth
import org.citizenwallet.Secret
import org.citizenwallet.UnlockWith
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.of

/** The holder shows once more who they are: by the PIN, or by the recovery code. [advice] says what for. */
internal class Confirming(private val app: App, private val advice: Text, private var pad: Pad = Pad.PIN) {
    fun ask(notice: Text? = null) {
        val (title, other) = if (pad == Pad.PIN) Phrase.CONFIRM_TITLE to Phrase.USE_RECOVERY else Phrase.RECOVER_TITLE to Phrase.USE_PIN
        app.show(Screen.Keys(title(), advice, pad, notice = notice, otherWay = other(), canLeave = true))
    }

    /** The recovery code instead of the PIN, and back. */
    fun otherWay() {
        pad = if (pad == Pad.PIN) Pad.RECOVERY else Pad.PIN
        ask()
    }

    /** Takes what was typed; null if it was not right, and is asked for again. */
    suspend fun enter(): FreshAuth? {
        val typed = Secret.of(app.typed.take())
        val with = if (pad == Pad.PIN) UnlockWith.Pin(typed) else UnlockWith.RecoveryCode(typed)
        app.show(Screen.Working(Phrase.WORKING_UNLOCK()))
        return try {
            app.wallet.authenticate(with)
        } catch (error: WalletException) {
            if (error.code !in WRONG) throw error
            ask(advice(error))
            null
        }
    }

    private companion object {
        /** What was typed is not right, or does not open the wallet now: the other way may. */
        val WRONG = setOf(
            ErrorCode.WRONG_SECRET, ErrorCode.LOCKED_OUT, ErrorCode.RECOVERY_CODE_MALFORMED, ErrorCode.SLOT_MISSING,
            ErrorCode.DEVICE_KEY_INVALIDATED, ErrorCode.DEVICE_KEY_MISSING,
        )
    }
}
