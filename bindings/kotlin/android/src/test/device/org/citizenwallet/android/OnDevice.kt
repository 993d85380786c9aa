package org.citizenwallet.android

import android.content.Context

/**
 * Stands for the file of the same name in src/androidTest/device while Maven checks the types of the instrumented tests,
 * which it cannot run.
 */
internal object OnDevice {
    val context: Context get() = error("on a device only")

    fun argument(name: String): String? = error("on a device only: $name")
}
