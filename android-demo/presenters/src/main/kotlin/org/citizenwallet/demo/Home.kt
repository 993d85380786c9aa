package org.citizenwallet.demo

import java.io.File
import org.citizenwallet.Platform
import org.citizenwallet.Policy
import org.citizenwallet.VaultSettings

/** Where the app runs: the phone, or a window on a desk. */
class Home(
    /** The folder of the store. */
    val folder: File,
    val platform: Platform,
    val policy: Policy,
    val settings: VaultSettings = patient(),
    /** Whether the system can check a finger, a face or the screen lock. */
    val canCheckHolder: Boolean = false,
    /** Scans a QR code: its text, or null if the holder gave up. Null where there is no camera. */
    val scan: (suspend () -> String?)? = null,
    /**
     * Writes a file where the holder finds it and tells where that is, or null if that failed. Null where there is no such
     * place.
     */
    val save: (suspend (name: String, bytes: ByteArray) -> String?)? = null,
    /** Opens a page in the browser. */
    val browse: suspend (url: String) -> Unit,
) {
    companion object {
        /** Five minutes without a touch before the wallet locks itself: whoever listens to a consent screen needs them. */
        fun patient(): VaultSettings = VaultSettings(lockAfterIdleSeconds = 300uL)
    }
}
