package org.citizenwallet.demo

import org.citizenwallet.ClaimChangeKind
import org.citizenwallet.ClaimChanges
import org.citizenwallet.ErrorCode
import org.citizenwallet.RenewedCard
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.decline
import org.citizenwallet.detail
import org.citizenwallet.keepRenewed
import org.citizenwallet.renew

/** Has a card issued again in its own place. What changed is shown before it is kept. */
internal class Renewing(app: App, private val id: String) : Task(app) {
    private var renewed: RenewedCard? = null
    private var changes: ClaimChanges? = null

    override val outlivesLock: Boolean
        get() = renewed != null

    override suspend fun begin() {
        show(Screen.Working(Phrase.WORKING_ISSUER()))
        val renewed = wallet.renew(id).also { renewed = it }
        if (renewed.isChanged()) ask(renewed) else keep(renewed)
    }

    override suspend fun resume() =
        try {
            ask(checkNotNull(renewed))
        } catch (error: WalletException) {
            // It was being kept or declined when the wallet locked: the cards tell which.
            if (error.code != ErrorCode.USED_UP) throw error
            app.go { after() }
        }

    override suspend fun on(action: Action) {
        val renewed = renewed ?: return
        when (action) {
            is Action.Agree -> keep(renewed)
            is Action.Refuse, is Action.Back -> {
                renewed.intoCard().use { wallet.decline(it) }
                app.go { Browsing(app, Phrase.RENEWAL_DECLINED()) }
            }
            else -> Unit
        }
    }

    private suspend fun ask(renewed: RenewedCard) {
        val detail = wallet.detail(id, app.locales())
        changes?.close()
        val changes = renewed.changes(app.locales()).also { changes = it }
        val lines = changes.list().mapIndexed { place, change ->
            ChangeLine(
                change.label?.let { Text.Given(it) } ?: Labels(emptyList()).of(change.path),
                kind(change.kind),
                before = { changes.before(place.toUInt())?.let { value(change.path, it) } },
                after = { changes.after(place.toUInt())?.let { value(change.path, it) } },
            )
        }
        show(Screen.Received(face(detail), signer(renewed.signedBy()), ClaimLines(detail.claims), lines))
    }

    private suspend fun keep(renewed: RenewedCard) {
        show(Screen.Working(Phrase.WORKING_KEEP()))
        wallet.keepRenewed(renewed)
        app.go { Browsing(app, Phrase.RENEWED()) }
    }

    private fun kind(kind: ClaimChangeKind): Text =
        when (kind) {
            is ClaimChangeKind.Added -> Phrase.CHANGE_ADDED
            is ClaimChangeKind.Changed -> Phrase.CHANGE_CHANGED
            is ClaimChangeKind.Removed -> Phrase.CHANGE_REMOVED
            is ClaimChangeKind.NoLongerWithheld -> Phrase.CHANGE_NO_LONGER_WITHHELD
            is ClaimChangeKind.Other -> Phrase.CHANGE_OTHER
        }.invoke()

    override fun close() {
        changes?.close()
        renewed?.close()
    }
}
