package org.citizenwallet.demo

import org.citizenwallet.Alternative
import org.citizenwallet.ApprovedPlan
import org.citizenwallet.Choice
import org.citizenwallet.ConsentPlan
import org.citizenwallet.HolderAuth
import org.citizenwallet.Outcome
import org.citizenwallet.PlanOverview
import org.citizenwallet.Presented
import org.citizenwallet.Proposal
import org.citizenwallet.SharedBefore
import org.citizenwallet.Showing
import org.citizenwallet.WalletException
import org.citizenwallet.approve
import org.citizenwallet.list
import org.citizenwallet.present
import org.citizenwallet.refuse
import org.citizenwallet.request
import org.citizenwallet.resend
import org.citizenwallet.revealed
import org.citizenwallet.select
import org.citizenwallet.sharedBefore

/** Answers one request. What is shown, and what may be, is the core's plan: here it only gets words. */
internal class Presenting(app: App, private val link: String) : Task(app) {
    private var proposal: Proposal? = null

    /** The plan as the holder was shown it: its hash is what the holder agrees to. */
    private var overview: PlanOverview? = null
    private var choices: List<Offered> = emptyList()
    private var presented: Presented? = null
    private var isAnswered = false
    private val confirming = Confirming(app, Phrase.CONFIRM_ADVICE())

    override val isRepeatable: Boolean
        get() = !isAnswered

    override suspend fun begin() {
        show(Screen.Working(Phrase.WORKING_VERIFIER()))
        when (val proposal = wallet.request(link).also { proposal = it }) {
            is Proposal.Plan -> ask(proposal.plan, proposal.plan.overview())
            is Proposal.Unavailable -> show(Screen.NothingFits(verifier(proposal.plan.overview().request)))
        }
    }

    override suspend fun on(action: Action) {
        when (app.screen.value) {
            // After trouble the same is decided again.
            is Screen.Consent, is Screen.Trouble -> decide(action)
            is Screen.Keys ->
                when (action) {
                    is Action.Enter -> authenticate()
                    is Action.OtherWayIn -> confirming.otherWay()
                    is Action.Back -> overview?.let { ask(plan(), it) }
                    else -> Unit
                }
            is Screen.NothingFits ->
                if (action is Action.Refuse) refuse() else if (action is Action.Back) app.go { after() }
            is Screen.Done -> done(action)
            // A page of another app.
            is Screen.Question -> if (action is Action.Agree) goOn() else app.go { after() }
            else -> if (action is Action.Back) app.go { after() }
        }
    }

    private fun plan(): ConsentPlan = (checkNotNull(proposal) as Proposal.Plan).plan

    private suspend fun decide(action: Action) {
        when (action) {
            is Action.Agree -> if (checkNotNull(overview).needsAuth) confirming.ask() else send(HolderAuth.None)
            is Action.Refuse -> refuse()
            is Action.Back -> app.go { after() }
            is Action.Choose -> choices.getOrNull(action.place)?.let { choose(it.steps) }
            else -> Unit
        }
    }

    private suspend fun choose(steps: List<Choice>) {
        var changed = checkNotNull(overview)
        for (step in steps) changed = wallet.select(plan(), step)
        ask(plan(), changed)
    }

    private suspend fun authenticate() {
        val auth = confirming.enter() ?: return
        auth.use { send(HolderAuth.Fresh(it)) }
    }

    private suspend fun send(auth: HolderAuth) {
        val agreed: ApprovedPlan = wallet.approve(plan(), checkNotNull(overview).hash, auth)
        isAnswered = true
        show(Screen.Working(Phrase.WORKING_SEND()))
        agreed.use { tell(wallet.present(it)) }
    }

    private suspend fun refuse() {
        isAnswered = true
        show(Screen.Working(Phrase.WORKING_SEND()))
        wallet.refuse(checkNotNull(proposal))
        app.go { Browsing(app, Phrase.REFUSED()) }
    }

    private suspend fun tell(presented: Presented) {
        this.presented = presented
        val names = Names.of(app, wallet.list(app.locales()))
        val canResend = presented.outcome is Outcome.Unknown
        val page = presented.redirectUri?.let { Phrase.GO_ON_AT(Text.Given(host(it))) }
        show(Screen.Done(outcome(presented.outcome), names.shown(presented.shown), canResend, page))
    }

