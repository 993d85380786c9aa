package org.citizenwallet.demo

import org.citizenwallet.AuthorizedIssuance
import org.citizenwallet.CardOrder
import org.citizenwallet.DeferredPoll
import org.citizenwallet.ErrorCode
import org.citizenwallet.Offer
import org.citizenwallet.OfferDetails
import org.citizenwallet.Ordered
import org.citizenwallet.Secret
import org.citizenwallet.TxCodeInput
import org.citizenwallet.WalletException
import org.citizenwallet.accept
import org.citizenwallet.authorize
import org.citizenwallet.code
import org.citizenwallet.deferred
import org.citizenwallet.isRetryable
import org.citizenwallet.of
import org.citizenwallet.offer
import org.citizenwallet.order
import org.citizenwallet.pollDeferred
import org.citizenwallet.renew
import org.citizenwallet.replacing
import org.citizenwallet.resume

/** Receives cards, from an offer, a promise or an older card to the card in the store. */
internal class Receiving private constructor(app: App, private val first: suspend Receiving.() -> Unit) : Task(app) {
    private var offer: Offer? = null
    private var authorized: AuthorizedIssuance? = null
    private var orders: List<CardOrder> = emptyList()
    private var arrival: Arrival? = null

    /** What came of it so far. */
    private var news: Text? = null
    private var isPromised = false

    /** Something that comes once is under way: a code or a promise the issuer takes once, a card for it. */
    private var comesOnce = false

    override val isCancellable: Boolean
        get() = !comesOnce && arrival == null

    override val outlivesLock: Boolean
        get() = arrival != null

    override suspend fun begin() {
        show(Screen.Working(Phrase.WORKING_ISSUER()))
        first()
    }

    override suspend fun resume() =
        try {
            show(checkNotNull(arrival).screen())
        } catch (error: WalletException) {
            // It was being kept or declined when the wallet locked: the cards tell which.
            if (error.code != ErrorCode.USED_UP) throw error
            app.go { after() }
        }

    /** A card that could not be kept is decided about again: it would be lost. */
    override suspend fun leave() = if (arrival == null) super.leave() else resume()

    /** Does what nobody can do a second time: neither a lock nor the holder cancels it. */
    private suspend fun <T> once(step: suspend () -> T): T {
        comesOnce = true
        show(Screen.Working(Phrase.WORKING_ISSUER(), canCancel = false))
        try {
            return step()
        } finally {
            comesOnce = false
        }
    }

    override suspend fun on(action: Action) {
        when (app.screen.value) {
            is Screen.Offer -> if (action is Action.Agree) agree() else leave(action)
            is Screen.Keys ->
                if (action is Action.Enter) accept(Secret.of(app.typed.take())) else leave(action)
            is Screen.TextCode ->
                if (action is Action.EnterText) accept(Secret.of(action.characters)) else leave(action)
            is Screen.Received -> received(action)
            // A step that failed and can be done again.
            is Screen.Trouble -> if (arrival != null) received(action) else agree()
            else -> leave(action)
        }
    }

    private fun leave(action: Action) {
        if (action is Action.Back || action is Action.Refuse) app.go { after() }
    }

    private suspend fun look(link: String) {
        val offer = wallet.offer(link).also { offer = it }
        show(offered(offer.details(app.locales())))
    }

    /** Asks for a card that was promised. What may pass is no trouble: it is asked for again later. */
    private suspend fun ask(promise: String) {
        val renews = wallet.deferred().firstOrNull { it.id == promise }?.renews
        val polled =
            try {
                once { wallet.pollDeferred(promise) }
            } catch (error: WalletException) {
                if (error.code == ErrorCode.LOCKED || !error.isRetryable) throw error
                return app.go { Browsing(app, advice(error)) }
            }
        when (polled) {
            is DeferredPoll.NotYet -> app.go { Browsing(app, Phrase.PROMISE_NOT_YET(polled.retryAt)) }
            is DeferredPoll.Ready -> {
                val card = Arrival.New(app, polled.card).also { arrival = it }
                if (renews == null) show(card.screen()) else replace(card, renews)
            }
        }
    }

    private suspend fun renew(card: String) {
        val renewed =
            try {
                once { wallet.renew(card) }
            } catch (error: WalletException) {
                if (error.code != ErrorCode.ISSUANCE_DEFERRED) throw error
                return app.go { Browsing(app, Phrase.CARD_COMES_LATER()) }
            }
        came(Arrival.Renewed(app, renewed))
    }

    private suspend fun agree() {
        if (authorized != null) return next()
        val offer = offer ?: return
        val details = offer.details(app.locales())
        when {
            details.isPreAuthorized && details.txCode != null -> askCode(details, null)
            details.isPreAuthorized -> accept(null)
            else -> {
                show(Screen.Working(Phrase.WORKING_BROWSER()))
                app.home.browse(wallet.authorize(offer).url)
                app.go { Browsing(app, Phrase.GO_ON_IN_BROWSER()) }
            }
        }
    }

