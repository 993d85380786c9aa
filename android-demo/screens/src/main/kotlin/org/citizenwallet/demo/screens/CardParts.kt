package org.citizenwallet.demo.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.citizenwallet.demo.CardFace
import org.citizenwallet.demo.ClaimLine
import org.citizenwallet.demo.Colours
import org.citizenwallet.demo.OfferedFace
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Value

/** A card as its issuer wants it, as far as that can be read. */
@Composable
internal fun CardView(card: CardFace, onClick: (() -> Unit)? = null) {
    val (background, foreground) = colours(card.background, card.foreground)
    val shape = RoundedCornerShape(18.dp)
    val touch = if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick)
    Column(
        Modifier.fillMaxWidth().heightIn(min = 150.dp).clip(shape).background(background).then(touch)
            .semantics(mergeDescendants = true) {}.padding(20.dp),
        verticalArrangement = Arrangement.spacedBy(10.dp),
    ) {
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
            card.logo?.let { logo ->
                picture(logo.bytes)?.let { Image(it, card.logoText, Modifier.size(40.dp).clip(RoundedCornerShape(8.dp))) }
            }
            Words(words(card.issuer), Modifier.weight(1f), colour = foreground, size = 14.sp)
        }
        Words(words(card.name), colour = foreground, size = 22.sp, weight = FontWeight.Bold)
        Words(words(card.state.text), colour = foreground, size = 14.sp)
    }
}

@Composable
internal fun OfferedView(card: OfferedFace) {
    val (background, foreground) = colours(card.background, card.foreground)
    Column(
        Modifier.fillMaxWidth().clip(RoundedCornerShape(18.dp)).background(background).padding(20.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        Words(words(card.name), colour = foreground, size = 22.sp, weight = FontWeight.Bold)
        card.description?.let { Words(words(it), colour = foreground, size = 14.sp) }
        card.problem?.let { Words(words(it), colour = foreground, weight = FontWeight.Bold) }
    }
}

/** A claim with its value, which is asked for here and kept only as long as it is drawn. */
@Composable
internal fun ClaimView(claim: ClaimLine, isSmall: Boolean = false) {
    val value = remember(claim) { claim.value() }
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}) {
        Quiet(words(claim.label))
        ValueView(value, words(claim.label), isSmall)
    }
}

@Composable
internal fun ValueView(value: Value?, label: String, isSmall: Boolean = false) {
    val size = if (isSmall) 14.sp else 17.sp
    when (value) {
        is Value.Words -> Words(value.words, size = size)
        is Value.Said -> Words(words(value.text), size = size)
        is Value.Picture -> {
            val picture = picture(value.bytes)
            val description = words(Phrase.PICTURE, label)
            if (picture == null) Words(description, size = size)
            else Image(picture, description, Modifier.padding(top = 4.dp).widthIn(max = 120.dp).heightIn(max = 150.dp).clip(RoundedCornerShape(8.dp)))
        }
        null -> Unit
    }
}

@Composable
private fun colours(background: String?, foreground: String?): Pair<Color, Color> {
    val palette = LocalPalette.current
    val given = Colours.parse(background) ?: return palette.primary to palette.onPrimary
    return colour(given) to colour(Colours.readable(given, Colours.parse(foreground)))
}

private fun colour(rgb: Int): Color = Color(0xFF000000L or rgb.toLong())
