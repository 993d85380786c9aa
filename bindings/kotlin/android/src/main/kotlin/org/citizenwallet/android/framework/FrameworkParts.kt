package org.citizenwallet.android.framework

import android.content.Context
import android.system.Os
import android.system.OsConstants
import org.citizenwallet.android.HolderPrompts
import org.citizenwallet.android.KeystoreAccess
import org.citizenwallet.android.PromptText
import java.io.File
import java.io.IOException

/** The framework behind the small interfaces. */
internal class FrameworkParts(context: Context, text: () -> PromptText) {
    val device: FrameworkDevice = FrameworkDevice(context)
    val access: KeystoreAccess = access(device)
    val prompts: HolderPrompts = HolderPrompts(FrameworkPrompt(context, device.sdk, text), access)

    internal companion object {
        fun access(context: Context): KeystoreAccess = access(FrameworkDevice(context))

        private fun access(device: FrameworkDevice): KeystoreAccess =
            KeystoreAccess(FrameworkKeystore(device.sdk), device, { symptomOf(it, device.sdk) })
    }
}

/** Makes renames and removals in a folder durable. */
internal fun syncFolder(folder: File) {
    try {
        val descriptor = Os.open(folder.path, OsConstants.O_RDONLY, 0)
        try {
            Os.fsync(descriptor)
        } finally {
            Os.close(descriptor)
        }
    } catch (failed: android.system.ErrnoException) {
        throw IOException(failed)
    }
}
