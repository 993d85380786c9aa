package org.citizenwallet.android.framework

import android.app.KeyguardManager
import android.content.Context
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.os.Build
import android.os.UserManager
import org.citizenwallet.android.Device
import org.citizenwallet.android.HolderCheck

/** The app's own context, which lasts: an activity must not be kept. While the app starts there is none but the given one. */
internal fun lasting(context: Context): Context = context.applicationContext ?: context

/** The phone. */
internal class FrameworkDevice(context: Context) : Device {
    private val app = lasting(context)

    override val sdk: Int get() = Build.VERSION.SDK_INT

    override val isUserUnlocked: Boolean
        get() = app.getSystemService(UserManager::class.java)?.isUserUnlocked ?: true

    override val hasStrongBox: Boolean
        get() = app.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    override fun canAsk(check: HolderCheck): Boolean {
        val hasScreenLock = app.getSystemService(KeyguardManager::class.java)?.isDeviceSecure ?: false
        return hasScreenLock && (takesScreenLock(check) || hasBiometric())
    }

    private fun takesScreenLock(check: HolderCheck) =
        check == HolderCheck.BIOMETRIC_OR_SCREEN_LOCK && sdk >= Build.VERSION_CODES.R

    @Suppress("DEPRECATION")
    private fun hasBiometric(): Boolean = when {
        sdk >= Build.VERSION_CODES.R -> {
            val manager = app.getSystemService(BiometricManager::class.java)
            manager?.canAuthenticate(BiometricManager.Authenticators.BIOMETRIC_STRONG) ==
                BiometricManager.BIOMETRIC_SUCCESS
        }
        sdk >= Build.VERSION_CODES.Q ->
            app.getSystemService(BiometricManager::class.java)?.canAuthenticate() == BiometricManager.BIOMETRIC_SUCCESS
        // Android 9 knows fingerprints only, and says whether one is enrolled when the key is made.
        else -> app.packageManager.hasSystemFeature(PackageManager.FEATURE_FINGERPRINT)
    }
}
