package org.citizenwallet.demo.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.items
import androidx.compose.material.OutlinedTextField
import androidx.compose.material.TextFieldDefaults
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.FontWeight
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Entry
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.PromisedLine
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Text as AppText
import org.citizenwallet.demo.Tone

@Composable
internal fun CardsView(screen: Screen.Cards, on: (Action) -> Unit) =
    LongPage(words(Phrase.CARDS_TITLE)) {
        screen.notice?.let { part { Notice(Fact(it)) } }
        items(screen.due) { due ->
            Part {
                Notice(Fact(due.text, due.tone))
                OtherButton(words(due.doIt)) { on(due.action) }
            }
        }
        if (screen.cards.isEmpty()) part { Words(words(Phrase.CARDS_EMPTY)) }
        items(screen.cards) { card -> Part { CardView(card) { on(Action.ShowCard(card.id)) } } }
        items(screen.promised) { promise -> Part { PromisedView(promise, on) } }
        part {
            MainButton(words(Phrase.ADD_CARD)) { on(Action.AddCard) }
            if (screen.cards.isNotEmpty()) OtherButton(words(Phrase.REFRESH_STATUS)) { on(Action.RefreshStatus) }
            OtherButton(words(Phrase.HISTORY_TITLE)) { on(Action.ShowHistory) }
            OtherButton(words(Phrase.SETTINGS_TITLE)) { on(Action.ShowSettings) }
            OtherButton(words(Phrase.LOCK_NOW)) { on(Action.Lock) }
        }
    }

@Composable
private fun PromisedView(promise: PromisedLine, on: (Action) -> Unit) =
    Section(words(Phrase.PROMISED_TITLE)) {
        Words(words(promise.text))
        OtherButton(words(Phrase.PROMISE_ASK)) { on(Action.AskFor(promise.id)) }
        OtherButton(words(Phrase.FORGET)) { on(Action.Forget(promise.id)) }
    }

@Composable
internal fun AddCardView(screen: Screen.AddCard, on: (Action) -> Unit) =
    Page(words(Phrase.ADD_TITLE), { on(Action.Back) }) {
        screen.notice?.let { Notice(Fact(it, Tone.CAUTION)) }
        // Comes back with a screen that was turned. It is no secret, as a code is.
        var link by rememberSaveable { mutableStateOf("") }
        Words(words(Phrase.ADD_ADVICE))
        Field(words(Phrase.ADD_FIELD), link) { link = it }
        MainButton(words(Phrase.ADD_OPEN)) { on(Action.Open(link)) }
        if (screen.canScan) OtherButton(words(Phrase.SCAN)) { on(Action.Scan) }
    }

@Composable
internal fun CardDetailView(screen: Screen.Card, on: (Action) -> Unit) =
    LongPage(words(screen.face.name), { on(Action.Back) }) {
        part {
            CardView(screen.face)
            FactLine(screen.face.state)
            for (fact in screen.facts) FactLine(fact)
        }
        section(Phrase.CARD_CLAIMS(), screen.claims.lines) { ClaimView(it) }
        part { LinkabilityPart(Phrase.CARD_LINK(), screen.linkability) }
        part {
            if (screen.canRenew) OtherButton(words(Phrase.CARD_RENEW)) { on(Action.Renew(screen.face.id)) }
            OtherButton(words(Phrase.CARD_DELETE)) { on(Action.Delete(screen.face.id)) }
        }
    }

@Composable
internal fun HistoryView(screen: Screen.History, on: (Action) -> Unit) =
    LongPage(words(Phrase.HISTORY_TITLE), { on(Action.Back) }) {
        if (!screen.isIntact) part { Notice(Fact(Phrase.HISTORY_BROKEN(), Tone.BAD)) }
        if (screen.entries.isEmpty()) part { Words(words(Phrase.HISTORY_EMPTY)) }
        items(screen.entries) { entry -> Part { EntryView(entry, on) } }
    }

@Composable
private fun EntryView(entry: Entry, on: (Action) -> Unit) =
    Section(words(Phrase.POINT_IN_TIME, entry.at)) {
        Words(words(entry.what), weight = FontWeight.Medium)
        if (entry.lines.isNotEmpty()) FactLine(Fact(entry.lines.first(), entry.tone))
        if (entry.lines.size > 1) Quiet(words(AppText.All(entry.lines.drop(1))))
        OtherButton(words(Phrase.HISTORY_DELETE)) { on(Action.DeleteEntry(entry.id)) }
    }

/** A field for what is no secret, or that only a keyboard can type. */
@Composable
internal fun Field(label: String, value: String, onChange: (String) -> Unit) {
    val palette = LocalPalette.current
    OutlinedTextField(
        value,
        onChange,
        Modifier.fillMaxWidth(),
        label = { androidx.compose.material.Text(label) },
        colors = TextFieldDefaults.outlinedTextFieldColors(
            textColor = palette.text,
            focusedBorderColor = palette.primary,
            unfocusedBorderColor = palette.quiet,
            focusedLabelColor = palette.primary,
            unfocusedLabelColor = palette.quiet,
            cursorColor = palette.primary,
        ),
    )
}
