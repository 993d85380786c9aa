package org.citizenwallet.demo.screens

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material.Button
import androidx.compose.material.ButtonDefaults
import androidx.compose.material.Icon
import androidx.compose.material.IconButton
import androidx.compose.material.OutlinedButton
import androidx.compose.material.Surface
import androidx.compose.material.Text
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.ArrowBack
import androidx.compose.material.icons.filled.CheckCircle
import androidx.compose.material.icons.filled.Close
import androidx.compose.material.icons.filled.Info
import androidx.compose.material.icons.filled.Warning
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.scale
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.TextUnit
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.citizenwallet.demo.Fact
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Text as AppText
import org.citizenwallet.demo.Tone

/** The least size of what can be touched. */
internal val Touch = 48.dp

/** Between two parts of a screen. */
internal val Gap = 12.dp

private val Corner = 14.dp
private val Edge = 20.dp

/** A screen: a title, perhaps a way back, and parts below each other that scroll together. */
@Composable
internal fun Page(title: String, onBack: (() -> Unit)? = null, content: @Composable ColumnScope.() -> Unit) =
    Frame {
        Column(Broad.verticalScroll(rememberScrollState()).padding(Edge), verticalArrangement = Arrangement.spacedBy(Gap)) {
            Title(title, onBack)
            content()
        }
    }

/** As [Page], for what may be long: a part is made when it comes into view. */
@Composable
internal fun LongPage(title: String, onBack: (() -> Unit)? = null, content: LazyListScope.() -> Unit) =
    Frame {
        LazyColumn(Broad, contentPadding = PaddingValues(Edge)) {
            item { Title(title, onBack) }
            content()
        }
    }

private val Broad = Modifier.widthIn(max = 600.dp).fillMaxWidth()

@Composable
private fun Frame(content: @Composable BoxScope.() -> Unit) =
    Box(Modifier.fillMaxSize().background(LocalPalette.current.background), contentAlignment = Alignment.TopCenter, content = content)

@Composable
private fun Title(title: String, onBack: (() -> Unit)?) {
    Row(Modifier.fillMaxWidth().heightIn(min = Touch), verticalAlignment = Alignment.CenterVertically) {
        if (onBack != null) {
            IconButton(onBack, Modifier.size(Touch)) {
                // It points to where the text begins.
                val mirror = if (LocalLayoutDirection.current == LayoutDirection.Rtl) Modifier.scale(-1f, 1f) else Modifier
                Icon(Icons.Filled.ArrowBack, words(Phrase.BACK), mirror, tint = LocalPalette.current.text)
            }
        }
        Words(title, size = 26.sp, weight = FontWeight.Bold, modifier = Modifier.semantics { heading() })
    }
}

/** A part of a [LongPage]. */
internal fun LazyListScope.part(content: @Composable ColumnScope.() -> Unit) = item { Part(content) }

@Composable
internal fun Part(content: @Composable ColumnScope.() -> Unit) =
    Column(Modifier.fillMaxWidth().padding(top = Gap), verticalArrangement = Arrangement.spacedBy(Gap), content = content)

/** As [Section], on a [LongPage]: each of the [rows] is made when it comes into view. */
internal fun <T> LazyListScope.section(title: AppText, rows: List<T>, row: @Composable ColumnScope.(T) -> Unit) {
    item {
        Column(Modifier.padding(top = Gap)) { Slice(isFirst = true, isLast = rows.isEmpty()) { SectionTitle(words(title)) } }
    }
    itemsIndexed(rows) { place, it -> Slice(isFirst = false, isLast = place == rows.lastIndex) { row(it) } }
}

