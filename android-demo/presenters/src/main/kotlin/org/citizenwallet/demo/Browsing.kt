package org.citizenwallet.demo

import java.time.Instant
import org.citizenwallet.CardDetail
import org.citizenwallet.CardOverview
import org.citizenwallet.DeferredCard
import org.citizenwallet.DueWhat
import org.citizenwallet.IntegrityState
import org.citizenwallet.SlotKind
import org.citizenwallet.StatusListOutcome
import org.citizenwallet.deferred
import org.citizenwallet.delete
import org.citizenwallet.deleteHistory
import org.citizenwallet.detail
import org.citizenwallet.due
import org.citizenwallet.forgetDeferred
import org.citizenwallet.history
import org.citizenwallet.list
import org.citizenwallet.refreshStatus

/**
 * The cards, one card, the history: what the wallet has.
 *
 * @param isFirst whether the holder just unlocked: then a card that may be ready is asked for.
 */
internal class Browsing(app: App, private val notice: Text? = null, private val isFirst: Boolean = false) : Task(app) {
    /** The card on the screen. */
    private var card: String? = null
    private var asked: Asked? = null

    /** What the answers to a question lead to. */
    private class Asked(val yes: suspend () -> Unit, val no: suspend () -> Unit)

    override suspend fun begin() {
        if (app.follow(this)) return
        val ready = if (isFirst && notice == null) ready() else null
        if (ready == null) showCards(notice) else app.go { Receiving.promised(app, ready) }
    }

    override suspend fun on(action: Action) {
        val question = if (app.screen.value is Screen.Question) asked else null
        when (action) {
            is Action.Agree -> question?.yes?.invoke()
            is Action.Refuse -> question?.no?.invoke()
            is Action.Back -> if (question == null) showCards() else question.no()
            is Action.AddCard -> show(Screen.AddCard(app.home.scan != null))
            is Action.Scan -> scan()
            is Action.ShowCard -> showCard(action.id)
            is Action.ShowHistory -> showHistory()
            is Action.ShowSettings -> showSettings()
            is Action.DeleteEntry -> wallet.deleteHistory(action.entry).also { showHistory() }
            is Action.RefreshStatus -> refresh()
            is Action.Renew -> app.go { Receiving.renewing(app, action.card) }
            is Action.Delete -> askDelete(action.card)
            is Action.AskFor -> app.go { Receiving.promised(app, action.promise) }
            is Action.Forget -> askForget(action.promise)
            is Action.ChangePin -> app.go { ChangingPin(app) }
            is Action.Export -> app.go { Confirmed.exporting(app) }
            is Action.Adopt -> app.go { Confirmed.adopting(app) }
            is Action.Erase -> ask(erasing(), yes = { app.go { Erasing(app, everything = true) } }, no = ::showSettings)
            else -> Unit
        }
    }

    private fun ask(question: Screen.Question, yes: suspend () -> Unit, no: suspend () -> Unit) {
        asked = Asked(yes, no)
        show(question)
    }

    private suspend fun showCards(notice: Text? = null) {
        card = null
        val cards = wallet.list(app.locales())
        val names = cards.associate { it.id to Text.Given(it.name) }
        val due = wallet.due(Instant.now()).mapNotNull { due -> due(due) { names[it] ?: Text.Given("") } }
        val promised = wallet.deferred().map { promised(it, names) }
        show(Screen.Cards(cards.map { face(it) }, unsound() + due, promised, notice))
    }

    /** A store that is not as it was left can be looked at and not used, until the holder takes it as it is. */
    private suspend fun unsound(): List<DueLine> =
        if (wallet.integrity() == IntegrityState.SOUND) emptyList()
        else listOf(DueLine(Phrase.NOT_SOUND(), Tone.BAD, Action.Adopt, Phrase.ADOPT()))

    private suspend fun ready(): String? =
        wallet.due(Instant.now()).firstNotNullOfOrNull { (it.what as? DueWhat.DeferredReady)?.deferred }

    private fun promised(promise: DeferredCard, names: Map<String, Text>): PromisedLine {
        val whose = promise.renews?.let { names[it] } ?: Text.Given(host(promise.issuer))
        return PromisedLine(promise.id, Phrase.PROMISED(whose, promise.since))
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
            detail.issuerDid?.let(::evidence),
            Fact(Phrase.CARD_COPIES(overview.usableCopies, overview.copies)),
        ) + anchors(detail.anchors)
        show(Screen.Card(face(detail), facts, ClaimLines(detail.claims), linkability(detail.linkability), canRenew = true))
    }

    private fun askDelete(id: String) {
        card = id
        val question = Screen.Question(Phrase.DELETE_TITLE(), listOf(Phrase.DELETE_WHY()), Phrase.DELETE_YES(), Phrase.DELETE_NO())
        ask(question, yes = { wallet.delete(id).also { showCards(Phrase.DELETED()) } }, no = ::showCard)
    }

    private fun askForget(promise: String) {
        val question = Screen.Question(Phrase.FORGET_TITLE(), listOf(Phrase.FORGET_WHY()), Phrase.FORGET(), Phrase.FORGET_NO())
        ask(question, yes = { wallet.forgetDeferred(promise).also { showCards(Phrase.FORGOTTEN()) } }, no = ::showCards)
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

    private suspend fun showSettings() {
        val hasPin = wallet.slots().any { it.kind is SlotKind.Pin }
        val lines = listOfNotNull(
            if (hasPin) SettingLine(Phrase.CHANGE_PIN(), Phrase.CHANGE_PIN_ADVICE(), Action.ChangePin) else null,
            app.home.save?.let { SettingLine(Phrase.EXPORT(), Phrase.EXPORT_ADVICE(), Action.Export) },
            SettingLine(Phrase.ERASE(), Phrase.ERASE_ADVICE(), Action.Erase),
        )
        show(Screen.Settings(lines))
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
