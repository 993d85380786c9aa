package org.citizenwallet.demo.screens

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.ChangeLine
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Text
import org.citizenwallet.demo.Tone

@Composable
internal fun OfferView(screen: Screen.Offer, on: (Action) -> Unit) =
    Page(words(Phrase.OFFER_TITLE, screen.issuer), { on(Action.Back) }) {
        FactLine(screen.proof)
        for (card in screen.cards) {
            OfferedView(card)
            if (card.claims.isNotEmpty()) Section(words(Phrase.OFFER_SAYS)) { Words(words(Text.All(card.claims))) }
        }
        if (screen.needsCode) FactLine(Fact(Phrase.OFFER_CODE_NEEDED()))
        if (screen.inBrowser) FactLine(Fact(Phrase.OFFER_TO_BROWSER()))
        MainButton(words(Phrase.OFFER_RECEIVE)) { on(Action.Agree) }
        OtherButton(words(Phrase.CANCEL)) { on(Action.Back) }
    }

@Composable
internal fun TextCodeView(screen: Screen.TextCode, on: (Action) -> Unit) =
    Page(words(Phrase.CODE_TITLE), { on(Action.Back) }) {
        screen.notice?.let { Notice(Fact(it, Tone.CAUTION)) }
        var code by remember { mutableStateOf("") }
        Words(words(screen.advice))
        Field(words(Phrase.CODE_FIELD), code) { code = it }
        MainButton(words(Phrase.ENTER)) { on(Action.EnterText(code.toCharArray())) }
    }

@Composable
internal fun ReceivedView(screen: Screen.Received, on: (Action) -> Unit) =
    LongPage(if (screen.changes == null) words(Phrase.RECEIVED_TITLE) else words(screen.face.name), { on(Action.Back) }) {
        screen.notice?.let { part { Notice(Fact(it, Tone.CAUTION)) } }
        part {
            CardView(screen.face)
            FactLine(screen.signer)
        }
        val changes = screen.changes
        if (changes == null) {
            section(Phrase.CARD_CLAIMS(), screen.claims.lines) { ClaimView(it, it.isAlways) }
        } else {
            section(Phrase.CHANGES_TITLE(), changes) { ChangeView(it) }
        }
        part {
            MainButton(words(Phrase.RECEIVED_KEEP)) { on(Action.Agree) }
            for (card in screen.older) OtherButton(words(card.replace)) { on(Action.Replace(card.id)) }
            OtherButton(words(Phrase.RECEIVED_DECLINE)) { on(Action.Refuse) }
        }
    }

@Composable
private fun ChangeView(change: ChangeLine) {
    val (before, after) = remember(change) { change.before() to change.after() }
    val label = words(change.label)
    Words(label)
    Quiet(words(change.kind))
    if (before != null) {
        Quiet(words(Phrase.CHANGE_BEFORE))
        ValueView(before, label)
    }
    if (after != null) {
        Quiet(words(Phrase.CHANGE_AFTER))
        ValueView(after, label)
    }
}