/** A piece of a section, which ends above and below where it is the first or the last. */
@Composable
private fun Slice(isFirst: Boolean, isLast: Boolean, content: @Composable ColumnScope.() -> Unit) {
    val (top, bottom) = (if (isFirst) Corner else 0.dp) to (if (isLast) Corner else 0.dp)
    Column(
        Modifier.fillMaxWidth().background(LocalPalette.current.surface, RoundedCornerShape(top, top, bottom, bottom))
            .padding(start = 16.dp, end = 16.dp, top = if (isFirst) 16.dp else 10.dp, bottom = if (isLast) 16.dp else 0.dp),
        verticalArrangement = Arrangement.spacedBy(10.dp),
        content = content,
    )
}

/** Text of the app's own style. Nothing is ever cut off: it wraps. */
@Composable
internal fun Words(
    text: String,
    modifier: Modifier = Modifier,
    colour: Color = LocalPalette.current.text,
    size: TextUnit = 16.sp,
    weight: FontWeight = FontWeight.Normal,
    align: TextAlign? = null,
    family: FontFamily? = null,
) = Text(text, modifier, color = colour, fontSize = size, fontWeight = weight, fontFamily = family, textAlign = align, lineHeight = size * 1.35f)

@Composable
internal fun Quiet(text: String, modifier: Modifier = Modifier) =
    Words(text, modifier, colour = LocalPalette.current.quiet, size = 14.sp)

/** What the screen is for. */
@Composable
internal fun MainButton(text: String, onClick: () -> Unit) {
    Button(
        onClick,
        Modifier.fillMaxWidth().heightIn(min = Touch),
        shape = RoundedCornerShape(12.dp),
        elevation = ButtonDefaults.elevation(0.dp, 0.dp, 0.dp, 0.dp, 0.dp),
    ) {
        Words(text, colour = LocalPalette.current.onPrimary, weight = FontWeight.Medium, align = TextAlign.Center)
    }
}

@Composable
internal fun OtherButton(text: String, modifier: Modifier = Modifier.fillMaxWidth(), onClick: () -> Unit) {
    val palette = LocalPalette.current
    OutlinedButton(
        onClick,
        modifier.heightIn(min = Touch),
        shape = RoundedCornerShape(12.dp),
        border = BorderStroke(1.dp, palette.quiet),
        colors = ButtonDefaults.outlinedButtonColors(backgroundColor = palette.background, contentColor = palette.primary),
    ) {
        Words(text, colour = palette.primary, weight = FontWeight.Medium, align = TextAlign.Center)
    }
}

/** Parts that belong together, under a heading. */
@Composable
internal fun Section(title: String, content: @Composable ColumnScope.() -> Unit) =
    Panel {
        SectionTitle(title)
        content()
    }

/** Parts that belong together. */
@Composable
internal fun Panel(content: @Composable ColumnScope.() -> Unit) = Slice(isFirst = true, isLast = true, content)

@Composable
private fun SectionTitle(title: String) =
    Words(title, Modifier.semantics { heading() }, colour = LocalPalette.current.quiet, size = 14.sp, weight = FontWeight.Bold)

/** Something that is the case. Its tone is told by its words; sign and colour repeat it. */
@Composable
internal fun FactLine(fact: Fact) {
    val colour = LocalPalette.current.of(fact.tone)
    Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        sign(fact.tone)?.let { Icon(it, null, Modifier.padding(top = 1.dp).size(20.dp), tint = colour) }
        Words(words(fact.text), colour = colour)
    }
}

/** News at the top of a screen. It is read out as it comes. */
@Composable
internal fun Notice(fact: Fact) {
    val palette = LocalPalette.current
    Surface(
        Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite },
        shape = RoundedCornerShape(12.dp),
        color = palette.surface,
        border = BorderStroke(1.dp, palette.of(fact.tone)),
    ) {
        Box(Modifier.padding(14.dp)) { FactLine(fact) }
    }
}

private fun sign(tone: Tone): ImageVector? =
    when (tone) {
        Tone.GOOD -> Icons.Filled.CheckCircle
        Tone.PLAIN -> Icons.Filled.Info
        Tone.CAUTION -> Icons.Filled.Warning
        Tone.BAD -> Icons.Filled.Close
    }
