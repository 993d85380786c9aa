package org.citizenwallet.demo.android

import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.compose.foundation.background
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalConfiguration
import java.time.ZoneId
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.App
import org.citizenwallet.demo.AppWindow
import org.citizenwallet.demo.Screen
import org.citizenwallet.demo.Texts
import org.citizenwallet.demo.screens.AppView
import org.citizenwallet.demo.screens.Dark
import org.citizenwallet.demo.screens.Light
import org.citizenwallet.demo.screens.LocalPictures
import org.citizenwallet.demo.screens.LocalTexts

/** The one window. */
class MainActivity : ComponentActivity() {
    private val app: App
        get() = (application as DemoApplication).app

    private val shown: AppWindow
        get() = (application as DemoApplication).window

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        // No screenshots, no recording, nothing in the list of recent apps.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        if (Build.VERSION.SDK_INT >= 33) setRecentsScreenshotEnabled(false)
        // What lies over the window must not get a touch meant for it, or have one go through.
        window.decorView.filterTouchesWhenObscured = true
        (application as DemoApplication).scanner.made(this)
        shown.made(link(intent), isMadeAgain = state != null)
        setContent { Content() }
    }

    override fun onDestroy() {
        (application as DemoApplication).scanner.gone(this)
        super.onDestroy()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        link(intent)?.let { app.on(Action.Open(it)) }
    }

    private fun link(intent: Intent): String? = intent.dataString.takeIf { intent.action == Intent.ACTION_VIEW }

    @Composable
    private fun Content() {
        val screen by app.screen.collectAsState()
        val configuration = LocalConfiguration.current
        val texts = remember(configuration) { Texts(configuration.locales[0], ZoneId.systemDefault(), ::string) }
        // From the first screens the system leads out of the app.
        BackHandler(enabled = screen !is Screen.Cards && screen !is Screen.Welcome && screen !is Screen.Starting) { app.on(Action.Back) }
        val palette = if (isSystemInDarkTheme()) Dark else Light
        Box(Modifier.background(palette.background).safeDrawingPadding()) {
            CompositionLocalProvider(LocalTexts provides texts, LocalPictures provides { withContext(Dispatchers.Default) { decodePicture(it) } }) {
                AppView(screen, palette, app::on)
            }
        }
    }

    private fun string(key: String): String? {
        val id = resources.getIdentifier(key, "string", packageName)
        return if (id == 0) null else getString(id)
    }
}
