package org.citizenwallet.demo

import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow

/** A colour as `0xRRGGBB`. */
object Colours {
    /** What an issuer calls a colour: `#rrggbb`. Anything else is none. */
    fun parse(text: String?): Int? =
        text?.takeIf { HEX.matches(it) }?.substring(1)?.toInt(16)

    /** How well one is read on the other, 1 to 21 (WCAG 2.2). */
    fun contrast(one: Int, other: Int): Double {
        val (a, b) = luminance(one) to luminance(other)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /** The [foreground] an issuer wants on its [background] where that can be read; else black or white. */
    fun readable(background: Int, foreground: Int?): Int =
        when {
            foreground != null && contrast(background, foreground) >= READABLE -> foreground
            contrast(background, WHITE) >= contrast(background, BLACK) -> WHITE
            else -> BLACK
        }

    /** Contrast of normal text (WCAG 2.2, 1.4.3). */
    const val READABLE = 4.5
    private const val WHITE = 0xFFFFFF
    private const val BLACK = 0x000000
    private val HEX = Regex("#[0-9a-fA-F]{6}")

    private fun luminance(colour: Int): Double {
        fun part(shift: Int): Double {
            val value = (colour shr shift and 0xFF) / 255.0
            return if (value <= 0.04045) value / 12.92 else ((value + 0.055) / 1.055).pow(2.4)
        }
        return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }
}
