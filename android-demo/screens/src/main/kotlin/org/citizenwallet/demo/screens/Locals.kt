package org.citizenwallet.demo.screens

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.ImageBitmap
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Text
import org.citizenwallet.demo.Texts

/** The language of the screens. */
val LocalTexts = staticCompositionLocalOf<Texts> { error("no language") }

/**
 * Decodes a picture, away from the thread that draws; null for what is none. Where it is done, the picture must not be larger than
 * memory allows.
 */
val LocalPictures = staticCompositionLocalOf<suspend (ByteArray) -> ImageBitmap?> { { null } }

@Composable
internal fun words(text: Text): String = LocalTexts.current.of(text)

@Composable
internal fun words(phrase: Phrase, vararg arguments: Any): String = LocalTexts.current.of(phrase(*arguments))

/** The picture, once it was decoded; null until then, and for what is none. */
@Composable
internal fun picture(bytes: ByteArray): ImageBitmap? {
    val decode = LocalPictures.current
    val picture by produceState<ImageBitmap?>(null, bytes) { value = decode(bytes) }
    return picture
}
