package org.citizenwallet.demo

import java.time.Instant
import org.citizenwallet.CardDetail
import org.citizenwallet.CardOverview
import org.citizenwallet.StatusListOutcome
import org.citizenwallet.delete
import org.citizenwallet.deleteHistory
import org.citizenwallet.detail
import org.citizenwallet.due
import org.citizenwallet.history
import org.citizenwallet.list
import org.citizenwallet.refreshStatus

/** The cards, one card, the history: what the wallet has. */
internal class Browsing(app: App, private val notice: Text? = null) : Task(app) {
    /** The card on the screen. */
    private var card: String? = null

    override suspend fun begin() {
        if (!app.follow(this)) showCards(notice)
    }

    override suspend fun on(action: Action) {
        when (action) {
            is Action.Back -> if (app.screen.value is Screen.Question) showCard() else showCards()
            is Action.AddCard -> show(Screen.AddCard(app.home.scan != null))
            is Action.Scan -> scan()
            is Action.ShowCard -> showCard(action.id)
            is Action.ShowHistory -> showHistory()
            is Action.DeleteEntry -> wallet.deleteHistory(action.entry).also { showHistory() }
            is Action.RefreshStatus -> refresh()
            is Action.Renew -> app.go { Renewing(app, action.card) }
            is Action.Delete -> askDelete(action.card)
            is Action.Agree -> if (app.screen.value is Screen.Question) delete() else showCards()
            is Action.Refuse -> showCard()
            else -> Unit
        }
    }

    private suspend fun showCards(notice: Text? = null) {
        card = null
        val cards = wallet.list(app.locales())
        val names = cards.associate { it.id to Text.Given(it.name) }
        val due = wallet.due(Instant.now()).mapNotNull { due -> due(due) { names[it] ?: Text.Given("") } }
        show(Screen.Cards(cards.map { face(it) }, due, notice))
    }

    private suspend fun scan() {
        val text = app.home.scan?.invoke() ?: return
        app.go { LinkReading(app, text) }
    }

    private suspend fun showCard(id: String? = card) {
        if (id == null) return showCards()
        val detail = wallet.detail(id, app.locales())
        card = id
        val overview = detail.overview
        val facts = listOfNotNull(
            Fact(Phrase.CARD_RECEIVED_AT(overview.receivedAt)),
            overview.expiresAt?.let { Fact(Phrase.CARD_EXPIRES_AT(it)) },
            signer(overview.signedBy),
            Fact(Phrase.CARD_COPIES(overview.usableCopies, overview.copies)),
        )
        show(Screen.Card(face(detail), facts, ClaimLines(detail.claims), canRenew = true))
    }

    private fun askDelete(id: String) {
        card = id
        show(Screen.Question(Phrase.DELETE_TITLE(), listOf(Phrase.DELETE_WHY()), Phrase.DELETE_YES(), Phrase.DELETE_NO()))
    }

    private suspend fun delete() {
        card?.let { wallet.delete(it) }
        showCards(Phrase.DELETED())
    }

    private suspend fun refresh() {
        show(Screen.Working(Phrase.WORKING_STATUS()))
        val asked = wallet.refreshStatus()
        val failed = asked.count { it.outcome is StatusListOutcome.NotBelieved }
        showCards(if (failed == 0) Phrase.STATUS_REFRESHED() else Phrase.STATUS_NOT_REFRESHED(failed))
    }

    private suspend fun showHistory() {
        val labels = Names.of(app, wallet.list(app.locales()))
        val history = wallet.history()
        show(Screen.History(history.items.asReversed().map { entry(it, labels) }, history.isIntact))
    }

    private suspend fun face(card: CardOverview): CardFace =
        wallet.detail(card.id, app.locales()).let { detail -> face(detail).also { detail.claims.close() } }
}

/** How a card looks. */
internal fun face(detail: CardDetail): CardFace {
    val (overview, look) = detail.overview to detail.look
    return CardFace(
        id = overview.id,
        name = Text.Given(overview.name),
        issuer = Text.Given(overview.issuerName),
        background = look.backgroundColor,
        foreground = look.textColor,
        logo = look.logo?.image,
        logoText = look.logo?.altText,
        state = state(overview),
    )
}

/** Who signed a card, as its certificate says. */
internal fun signer(signedBy: String?): Fact =
    if (signedBy == null) Fact(Phrase.SIGNED_BY_NOBODY(), Tone.CAUTION) else Fact(Phrase.SIGNED_BY(Text.Given(signedBy)), Tone.GOOD)
