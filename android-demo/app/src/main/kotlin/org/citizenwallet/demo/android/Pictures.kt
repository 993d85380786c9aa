package org.citizenwallet.demo.android

import android.graphics.BitmapFactory
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap

/** More than any portrait or logo needs, and little enough to decode. */
private const val MOST_PIXELS = 16_000_000L

/** The picture in [bytes]; null if it is none or too large. Who made them is not known. */
internal fun decodePicture(bytes: ByteArray): ImageBitmap? {
    val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
    if (size.outWidth <= 0 || size.outHeight <= 0 || size.outWidth.toLong() * size.outHeight > MOST_PIXELS) return null
    return BitmapFactory.decodeByteArray(bytes, 0, bytes.size)?.asImageBitmap()
}
