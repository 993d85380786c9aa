package org.citizenwallet.demo.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material.LinearProgressIndicator
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Tone

@Composable
internal fun StartingView() = Page(words(Phrase.APP_NAME)) {}

@Composable
internal fun WelcomeView(on: (Action) -> Unit) =
    Page(words(Phrase.WELCOME_TITLE)) {
        for (point in listOf(Phrase.WELCOME_LOCAL, Phrase.WELCOME_CONSENT, Phrase.WELCOME_LEAST)) FactLine(Fact(point(), Tone.GOOD))
        MainButton(words(Phrase.BEGIN)) { on(Action.Agree) }
    }

@Composable
internal fun RecoveryCodeView(screen: Screen.RecoveryCode, on: (Action) -> Unit) =
    Page(words(Phrase.RECOVERY_TITLE)) {
        Words(words(Phrase.RECOVERY_TEXT))
        Section(words(Phrase.RECOVERY_TITLE)) {
            Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(6.dp)) {
                for (pair in screen.groups.chunked(2)) {
                    // Drawing needs a string: this one lives as long as the screen.
                    val line = pair.joinToString("  ") { String(it) }
                    Words(line, Modifier.fillMaxWidth(), size = 24.sp, weight = FontWeight.Medium, align = TextAlign.Center, family = FontFamily.Monospace)
                }
            }
        }
        MainButton(words(Phrase.RECOVERY_WRITTEN)) { on(Action.Agree) }
    }

@Composable
internal fun QuestionView(screen: Screen.Question, on: (Action) -> Unit) =
    Page(words(screen.title)) {
        for (line in screen.lines) Words(words(line))
        MainButton(words(screen.yes)) { on(Action.Agree) }
        OtherButton(words(screen.no)) { on(Action.Refuse) }
    }

@Composable
internal fun WorkingView(screen: Screen.Working, on: (Action) -> Unit) =
    Page(words(screen.what)) {
        // The title says it.
        LinearProgressIndicator(Modifier.fillMaxWidth().padding(vertical = 16.dp).clearAndSetSemantics {}, color = LocalPalette.current.primary)
        if (screen.canCancel) OtherButton(words(Phrase.CANCEL)) { on(Action.Back) }
    }

@Composable
internal fun SettingsView(screen: Screen.Settings, on: (Action) -> Unit) =
    Page(words(Phrase.SETTINGS_TITLE), { on(Action.Back) }) {
        for (line in screen.lines) {
            Panel {
                Words(words(line.advice))
                OtherButton(words(line.title)) { on(line.action) }
            }
        }
    }

@Composable
internal fun TroubleView(screen: Screen.Trouble, on: (Action) -> Unit) =
    Page(words(screen.problem.title)) {
        Notice(Fact(screen.problem.advice, Tone.BAD))
        if (screen.problem.code.isNotEmpty()) Quiet(words(Phrase.ERROR_CODE, screen.problem.code))
        if (screen.canRepeat) MainButton(words(Phrase.AGAIN)) { on(Action.Again) }
        OtherButton(words(Phrase.CLOSE)) { on(Action.Back) }
    }
