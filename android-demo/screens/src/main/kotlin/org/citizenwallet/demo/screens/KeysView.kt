package org.citizenwallet.demo.screens

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material.ButtonDefaults
import androidx.compose.material.OutlinedButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Tone

/** The app's own keys: no keyboard of another app sees a PIN or a code. */
@Composable
internal fun KeysView(screen: Screen.Keys, on: (Action) -> Unit) {
    Page(words(screen.title), if (screen.canLeave) ({ on(Action.Back) }) else null) {
        screen.notice?.let { Notice(Fact(it, Tone.CAUTION)) }
        Words(words(screen.advice))
        Dots(screen.typed)
        KeyGrid(screen.pad.keys, columns = if (screen.pad.keys.length > 10) 6 else 3, on)
        OtherButton(words(Phrase.ERASE_KEY)) { on(Action.EraseKey) }
        MainButton(words(Phrase.ENTER)) { on(Action.Enter) }
        if (screen.canCheckHolder) OtherButton(words(Phrase.USE_CHECK)) { on(Action.CheckHolder) }
        screen.otherWay?.let { OtherButton(words(it)) { on(Action.OtherWayIn) } }
        screen.lastWay?.let { OtherButton(words(it)) { on(Action.Erase) } }
    }
}

/** How much was typed, never what. */
@Composable
private fun Dots(count: Int) {
    val description = words(Phrase.TYPED_COUNT, count)
    Words(
        if (count == 0) "–" else "•".repeat(count),
        Modifier.fillMaxWidth().semantics {
            contentDescription = description
            liveRegion = LiveRegionMode.Polite
        },
        size = 28.sp,
        align = TextAlign.Center,
    )
}

@Composable
private fun KeyGrid(keys: String, columns: Int, on: (Action) -> Unit) {
    val rows = keys.chunked(columns)
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (row in rows) {
            Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                // A row that is not full stands in the middle.
                val missing = (columns - row.length) / 2f
                if (missing > 0) Spacer(Modifier.weight(missing))
                for (key in row) Key(key, Modifier.weight(1f)) { on(Action.Key(key)) }
                if (missing > 0) Spacer(Modifier.weight(missing))
            }
        }
    }
}

@Composable
private fun Key(key: Char, modifier: Modifier, onClick: () -> Unit) {
    val palette = LocalPalette.current
    OutlinedButton(
        onClick,
        modifier.heightIn(min = Touch),
        shape = RoundedCornerShape(12.dp),
        border = BorderStroke(1.dp, palette.line),
        colors = ButtonDefaults.outlinedButtonColors(backgroundColor = palette.surface, contentColor = palette.text),
        contentPadding = PaddingValues(vertical = 8.dp),
    ) {
        Words(key.toString(), size = 20.sp, weight = FontWeight.Medium)
    }
}
