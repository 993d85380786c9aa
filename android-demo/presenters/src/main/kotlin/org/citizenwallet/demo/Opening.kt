package org.citizenwallet.demo

import java.io.IOException
import org.citizenwallet.ErrorCode
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.code

/** Looks for the store, and ends what was interrupted. */
internal class Opening(app: App) : Task(app) {
    override val worksLocked = true

    override suspend fun begin() {
        val (home, stores) = app.home to app.stores
        val wallet =
            try {
                Wallet.open(home.folder, home.platform, home.policy, home.settings)
            } catch (error: WalletException) {
                return when (error.code) {
                    ErrorCode.STORE_MISSING -> if (stores.hasNext()) moveIn() else app.go { Onboarding(app) }
                    ErrorCode.ERASE_PENDING -> app.go { Erasing(app) }
                    else -> throw error
                }
            }
        eraseUnseen()
        app.opened(wallet)
        app.go { Unlocking(app) }
    }

    /** A store that was to take this one's place, and whose recovery code its holder has not seen. */
    private suspend fun eraseUnseen() =
        try {
            if (app.stores.hasNext()) app.stores.eraseNext() else Unit
        } catch (_: WalletException) {
            // At the next start.
        } catch (_: IOException) {
            // As well.
        }

    private suspend fun moveIn() {
        if (app.stores.moveIn()) return app.go { Opening(app) }
        show(Screen.Trouble(IO_FAILED, canRepeat = true))
    }

    override suspend fun on(action: Action) = Unit

    override fun after(): Task = Opening(app)
}
