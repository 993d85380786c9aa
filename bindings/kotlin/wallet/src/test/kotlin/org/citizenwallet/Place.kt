package org.citizenwallet

import java.io.File
import java.nio.file.Files
import kotlinx.coroutines.CoroutineDispatcher
import org.citizenwallet.jvm.JvmHttpClient

/**
 * Where a wallet of a test lives: an own folder, and a phone that outlives the wallet, so that one can be closed and opened
 * again as when the app starts anew.
 */
class Place(
    val parties: Parties? = null,
    val deviceKey: SoftwareDeviceKey? = SoftwareDeviceKey(),
    val anchor: AnchorStore = MemoryAnchor(),
    val http: HttpClient = if (parties == null) NoNetwork else JvmHttpClient(),
    val keyStore: KeyStore? = null,
    val clock: Clock? = null,
    val progress: ProgressObserver? = null,
    val lock: LockObserver? = null,
    val idleSeconds: ULong = 60uL,
    val attestation: AttestationProvider? = null,
    val dispatcher: CoroutineDispatcher = Wallet.Dispatcher,
    private val root: File = Files.createTempDirectory("wallet").toFile(),
    change: (Policy) -> Policy = { it },
) : AutoCloseable {
    /** The folder of the store. */
    val folder = File(root, "store")

    val platform = Platform(http, anchor, deviceKey, keyStore, attestation, clock, progress, lock)

    val policy =
        Policy(
            trust = Trust(issuerCertificates = anchors(), verifierCertificates = anchors()),
            clientId = "https://wallet.example",
            redirectUri = "https://wallet.example/cb",
            allowLoopbackHttp = parties != null,
        ).let(change)

    private val settings =
        VaultSettings(keyDerivation = KeyDerivation.Fixed(19456u, 3u), lockAfterIdleSeconds = idleSeconds)

    /** A new wallet, by default with the PIN [PIN]. It is unlocked. */
    suspend fun create(enrolments: Enrolments = pinned()): Wallet = createTelling(enrolments).wallet

    /** As [create], with the recovery code if there is one. */
    suspend fun createTelling(enrolments: Enrolments): NewWallet =
        Wallet.create(folder, platform, policy, enrolments, settings, dispatcher)

    /** The wallet made before, locked. */
    suspend fun open(): Wallet = Wallet.open(folder, platform, policy, settings, dispatcher)

    /** The wallet made before, unlocked with [PIN]. */
    suspend fun openUnlocked(): Wallet = open().also { it.unlock(pin()) }

    override fun close() {
        root.deleteRecursively()
    }

    private fun anchors() = listOfNotNull(parties?.anchors)

    companion object {
        const val PIN = "739154"

        /** What [PIN] is enrolled with. */
        fun pinned() = Enrolments(pin = Pin.of(PIN.toCharArray()), recoveryCode = true)

        /** What is typed to unlock. */
        fun pin(digits: String = PIN) = UnlockWith.Pin(Secret.of(digits.toCharArray()))
    }
}
