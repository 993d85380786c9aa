package org.citizenwallet.demo.android

import android.content.Intent
import android.net.Uri
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import androidx.test.uiautomator.By
import androidx.test.uiautomator.UiDevice
import androidx.test.uiautomator.UiObject2
import androidx.test.uiautomator.UiScrollable
import androidx.test.uiautomator.UiSelector
import androidx.test.uiautomator.Until
import java.util.Base64
import org.junit.After
import org.junit.Assert.assertNotNull
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith

/** The app as a holder sees it: everything is found by its words. Started by `on-emulator.sh app`, on a fresh install. */
@RunWith(AndroidJUnit4::class)
class AppOnDeviceTest {
    private val instrumentation = InstrumentationRegistry.getInstrumentation()
    private val context = instrumentation.targetContext
    private val device = UiDevice.getInstance(instrumentation)

    private fun argument(name: String): String? =
        InstrumentationRegistry.getArguments().getString(name)?.let { String(Base64.getUrlDecoder().decode(it)) }

    @Before
    fun start() {
        assumeTrue("started without on-emulator.sh", argument("offer") != null && argument("request") != null)
        device.setOrientationNatural()
        launch()
    }

    @After
    fun upright() {
        device.setOrientationNatural()
        device.unfreezeRotation()
    }

    @Test
    fun fromTheFirstStartToABarThatLearnsANameAndALockedWallet() {
        tap(R.string.begin)
        repeat(2) {
            type(PIN)
            tap(R.string.enter)
        }
        tap(R.string.recovery_written)
        open(argument("offer")!!)
        tap(R.string.offer_look)
        tap(R.string.offer_receive)
        tap(R.string.received_keep)
        see(R.string.card_kept)

        open(argument("request")!!)
        tap(R.string.request_look)
        see(R.string.consent_who)
        // A screen that is turned finds the plan as it was.
        device.setOrientationLeft()
        see(R.string.consent_who)
        device.setOrientationNatural()
        tap(R.string.consent_agree)
        see(R.string.outcome_accepted)
        tap(R.string.close)
        see(R.string.cards_title)

        device.pressHome()
        launch()
        see(R.string.unlock_title)
        type(PIN)
        tap(R.string.enter)
        see(R.string.cards_title)
    }

    private fun launch() {
        val start = checkNotNull(context.packageManager.getLaunchIntentForPackage(context.packageName))
        context.startActivity(start.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        assertNotNull("the app is not to be seen", device.wait(Until.findObject(By.pkg(context.packageName)), PATIENCE))
    }

    /** As a link that somebody sends. */
    private fun open(link: String) =
        context.startActivity(
            Intent(Intent.ACTION_VIEW, Uri.parse(link)).setPackage(context.packageName).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK),
        )

    private fun type(digits: String) = digits.forEach { see(it.toString()).click() }

    private fun tap(text: Int) = see(text).click()

    private fun see(text: Int): UiObject2 = see(context.getString(text))

    /** What says [words], also where it has to be scrolled to. */
    private fun see(words: String): UiObject2 {
        val found = device.wait(Until.findObject(By.text(words)), SOON) ?: run {
            UiScrollable(UiSelector().scrollable(true)).scrollTextIntoView(words)
            device.wait(Until.findObject(By.text(words)), PATIENCE)
        }
        return checkNotNull(found) { "nothing says: $words" }
    }

    private companion object {
        const val PIN = "739154"

        /** Milliseconds. */
        const val SOON = 5_000L
        const val PATIENCE = 30_000L
    }
}
