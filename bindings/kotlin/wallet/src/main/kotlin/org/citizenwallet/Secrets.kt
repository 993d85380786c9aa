package org.citizenwallet

import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction

/**
 * What the holder typed, unchecked: a PIN, a passphrase, a recovery code, a transaction code.
 *
 * [typed] is wiped, whatever happens. Take it from the text field as characters and never make a `String` of it: a string
 * cannot be wiped. The call the secret is given to wipes it when it ends: make a new one for the next try.
 *
 * @throws WalletException `library_mismatch`
 */
public fun Secret.Companion.of(typed: CharArray): Secret = typed.asSecret { Secret(it) }

/** As the other [of]; [typed] is UTF-8 and is wiped. */
public fun Secret.Companion.of(typed: ByteArray): Secret = typed.asSecret { Secret(it) }

/**
 * A new PIN: 6 to 12 ASCII digits that are not easy to guess. [digits] is wiped, whatever happens.
 *
 * @throws WalletException `weak_pin` (its subject says why), `library_mismatch`
 */
public fun Pin.Companion.of(digits: CharArray): Pin = digits.asSecret { Pin(it) }

/** As the other [of]; [digits] are ASCII and are wiped. */
public fun Pin.Companion.of(digits: ByteArray): Pin = digits.asSecret { Pin(it) }

/**
 * A new passphrase. [text] is wiped, whatever happens.
 *
 * @throws WalletException `weak_passphrase` (its subject says why), `library_mismatch`
 */
public fun Passphrase.Companion.of(text: CharArray): Passphrase = text.asSecret { Passphrase(it) }

/** As the other [of]; [text] is UTF-8 and is wiped. */
public fun Passphrase.Companion.of(text: ByteArray): Passphrase = text.asSecret { Passphrase(it) }

/** The code as characters, for the holder to write down. Wipe the array after showing, and [close][RecoveryCode.close] this. */
public fun RecoveryCode.chars(): CharArray {
    val ascii = typed { text() }
    return CharArray(ascii.size) { ascii[it].toInt().toChar() }.also { ascii.fill(0) }
}

private inline fun <T> CharArray.asSecret(take: (ByteBuffer) -> T): T =
    try {
        val encoder = Charsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE)
        // No character of UTF-16 needs more than three bytes.
        wiped(ByteBuffer.allocateDirect(size * 3)) { direct ->
            encoder.encode(CharBuffer.wrap(this), direct, true)
            encoder.flush(direct)
            direct.flip()
            take(direct)
        }
    } finally {
        fill('\u0000')
    }

private inline fun <T> ByteArray.asSecret(take: (ByteBuffer) -> T): T =
    try {
        wiped(ByteBuffer.allocateDirect(size)) { direct ->
            direct.put(this)
            direct.flip()
            take(direct)
        }
    } finally {
        fill(0)
    }

/** Native code reads memory outside the garbage collector's heap: nothing moves or copies it, and here it is wiped. */
private inline fun <T> wiped(direct: ByteBuffer, use: (ByteBuffer) -> T): T =
    try {
        NativeLibrary.check()
        typed { use(direct) }
    } finally {
        direct.clear()
        while (direct.hasRemaining()) direct.put(0)
    }