    private fun askCode(details: OfferDetails, notice: Text?) {
        val code = details.txCode ?: return
        val advice = given(code.description, Phrase.CODE_ADVICE())
        if (code.input == TxCodeInput.NUMERIC) {
            show(Screen.Keys(Phrase.CODE_TITLE(), advice, Pad.CODE, notice = notice, canLeave = true))
        } else {
            show(Screen.TextCode(advice, notice))
        }
    }

    private suspend fun accept(code: Secret?) {
        val offer = checkNotNull(offer)
        val authorized =
            try {
                once { wallet.accept(offer, code) }
            } catch (error: WalletException) {
                if (code == null || error.code != ErrorCode.GRANT_REFUSED) throw error
                return askCode(offer.details(app.locales()), errorText(error.code))
            }
        order(authorized)
    }

    private suspend fun order(authorized: AuthorizedIssuance) {
        this.authorized = authorized
        orders = authorized.orders()
        next()
    }

    /** The next card of the offer, or the end. */
    private suspend fun next() {
        while (orders.isNotEmpty()) {
            val authorized = checkNotNull(authorized)
            val copies = authorized.mostCopies().toInt().coerceAtMost(COPIES)
            val ordered = once { wallet.order(authorized, orders.first(), copies) }
            orders = orders.drop(1)
            when (ordered) {
                is Ordered.Received -> return came(Arrival.New(app, ordered.card))
                is Ordered.Deferred -> isPromised = true
            }
        }
        app.go { Browsing(app, if (isPromised) Phrase.CARD_COMES_LATER() else news) }
    }

    /** Lets the holder decide. A renewed card that says what it said needs no decision. */
    private suspend fun came(card: Arrival) {
        arrival = card
        if (card is Arrival.Renewed && !card.card.isChanged()) keep(card) else show(card.screen())
    }

    private suspend fun received(action: Action) {
        val card = arrival ?: return
        when (action) {
            is Action.Agree -> keep(card)
            is Action.Replace -> if (card is Arrival.New) replace(card, action.card)
            is Action.Refuse, is Action.Back -> {
                card.decline()
                // What was kept before it is the news.
                decided(news ?: card.declined)
            }
            else -> Unit
        }
    }

    private suspend fun keep(card: Arrival) {
        show(Screen.Working(Phrase.WORKING_KEEP(), canCancel = false))
        card.keep()
        decided(card.kept)
    }

    private suspend fun decided(what: Text) {
        arrival?.close()
        arrival = null
        news = what
        next()
    }

    /** Puts a new card in the place of the one with this [id], unless that turns out to be another card. */
    private suspend fun replace(card: Arrival.New, id: String) {
        val renewed =
            try {
                wallet.replacing(id, card.card)
            } catch (error: WalletException) {
                if (error.code != ErrorCode.RENEWAL_MISMATCH && error.code != ErrorCode.NOT_FOUND) throw error
                return show(card.screen(Phrase.RECEIVED_IS_OTHER()))
            }
        card.close()
        came(Arrival.Renewed(app, renewed))
    }

    private fun offered(details: OfferDetails): Screen.Offer {
        val signer = details.metadataSignedBy
        val proof =
            if (signer == null) Fact(Phrase.OFFER_UNSIGNED(Text.Given(host(details.issuer))))
            else Fact(Phrase.OFFER_SIGNED(Text.Given(signer)), Tone.GOOD)
        val cards = details.cards.map { card ->
            OfferedFace(
                given(card.look.name, Text.Given(card.configurationId)),
                card.look.description?.let { Text.Given(it) },
                card.look.backgroundColor,
                card.look.textColor,
                card.claims.mapNotNull { claim -> claim.label?.let { Text.Given(it) } }.distinct(),
                card.problem?.let { Phrase.CANNOT_HOLD() },
            )
        }
        return Screen.Offer(
            given(details.issuerLook.name, Text.Given(host(details.issuer))),
            proof,
            cards,
            needsCode = details.isPreAuthorized && details.txCode != null,
            inBrowser = !details.isPreAuthorized,
        )
    }

    override fun close() {
        arrival?.close()
        authorized?.close()
        offer?.close()
    }

    companion object {
        /** By an offer. */
        fun offered(app: App, link: String): Task = Receiving(app) { look(link) }

        /** By the link with which the browser came back. */
        fun answered(app: App, link: String): Task = Receiving(app) { order(once { wallet.resume(link) }) }

        /** A card that its issuer promised, if it is ready. */
        fun promised(app: App, promise: String): Task = Receiving(app) { ask(promise) }

        /** A card again, in its own place. What changed is shown before it is kept. */
        fun renewing(app: App, card: String): Task = Receiving(app) { renew(card) }

        private const val COPIES = 3
    }
}
