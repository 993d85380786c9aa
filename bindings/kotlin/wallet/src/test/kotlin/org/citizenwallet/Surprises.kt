package org.citizenwallet

import kotlinx.coroutines.runBlocking

/** Text that an app's own exceptions hold, and that must come out nowhere. */
const val MARK = "Erika Mustermann, 12.08.1964"

/** An app whose functions throw what they did not declare, as [CallbacksTest] starts it: the code of each call by its name. */
object Surprises {
    private val thrown = listOf(IllegalStateException(MARK), AssertionError(MARK), StackOverflowError(MARK))

    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        Parties.start().use { parties ->
            for (surprise in thrown) everything(parties, surprise)
        }
    }

    private suspend fun everything(parties: Parties, surprise: Throwable) {
        val key = SoftwareDeviceKey()
        Place(parties, deviceKey = key).use { place ->
            place.create().close()
            key.fault = surprise
            tell("device key", place.open()) { it.unlock(Place.pin()) }
            key.fault = null
            for ((name, app) in apps(place.platform, surprise)) told(name, place, app, parties)
        }
    }

    private fun apps(good: Platform, surprise: Throwable): Map<String, Platform> =
        mapOf(
            "http" to good.copy(http = Thrower(surprise)),
            "anchor" to good.copy(anchor = AnchorThrower(surprise)),
            "clock" to good.copy(clock = Thrower(surprise)),
            "key store" to good.copy(keyStore = Thrower(surprise)),
            "attestation" to good.copy(attestation = Thrower(surprise)),
            "observers" to good.copy(progress = Thrower(surprise), lock = Thrower(surprise)),
        )

    private suspend fun told(name: String, place: Place, app: Platform, parties: Parties) {
        parties.configure(if (name == "attestation") """{"key_attestation":"required"}""" else "{}")
        val settings = VaultSettings(keyDerivation = KeyDerivation.Fixed(19456u, 3u))
        val wallet = Wallet.open(place.folder, app, place.policy, settings)
        tell(name, wallet) {
            it.unlock(Place.pin())
            if (name == "http") it.offer(LINK)
            if (name in setOf("attestation", "key store")) it.receive(parties.offer())
        }
    }

    private suspend fun tell(name: String, wallet: Wallet, call: suspend (Wallet) -> Any?) {
        val outcome =
            try {
                call(wallet)
                "done"
            } catch (error: WalletException) {
                check(MARK !in error.stackTraceToString())
                error.code.text
            }
        println("told: $name: $outcome")
        wallet.close()
    }

    const val LINK = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer"
}

/** An anchor whose functions throw this. */
private class AnchorThrower(private val surprise: Throwable) : AnchorStore {
    override fun read(name: String) = throw surprise

    override fun write(name: String, bytes: ByteArray) = throw surprise

    override fun delete(name: String) = throw surprise

    override fun isRollbackSafe() = throw surprise
}

/** Every other function of an app throws this. */
private class Thrower(private val surprise: Throwable) :
    HttpClient, Clock, KeyStore, AttestationProvider, ProgressObserver, LockObserver {
    override suspend fun send(request: HttpRequest) = throw surprise

    override suspend fun delete(handle: String) = throw surprise

    override fun now() = throw surprise

    override fun monotonicMillis() = throw surprise

    override suspend fun capabilities() = throw surprise

    override suspend fun create(request: CreateKeys) = throw surprise

    override suspend fun sign(request: SignRequest) = throw surprise

    override suspend fun signMany(requests: List<SignRequest>) = throw surprise

    override suspend fun list() = throw surprise

    override suspend fun walletAttestation(request: WalletAttestationRequest) = throw surprise

    override suspend fun keyAttestation(request: KeyAttestationRequest) = throw surprise

    override fun onStep(step: ProgressStep) = throw surprise

    override fun onLockState(state: LockState) = throw surprise
}
