package org.citizenwallet.demo.android

import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import com.journeyapps.barcodescanner.ScanContract
import com.journeyapps.barcodescanner.ScanOptions
import kotlinx.coroutines.CompletableDeferred

/**
 * Reads a QR code with the camera, in an activity of the library zxing-android-embedded: it asks for the camera itself. While it is
 * seen the app is, too, and the wallet does not lock. Everything here is on the main thread.
 */
internal class Scanner {
    private var window: ComponentActivity? = null
    private var launcher: ActivityResultLauncher<ScanOptions>? = null
    private var answer: CompletableDeferred<String?>? = null

    /** [activity] was made, perhaps because the phone was turned: what is being read comes to the new one. */
    fun made(activity: ComponentActivity) {
        window = activity
        launcher = activity.registerForActivityResult(ScanContract()) { result -> answered(result.contents) }
    }

    /** [activity] is no more. One that was not left, but turned or put away by the system, is made anew, and gets the answer. */
    fun gone(activity: ComponentActivity) {
        if (window !== activity || !activity.isFinishing) return
        window = null
        launcher = null
        answered(null)
    }

    /** The text of the code; null if the holder gave up. */
    suspend fun scan(): String? {
        val launcher = launcher ?: return null
        answered(null)
        val answer = CompletableDeferred<String?>().also { answer = it }
        val options = ScanOptions().setDesiredBarcodeFormats(ScanOptions.QR_CODE).setPrompt("").setBeepEnabled(false)
        launcher.launch(options.setOrientationLocked(false))
        return answer.await()
    }

    private fun answered(text: String?) {
        answer?.complete(text)
        answer = null
    }
}
