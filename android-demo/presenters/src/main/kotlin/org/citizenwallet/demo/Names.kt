package org.citizenwallet.demo

import org.citizenwallet.CardOverview
import org.citizenwallet.HistoryEvent
import org.citizenwallet.HistoryItem
import org.citizenwallet.PathSegment
import org.citizenwallet.ShownCard
import org.citizenwallet.detail

/** The names of cards and of their claims, for what speaks of them by id. */
internal class Names private constructor(private val names: Map<String, String>, private val labels: Map<String, Labels>) {
    fun card(id: String, otherwise: String = ""): Text = Text.Given(names[id] ?: otherwise)

    /** Names of claims of a card; by their path for a card that is gone. */
    fun claims(card: String, paths: List<List<PathSegment>>): List<Text> = labels(card).of(paths)

    fun labels(card: String): Labels = labels[card] ?: Labels(emptyList())

    /** What was shown of each card, and what went along with it. */
    fun shown(cards: List<ShownCard>): List<Text> =
        cards.flatMap { shown ->
            val along = listOfNotNull(
                shown.pseudonymFor?.let { Phrase.SHOWN_PSEUDONYM(Text.Given(it)) },
                if (shown.anchorProof) Phrase.SHOWN_ANCHOR_PROOF() else null,
            )
            listOf(card(shown.card, shown.credentialType)) + claims(shown.card, shown.claims) + along
        }

    companion object {
        suspend fun of(app: App, cards: List<CardOverview>): Names =
            Names(
                cards.associate { it.id to it.name },
                cards.associate { card ->
                    card.id to app.wallet.detail(card.id, app.locales()).claims.use { Labels(it.list()) }
                },
            )
    }
}

/** One line of the history, with what was shown. */
internal fun entry(item: HistoryItem, names: Names): Entry {
    fun entry(what: Text, lines: List<Text> = emptyList(), tone: Tone = Tone.PLAIN) = Entry(item.id, item.at, what, lines, tone)
    return when (val event = item.event) {
        is HistoryEvent.Received -> entry(Phrase.HISTORY_RECEIVED(names.card(event.card, event.credentialType)))
        is HistoryEvent.Renewed -> entry(Phrase.HISTORY_RENEWED(names.card(event.card, event.credentialType)))
        is HistoryEvent.Presented -> {
            val outcome = outcome(event.outcome)
            val ownName = event.verifierName?.let { ownName(it).text }
            val lines = listOfNotNull(outcome.text, ownName) + names.shown(event.shown)
            entry(Phrase.HISTORY_PRESENTED(Text.Given(client(event.verifier))), lines, outcome.tone)
        }
        is HistoryEvent.Declined -> entry(Phrase.HISTORY_DECLINED(Text.Given(client(event.verifier))))
        is HistoryEvent.Deleted -> entry(Phrase.HISTORY_DELETED(Text.Given(event.credentialType)))
        is HistoryEvent.Exported -> entry(Phrase.HISTORY_EXPORTED())
        is HistoryEvent.Adopted -> entry(Phrase.HISTORY_ADOPTED())
        // The app makes no identities.
        is HistoryEvent.IdentityMade, is HistoryEvent.IdentitySigned, is HistoryEvent.IdentityDeleted, is HistoryEvent.Other ->
            entry(Phrase.HISTORY_OTHER())
    }
}
