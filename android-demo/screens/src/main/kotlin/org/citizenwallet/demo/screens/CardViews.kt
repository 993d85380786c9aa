package org.citizenwallet.demo.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material.OutlinedTextField
import androidx.compose.material.TextFieldDefaults
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.FontWeight
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Text as AppText
import org.citizenwallet.demo.Tone

@Composable
internal fun CardsView(screen: Screen.Cards, on: (Action) -> Unit) =
    Page(words(Phrase.CARDS_TITLE)) {
        screen.notice?.let { Notice(Fact(it)) }
        for (due in screen.due) {
            Notice(Fact(due.text, due.tone))
            OtherButton(words(due.doIt)) { on(due.action) }
        }
        if (screen.cards.isEmpty()) Words(words(Phrase.CARDS_EMPTY))
        for (card in screen.cards) CardView(card) { on(Action.ShowCard(card.id)) }
        MainButton(words(Phrase.ADD_CARD)) { on(Action.AddCard) }
        if (screen.cards.isNotEmpty()) OtherButton(words(Phrase.REFRESH_STATUS)) { on(Action.RefreshStatus) }
        OtherButton(words(Phrase.HISTORY_TITLE)) { on(Action.ShowHistory) }
        OtherButton(words(Phrase.LOCK_NOW)) { on(Action.Lock) }
    }

@Composable
internal fun AddCardView(screen: Screen.AddCard, on: (Action) -> Unit) =
    Page(words(Phrase.ADD_TITLE), { on(Action.Back) }) {
        screen.notice?.let { Notice(Fact(it, Tone.CAUTION)) }
        var link by remember { mutableStateOf("") }
        Words(words(Phrase.ADD_ADVICE))
        Field(words(Phrase.ADD_FIELD), link) { link = it }
        MainButton(words(Phrase.ADD_OPEN)) { on(Action.Open(link)) }
        if (screen.canScan) OtherButton(words(Phrase.SCAN)) { on(Action.Scan) }
    }

@Composable
internal fun CardDetailView(screen: Screen.Card, on: (Action) -> Unit) =
    Page(words(screen.face.name), { on(Action.Back) }) {
        CardView(screen.face)
        FactLine(screen.face.state)
        for (fact in screen.facts) FactLine(fact)
        Section(words(Phrase.CARD_CLAIMS)) { for (claim in screen.claims.lines) ClaimView(claim) }
        if (screen.canRenew) OtherButton(words(Phrase.CARD_RENEW)) { on(Action.Renew(screen.face.id)) }
        OtherButton(words(Phrase.CARD_DELETE)) { on(Action.Delete(screen.face.id)) }
    }

@Composable
internal fun HistoryView(screen: Screen.History, on: (Action) -> Unit) =
    Page(words(Phrase.HISTORY_TITLE), { on(Action.Back) }) {
        if (!screen.isIntact) Notice(Fact(Phrase.HISTORY_BROKEN(), Tone.BAD))
        if (screen.entries.isEmpty()) Words(words(Phrase.HISTORY_EMPTY))
        for (entry in screen.entries) {
            Section(words(Phrase.POINT_IN_TIME, entry.at)) {
                Words(words(entry.what), weight = FontWeight.Medium)
                if (entry.lines.isNotEmpty()) FactLine(Fact(entry.lines.first(), entry.tone))
                if (entry.lines.size > 1) Quiet(words(AppText.All(entry.lines.drop(1))))
                OtherButton(words(Phrase.HISTORY_DELETE)) { on(Action.DeleteEntry(entry.id)) }
            }
        }
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
