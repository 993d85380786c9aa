package org.citizenwallet.demo.screens

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.selectable
import androidx.compose.material.RadioButton
import androidx.compose.material.RadioButtonDefaults
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.sp
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.ChoiceLine
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.PseudonymView
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.ShowingView
import org.citizenwallet.demo.Text
import org.citizenwallet.demo.TransactionView
import org.citizenwallet.demo.VerifierFace

/** What would be shown, to whom. The answer stands at the end, after everything there is to read. */
@Composable
internal fun ConsentView(screen: Screen.Consent, on: (Action) -> Unit) =
    LongPage(words(Phrase.CONSENT_TITLE, screen.verifier.name), { on(Action.Back) }) {
        part { WhoAsks(screen.verifier) }
        for (showing in screen.showings) showing(showing)
        if (screen.choices.isNotEmpty()) {
            part {
                Section(words(Phrase.CONSENT_CHOICES)) {
                    screen.choices.forEachIndexed { place, choice -> ChoiceView(choice) { on(Action.Choose(place)) } }
                }
            }
        }
        part {
            Section(words(Phrase.CONSENT_BEFORE)) {
                if (screen.before.isEmpty()) Words(words(Phrase.CONSENT_NEVER_BEFORE))
                for (line in screen.before) Words(words(line))
            }
            MainButton(words(if (screen.needsPin) Phrase.CONSENT_AGREE_PIN else Phrase.CONSENT_AGREE)) { on(Action.Agree) }
            OtherButton(words(Phrase.CONSENT_REFUSE)) { on(Action.Refuse) }
        }
    }

@Composable
internal fun NothingFitsView(screen: Screen.NothingFits, on: (Action) -> Unit) =
    Page(words(Phrase.NOTHING_FITS_TITLE), { on(Action.Back) }) {
        WhoAsks(screen.verifier)
        Words(words(Phrase.NOTHING_FITS_TEXT))
        OtherButton(words(Phrase.NOTHING_FITS_TELL)) { on(Action.Refuse) }
        MainButton(words(Phrase.CLOSE)) { on(Action.Back) }
    }

@Composable
internal fun DoneView(screen: Screen.Done, on: (Action) -> Unit) =
    Page(words(Phrase.DONE_TITLE)) {
        Notice(screen.outcome)
        if (screen.lines.isNotEmpty()) {
            Section(words(Phrase.DONE_SHOWN)) { for (line in screen.lines) Words(words(line)) }
        }
        if (screen.canResend) OtherButton(words(Phrase.RESEND)) { on(Action.Resend) }
        screen.page?.let { MainButton(words(it)) { on(Action.Agree) } }
        OtherButton(words(Phrase.CLOSE)) { on(Action.Back) }
    }

@Composable
private fun WhoAsks(verifier: VerifierFace) =
    Section(words(Phrase.CONSENT_WHO)) {
        Words(words(verifier.name), size = 20.sp, weight = FontWeight.Bold)
        for (fact in verifier.facts) FactLine(fact)
        Quiet(words(verifier.destination))
    }

private fun LazyListScope.showing(showing: ShowingView) {
    val (always, asked) = showing.claims.lines.partition { it.isAlways }
    section(Phrase.CONSENT_SHOWS(), listOf(null) + asked) { claim ->
        if (claim != null) return@section ClaimView(claim)
        Quiet(words(Phrase.CONSENT_FROM, showing.card))
        FactLine(showing.state)
        for (note in showing.notes) FactLine(note)
    }
    showing.pseudonym?.let { pseudonym -> part { PseudonymPart(pseudonym) } }
    items(showing.transactions) { transaction -> Part { TransactionPart(transaction) } }
    part {
        if (showing.retained.isNotEmpty()) Section(words(Phrase.CONSENT_RETAIN)) { Words(words(Text.All(showing.retained))) }
        Section(words(Phrase.CONSENT_PRIVATE)) {
            Words(if (showing.private.isEmpty()) words(Phrase.CONSENT_NOTHING_PRIVATE) else words(Text.All(showing.private)))
        }
    }
    if (always.isNotEmpty()) section(Phrase.CONSENT_ALWAYS(), always) { ClaimView(it, isSmall = true) }
    part { LinkabilityPart(Phrase.CONSENT_LINK(), showing.linkability) }
}

/** What lets verifiers recognise the holder. */
@Composable
internal fun LinkabilityPart(title: Text, reasons: List<Text>) =
    Section(words(title)) {
        if (reasons.isEmpty()) Words(words(Phrase.CONSENT_UNLINKABLE))
        for (reason in reasons) Words(words(reason))
    }

@Composable
private fun PseudonymPart(pseudonym: PseudonymView) =
    Section(words(Phrase.CONSENT_PSEUDONYM)) {
        Words(words(pseudonym.service), size = 17.sp)
        FactLine(pseudonym.kind)
    }

@Composable
private fun TransactionPart(transaction: TransactionView) =
    Section(words(Phrase.CONSENT_TRANSACTION)) {
        Quiet(words(transaction.kind))
        for ((label, value) in transaction.lines) {
            Quiet(words(label))
            Words(words(value), size = 17.sp)
        }
    }

@Composable
private fun ChoiceView(choice: ChoiceLine, onClick: () -> Unit) {
    val palette = LocalPalette.current
    Row(
        Modifier.fillMaxWidth().heightIn(min = Touch).selectable(choice.isChosen, role = Role.RadioButton, onClick = onClick),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(choice.isChosen, onClick = null, colors = RadioButtonDefaults.colors(palette.primary, palette.quiet))
        Words(words(choice.text))
    }
}
