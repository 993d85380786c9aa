package org.citizenwallet.demo.desktop

import java.io.File
import java.util.Locale
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Pad
import org.citizenwallet.demo.Phone
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.phone
import org.citizenwallet.demo.screens.Dark
import org.citizenwallet.demo.screens.Light

/** A real walk through the app, in which every screen is drawn in several ways when it comes. */
object Tour {
    /** Every screen in every way. Walked once for all tests. */
    val drawings: List<Drawing> by lazy {
        fonts()
        listOf(Locale.ENGLISH, Locale.KOREAN).flatMap(::walk)
    }

    private val folder = File("target/screens")

    private fun walk(locale: Locale): List<Drawing> {
        val drawn = mutableListOf<Drawing>()
        val language = locale.language
        val texts = Strings.texts(locale)
        val looks = listOf(
            Look("$language-light", texts, Light),
            Look("$language-dark", texts, Dark),
            Look("$language-large", texts, Light, fontScale = 2f),
        ) + if (locale == Locale.ENGLISH) listOf(Pseudo.long(texts), Pseudo.mirrored(texts)) else emptyList()
        fun draw(name: String, screen: Screen) {
            for (look in looks) drawn += draw(name, screen, look).also { it.save(folder) }
        }
        phone(canCheckHolder = true, language = language) {
            fun stop(name: String) = draw(name, screen)
            // These pass too quickly, or no issuer in town leads to them.
            draw("starting", Screen.Starting)
            draw("working", Screen.Working(Phrase.WORKING_ISSUER()))
            draw("text-code", Screen.TextCode(Phrase.CODE_ADVICE(), Phrase.ERROR_HOLDER()))
            val code = first(::stop)
            receiving(::stop)
            showing(::stop)
            mishaps(::stop)
            whole(code, ::stop)
        }
        phone(language = language) {
            setUp()
            unlinkable { draw(it, screen) }
        }
        return drawn
    }

    private suspend fun Phone.first(stop: (String) -> Unit): String {
        waitFor(null) { it is Screen.Welcome }
        stop("welcome")
        then<Screen.Keys>(Action.Agree)
        type("73")
        stop("choose-pin")
        on(Action.EraseKey, Action.EraseKey)
        enter<Screen.Keys>(Phone.PIN)
        enter<Screen.Question>(Phone.PIN)
        stop("fingerprint")
        val code = then<Screen.RecoveryCode>(Action.Refuse).groups.joinToString("") { String(it) }
        stop("recovery-code")
        then<Screen.Cards>(Action.Agree)
        stop("no-cards")
        then<Screen.AddCard>(Action.AddCard)
        stop("add-card")
        return code
    }

    private suspend fun Phone.receiving(stop: (String) -> Unit) {
        parties.configure("""{"refresh_tokens":true}""")
        val (link, code) = parties.offer("resident_card", "--tx-code")
        then<Screen.Question>(Action.Open(link))
        stop("offer-found")
        then<Screen.Offer>(Action.Agree)
        stop("offer")
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Received>(code)
        stop("received")
        then<Screen.Cards>(Action.Agree)
        then<Screen.Question>(Action.Open(parties.offer("driving_licence", "--authorization-code").first()))
        then<Screen.Offer>(Action.Agree)
        stop("offer-in-browser")
        then<Screen.Cards>(Action.Agree)
        then<Screen.Received>(Action.Open(parties.browse(pages.last())))
        then<Screen.Cards>(Action.Agree)
        val cards = then<Screen.Cards>(Action.RefreshStatus)
        stop("cards")
        then<Screen.Card>(Action.ShowCard(cards.cards.first().id))
        stop("card")
        then<Screen.Question>(Action.Delete(cards.cards.first().id))
        stop("delete")
        then<Screen.Card>(Action.Refuse)
        then<Screen.Cards>(Action.Back)
    }

    private suspend fun Phone.showing(stop: (String) -> Unit) {
        then<Screen.Question>(Action.Open(parties.ask("bar", "resident_card", "age_equal_or_over.19")))
        stop("request-found")
        then<Screen.Consent>(Action.Agree)
        then<Screen.Done>(Action.Agree)
        stop("done")
        then<Screen.Cards>(Action.Back)
        asked(parties.ask("bar", "resident_card", "name", "portrait", "age_equal_or_over.19"))
        stop("consent")
        then<Screen.Cards>(Action.Refuse)
        asked(parties.ask("shop", "resident_card", "name", options = """{"prefix":"redirect_uri"}"""))
        stop("consent-nobody-vouches")
        then<Screen.Cards>(Action.Back)
        val payment = """{"type":"urn:example:payment","credential_ids":["card"],"amount":"50.00","payee":"Fictional Landlord"}"""
        asked(parties.ask("bank", "resident_card", "name", options = """{"transaction_data":[$payment]}"""))
        stop("consent-payment")
        then<Screen.Keys>(Action.Agree)
        stop("confirm-pin")
        then<Screen.Consent>(Action.Back)
        then<Screen.Cards>(Action.Back)
        then<Screen.History>(Action.ShowHistory)
        stop("history")
        then<Screen.Cards>(Action.Back)
    }

