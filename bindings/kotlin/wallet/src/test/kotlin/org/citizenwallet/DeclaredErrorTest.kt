package org.citizenwallet

import kotlin.time.Duration.Companion.seconds
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the app's functions declare to throw, each case of it: the error that the app's call gets. */
class DeclaredErrorTest {
    @Test
    fun `a device key's errors are told apart, and cost no try`() = waiting {
        val key = SoftwareDeviceKey()
        Place(deviceKey = key).use { place ->
            place.create().use { wallet ->
                wallet.lock()
                each(
                    DeviceKeyException.UnavailableNow() to ErrorCode.DEVICE_KEY_UNAVAILABLE_NOW,
                    DeviceKeyException.UserCancelled() to ErrorCode.USER_CANCELLED,
                    DeviceKeyException.AuthRequired() to ErrorCode.USER_AUTH_REQUIRED,
                    DeviceKeyException.Invalidated() to ErrorCode.DEVICE_KEY_INVALIDATED,
                    DeviceKeyException.NotFound() to ErrorCode.DEVICE_KEY_MISSING,
                    DeviceKeyException.LockedOut(30uL) to ErrorCode.LOCKED_OUT,
                    DeviceKeyException.HardwareFault() to ErrorCode.DEVICE_KEY_FAILED,
                    DeviceKeyException.Unsupported() to ErrorCode.NOT_SUPPORTED,
                    DeviceKeyException.HostFailed() to ErrorCode.HOST_FAILED,
                ) { fault, code ->
                    key.fault = fault
                    val error = failing(code) { wallet.unlock(pin()) }
                    if (fault is DeviceKeyException.LockedOut) assertEquals(30.seconds, error.retryAfter)
                }
                key.fault = null
                assertEquals(4, failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin("739155")) }.triesLeft)
            }
        }
    }

    @Test
    fun `a key store's errors are told apart, and nothing is shown`() {
        val keys = SoftwareKeyStore()
        holding(keyStore = keys, change = { it.copy(requestsPerMinute = 100u) }) {
            receive(policy = KeepPolicy(reuse = ReusePolicy.OnceOnly))
            each(
                KeyStoreException.UnavailableNow() to ErrorCode.DEVICE_KEY_UNAVAILABLE_NOW,
                KeyStoreException.UserCancelled() to ErrorCode.USER_CANCELLED,
                KeyStoreException.AuthRequired() to ErrorCode.USER_AUTH_REQUIRED,
                KeyStoreException.Invalidated() to ErrorCode.KEY_UNAVAILABLE,
                KeyStoreException.NotFound() to ErrorCode.KEY_UNAVAILABLE,
                KeyStoreException.LockedOut(30uL) to ErrorCode.LOCKED_OUT,
                KeyStoreException.HardwareFault() to ErrorCode.KEY_FAILED,
                KeyStoreException.Unsupported() to ErrorCode.NOT_SUPPORTED,
                KeyStoreException.HostFailed() to ErrorCode.HOST_FAILED,
            ) { fault, code ->
                keys.signing = { throw fault }
                val error = failing(code) { show() }
                if (fault is KeyStoreException.LockedOut) assertEquals(30.seconds, error.retryAfter)
            }
            keys.signing = { it() }
            assertEquals(Outcome.Accepted, show().outcome)
        }
    }

    @Test
    fun `a provider's errors are told apart, and no card is there`() = attesting("""{"key_attestation":"required"}""") { provider ->
        each(
            AttestationException.NotSupported() to ErrorCode.NOT_SUPPORTED,
            AttestationException.UnavailableNow() to ErrorCode.NETWORK_FAILED,
            AttestationException.Refused() to ErrorCode.KEY_UNAVAILABLE,
            AttestationException.HostFailed() to ErrorCode.HOST_FAILED,
        ) { fault, code ->
            provider.attesting = { throw fault }
            failing(code) { wallet.receive(issuer.offer().link) }
        }
        assertEquals(emptyList<CardOverview>(), wallet.list())
        assertEquals(emptyList<String>(), wallet.hardwareKeys())
    }

    @Test
    fun `an anchor's errors are told apart, and the wallet opens when it works again`() = waiting {
        val anchor = FailingAnchor()
        Place(anchor = anchor).use { place ->
            place.create().use { wallet ->
                for (isWriting in listOf(false, true)) {
                    wallet.lock()
                    each(
                        AnchorException.UnavailableNow() to ErrorCode.ANCHOR_FAILED,
                        AnchorException.Failed() to ErrorCode.ANCHOR_FAILED,
                        AnchorException.HostFailed() to ErrorCode.HOST_FAILED,
                    ) { fault, code ->
                        anchor.fault = fault
                        anchor.isWriting = isWriting
                        failing(code) { wallet.unlock(pin()) }
                    }
                    anchor.fault = null
                    assertEquals(IntegrityState.SOUND, wallet.unlock(pin()).integrity)
                }
            }
        }
    }

    @Test
    fun `a clock's errors are told apart`() = waiting {
        var fault: Exception? = null
        val clock =
            object : Clock {
                override fun now(): Long = fault?.let { throw it } ?: (System.currentTimeMillis() / 1000)

                override fun monotonicMillis(): ULong = (System.nanoTime() / 1_000_000).toULong()
            }
        Place(clock = clock).use { place ->
            place.create().use { wallet ->
                wallet.lock()
                each(
                    ClockException.Unavailable() to ErrorCode.CLOCK_IMPLAUSIBLE,
                    ClockException.HostFailed() to ErrorCode.HOST_FAILED,
                ) { thrown, code ->
                    fault = thrown
                    failing(code) { wallet.unlock(pin()) }
                }
                fault = null
                wallet.unlock(pin())
            }
        }
    }

    @Test
    fun `an HTTP client's errors are told apart`() = waiting {
        var fault: Exception = HttpException.NotSent()
        val client =
            object : HttpClient {
                override suspend fun send(request: HttpRequest): HttpResponse = throw fault
            }
        Place(http = client).use { place ->
            place.create().use { wallet ->
                each(
                    HttpException.NotSent() to ErrorCode.NETWORK_FAILED,
                    HttpException.SentOrUnknown() to ErrorCode.NETWORK_FAILED,
                    HttpException.Timeout() to ErrorCode.NETWORK_TIMEOUT,
                    HttpException.Tls() to ErrorCode.NETWORK_FAILED,
                    HttpException.AddressNotAllowed() to ErrorCode.URL_NOT_ALLOWED,
                    HttpException.TooLarge() to ErrorCode.TOO_LARGE,
                    HttpException.Cancelled() to ErrorCode.USER_CANCELLED,
                    HttpException.HostFailed() to ErrorCode.HOST_FAILED,
                ) { thrown, code ->
                    fault = thrown
                    failing(code) { wallet.offer(Surprises.LINK) }
                }
            }
        }
    }

    private class FailingAnchor : MemoryAnchor() {
        @Volatile var fault: Exception? = null
        @Volatile var isWriting = false

        override fun read(name: String): ByteArray? {
            if (!isWriting) fault?.let { throw it }
            return super.read(name)
        }

        override fun write(name: String, bytes: ByteArray) {
            fault?.let { throw it }
            super.write(name, bytes)
        }
    }

    /** Does this with each of the faults, which must be all that their trait declares. */
    private suspend fun <E : Exception> each(vararg faults: Pair<E, ErrorCode>, test: suspend (E, ErrorCode) -> Unit) {
        val declared = faults.first().first.javaClass.superclass
        val cases = declared.declaredClasses.filter { declared.isAssignableFrom(it) }
        assertTrue(cases.size > 1)
        assertEquals(cases.toSet(), faults.map { it.first.javaClass }.toSet())
        for ((fault, code) in faults) test(fault, code)
    }
}
