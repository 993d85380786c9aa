package org.citizenwallet.demo.android

import android.app.Activity
import android.app.Application
import android.app.KeyguardManager
import android.content.Intent
import android.content.pm.ApplicationInfo
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import java.io.FileNotFoundException
import java.util.Locale
import kotlinx.coroutines.MainScope
import org.citizenwallet.Policy
import org.citizenwallet.Trust
import org.citizenwallet.android.AndroidWallet
import org.citizenwallet.android.PromptText
import org.citizenwallet.demo.App
import org.citizenwallet.demo.AppWindow
import org.citizenwallet.demo.Home

/** Has the one [app] of the process: a screen that is turned finds it as it was. */
class DemoApplication : Application() {
    lateinit var app: App
        private set

    lateinit var window: AppWindow
        private set

    internal val scanner = Scanner()

    override fun onCreate() {
        super.onCreate()
        // The certificates of the ecosystem this app is for.
        val anchors = assets.open("anchors.pem").bufferedReader().use { it.readText() }
        val home = Home(
            folder = AndroidWallet.folder(this),
            platform = AndroidWallet.platform(this, text = { PromptText(getString(R.string.app_name), getString(R.string.cancel)) }),
            policy = Policy(
                trust = Trust(issuerCertificates = listOf(anchors), verifierCertificates = listOf(anchors), webIssuers = webIssuers()),
                redirectUri = "https://wallet.example/back",
                // The parties of the instrumented test speak plain http. A release never does.
                allowLoopbackHttp = applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0,
            ),
            canCheckHolder = getSystemService(KeyguardManager::class.java).isDeviceSecure,
            scan = if (packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)) scanner::scan else null,
            save = downloads(this),
            browse = { url -> startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(url)).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)) },
        )
        app = App(home, MainScope()) { listOf(Locale.getDefault().toLanguageTag()) }
        window = AppWindow(app)
        registerActivityLifecycleCallbacks(Watched(window))
    }

    /** The web sites whose W3C cards this app takes, one a line: their keys are looked up there. None without the file. */
    private fun webIssuers(): List<String> =
        try {
            assets.open("web-issuers.txt").bufferedReader().use { it.readLines() }.map(String::trim).filter(String::isNotEmpty)
        } catch (_: FileNotFoundException) {
            emptyList()
        }
}

/** Tells when the window comes and goes. The process goes on for a while when it is gone; nobody waits for the lock. */
private class Watched(private val window: AppWindow) : Application.ActivityLifecycleCallbacks {
    override fun onActivityStarted(activity: Activity) = window.appeared()

    override fun onActivityStopped(activity: Activity) = window.disappeared(isTurned = activity.isChangingConfigurations)

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
    override fun onActivityResumed(activity: Activity) = Unit
    override fun onActivityPaused(activity: Activity) = Unit
    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
    override fun onActivityDestroyed(activity: Activity) = Unit
}
