package org.citizenwallet.demo

import org.citizenwallet.ErrorCode
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.code

/** Looks for the store. */
internal class Opening(app: App) : Task(app) {
    override val worksLocked = true

    override suspend fun begin() {
        val wallet =
            try {
                Wallet.open(app.home.folder, app.home.platform, app.home.policy, app.home.settings)
            } catch (error: WalletException) {
                if (error.code != ErrorCode.STORE_MISSING) throw error
                return app.go { Onboarding(app) }
            }
        app.opened(wallet)
        app.go { Unlocking(app) }
    }

    override suspend fun on(action: Action) = Unit

    override fun after(): Task = Opening(app)
}
