package org.citizenwallet.demo

import org.citizenwallet.Enrolments
import org.citizenwallet.RecoveryCode
import org.citizenwallet.Secret
import org.citizenwallet.UnlockWith
import org.citizenwallet.of
import org.citizenwallet.rescue

/** The phone lost the store's key: what the recovery code [code] opens goes into a new store with a new PIN. */
internal class Rescuing(app: App, private val code: CharArray) : Enrolling(app) {
    override suspend fun begin() {
        val lines = listOf(Phrase.RESCUE_WHY(), Phrase.RESCUE_CARDS())
        show(Screen.Question(Phrase.RESCUE_TITLE(), lines, Phrase.RESCUE_YES(), Phrase.RESCUE_NO()))
    }

    override suspend fun make(enrolments: Enrolments): RecoveryCode? {
        // What an earlier try left.
        app.stores.eraseNext()
        val with = UnlockWith.RecoveryCode(Secret.of(code.copyOf()))
        return wallet.rescue(with, app.stores.next, enrolments, app.home.settings).recoveryCode
    }

    override fun made(): Task = Erasing(app)

    override fun refused() = app.unlocked(Phrase.KEY_GONE(), goesBack = false)

    override fun whenLocked(): Task? = if (isCancellable && app.screen.value !is Screen.RecoveryCode) after() else null

    override fun after(): Task = Unlocking(app)

    override fun close() {
        super.close()
        code.fill('0')
    }
}
