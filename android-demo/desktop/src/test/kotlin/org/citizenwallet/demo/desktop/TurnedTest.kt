package org.citizenwallet.demo.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.saveable.LocalSaveableStateRegistry
import androidx.compose.runtime.saveable.SaveableStateRegistry
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.use
import java.util.Locale
import org.citizenwallet.demo.Phrase
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.screens.AppView
import org.citizenwallet.demo.screens.Light
import org.citizenwallet.demo.screens.LocalTexts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What Android keeps of a screen while it is turned, which goes through the system's hands. */
class TurnedTest {
    @Test
    fun `a link that is being typed comes back with a screen that was turned`() =
        assertEquals("openid4vp://?", turned(Screen.AddCard(canScan = false), "openid4vp://?"))

    @Test
    fun `an issuer's code is not given to the system, and is typed again`() =
        assertEquals("", turned(Screen.TextCode(Phrase.CODE_ADVICE()), "secret"))

    /** What stands in the field after [text] was typed and the screen was turned. */
    private fun turned(screen: Screen, text: String): String {
        val before = SaveableStateRegistry(emptyMap()) { true }
        val kept = drawn(screen, before) { field ->
            checkNotNull(field().config.getOrNull(SemanticsActions.SetText)?.action).invoke(AnnotatedString(text))
            assertEquals(text, said(field()))
            before.performSave()
        }
        val after = SaveableStateRegistry(kept) { true }
        return drawn(screen, after) { field -> said(field()) }
    }

    private fun said(field: SemanticsNode) = field.config[SemanticsProperties.EditableText].text

    @OptIn(ExperimentalComposeUiApi::class)
    private fun <T> drawn(screen: Screen, registry: SaveableStateRegistry, look: (field: () -> SemanticsNode) -> T): T =
        ImageComposeScene(800, 1200).use { scene ->
            scene.setContent {
                CompositionLocalProvider(LocalTexts provides Strings.texts(Locale.ENGLISH), LocalSaveableStateRegistry provides registry) {
                    AppView(screen, Light) {}
                }
            }
            look {
                scene.render()
                scene.roots.flatMap { all(it.semanticsOwner.rootSemanticsNode) }.single { SemanticsActions.SetText in it.config }
            }
        }

    private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)
}
