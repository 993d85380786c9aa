package org.citizenwallet.demo.desktop

import androidx.compose.ui.unit.LayoutDirection
import java.time.ZoneId
import java.util.Locale
import org.citizenwallet.demo.Texts
import org.citizenwallet.demo.screens.Light

/** Languages nobody speaks, made of English: what is not translated, too long or not mirrored shows. */
object Pseudo {
    private const val PLAIN = "aeiouyAEIOUYcnszCNSZ"
    private const val ACCENTED = "áéíóúýÁÉÍÓÚÝçñšžÇÑŠŽ"

    /** Accents, and two fifths more. */
    fun long(english: Texts): Look = Look("pseudo", texts(Locale("en", "XA")) { lengthened(accented(it)) }, Light)

    /** From right to left. */
    fun mirrored(english: Texts): Look =
        Look("rtl", texts(Locale("ar", "XB")) { "\u202e$it\u202c" }, Light, direction = LayoutDirection.Rtl)

    private fun texts(locale: Locale, change: (String) -> String): Texts {
        val english = Strings.read("values")
        return Texts(locale, ZoneId.of("Asia/Seoul")) { key -> english[key]?.let(change) }
    }

    private fun lengthened(text: String) = "[" + text + " ~".repeat(text.length / 5 + 1) + "]"

    /** Letters get accents; places for arguments stay. */
    private fun accented(text: String): String =
        Regex("%[0-9]\\\$s|.", RegexOption.DOT_MATCHES_ALL).replace(text) { part ->
            val place = if (part.value.length == 1) PLAIN.indexOf(part.value) else -1
            Regex.escapeReplacement(if (place < 0) part.value else ACCENTED[place].toString())
            if (place < 0) part.value else ACCENTED[place].toString()
        }
}
