package org.citizenwallet.android

import android.content.Context
import androidx.test.platform.app.InstrumentationRegistry
import java.util.Base64

/** What the tests know of the device they run on: all that needs androidx, which is not on Maven Central. */
internal object OnDevice {
    val context: Context get() = InstrumentationRegistry.getInstrumentation().targetContext

    /** What `on-emulator.sh` gave under this name; null if the tests were started without it. */
    fun argument(name: String): String? =
        InstrumentationRegistry.getArguments().getString(name)?.let { String(Base64.getUrlDecoder().decode(it)) }
}
