package org.citizenwallet.demo

import org.citizenwallet.AuthorizedIssuance
import org.citizenwallet.CardOrder
import org.citizenwallet.ErrorCode
import org.citizenwallet.KeepPolicy
import org.citizenwallet.Offer
import org.citizenwallet.OfferDetails
import org.citizenwallet.Ordered
import org.citizenwallet.ReceivedCard
import org.citizenwallet.ReusePolicy
import org.citizenwallet.Secret
import org.citizenwallet.TxCodeInput
import org.citizenwallet.WalletException
import org.citizenwallet.accept
import org.citizenwallet.authorize
import org.citizenwallet.code
import org.citizenwallet.decline
import org.citizenwallet.keep
import org.citizenwallet.of
import org.citizenwallet.offer
import org.citizenwallet.order
import org.citizenwallet.resume

/** Receives what an issuer offers, from the offer to the card in the store. */
internal class Receiving private constructor(app: App, private val link: String, private val isAnswer: Boolean) : Task(app) {
    private var offer: Offer? = null
    private var authorized: AuthorizedIssuance? = null
    private var orders: List<CardOrder> = emptyList()
    private var card: ReceivedCard? = null
    private var kept = 0
    private var promised = 0

    override val outlivesLock: Boolean
        get() = card != null

    override suspend fun begin() {
        show(Screen.Working(Phrase.WORKING_ISSUER()))
        if (isAnswer) return order(wallet.resume(link))
        val offer = wallet.offer(link).also { offer = it }
        show(offered(offer.details(app.locales())))
    }

    override suspend fun resume() =
        try {
            ask(checkNotNull(card))
        } catch (error: WalletException) {
            // It was being kept or declined when the wallet locked: the cards tell which.
            if (error.code != ErrorCode.USED_UP) throw error
            app.go { after() }
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
            is Screen.Trouble -> if (card != null) received(action) else agree()
            else -> leave(action)
        }
    }

    private fun leave(action: Action) {
        if (action is Action.Back || action is Action.Refuse) app.go { after() }
    }

    private suspend fun agree() {
        if (authorized != null) return next()
        val offer = checkNotNull(offer)
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
        show(Screen.Working(Phrase.WORKING_ISSUER()))
        val authorized =
            try {
                wallet.accept(offer, code)
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
        val authorized = checkNotNull(authorized)
        while (orders.isNotEmpty()) {
            show(Screen.Working(Phrase.WORKING_ISSUER()))
            val copies = authorized.mostCopies().toInt().coerceAtMost(COPIES)
            val ordered = wallet.order(authorized, orders.first(), copies)
            orders = orders.drop(1)
            when (ordered) {
                is Ordered.Received -> return ask(ordered.card)
                is Ordered.Deferred -> promised += 1
            }
        }
        val notice = if (promised > 0) Phrase.CARD_COMES_LATER() else if (kept > 0) Phrase.CARD_KEPT() else Phrase.CARD_DECLINED()
        app.go { Browsing(app, notice) }
    }

    private fun ask(received: ReceivedCard) {
        card = received
        val look = received.look(app.locales())
        val face = CardFace(
            id = "",
            name = given(look.name, Text.Given(received.credentialType())),
            issuer = given(look.issuer.name, Text.Given("")),
            background = look.backgroundColor,
            foreground = look.textColor,
            logo = look.logo?.image,
            logoText = look.logo?.altText,
            state = Fact(Phrase.STATE_NEW()),
        )
        show(Screen.Received(face, signer(received.signedBy()), ClaimLines(received.claims(app.locales()))))
    }

    private suspend fun received(action: Action) {
        val card = card ?: return
        when (action) {
            is Action.Agree -> {
                show(Screen.Working(Phrase.WORKING_KEEP()))
                // Copies that are shown once each, so that no two verifiers see the same key.
                wallet.keep(card, KeepPolicy(reuse = if (card.copies() > 1u) ReusePolicy.OnceOnly else null))
                kept += 1
            }
            is Action.Refuse, is Action.Back -> wallet.decline(card)
            else -> return
        }
        this.card = null
        next()
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
        card?.close()
        authorized?.close()
        offer?.close()
    }

    companion object {
        /** By an offer. */
        fun offered(app: App, link: String): Task = Receiving(app, link, isAnswer = false)

        /** By the link with which the browser came back. */
        fun answered(app: App, link: String): Task = Receiving(app, link, isAnswer = true)

        private const val COPIES = 3
    }
}
