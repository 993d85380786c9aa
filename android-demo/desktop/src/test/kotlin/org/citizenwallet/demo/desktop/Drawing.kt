package org.citizenwallet.demo.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.use
import java.io.File
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Texts
import org.citizenwallet.demo.screens.AppView
import org.citizenwallet.demo.screens.LocalPictures
import org.citizenwallet.demo.screens.LocalTexts
import org.citizenwallet.demo.screens.Palette
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.IRect
import org.jetbrains.skia.Image
import org.jetbrains.skia.Surface

/** How a phone draws. */
class Look(
    val name: String,
    val texts: Texts,
    val palette: Palette,
    val fontScale: Float = 1f,
    val direction: LayoutDirection = LayoutDirection.Ltr,
)

/** Something on a screen. Measures are in dp. */
class Node(
    /** What is read out: its words and its description. */
    val label: String,
    val bounds: Rect,
    /** Its whole size, also of what is cut off. */
    val width: Float,
    val height: Float,
    val isTouched: Boolean,
    val isPicture: Boolean,
    val isHeading: Boolean,
    /** Whether its text has not enough room. */
    val isClipped: Boolean,
    val isText: Boolean,
)

/** A screen as it was drawn: what is read out and touched, and each single text. */
class Drawing(val screen: String, val kind: Class<out Screen>, val look: Look, val elements: List<Node>, val parts: List<Node>, private val image: Image) {
    override fun toString() = "$screen (${look.name})"

    /** Writes it as PNG. */
    fun save(folder: File) {
        folder.mkdirs()
        val png = checkNotNull(image.encodeToData(EncodedImageFormat.PNG)).bytes
        File(folder, "$screen-${look.name}.png").writeBytes(png)
    }
}

private const val WIDTH = 411
private const val HEIGHT = 6000
private const val LEAST = 731
private const val DENSITY = 1.5f

/** Draws [screen], in its full height. */
@OptIn(ExperimentalComposeUiApi::class)
fun draw(name: String, screen: Screen, look: Look): Drawing {
    fun pixels(dp: Int) = (dp * DENSITY).toInt()
    ImageComposeScene(pixels(WIDTH), pixels(HEIGHT), Density(DENSITY, look.fontScale)).use { scene ->
        scene.setContent {
            CompositionLocalProvider(
                LocalTexts provides look.texts,
                LocalPictures provides { decodePicture(it) },
                LocalLayoutDirection provides look.direction,
            ) {
                AppView(screen, look.palette) {}
            }
        }
        // Pictures come with the second drawing.
        scene.render()
        val image = scene.render()
        val roots = scene.roots.map { it.semanticsOwner }
        val elements = roots.flatMap { all(it.rootSemanticsNode) }.map(::node)
        val parts = roots.flatMap { all(it.unmergedRootSemanticsNode) }.map(::node)
        val bottom = parts.filter { it.label.isNotEmpty() }.maxOf { it.bounds.bottom }
        val height = pixels((bottom + 24).toInt().coerceAtLeast(LEAST))
        return Drawing(name, screen.javaClass, look, elements, parts, image.top(height))
    }
}

private fun Image.top(height: Int): Image {
    val surface = Surface.makeRasterN32Premul(width, height)
    surface.canvas.drawImage(this, 0f, 0f)
    return surface.makeImageSnapshot(IRect.makeWH(width, height))!!
}

private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)

private fun node(node: SemanticsNode): Node {
    val config = node.config
    val texts = config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } +
        config.getOrNull(SemanticsProperties.ContentDescription).orEmpty()
    val layouts = mutableListOf<TextLayoutResult>()
    config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(layouts)
    val bounds = node.boundsInRoot
    return Node(
        label = texts.joinToString(" ").trim(),
        bounds = Rect(bounds.left / DENSITY, bounds.top / DENSITY, bounds.right / DENSITY, bounds.bottom / DENSITY),
        width = node.size.width / DENSITY,
        height = node.size.height / DENSITY,
        isTouched = config.getOrNull(SemanticsActions.OnClick) != null,
        isPicture = config.getOrNull(SemanticsProperties.Role) == Role.Image,
        isHeading = config.getOrNull(SemanticsProperties.Heading) != null,
        isClipped = layouts.any(::isClipped),
        isText = config.getOrNull(SemanticsProperties.Text) != null,
    )
}

/** By more than the fraction of a pixel that rounding takes. */
private fun isClipped(layout: TextLayoutResult): Boolean {
    val lines = layout.multiParagraph
    val widest = (0 until lines.lineCount).maxOfOrNull { lines.getLineRight(it) - lines.getLineLeft(it) } ?: 0f
    return lines.didExceedMaxLines || widest > layout.size.width + 1 || lines.height > layout.size.height + 1
}
