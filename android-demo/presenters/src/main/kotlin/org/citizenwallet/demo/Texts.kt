package org.citizenwallet.demo

import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.util.Locale
import kotlin.time.Duration

/** Puts texts into one language. [lookup] finds a string of strings.xml by its key: resources on Android, a file elsewhere. */
class Texts(val locale: Locale, private val zone: ZoneId, private val lookup: (String) -> String?) {
    /** [text] in words. A key without a string shows itself: a test sees to it that there is none. */
    fun of(text: Text): String =
        when (text) {
            is Text.Given -> text.words
            is Text.All -> text.parts.joinToString(of(Phrase.LIST_SEPARATOR())) { argument(it).toString() }
            is Text.Of -> {
                val pattern = lookup(text.key) ?: text.key
                if (text.arguments.isEmpty()) pattern else String.format(locale, pattern, *text.arguments.map(::argument).toTypedArray())
            }
        }

    /** Whether there is a string for [key]. */
    fun has(key: String): Boolean = lookup(key) != null

    private fun argument(value: Any): Any =
        when (value) {
            // Words of strangers run in their own direction and do not turn ours.
            is Text.Given -> ISOLATE + value.words + END_ISOLATE
            is Text -> of(value)
            is Instant -> TIME.withLocale(locale).withZone(zone).format(value)
            is Duration -> duration(value)
            else -> value.toString()
        }

    private fun duration(value: Duration): String {
        val seconds = value.inWholeSeconds
        // A wait is never told shorter than it is.
        fun over(unit: Long) = (seconds + unit - 1) / unit
        return of(
            when {
                seconds < 60 -> Phrase.SECONDS(seconds)
                seconds < 3600 -> Phrase.MINUTES(over(60))
                else -> Phrase.HOURS(over(3600))
            },
        )
    }

    private companion object {
        const val ISOLATE = "\u2068"
        const val END_ISOLATE = "\u2069"
        val TIME: DateTimeFormatter = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
    }
}
