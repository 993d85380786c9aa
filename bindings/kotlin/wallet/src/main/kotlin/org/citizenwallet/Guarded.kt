package org.citizenwallet

import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull

/** How much longer than it was given an HTTP client is waited for. */
private val GRACE = 2.seconds

/** Clients that block their threads for ever use up these, and none that hardware keys are asked on. */
private val Network = Dispatchers.IO.limitedParallelism(64, "wallet-network")

/**
 * The platform as the native library gets it. What the app's objects throw and did not declare is their `HostFailed`,
 * without its text; an [Error] too, which the generated code would let fall. Functions that suspend run on
 * [Dispatchers.IO]: they may block, and no thread that the wallet or the app computes on waits for them. Their wrappers begin
 * on the thread that asks, inside the native library: nothing of the app's may run before they left it.
 */
internal fun Platform.guarded(watch: Watch): Platform =
    Platform(
        http = GuardedHttpClient(http),
        anchor = GuardedAnchorStore(anchor),
        deviceKey = deviceKey?.let(::GuardedDeviceKey),
        keyStore = keyStore?.let(::GuardedKeyStore),
        attestation = attestation?.let(::GuardedAttestationProvider),
        clock = clock?.let(::GuardedClock),
        progress = watch,
        lock = watch,
    )

private class GuardedHttpClient(private val app: HttpClient) : HttpClient {
    override suspend fun send(request: HttpRequest): HttpResponse =
        awaited<_, HttpException>({ HttpException.HostFailed() }) {
            val time = request.policy.totalSeconds.toLong().seconds + GRACE
            within(time) { app.send(request) } ?: throw HttpException.Timeout()
        }

    /** Runs [call] apart: one that blocks its thread or never answers is not waited for. Null when the [time] is up. */
    private suspend fun <T : Any> within(time: Duration, call: suspend () -> T): T? {
        val answer = CoroutineScope(Network).async { call() }
        return try {
            withTimeoutOrNull(time) { answer.await() }
        } finally {
            answer.cancel()
        }
    }
}

private class GuardedAnchorStore(private val app: AnchorStore) : AnchorStore {
    override fun read(name: String): ByteArray? = guarded { app.read(name) }

    override fun write(name: String, bytes: ByteArray) = guarded { app.write(name, bytes) }

    override fun delete(name: String) = guarded { app.delete(name) }

    override fun isRollbackSafe(): Boolean = guarded { app.isRollbackSafe() }

    private inline fun <T> guarded(call: () -> T): T =
        declared<_, AnchorException>({ AnchorException.HostFailed() }, call)
}

private class GuardedDeviceKey(private val app: DeviceKey) : DeviceKey {
    override suspend fun capabilities(): DeviceKeyCapabilities = guarded { app.capabilities() }

    override suspend fun create(alias: String, policy: DeviceKeyPolicy) = guarded { app.create(alias, policy) }

    /** Both arrays are wiped: the answer by the generated code when it has crossed, or here if nobody waits for it any more. */
    override suspend fun prf(alias: String, input: ByteArray): ByteArray {
        var answer: ByteArray? = null
        try {
            return guarded { app.prf(alias, input).also { answer = it } }
        } catch (thrown: Throwable) {
            answer?.fill(0)
            throw thrown
        } finally {
            input.fill(0)
        }
    }

    override suspend fun delete(alias: String) = guarded { app.delete(alias) }

    override suspend fun list(): List<String> = guarded { app.list() }

    private suspend fun <T> guarded(call: suspend () -> T): T =
        waiting<_, DeviceKeyException>({ DeviceKeyException.HostFailed() }, call)
}

private class GuardedKeyStore(private val app: KeyStore) : KeyStore {
    override suspend fun capabilities(): KeyStoreCapabilities = guarded { app.capabilities() }

    override suspend fun create(request: CreateKeys): List<CreatedKey> = guarded { app.create(request) }

    override suspend fun sign(request: SignRequest): ByteArray = guarded { app.sign(request) }

    override suspend fun signMany(requests: List<SignRequest>): List<ByteArray> = guarded { app.signMany(requests) }

    override suspend fun delete(handle: String) = guarded { app.delete(handle) }

    override suspend fun list(): List<String> = guarded { app.list() }

    private suspend fun <T> guarded(call: suspend () -> T): T =
        waiting<_, KeyStoreException>({ KeyStoreException.HostFailed() }, call)
}

private class GuardedAttestationProvider(private val app: AttestationProvider) : AttestationProvider {
    override suspend fun walletAttestation(request: WalletAttestationRequest): WalletAttestation =
        guarded { app.walletAttestation(request) }

    override suspend fun keyAttestation(request: KeyAttestationRequest): String = guarded { app.keyAttestation(request) }

    private suspend fun <T> guarded(call: suspend () -> T): T =
        waiting<_, AttestationException>({ AttestationException.HostFailed() }, call)
}

private class GuardedClock(private val app: Clock) : Clock {
    override fun now(): Long = guarded { app.now() }

    override fun monotonicMillis(): ULong = guarded { app.monotonicMillis() }

    private inline fun <T> guarded(call: () -> T): T =
        declared<_, ClockException>({ ClockException.HostFailed() }, call)
}

/** Calls an app's function that answers at once; [E] is what it may throw. */
private inline fun <T, reified E : Exception> declared(failed: () -> E, call: () -> T): T =
    try {
        answering(call)
    } catch (thrown: Throwable) {
        throw if (thrown is E) thrown else failed()
    }

/** Calls an app's function that waits, and may block; [E] is what it may throw. */
private suspend inline fun <T, reified E : Exception> waiting(
    failed: () -> E,
    noinline call: suspend () -> T,
): T = awaited(failed) { withContext(Dispatchers.IO) { call() } }

/** Waits for an app's function that runs elsewhere; [E] is what it may throw. */
private suspend inline fun <T, reified E : Exception> awaited(
    failed: () -> E,
    call: suspend () -> T,
): T =
    try {
        call()
    } catch (thrown: Throwable) {
        throw if (thrown is E || thrown is CancellationException) thrown else failed()
    }
