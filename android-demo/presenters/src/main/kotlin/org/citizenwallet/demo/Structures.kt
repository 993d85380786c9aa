package org.citizenwallet.demo

/**
 * A value that has parts, as lines a person can read: `region: …`, one part a line. [json] is well-formed: the library wrote it.
 * Where it is not, it is shown as it is.
 */
internal fun readable(json: String): String {
    val lines = mutableListOf<String>()
    val reader = Reader(json)
    return if (reader.value("", lines) && reader.isAtEnd()) lines.joinToString("\n") else json
}

/** Reads JSON once, from left to right. */
private class Reader(private val json: String) {
    private var place = 0

    fun isAtEnd(): Boolean = next() == null

    /** Adds a line for each part of the value that begins here, each named by the names on its way. */
    fun value(name: String, lines: MutableList<String>): Boolean =
        when (next()) {
            '{' -> members('}') {
                val member = if (next() == '"') text() else null
                member != null && take(':') && value(listOf(name, member.replace('_', ' ')).filter { it.isNotEmpty() }.joinToString(" › "), lines)
            }
            '[' -> members(']') { value(name, lines) }
            '"' -> text()?.let { lines += line(name, it) } != null
            null -> false
            else -> word().let { lines += line(name, it) }.let { true }
        }

    private fun line(name: String, value: String) = if (name.isEmpty()) value else "$name: $value"

    private fun members(end: Char, member: () -> Boolean): Boolean {
        place += 1
        if (take(end)) return true
        while (member()) {
            if (take(end)) return true
            if (!take(',')) return false
        }
        return false
    }

    private fun next(): Char? {
        while (place < json.length && json[place].isWhitespace()) place += 1
        return json.getOrNull(place)
    }

    private fun take(character: Char): Boolean = (next() == character).also { if (it) place += 1 }

    /** A number, `true`, `false` or `null`. */
    private fun word(): String {
        val begin = place
        while (place < json.length && json[place] !in ",]}" && !json[place].isWhitespace()) place += 1
        return json.substring(begin, place)
    }

    private fun text(): String? {
        val text = StringBuilder()
        place += 1
        while (place < json.length) {
            when (val character = json[place++]) {
                '"' -> return text.toString()
                '\\' -> text.append(escaped() ?: return null)
                else -> text.append(character)
            }
        }
        return null
    }

    private fun escaped(): Char? =
        when (val character = json.getOrNull(place++)) {
            'n', 'r', 't', 'b', 'f' -> ' '
            'u' -> json.drop(place).take(4).toIntOrNull(16)?.toChar().also { place += 4 }
            else -> character
        }
}
