package org.citizenwallet.demo

/** What a screen says, before it is put into a language. */
sealed interface Text {
    /** The string [key] of strings.xml, with [arguments] in it: words, numbers, times, other texts. */
    data class Of(val key: String, val arguments: List<Any> = emptyList()) : Text

    /** Words of an issuer or a verifier, which the library made safe to show. They are never a format. */
    data class Given(val words: String) : Text

    /** Several texts as one enumeration. */
    data class All(val parts: List<Text>) : Text
}

/** Words from elsewhere, or [otherwise] if there are none. */
internal fun given(words: String?, otherwise: Text): Text = if (words.isNullOrBlank()) otherwise else Text.Given(words)
