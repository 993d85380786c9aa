package org.citizenwallet.android

import android.content.Context
import kotlinx.coroutines.Dispatchers
import org.citizenwallet.DeviceKey
import org.citizenwallet.DeviceKeyCapabilities
import org.citizenwallet.DeviceKeyException
import org.citizenwallet.DeviceKeyLevel
import org.citizenwallet.DeviceKeyPolicy
import org.citizenwallet.android.framework.FrameworkParts
import kotlin.coroutines.CoroutineContext

/**
 * The vault's hardware key: an `HMAC_SHA256` key of Android's Keystore for each alias.
 *
 * - A key for a PIN ([DeviceKeyPolicy.APP_ONLY]) asks for nothing: neither new biometrics nor the removal of the screen
 *   lock end it. It does not demand an unlocked screen either: the wallet may be working when the screen goes off, and that
 *   rule of the Keystore has lost keys on several versions of Android. Before the first unlock after the phone started, it
 *   answers `UnavailableNow`.
 * - A key for the operating system's authentication ([DeviceKeyPolicy.USER_AUTH]) shows the system's prompt at each use,
 *   bound to that one use. The app must be in the foreground.
 * - The Keystore's rules stand in the key itself: nothing about keys is kept in files.
 *
 * All calls block a worker thread, not the caller's. Keystore keys do vanish (an update, a lock screen removed, a new
 * phone): give each wallet a recovery code or a passphrase too.
 */
public class AndroidKeystoreDeviceKey internal constructor(
    access: KeystoreAccess,
    prompts: HolderPrompts,
    private val device: Device,
    private val rule: HolderRule,
    strongBox: StrongBox,
    nanoTime: () -> Long,
    private val worker: CoroutineContext,
) : DeviceKey {
    /**
     * Keys in the app's Keystore.
     *
     * @param text the words of the prompt, asked for at each prompt.
     * @param check how the holder authenticates for [DeviceKeyPolicy.USER_AUTH].
     * @param endsWithNewBiometric whether a newly enrolled fingerprint or face ends such a key. Only with
     *   [HolderCheck.BIOMETRIC]: whoever knows the screen lock needs no new finger.
     */
    public constructor(
        context: Context,
        text: () -> PromptText,
        check: HolderCheck = HolderCheck.BIOMETRIC_OR_SCREEN_LOCK,
        endsWithNewBiometric: Boolean = false,
        strongBox: StrongBox = StrongBox.NEVER,
    ) : this(FrameworkParts(context, text), HolderRule(check, seconds = 0, endsWithNewBiometric), strongBox)

    private constructor(parts: FrameworkParts, rule: HolderRule, strongBox: StrongBox) : this(
        parts.access, parts.prompts, parts.device, rule, strongBox, System::nanoTime, Dispatchers.IO,
    )

    private val keys = OwnKeys(access, prompts, device, KeyKind.MAC, PREFIX, PROBE, strongBox, nanoTime)

    override suspend fun capabilities(): DeviceKeyCapabilities = answer {
        val level = when (keys.level()) {
            KeyLevel.STRONGBOX, KeyLevel.TRUSTED_ENVIRONMENT -> DeviceKeyLevel.TRUSTED_ENVIRONMENT
            KeyLevel.SOFTWARE, KeyLevel.UNKNOWN -> DeviceKeyLevel.SOFTWARE
        }
        DeviceKeyCapabilities(level, userAuth = device.canAsk(rule.check), survivesBiometricChange = !rule.endsWithNewBiometric)
    }

    override suspend fun create(alias: String, policy: DeviceKeyPolicy): Unit = answer {
        val user = when (policy) {
            DeviceKeyPolicy.APP_ONLY -> null
            DeviceKeyPolicy.USER_AUTH -> rule
        }
        val rules = keys.rules(user)
        // Deleted first: some versions leave the old key where making the new one fails half-way.
        keys.delete(alias)
        keys.make(alias, rules)
    }

    override suspend fun prf(alias: String, input: ByteArray): ByteArray = try {
        answer {
            // The core checks both sizes too; a shorter input would be another function.
            if (input.size != PRF_BYTES) throw KeystoreFailed(Failure.Unsupported)
            keys.use(alias, keys.holder(alias), input)
        }
    } finally {
        input.fill(0)
    }

    override suspend fun delete(alias: String): Unit = answer { keys.delete(alias) }

    override suspend fun list(): List<String> = answer { keys.list() }

    private suspend fun <T> answer(action: suspend () -> T): T = answering(worker, Failure::toDeviceKey, action)

    internal companion object {
        const val PREFIX: String = "org.citizenwallet.device."
        const val PROBE: String = "org.citizenwallet.probe"
        const val PRF_BYTES: Int = 32
    }
}

/** The failure as the wallet's device key declares it. */
internal fun Failure.toDeviceKey(): DeviceKeyException = when (this) {
    Failure.UnavailableNow -> DeviceKeyException.UnavailableNow()
    Failure.UserCancelled -> DeviceKeyException.UserCancelled()
    Failure.AuthRequired -> DeviceKeyException.AuthRequired()
    Failure.Invalidated -> DeviceKeyException.Invalidated()
    Failure.NotFound -> DeviceKeyException.NotFound()
    is Failure.LockedOut -> DeviceKeyException.LockedOut(seconds.toULong())
    Failure.HardwareFault, Failure.NotSealedSo -> DeviceKeyException.HardwareFault()
    Failure.Unsupported -> DeviceKeyException.Unsupported()
}
