package org.citizenwallet.android

import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The system's prompt. The implementation is [org.citizenwallet.android.framework.FrameworkPrompt]. */
internal interface Prompt {
    /**
     * Shows it and waits for the holder; being cancelled closes it. With [operation] it authorises that one use, without it
     * all keys with a time of grace.
     */
    suspend fun show(operation: Operation?, allowsScreenLock: Boolean): PromptEnd
}

/** How a prompt ended. */
internal sealed interface PromptEnd {
    /** The holder authenticated. */
    data object Passed : PromptEnd

    /** It closed with an error of `BiometricPrompt`. */
    data class Stopped(val code: Int) : PromptEnd
}

/** The numbers of `BiometricPrompt.BIOMETRIC_ERROR_…`. A test holds them to the platform's. */
internal object PromptCode {
    const val HW_UNAVAILABLE = 1
    const val UNABLE_TO_PROCESS = 2
    const val TIMEOUT = 3
    const val NO_SPACE = 4
    const val CANCELED = 5
    const val LOCKOUT = 7
    const val VENDOR = 8
    const val LOCKOUT_PERMANENT = 9
    const val USER_CANCELED = 10
    const val NO_BIOMETRICS = 11
    const val HW_NOT_PRESENT = 12
    const val NEGATIVE_BUTTON = 13
    const val NO_DEVICE_CREDENTIAL = 14
    const val SECURITY_UPDATE_REQUIRED = 15
    const val RE_ENROLL = 16
    const val SENSOR_PRIVACY_ENABLED = 18
    const val POWER_PRESSED = 19
}

/** How long the system refuses biometrics after five wrong ones. */
private const val LOCKOUT_SECONDS = 30L

/** Reads the error a prompt ended with. */
internal fun readPrompt(code: Int): Failure = when (code) {
    PromptCode.USER_CANCELED, PromptCode.NEGATIVE_BUTTON, PromptCode.POWER_PRESSED -> Failure.UserCancelled
    PromptCode.LOCKOUT -> Failure.LockedOut(LOCKOUT_SECONDS)
    // Ends when the holder unlocks the phone with the screen lock, not after some time.
    PromptCode.LOCKOUT_PERMANENT -> Failure.AuthRequired
    // The app left the screen, another prompt came, nobody answered, the sensor is busy or switched off.
    PromptCode.CANCELED,
    PromptCode.TIMEOUT,
    PromptCode.HW_UNAVAILABLE,
    PromptCode.UNABLE_TO_PROCESS,
    PromptCode.NO_SPACE,
    PromptCode.SENSOR_PRIVACY_ENABLED,
    -> Failure.UnavailableNow
    PromptCode.NO_BIOMETRICS,
    PromptCode.HW_NOT_PRESENT,
    PromptCode.NO_DEVICE_CREDENTIAL,
    PromptCode.SECURITY_UPDATE_REQUIRED,
    PromptCode.RE_ENROLL,
    -> Failure.Unsupported
    // Makers' own codes begin at 1000.
    else -> Failure.HardwareFault
}

/** Asks the holder, one prompt at a time in the process: a second one would close the first. */
internal class HolderPrompts(private val prompt: Prompt, private val access: KeystoreAccess) {
    /** Uses the key [alias] once, with a prompt for just that use. Throws [KeystoreFailed]. */
    suspend fun useOnce(alias: String, facts: HolderFacts, bytes: ByteArray): ByteArray = ONE.withLock {
        val operation = access.steadily(alias) { it.begin(alias) }
        pass(operation, facts)
        // Not again: the prompt was for this operation.
        access.once(alias) { operation.finish(bytes) }
    }

    /** One prompt for all keys with a time of grace. Throws [KeystoreFailed]. */
    suspend fun unlockForAWhile(facts: HolderFacts): Unit = ONE.withLock { pass(null, facts) }

    private suspend fun pass(operation: Operation?, facts: HolderFacts) {
        when (val end = prompt.show(operation, facts.allowsScreenLock)) {
            PromptEnd.Passed -> Unit
            is PromptEnd.Stopped -> throw KeystoreFailed(readPrompt(end.code))
        }
    }

    private companion object {
        val ONE = Mutex()
    }
}
