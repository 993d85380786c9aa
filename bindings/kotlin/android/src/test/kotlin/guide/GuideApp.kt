package guide

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.WindowManager
import android.widget.EditText
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import org.citizenwallet.Trust

// guide: app
class ExampleApp : Application() {
    /** For work that no screen may cut short. */
    val scope = CoroutineScope(SupervisorJob())

    lateinit var session: WalletSession
        private set

    /** The link that waits for the holder to unlock. */
    val link = MutableStateFlow<String?>(null)

    override fun onCreate() {
        super.onCreate()
        val anchors = assets.open("anchors.pem").bufferedReader().use { it.readText() }
        session = WalletSession(this, Trust(issuerCertificates = listOf(anchors), verifierCertificates = listOf(anchors)))
        registerActivityLifecycleCallbacks(LockInBackground { scope.launch { session.lock() } })
    }
}
// guide: end

// guide: lock
/** Tells when no screen of the app is to be seen any more. */
class LockInBackground(private val lock: () -> Unit) : Application.ActivityLifecycleCallbacks {
    private var started = 0

    override fun onActivityStarted(activity: Activity) {
        started += 1
    }

    override fun onActivityStopped(activity: Activity) {
        started -= 1
        // A screen that is turned comes back at once.
        if (started == 0 && !activity.isChangingConfigurations) lock()
    }

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
    override fun onActivityResumed(activity: Activity) = Unit
    override fun onActivityPaused(activity: Activity) = Unit
    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
    override fun onActivityDestroyed(activity: Activity) = Unit
}
// guide: end

// guide: activity
class MainActivity : Activity() {
    private val app: ExampleApp
        get() = application as ExampleApp

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        // No screenshots, no recording, nothing in the list of recent apps.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        if (Build.VERSION.SDK_INT >= 33) setRecentsScreenshotEnabled(false)
        if (state == null) take(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    private fun take(intent: Intent) {
        if (intent.action == Intent.ACTION_VIEW) app.link.value = intent.dataString
    }
}
// guide: end

// guide: typed
/** What was typed into a field, which is empty afterwards. Never call `text.toString()` on it. */
fun EditText.take(): CharArray {
    val typed = CharArray(text.length)
    text.getChars(0, typed.size, typed, 0)
    text.replace(0, typed.size, "0".repeat(typed.size))
    text.clear()
    return typed
}
// guide: end
