package org.citizenwallet.demo

import org.citizenwallet.ErrorCode
import org.citizenwallet.FreshAuth
import org.citizenwallet.IntegrityState
import org.citizenwallet.Keep
import org.citizenwallet.Pin
import org.citizenwallet.Secret
import org.citizenwallet.SlotKind
import org.citizenwallet.UnlockReport
import org.citizenwallet.UnlockWith
import org.citizenwallet.WalletException
import org.citizenwallet.addPin
import org.citizenwallet.chars
import org.citizenwallet.code
import org.citizenwallet.doPending
import org.citizenwallet.of
import org.citizenwallet.removeSlot
import org.citizenwallet.renewRecoveryCode

/** Unlocks with the PIN, the phone's own check, or the recovery code; after the latter there is a new PIN. */
internal class Unlocking(app: App, private val why: Text? = null) : Task(app) {
    private val newPin = NewPin(app)

    /** The recovery code that opened the wallet, until there is a new PIN. */
    private var code: CharArray? = null
    private var slots: Set<SlotKind> = emptySet()

    /** The process ended before the holder had the recovery code: after the PIN there is a new one. */
    private var isCodeUnseen = false

    /** The phone said that it has the store's key no more. */
    private var isKeyLost = false

    override val worksLocked = true

    /** Between the old PIN and the new one there is none: it goes to its end. */
    override var isCancellable = true
        private set

    override suspend fun begin() {
        slots = wallet.slots().map { it.kind }.toSet()
        isCodeUnseen = app.stores.isCodeUnseen()
        ask(why)
    }

    override suspend fun on(action: Action) {
        val pad = (app.screen.value as? Screen.Keys)?.pad
        when {
            code != null -> choosePin(action)
            app.screen.value is Screen.RecoveryCode -> if (action is Action.Agree) seen()
            app.screen.value is Screen.Question -> if (action is Action.Agree) app.go { Erasing(app, everything = true) } else askCode(null)
            action is Action.Erase -> show(erasing())
            action is Action.CheckHolder -> unlock(UnlockWith.OsAuth)
            action is Action.OtherWayIn -> if (pad == Pad.PIN) askCode(null) else ask(null)
            action is Action.Back && pad == Pad.RECOVERY -> ask(null)
            action is Action.Enter && pad == Pad.PIN -> unlockByPin(app.typed.take())
            action is Action.Enter && pad == Pad.RECOVERY -> recover()
        }
    }

    /** A store without a PIN, because a change of it was interrupted, opens by the code. */
    private fun ask(notice: Text?) = if (SlotKind.Pin in slots) askPin(notice) else askCode(notice)

    /** A new recovery code needs the PIN. */
    private fun canCheckHolder() = app.home.canCheckHolder && SlotKind.OsAuth in slots && !(isCodeUnseen && SlotKind.Pin in slots)

    private fun askPin(notice: Text?) =
        show(
            Screen.Keys(
                Phrase.UNLOCK_TITLE(), Phrase.UNLOCK_ADVICE(), Pad.PIN,
                notice = notice,
                canCheckHolder = canCheckHolder(),
                otherWay = if (SlotKind.RecoveryCode in slots) Phrase.USE_RECOVERY() else null,
            ),
        )

    private fun askCode(notice: Text?) =
        show(
            Screen.Keys(
                Phrase.RECOVER_TITLE(), Phrase.RECOVER_ADVICE(), Pad.RECOVERY,
                notice = notice,
                canCheckHolder = canCheckHolder() && SlotKind.Pin !in slots,
                otherWay = if (SlotKind.Pin in slots) Phrase.USE_PIN() else null,
                lastWay = Phrase.ERASE(),
            ),
        )

    private suspend fun unlockByPin(pin: CharArray) =
        try {
            unlock(UnlockWith.Pin(Secret.of(pin.copyOf()))) { report ->
                if (isCodeUnseen && report.integrity == IntegrityState.SOUND) renewCode(pin) else enter(report)
            }
        } finally {
            pin.fill('0')
        }

