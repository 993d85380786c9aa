package org.citizenwallet.demo

/** What was typed on the app's own keys so far: a PIN or a code. It never becomes a string here. */
internal class Typed {
    private val characters = CharArray(MOST)

    /** How many characters there are. */
    var count = 0
        private set

    fun add(character: Char) {
        if (count < MOST) characters[count++] = character
    }

    fun erase() {
        if (count > 0) characters[--count] = WIPED
    }

    /** What was typed; the caller wipes it. Nothing is left here. */
    fun take(): CharArray = characters.copyOf(count).also { clear() }

    fun clear() {
        characters.fill(WIPED)
        count = 0
    }

    private companion object {
        /** A recovery code with its hyphens fits. */
        const val MOST = 80
        const val WIPED = '\u0000'
    }
}
