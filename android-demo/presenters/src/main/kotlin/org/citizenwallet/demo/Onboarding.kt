package org.citizenwallet.demo

import org.citizenwallet.Enrolments
import org.citizenwallet.RecoveryCode
import org.citizenwallet.Wallet

/** The first start. */
internal class Onboarding(app: App) : Enrolling(app) {
    override suspend fun begin() = show(Screen.Welcome)

    override suspend fun make(enrolments: Enrolments): RecoveryCode? {
        val home = app.home
        app.stores.codeIsToCome()
        val new = Wallet.create(home.folder, home.platform, home.policy, enrolments, home.settings)
        app.opened(new.wallet)
        return new.recoveryCode
    }

    override fun made(): Task = Browsing(app)

    override suspend fun seen() {
        app.stores.codeWasSeen()
        super.seen()
    }

    override fun refused() = Unit

    override fun after(): Task = Opening(app)
}