    /** Cards whose proof is new each time, and a pseudonym. */
    private suspend fun Phone.unlinkable(stop: (String) -> Unit) {
        val card = receive("citizen_id_bbs").cards.single().id
        then<Screen.Card>(Action.ShowCard(card))
        stop("card-bbs")
        then<Screen.Cards>(Action.Back)
        asked(parties.ask("bar", "citizen_id_bbs", "age_over_19"))
        stop("consent-bbs")
        then<Screen.Cards>(Action.Back)
        receive("citizen_id_pseudonym")
        asked(parties.askPseudonym("voting-office", "Town vote 2026", "citizen_id_pseudonym", "age_over_19"))
        stop("consent-pseudonym")
        then<Screen.Done>(Action.Agree)
        then<Screen.Cards>(Action.Back)
        then<Screen.History>(Action.ShowHistory)
        stop("history-pseudonym")
    }

    /** The wallet as a whole, and a phone that loses its key. */
    private suspend fun Phone.whole(code: String, stop: (String) -> Unit) {
        enter<Screen.Keys>(code) { it.pad == Pad.PIN }
        enter<Screen.Keys>("508213")
        enter<Screen.Cards>("508213")
        then<Screen.Question>(Action.Open(parties.offer("resident_card", "--deferred", "3600").first()))
        then<Screen.Offer>(Action.Agree)
        then<Screen.Cards>(Action.Agree)
        stop("cards-promised")
        then<Screen.Settings>(Action.ShowSettings)
        stop("settings")
        then<Screen.Question>(Action.Export)
        stop("export")
        then<Screen.Keys>(Action.Agree)
        stop("confirm")
        then<Screen.Cards>(Action.Back)
        then<Screen.Question>(Action.Erase)
        stop("erase")
        then<Screen.Settings>(Action.Refuse)
        then<Screen.Keys>(Action.Lock)
        deviceKey.loseKeys()
        enter<Screen.Keys>("508213")
        stop("key-lost")
        enter<Screen.Question>(code)
        stop("rescue")
    }

    private suspend fun Phone.mishaps(stop: (String) -> Unit) {
        then<Screen.Trouble>(Action.Open("https://example.com/hello"))
        stop("nothing-for-the-wallet")
        then<Screen.Cards>(Action.Back)
        then<Screen.Question>(Action.Open(parties.ask("bank", "resident_card", "name", options = """{"fault":"certificate_mismatch"}""")))
        then<Screen.Trouble>(Action.Agree)
        stop("trouble")
        then<Screen.Cards>(Action.Back)
        then<Screen.Question>(Action.Open(parties.ask("bank", "resident_card", "shoe_size")))
        then<Screen.NothingFits>(Action.Agree)
        stop("nothing-fits")
        then<Screen.Cards>(Action.Back)
        parties.change("resident_card", """{"claims":{"nationality":"UT"}}""")
        val cards = then<Screen.Cards>(Action.Back)
        then<Screen.Received>(Action.Renew(cards.cards.first().id))
        stop("renewed")
        then<Screen.Cards>(Action.Agree)
        then<Screen.Question>(Action.Open(parties.offer("resident_card").first()))
        then<Screen.Offer>(Action.Agree)
        then<Screen.Received>(Action.Agree)
        stop("received-again")
        then<Screen.Cards>(Action.Refuse)
        parties.status("""{"card":"driving_licence","status":"revoked"}""")
        then<Screen.Cards>(Action.RefreshStatus)
        stop("cards-revoked")
        then<Screen.Keys>(Action.Lock)
        enter<Screen.Keys>("000000")
        stop("wrong-pin")
        then<Screen.Keys>(Action.OtherWayIn)
        stop("recovery-keys")
    }

    /** Without a font for Korean the drawings would show boxes, and no test would see it. */
    private fun fonts() =
        check(org.jetbrains.skia.FontMgr.default.matchFamilyStyleCharacter(null, org.jetbrains.skia.FontStyle.NORMAL, arrayOf("ko"), '한'.code) != null) {
            "no font for Korean: install one (Debian: apt install fonts-nanum)"
        }
}
