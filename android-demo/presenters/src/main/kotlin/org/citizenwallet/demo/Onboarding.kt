package org.citizenwallet.demo

import org.citizenwallet.Enrolments
import org.citizenwallet.Pin
import org.citizenwallet.Wallet
import org.citizenwallet.chars

/** The first start: a PIN, perhaps the phone's own check, and a recovery code to write down. */
internal class Onboarding(app: App) : Task(app) {
    private val newPin = NewPin(app)
    private var pin: Pin? = null

    override val worksLocked = true
    override val isRepeatable = false

    /** A wallet that is being made is made to its end: a second one must not be begun beside it. */
    override var isCancellable = true
        private set

    override suspend fun begin() = show(Screen.Welcome)

    override suspend fun on(action: Action) {
        when (app.screen.value) {
            is Screen.Welcome -> if (action is Action.Agree) newPin.begin()
            is Screen.Keys -> keys(action)
            is Screen.Question -> if (action is Action.Agree || action is Action.Refuse) create(action is Action.Agree) else begin()
            is Screen.RecoveryCode -> if (action is Action.Agree) app.go { Browsing(app) }
            else -> Unit
        }
    }

    private suspend fun keys(action: Action) {
        if (action is Action.Back) return begin()
        if (action !is Action.Enter) return
        pin = newPin.enter() ?: return
        if (!app.home.canCheckHolder) return create(false)
        show(Screen.Question(Phrase.CHECK_TITLE(), listOf(Phrase.CHECK_WHY()), Phrase.CHECK_YES(), Phrase.CHECK_NO()))
    }

    private suspend fun create(withCheck: Boolean) {
        isCancellable = false
        show(Screen.Working(Phrase.WORKING_CREATE(), canCancel = false))
        val enrolments = Enrolments(pin = pin, recoveryCode = true, osAuth = withCheck)
        pin = null
        val home = app.home
        val new =
            try {
                Wallet.create(home.folder, home.platform, home.policy, enrolments, home.settings)
            } finally {
                isCancellable = true
            }
        app.opened(new.wallet)
        new.recoveryCode?.use { code -> show(Screen.RecoveryCode(groups(code.chars()))) }
    }

    override fun after(): Task = Opening(app)

    override fun close() {
        newPin.close()
        pin?.close()
    }

    /** `XXXX-XXXX-…` in its groups; [code] is wiped. */
    private fun groups(code: CharArray): List<CharArray> {
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
}
