package org.citizenwallet.demo.android

import android.annotation.TargetApi
import android.content.ContentValues
import android.content.Context
import android.os.Build
import android.os.Environment
import android.provider.MediaStore
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Writes a file into the phone's downloads; null before Android 10, where every app could read it there. */
internal fun downloads(context: Context): (suspend (String, ByteArray) -> String?)? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return null
    return { name, bytes -> withContext(Dispatchers.IO) { write(context, name, bytes) } }
}

@TargetApi(Build.VERSION_CODES.Q)
private fun write(context: Context, name: String, bytes: ByteArray): String? {
    val row = ContentValues().apply {
        put(MediaStore.MediaColumns.DISPLAY_NAME, name)
        put(MediaStore.MediaColumns.MIME_TYPE, "application/json")
        // Nobody sees it before it is whole.
        put(MediaStore.MediaColumns.IS_PENDING, 1)
    }
    val resolver = context.contentResolver
    val place =
        try {
            resolver.insert(MediaStore.Downloads.EXTERNAL_CONTENT_URI, row)
        } catch (_: IllegalStateException) {
            // No name is free, or there is no storage.
            null
        } ?: return null
    return try {
        checkNotNull(resolver.openOutputStream(place)).use { it.write(bytes) }
        resolver.update(place, ContentValues().apply { put(MediaStore.MediaColumns.IS_PENDING, 0) }, null, null)
        "${Environment.DIRECTORY_DOWNLOADS}/$name"
    } catch (_: IOException) {
        resolver.delete(place, null, null)
        null
    }
}
