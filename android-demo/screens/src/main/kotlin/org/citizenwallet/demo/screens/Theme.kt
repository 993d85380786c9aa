package org.citizenwallet.demo.screens

import androidx.compose.material.Colors
import androidx.compose.material.MaterialTheme
import androidx.compose.material.darkColors
import androidx.compose.material.lightColors
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color
import org.citizenwallet.demo.Tone

/** The colours of the app. Each pair that text is drawn with has a contrast of 4.5:1 or more: a test computes them. */
class Palette(
    val background: Color,
    val surface: Color,
    val text: Color,
    val quiet: Color,
    val primary: Color,
    val onPrimary: Color,
    val good: Color,
    val caution: Color,
    val bad: Color,
    val line: Color,
    val isLight: Boolean,
) {
    fun of(tone: Tone): Color =
        when (tone) {
            Tone.GOOD -> good
            Tone.PLAIN -> text
            Tone.CAUTION -> caution
            Tone.BAD -> bad
        }
}

/** By day. */
val Light = Palette(
    background = Color(0xFFF6F5F1),
    surface = Color(0xFFFFFFFF),
    text = Color(0xFF1A1C1C),
    quiet = Color(0xFF4B5152),
    primary = Color(0xFF00535B),
    onPrimary = Color(0xFFFFFFFF),
    good = Color(0xFF1B5E20),
    caution = Color(0xFF7A4400),
    bad = Color(0xFF9C1C1C),
    line = Color(0xFFD5D5CF),
    isLight = true,
)

/** By night. */
val Dark = Palette(
    background = Color(0xFF101414),
    surface = Color(0xFF1B2122),
    text = Color(0xFFE4E6E6),
    quiet = Color(0xFFB6BEBF),
    primary = Color(0xFF7FD3DE),
    onPrimary = Color(0xFF00363C),
    good = Color(0xFF9BD6A0),
    caution = Color(0xFFF2BF6B),
    bad = Color(0xFFFFB4AB),
    line = Color(0xFF3A4243),
    isLight = false,
)

internal val LocalPalette = staticCompositionLocalOf { Light }

@Composable
internal fun WalletTheme(palette: Palette, content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalPalette provides palette) { MaterialTheme(colors = palette.material(), content = content) }
}

private fun Palette.material(): Colors =
    if (isLight) {
        lightColors(
            primary = primary, onPrimary = onPrimary, secondary = primary, onSecondary = onPrimary,
            background = background, onBackground = text, surface = surface, onSurface = text, error = bad, onError = surface,
        )
    } else {
        darkColors(
            primary = primary, onPrimary = onPrimary, secondary = primary, onSecondary = onPrimary,
            background = background, onBackground = text, surface = surface, onSurface = text, error = bad, onError = surface,
        )
    }
