package org.citizenwallet

import kotlinx.coroutines.runBlocking

/** Says how loading the native library went, as [LibraryTest] starts it. */
object OtherLibrary {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        // What the holder types may be the very first. The answer is the same later too.
        val calls =
            listOf<suspend () -> Unit>(
                { Secret.of("739155".toCharArray()).close() },
                { Pin.of("739155".toByteArray()).close() },
                { Passphrase.of("seven brown foxes under the bridge".toCharArray()).close() },
                { Wallet.load() },
                { Wallet.load() },
            )
        for (call in calls) {
            val outcome =
                try {
                    call()
                    "loaded"
                } catch (error: WalletException) {
                    "${error.code.text}: ${error.subject}"
                }
            println("told: $outcome")
        }
    }
}
