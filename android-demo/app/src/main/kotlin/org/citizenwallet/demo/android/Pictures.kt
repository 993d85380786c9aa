package org.citizenwallet.demo.android

import android.graphics.BitmapFactory
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap

/** More than any portrait or logo needs, and little enough to decode. */
private const val MOST_PIXELS = 4_000_000L

/** Pixels of the longer side that are kept: more than any place for a picture has. */
private const val LONGEST_SIDE = 1024

/** The picture in [bytes], made smaller where it is decoded; null if it is none or too large. Who made them is not known. */
internal fun decodePicture(bytes: ByteArray): ImageBitmap? {
    val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
    if (size.outWidth <= 0 || size.outHeight <= 0 || size.outWidth.toLong() * size.outHeight > MOST_PIXELS) return null
    var step = 1
    while (maxOf(size.outWidth, size.outHeight) / step > LONGEST_SIDE) step *= 2
    val smaller = BitmapFactory.Options().apply { inSampleSize = step }
    return BitmapFactory.decodeByteArray(bytes, 0, bytes.size, smaller)?.asImageBitmap()
}