    /** Makes a recovery code in the place of the one nobody saw. */
    private suspend fun renewCode(pin: CharArray) {
        isCancellable = false
        show(Screen.Working(Phrase.WORKING_UNLOCK(), canCancel = false))
        try {
            wallet.authenticate(UnlockWith.Pin(Secret.of(pin.copyOf()))).use { auth ->
                val keep = Keep(pin = Secret.of(pin.copyOf()), osAuth = SlotKind.OsAuth in slots)
                wallet.renewRecoveryCode(auth, keep).recoveryCode.use { show(Screen.RecoveryCode(groups(it.chars()))) }
            }
        } catch (error: WalletException) {
            if (error.code == ErrorCode.LOCKED) throw error
            // After the next unlocking.
            app.unlocked(advice(error), goesBack = false)
        } finally {
            isCancellable = true
        }
    }

    private suspend fun seen() {
        app.stores.codeWasSeen()
        app.unlocked(notice = null, goesBack = true)
    }

    private suspend fun unlock(with: UnlockWith, then: suspend (UnlockReport) -> Unit = ::enter) {
        show(Screen.Working(Phrase.WORKING_UNLOCK()))
        try {
            then(wallet.unlock(with))
        } catch (error: WalletException) {
            when (error.code) {
                in LOST_KEY -> {
                    isKeyLost = true
                    askCode(errorText(error.code))
                }
                ErrorCode.LOCKED, ErrorCode.USER_CANCELLED -> ask(null)
                else -> ask(advice(error))
            }
        }
    }

    private suspend fun recover() {
        val typed = app.typed.take()
        show(Screen.Working(Phrase.WORKING_UNLOCK()))
        val report =
            try {
                wallet.unlock(UnlockWith.RecoveryCode(Secret.of(typed.copyOf())))
            } catch (error: WalletException) {
                typed.fill('0')
                return askCode(advice(error))
            }
        // The holder has it.
        app.stores.codeWasSeen()
        isCodeUnseen = false
        val hasKey = NO_KEY !in report.advisories
        if (hasKey && report.integrity == IntegrityState.SOUND) {
            code = typed
            return newPin.begin(Phrase.PIN_NEW_AFTER_RECOVERY())
        }
        // A PIN needs the phone's key: there can be none in this store.
        if (isKeyLost) return app.go { Rescuing(app, typed) }
        typed.fill('0')
        app.unlocked(if (hasKey) null else Phrase.KEY_SILENT(), goesBack = false)
    }

    private suspend fun choosePin(action: Action) {
        if (action is Action.Back) return newPin.begin(Phrase.PIN_NEW_AFTER_RECOVERY())
        if (action !is Action.Enter) return
        val pin = newPin.enter() ?: return
        val with = UnlockWith.RecoveryCode(Secret.of(checkNotNull(code).copyOf()))
        isCancellable = false
        show(Screen.Working(Phrase.WORKING_PIN(), canCancel = false))
        try {
            wallet.authenticate(with).use { replacePin(it, pin) }
        } finally {
            isCancellable = true
        }
        app.unlocked(Phrase.PIN_CHANGED(), goesBack = true)
    }

    private suspend fun replacePin(auth: FreshAuth, pin: Pin) {
        // The recovery code stays a way in meanwhile.
        if (SlotKind.Pin in slots) wallet.removeSlot(auth, SlotKind.Pin)
        slots = slots - SlotKind.Pin
        wallet.addPin(auth, pin)
    }

    private suspend fun enter(report: UnlockReport) {
        wallet.doPending()
        val isSound = report.integrity == IntegrityState.SOUND
        app.unlocked(notice = null, goesBack = isSound)
    }

    // A new recovery code stays until the holder has it.
    override fun whenLocked(): Task? = if (app.screen.value is Screen.RecoveryCode) null else Unlocking(app)

    override fun after(): Task = Unlocking(app)

    override fun close() {
        newPin.close()
        code?.fill('0')
    }

    private companion object {
        /** The PIN is of no use without the phone's key. */
        val LOST_KEY = setOf(ErrorCode.DEVICE_KEY_INVALIDATED, ErrorCode.DEVICE_KEY_MISSING)

        /** The advisory of docs/errors.md: the phone's key gave no answer. */
        const val NO_KEY = "device_key_unavailable"
    }
}
