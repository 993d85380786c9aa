package org.citizenwallet.android.framework

import android.content.Context
import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import kotlinx.coroutines.suspendCancellableCoroutine
import org.citizenwallet.android.Operation
import org.citizenwallet.android.Prompt
import org.citizenwallet.android.PromptCode
import org.citizenwallet.android.PromptEnd
import org.citizenwallet.android.PromptText
import java.security.Signature
import javax.crypto.Mac
import kotlin.coroutines.resume

/** The framework's `BiometricPrompt` (Android 9), without androidx. It lies over what the app shows and needs no activity. */
internal class FrameworkPrompt(
    context: Context,
    private val sdk: Int,
    private val text: () -> PromptText,
) : Prompt {
    private val context = lasting(context)

    override suspend fun show(operation: Operation?, allowsScreenLock: Boolean): PromptEnd =
        suspendCancellableCoroutine { continuation ->
            val signal = CancellationSignal()
            val ended = { end: PromptEnd -> if (continuation.isActive) continuation.resume(end) }
            val prompt = build(allowsScreenLock) { ended(PromptEnd.Stopped(PromptCode.NEGATIVE_BUTTON)) }
            val callback = object : BiometricPrompt.AuthenticationCallback() {
                override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult?) {
                    ended(PromptEnd.Passed)
                }

                // One finger that did not match is not an end: the prompt goes on.
                override fun onAuthenticationError(errorCode: Int, errString: CharSequence?) {
                    ended(PromptEnd.Stopped(errorCode))
                }
            }
            continuation.invokeOnCancellation { signal.cancel() }
            val crypto = operation?.let(::cryptoObject)
            if (crypto == null) {
                prompt.authenticate(signal, context.mainExecutor, callback)
            } else {
                prompt.authenticate(crypto, signal, context.mainExecutor, callback)
            }
        }

    private fun cryptoObject(operation: Operation): BiometricPrompt.CryptoObject =
        when (val subject = operation.subject) {
            is Mac -> BiometricPrompt.CryptoObject(subject)
            else -> BiometricPrompt.CryptoObject(subject as Signature)
        }

    @Suppress("DEPRECATION")
    private fun build(allowsScreenLock: Boolean, onCancel: () -> Unit): BiometricPrompt {
        val text = text()
        val builder = BiometricPrompt.Builder(context).setTitle(text.title)
        text.subtitle?.let(builder::setSubtitle)
        val hasScreenLock = when {
            sdk >= Build.VERSION_CODES.R -> {
                val screenLock = if (allowsScreenLock) Authenticators.DEVICE_CREDENTIAL else 0
                builder.setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG or screenLock)
                allowsScreenLock
            }
            sdk >= Build.VERSION_CODES.Q && allowsScreenLock -> {
                builder.setDeviceCredentialAllowed(true)
                true
            }
            // Android 9 has fingerprints only; the screen lock has a screen of its own there, which needs an activity.
            else -> false
        }
        // Where the screen lock is offered, the prompt has that button instead, and refuses this one.
        if (!hasScreenLock) {
            builder.setNegativeButton(text.cancel, context.mainExecutor) { _, _ -> onCancel() }
        }
        return builder.build()
    }
}