    private suspend fun done(action: Action) {
        val presented = presented ?: return
        when (action) {
            is Action.Resend -> {
                show(Screen.Working(Phrase.WORKING_SEND()))
                tell(wallet.resend(presented.history))
            }
            is Action.Agree -> {
                val page = presented.redirectUri
                if (page == null || page.startsWith("https://")) goOn() else show(elsewhere(page))
            }
            is Action.Back -> app.go { after() }
            else -> Unit
        }
    }

    /** The verifier may name any app of the phone: the holder sees all of what that app would get. */
    private fun elsewhere(page: String): Screen.Question {
        val title = Phrase.GO_ON_AT(Text.Given(page.substringBefore(':') + ":"))
        return Screen.Question(title, listOf(Text.Given(page)), Phrase.ADD_OPEN(), Phrase.CANCEL())
    }

    private suspend fun goOn() {
        presented?.redirectUri?.let { app.home.browse(it) }
        app.go { after() }
    }

    /** Puts the plan before the holder as it is now. */
    private suspend fun ask(plan: ConsentPlan, now: PlanOverview) {
        val names = Names.of(app, wallet.list(app.locales()))
        choices = choices(now, names)
        val showings = mutableListOf<ShowingView>()
        try {
            now.showings.forEachIndexed { place, showing ->
                val revealed = wallet.revealed(plan, place, app.locales())
                val lines = ClaimLines(revealed, names.labels(showing.card), showing.alwaysDisclosed.toSet())
                showings += view(showing, lines, names)
            }
            val before = wallet.sharedBefore(plan).asReversed().map { before(it, names) }
            overview = now
            val lines = choices.map { ChoiceLine(it.text, it.isChosen) }
            show(Screen.Consent(verifier(now.request), showings, lines, before, now.needsAuth))
        } catch (error: WalletException) {
            showings.forEach { it.claims.close() }
            throw error
        }
    }

    private fun view(showing: Showing, claims: ClaimLines, names: Names): ShowingView =
        ShowingView(
            names.card(showing.card),
            state(showing.status),
            claims,
            names.claims(showing.card, showing.withheld),
            linkability(showing.linkability),
            notes(showing.notes),
            showing.pseudonym?.let(::pseudonym),
            showing.transactions.map { transaction ->
                TransactionView(Text.Given(transaction.typeId), transaction.lines.map { Text.Given(it.label) to Text.Given(it.value) })
            },
            names.claims(showing.card, showing.asked.filter { it.intentToRetain }.flatMap { it.selected }),
        )

    private fun before(before: SharedBefore, names: Names): Text =
        Phrase.SHARED_BEFORE_LINE(before.at, Text.All(before.shown.flatMap { names.claims(it.card, it.claims) }))

    /** Something the holder may choose, and how that is said to the core. */
    private class Offered(val text: Text, val isChosen: Boolean, val steps: List<Choice>)

    private fun choices(now: PlanOverview, names: Names): List<Offered> {
        val others = now.alternatives.groupBy { it.query }.values.filter { it.size > 1 }.flatten()
        val ways = others.map { way ->
            val claims = Text.All(names.claims(way.card, way.disclosed))
            Offered(Phrase.CHOICE_CARD(names.card(way.card), claims), way.isChosen, steps(way))
        }
        val cases = now.useCases.filter { it.options.size > 1 || !it.isRequired }.flatMap { case ->
            val options = case.options.map { option ->
                val chosen = case.chosen == option.place
                Offered(Phrase.CHOICE_OPTION(option.place + 1u), chosen, listOf(Choice.UseCase(case.place, option.place)))
            }
            if (case.isRequired) options
            else options + Offered(Phrase.CHOICE_NOTHING(), case.chosen == null, listOf(Choice.UseCase(case.place, null)))
        }
        return ways + cases
    }

    private fun steps(way: Alternative): List<Choice> {
        val set = way.claimSet?.let { Choice.ClaimSet(way.query, way.card, it) }
        return listOfNotNull(Choice.Cards(way.query, listOf(way.card)), set)
    }

    override fun close() {
        when (val proposal = proposal) {
            is Proposal.Plan -> proposal.plan.close()
            is Proposal.Unavailable -> proposal.plan.close()
            null -> Unit
        }
    }
}
