package org.citizenwallet.demo

import org.citizenwallet.FreshAuth
import org.citizenwallet.adopt
import org.citizenwallet.export

/** Something that is done after the holder said yes to it and showed once more who they are. [deed] says what came of it. */
internal class Confirmed private constructor(
    app: App,
    private val question: Screen.Question,
    pad: Pad = Pad.PIN,
    private val deed: suspend (FreshAuth) -> Text,
) : Task(app) {
    private val confirming = Confirming(app, Phrase.CONFIRM_WHY(), pad)

    override suspend fun begin() = show(question)

    override suspend fun on(action: Action) {
        val isAsked = app.screen.value is Screen.Question
        when (action) {
            is Action.Agree -> if (isAsked) confirming.ask()
            is Action.Enter -> if (!isAsked) confirm()
            is Action.OtherWayIn -> if (!isAsked) confirming.otherWay()
            is Action.Refuse, is Action.Back -> app.go { after() }
            else -> Unit
        }
    }

    private suspend fun confirm() {
        val auth = confirming.enter() ?: return
        val notice = auth.use { deed(it) }
        app.go { Browsing(app, notice) }
    }

    companion object {
        /** All the wallet knows goes to a file, in clear. */
        fun exporting(app: App): Task {
            val lines = listOf(Phrase.EXPORT_ALL(), Phrase.EXPORT_IN_CLEAR(), Phrase.EXPORT_NO_BACKUP())
            val question = Screen.Question(Phrase.EXPORT_TITLE(), lines, Phrase.EXPORT(), Phrase.CANCEL())
            return Confirmed(app, question) { auth ->
                val bytes = app.wallet.export(auth)
                try {
                    val place = app.home.save?.invoke(EXPORT, bytes)
                    if (place == null) Phrase.EXPORT_FAILED() else Phrase.EXPORTED(Text.Given(place))
                } finally {
                    bytes.fill(0)
                }
            }
        }

        /** The store as it is, after it was restored or changed. */
        fun adopting(app: App): Task {
            val lines = listOf(Phrase.NOT_SOUND(), Phrase.ADOPT_COPIES())
            val question = Screen.Question(Phrase.ADOPT_TITLE(), lines, Phrase.ADOPT(), Phrase.CANCEL())
            // Where the phone's memory of the wallet is gone, so are the tries of the PIN: it waits.
            return Confirmed(app, question, Pad.RECOVERY) { auth ->
                app.wallet.adopt(auth)
                Phrase.ADOPTED()
            }
        }

        private const val EXPORT = "wallet-export.json"
    }
}
