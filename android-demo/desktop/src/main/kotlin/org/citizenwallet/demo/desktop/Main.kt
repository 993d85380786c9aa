package org.citizenwallet.demo.desktop

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.width
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.key.utf16CodePoint
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.WindowState
import androidx.compose.ui.window.application
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.App
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.screens.AppView
import org.citizenwallet.demo.screens.Dark
import org.citizenwallet.demo.screens.Light
import org.citizenwallet.demo.screens.LocalPictures
import org.citizenwallet.demo.screens.LocalTexts
import org.citizenwallet.demo.town.Desk
import org.citizenwallet.demo.town.Parties

/** `PARTIES`: the app in a window; PARTIES is the program `wallet-parties`. The wallet is new each time, as its issuers are. */
fun main(arguments: Array<String>) {
    val folder = Files.createTempDirectory("wallet").toFile()
    val parties = Parties.start(File(arguments.single()))
    // However the process ends, but by force.
    Runtime.getRuntime().addShutdownHook(
        Thread {
            parties.close()
            folder.deleteRecursively()
        },
    )
    lateinit var app: App
    val scope = MainScope()
    // The browser is played: the holder agrees there at once, and comes back.
    val home = Desk(folder, parties).home(save = ::save) { url ->
        if ("/authorize" in url) scope.launch { app.on(Action.Open(withContext(Dispatchers.IO) { parties.browse(url) })) }
    }
    app = App(home, scope) { listOf(Locale.getDefault().toLanguageTag()) }
    application {
        Window(
            // It ends the process: nothing after it is done.
            onCloseRequest = {
                app.close()
                exitApplication()
            },
            title = "Citizen wallet",
            state = WindowState(size = DpSize(760.dp, 860.dp)),
            onPreviewKeyEvent = { typed(it, app) },
        ) {
            Desktop(app, parties)
        }
    }
}

/** Into the folder the program was started in. It is the holder's own: nobody else may read it. */
private suspend fun save(name: String, bytes: ByteArray): String? = withContext(Dispatchers.IO) {
    try {
        val file = File(name).absoluteFile.toPath()
        Files.deleteIfExists(file)
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        Files.write(file, bytes).toString()
    } catch (_: IOException) {
        null
    }
}

/** The keyboard types on the app's own keys, too. */
private fun typed(event: KeyEvent, app: App): Boolean {
    if (app.screen.value !is Screen.Keys || event.type != KeyEventType.KeyDown) return false
    val action = when (event.key) {
        Key.Enter, Key.NumPadEnter -> Action.Enter
        Key.Backspace -> Action.EraseKey
        else -> Character.toUpperCase(event.utf16CodePoint).takeIf(Character::isLetterOrDigit)?.let { Action.Key(it.toChar()) }
    }
    action?.let(app::on)
    return action != null
}

/** The app as on a phone, and beside it the town that deals with it. */
@Composable
private fun Desktop(app: App, parties: Parties) {
    val texts = remember { Strings.texts(Locale.getDefault()) }
    val screen by app.screen.collectAsState()
    Row {
        Box(Modifier.width(420.dp).fillMaxHeight()) {
            CompositionLocalProvider(LocalTexts provides texts, LocalPictures provides { withContext(Dispatchers.Default) { decodePicture(it) } }) {
                AppView(screen, if (isSystemInDarkTheme()) Dark else Light, app::on)
            }
        }
        TownView(parties) { link -> app.on(Action.Open(link)) }
    }
}
