package org.citizenwallet.android

import android.content.Context
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
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
    private val access: KeystoreAccess,
    private val holder: Holder,
    private val device: Device,
    private val rule: HolderRule,
    private val strongBox: StrongBox,
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
        parts.access, parts.holder, parts.device, rule, strongBox, System::nanoTime, Dispatchers.IO,
    )

    private val trial = StrongBoxTrial(access, device, nanoTime)

    @Volatile
    private var level: DeviceKeyLevel? = null

    override suspend fun capabilities(): DeviceKeyCapabilities = answer {
        DeviceKeyCapabilities(
            level = level ?: probe().also { level = it },
            userAuth = device.canAsk(rule.check),
            survivesBiometricChange = !rule.endsWithNewBiometric,
        )
    }

    override suspend fun create(alias: String, policy: DeviceKeyPolicy): Unit = answer {
        val name = PREFIX + alias
        val user = when (policy) {
            DeviceKeyPolicy.APP_ONLY -> null
            DeviceKeyPolicy.USER_AUTH -> rule
        }
        if (user != null && !device.canAsk(user.check)) throw KeystoreFailed(Failure.Unsupported)
        val inStrongBox = strongBox == StrongBox.IF_QUICK && trial.passes(KeyKind.MAC)
        // Deleted first: some versions leave the old key where making the new one fails half-way.
        access.steadily(name) { it.delete(name) }
        if (inStrongBox && isMade(name, KeyRules(KeyKind.MAC, user, isInStrongBox = true))) return@answer
        access.steadily(name) { it.create(name, KeyRules(KeyKind.MAC, user)) }
    }

    private fun isMade(name: String, rules: KeyRules): Boolean =
        try {
            access.once(name) { it.create(name, rules) }
            true
        } catch (_: KeystoreFailed) {
            false
        }

    override suspend fun prf(alias: String, input: ByteArray): ByteArray = try {
        answer {
            // The core checks both sizes too; a shorter input would be another function.
            if (input.size != PRF_BYTES) throw KeystoreFailed(Failure.Unsupported)
            val name = PREFIX + alias
            val facts = access.steadily(name) { it.facts(name) ?: throw KeyAbsent() }
            facts.holder?.let { holder.useOnce(name, it, input) }
                ?: access.steadily(name) { it.begin(name).finish(input) }
        }
    } finally {
        input.fill(0)
    }

    override suspend fun delete(alias: String): Unit = answer {
        val name = PREFIX + alias
        access.steadily(name) { it.delete(name) }
    }

    override suspend fun list(): List<String> = answer {
        access.steadily(PREFIX) { it.aliases() }.filter { it.startsWith(PREFIX) }.map { it.removePrefix(PREFIX) }
    }

    /** Where this phone puts keys: the weakest place any key made here may have. */
    private fun probe(): DeviceKeyLevel {
        val facts = access.steadily(PROBE) {
            it.create(PROBE, KeyRules(KeyKind.MAC))
            val facts = it.facts(PROBE) ?: throw KeyAbsent()
            it.delete(PROBE)
            facts
        }
        return when (facts.level) {
            KeyLevel.STRONGBOX, KeyLevel.TRUSTED_ENVIRONMENT -> DeviceKeyLevel.TRUSTED_ENVIRONMENT
            KeyLevel.SOFTWARE, KeyLevel.UNKNOWN -> DeviceKeyLevel.SOFTWARE
        }
    }

    private suspend fun <T> answer(action: suspend () -> T): T =
        try {
            withContext(worker) { action() }
        } catch (failed: KeystoreFailed) {
            throw failed.failure.toDeviceKey()
        }

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
