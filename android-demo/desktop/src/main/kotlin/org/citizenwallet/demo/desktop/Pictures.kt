package org.citizenwallet.demo.desktop

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import org.jetbrains.skia.Codec
import org.jetbrains.skia.Data
import org.jetbrains.skia.Image

/** More than any portrait or logo needs, and little enough to decode. */
private const val MOST_PIXELS = 4_000_000L

/** The picture in [bytes]; null if it is none or too large. Who made them is not known. */
fun decodePicture(bytes: ByteArray): ImageBitmap? =
    try {
        val info = Codec.makeFromData(Data.makeFromBytes(bytes)).use { it.imageInfo }
        if (info.width.toLong() * info.height > MOST_PIXELS) null else Image.makeFromEncoded(bytes).use { it.toComposeImageBitmap() }
    } catch (_: IllegalArgumentException) {
        null
    }
