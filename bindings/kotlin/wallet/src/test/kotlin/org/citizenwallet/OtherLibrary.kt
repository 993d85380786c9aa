package org.citizenwallet

import kotlinx.coroutines.runBlocking

/** Says how loading the native library went, as [LibraryTest] starts it. */
object OtherLibrary {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        // Twice: the answer is the same later too.
        repeat(2) {
            val outcome =
                try {
                    Wallet.load()
                    "loaded"
                } catch (error: WalletException) {
                    "${error.code.text}: ${error.subject}"
                }
            println("told: $outcome")
        }
    }
}
