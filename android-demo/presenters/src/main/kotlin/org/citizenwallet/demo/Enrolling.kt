package org.citizenwallet.demo

import org.citizenwallet.Enrolments
import org.citizenwallet.Pin
import org.citizenwallet.RecoveryCode
import org.citizenwallet.chars

/** A new store: a PIN, perhaps the phone's own check, and a recovery code to write down. */
internal abstract class Enrolling(app: App) : Task(app) {
    private val newPin = NewPin(app)
    private var pin: Pin? = null

    override val worksLocked = true
    override val isRepeatable = false

    /** A store that is being made is made to its end: a second one must not be begun beside it. */
    override var isCancellable = true
        protected set

    /** Makes the store: its recovery code. */
    protected abstract suspend fun make(enrolments: Enrolments): RecoveryCode?

    /** What comes after the holder has the recovery code. */
    protected abstract fun made(): Task

    /** The holder has the recovery code. */
    protected open suspend fun seen() = app.go { made() }

    /** The holder does not want it. */
    protected abstract fun refused()

    override suspend fun on(action: Action) {
        when (app.screen.value) {
            is Screen.Keys -> keys(action)
            is Screen.RecoveryCode -> if (action is Action.Agree) seen()
            else -> if (pin == null) answered(action) else checked(action)
        }
    }

    private fun answered(action: Action) {
        if (action is Action.Agree) newPin.begin() else if (action is Action.Refuse || action is Action.Back) refused()
    }

    private suspend fun keys(action: Action) {
        if (action is Action.Back) return begin()
        if (action !is Action.Enter) return
        pin = newPin.enter() ?: return
        if (!app.home.canCheckHolder) return create(false)
        show(Screen.Question(Phrase.CHECK_TITLE(), listOf(Phrase.CHECK_WHY()), Phrase.CHECK_YES(), Phrase.CHECK_NO()))
    }

    private suspend fun checked(action: Action) {
        if (action is Action.Agree || action is Action.Refuse) return create(action is Action.Agree)
        pin?.close()
        pin = null
        begin()
    }

    private suspend fun create(withCheck: Boolean) {
        isCancellable = false
        show(Screen.Working(Phrase.WORKING_CREATE(), canCancel = false))
        val enrolments = Enrolments(pin = pin, recoveryCode = true, osAuth = withCheck)
        pin = null
        val code =
            try {
                make(enrolments)
            } finally {
                isCancellable = true
            }
        code?.use { show(Screen.RecoveryCode(groups(it.chars()))) }
    }

    override fun close() {
        newPin.close()
        pin?.close()
    }
}

/** `XXXX-XXXX-…` in its groups; [code] is wiped. */
internal fun groups(code: CharArray): List<CharArray> {
    val groups = mutableListOf<CharArray>()
    var from = 0
    for (place in 0..code.size) {
        if (place == code.size || code[place] == '-') {
            groups += code.copyOfRange(from, place)
            from = place + 1
        }
    }
    code.fill('0')
    return groups
}
