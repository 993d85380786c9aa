package org.citizenwallet.android

import android.content.Context
import kotlinx.coroutines.Dispatchers
import org.citizenwallet.CreateKeys
import org.citizenwallet.CreatedKey
import org.citizenwallet.KeyStore
import org.citizenwallet.KeyStoreCapabilities
import org.citizenwallet.KeyStoreException
import org.citizenwallet.PlatformAttestation
import org.citizenwallet.SecurityLevel
import org.citizenwallet.SignRequest
import org.citizenwallet.SigningAlgorithm
import org.citizenwallet.UserAuth
import org.citizenwallet.android.framework.FrameworkParts
import java.util.UUID
import kotlin.coroutines.CoroutineContext

/**
 * Holder keys in Android's Keystore: P-256 keys that sign with `SHA256withECDSA`.
 *
 * A key for which the holder must authenticate asks in one of two ways, chosen when it is made:
 * - [graceSeconds] is 0: a prompt for each signature, bound to it. A batch of ten keys then means ten prompts.
 * - more: one prompt, and all such keys of the app sign for that many seconds. Any recent authentication to the system
 *   counts for the hardware, unlocking the phone too; this class shows a prompt each time nevertheless.
 *
 * With an attestation challenge a key comes with its certificate chain (`android-key`, leaf first).
 */
public class AndroidKeyStore internal constructor(
    access: KeystoreAccess,
    private val prompts: HolderPrompts,
    private val device: Device,
    private val rule: HolderRule,
    strongBox: StrongBox,
    nanoTime: () -> Long,
    private val worker: CoroutineContext,
) : KeyStore {
    /**
     * Keys in the app's Keystore.
     *
     * @param text the words of the prompt, asked for at each prompt.
     * @param graceSeconds for how long one prompt serves, in seconds; 0 for one signature.
     */
    public constructor(
        context: Context,
        text: () -> PromptText,
        check: HolderCheck = HolderCheck.BIOMETRIC_OR_SCREEN_LOCK,
        endsWithNewBiometric: Boolean = false,
        graceSeconds: Int = 0,
        strongBox: StrongBox = StrongBox.NEVER,
    ) : this(FrameworkParts(context, text), HolderRule(check, graceSeconds, endsWithNewBiometric), strongBox)

    private constructor(parts: FrameworkParts, rule: HolderRule, strongBox: StrongBox) : this(
        parts.access, parts.prompts, parts.device, rule, strongBox, System::nanoTime, Dispatchers.IO,
    )

    init {
        require(rule.seconds in 0..MAX_GRACE_SECONDS) { "graceSeconds must be 0 to $MAX_GRACE_SECONDS" }
    }

    private val keys = OwnKeys(access, prompts, device, KeyKind.SIGNATURE, PREFIX, PROBE, strongBox, nanoTime)

    override suspend fun capabilities(): KeyStoreCapabilities = answer {
        val level = when (keys.level()) {
            KeyLevel.STRONGBOX, KeyLevel.TRUSTED_ENVIRONMENT -> SecurityLevel.TRUSTED_ENVIRONMENT
            KeyLevel.SOFTWARE -> SecurityLevel.SOFTWARE
            KeyLevel.UNKNOWN -> SecurityLevel.UNKNOWN
        }
        KeyStoreCapabilities(
            algorithms = listOf(SigningAlgorithm.Es256),
            securityLevel = level,
            userAuth = device.canAsk(rule.check),
            attestation = level == SecurityLevel.TRUSTED_ENVIRONMENT,
            maxSignaturesPerPrompt = if (rule.seconds == 0) 1u else MAX_PER_PROMPT,
        )
    }

    override suspend fun create(request: CreateKeys): List<CreatedKey> = answer {
        val challenge = request.attestationChallenge
        val isPossible = request.algorithm == SigningAlgorithm.Es256 &&
            request.count in 1u..MAX_KEYS &&
            (challenge == null || challenge.size <= MAX_CHALLENGE_BYTES)
        if (!isPossible) throw KeystoreFailed(Failure.Unsupported)
        val user = when (request.userAuth) {
            UserAuth.NOT_REQUIRED -> null
            UserAuth.EVERY_USE -> rule
        }
        val rules = keys.rules(user, challenge)
        allOrNone(request.count.toInt()) { handle ->
            keys.make(handle, rules)
            described(handle, challenge != null)
        }
    }

    private fun allOrNone(count: Int, make: (handle: String) -> CreatedKey): List<CreatedKey> {
        val handles = List(count) { UUID.randomUUID().toString() }
        try {
            return handles.map(make)
        } catch (failed: KeystoreFailed) {
            for (handle in handles) {
                try {
                    keys.delete(handle)
                } catch (_: KeystoreFailed) {
                    // No card will name it: it is found by `list` later.
                }
            }
            throw failed
        }
    }

    private fun described(handle: String, isAttested: Boolean): CreatedKey {
        val certificates = keys.certificates(handle)
        val attestation = if (isAttested) PlatformAttestation(ATTESTATION, certificates.chain) else null
        return CreatedKey(handle, certificates.publicKey, attestation)
    }

    override suspend fun sign(request: SignRequest): ByteArray = signMany(listOf(request)).single()

    override suspend fun signMany(requests: List<SignRequest>): List<ByteArray> = answer {
        if (requests.any { it.algorithm != SigningAlgorithm.Es256 }) throw KeystoreFailed(Failure.Unsupported)
        // All are looked at before the holder is asked for anything.
        val holders = requests.map { keys.holder(it.handle) }
        val forAWhile = requests.zip(holders).firstOrNull { (request, holder) ->
            holder != null && holder.seconds > 0 && request.authReference == null
        }
        forAWhile?.second?.let { prompts.unlockForAWhile(it) }
        requests.zip(holders).map { (request, holder) -> keys.use(request.handle, holder, request.bytes) }
    }

    override suspend fun delete(handle: String): Unit = answer { keys.delete(handle) }

    override suspend fun list(): List<String> = answer { keys.list() }

    private suspend fun <T> answer(action: suspend () -> T): T = answering(worker, Failure::toKeyStore, action)

    internal companion object {
        const val PREFIX: String = "org.citizenwallet.holder."
        const val PROBE: String = "org.citizenwallet.probe.holder"
        const val ATTESTATION: String = "android-key"
        const val MAX_KEYS: UInt = 100u
        const val MAX_PER_PROMPT: UInt = 100u

        /** The platform's limit. */
        const val MAX_CHALLENGE_BYTES: Int = 128
        const val MAX_GRACE_SECONDS: Int = 60
    }
}

/** The failure as the wallet's key store declares it. */
internal fun Failure.toKeyStore(): KeyStoreException = when (this) {
    Failure.UnavailableNow -> KeyStoreException.UnavailableNow()
    Failure.UserCancelled -> KeyStoreException.UserCancelled()
    Failure.AuthRequired -> KeyStoreException.AuthRequired()
    Failure.Invalidated -> KeyStoreException.Invalidated()
    Failure.NotFound -> KeyStoreException.NotFound()
    is Failure.LockedOut -> KeyStoreException.LockedOut(seconds.toULong())
    Failure.HardwareFault, Failure.NotSealedSo -> KeyStoreException.HardwareFault()
    Failure.Unsupported -> KeyStoreException.Unsupported()
}
