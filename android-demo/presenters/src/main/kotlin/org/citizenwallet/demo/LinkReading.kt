package org.citizenwallet.demo

import org.citizenwallet.LinkIntent
import org.citizenwallet.LinkMedium
import org.citizenwallet.Wallet
import org.citizenwallet.contacts
import org.citizenwallet.intent

/** What a link is for. Nobody is asked anything before the holder agrees. */
internal class LinkReading(app: App, text: String) : Task(app) {
    /** What is no proper text, such as half of a pair of characters, is a question mark. */
    private val link = String(text.trim().toByteArray(), Charsets.UTF_8)
    private var next: (() -> Task)? = null

    override suspend fun begin() {
        val back = app.home.policy.redirectUri
        if (back != null && (link.startsWith("$back?"))) return app.go { Receiving.answered(app, link) }
        when (Wallet.intent(link, LinkMedium.LINK)) {
            LinkIntent.OFFER -> {
                next = { Receiving.offered(app, link) }
                val lines = listOf(Phrase.OFFER_CONTACTS(), Phrase.NOTHING_SENT_YET())
                show(Screen.Question(Phrase.OFFER_FOUND(), lines, Phrase.OFFER_LOOK(), Phrase.CANCEL()))
            }
            LinkIntent.PRESENTATION -> {
                val host = Wallet.contacts(link)
                next = { Presenting(app, link) }
                // One that brings everything with it contacts nobody yet.
                val contacts = host?.let { Phrase.REQUEST_CONTACTS(Text.Given(it)) }
                val lines = listOfNotNull(contacts, Phrase.NOTHING_SENT_YET())
                show(Screen.Question(Phrase.REQUEST_FOUND(), lines, Phrase.REQUEST_LOOK(), Phrase.CANCEL()))
            }
            LinkIntent.PROXIMITY, LinkIntent.UNKNOWN -> {
                val problem = Problem(Phrase.LINK_UNKNOWN(), Phrase.LINK_UNKNOWN_ADVICE(), "", isRetryable = false)
                show(Screen.Trouble(problem, canRepeat = false))
            }
        }
    }

    override suspend fun on(action: Action) {
        when (action) {
            is Action.Agree -> go()
            is Action.Refuse, is Action.Back -> app.go { after() }
            else -> Unit
        }
    }

    private fun go() = next?.let { app.go(it) } ?: Unit
}
