package org.citizenwallet.demo

import org.citizenwallet.KeyStoreException

/**
 * Erases the store. One that waits to take its place comes in then; with [everything] it goes as well.
 *
 * It may be interrupted anywhere: the next start goes on.
 */
internal class Erasing(app: App, private val everything: Boolean = false) : Task(app) {
    override val worksLocked = true
    override val isCancellable = false

    override suspend fun begin() {
        show(Screen.Working(Phrase.WORKING_ERASE(), canCancel = false))
        app.letGo()
        val stores = app.stores
        if (everything) stores.eraseNext()
        stores.erase()
        if (!stores.hasNext()) deleteKeys()
        app.go { Opening(app) }
    }

    /** Keys of cards are the app's to delete. Without their cards they are of no use: one that stays does no harm. */
    private suspend fun deleteKeys() =
        try {
            app.home.platform.keyStore?.run { list().forEach { delete(it) } } ?: Unit
        } catch (_: KeyStoreException) {
            Unit
        }

    override suspend fun on(action: Action) = Unit

    override fun after(): Task = Opening(app)
}

internal fun erasing(): Screen.Question =
    Screen.Question(Phrase.ERASE_TITLE(), listOf(Phrase.ERASE_ALL(), Phrase.ERASE_NO_WAY_BACK()), Phrase.ERASE_YES(), Phrase.ERASE_NO())
