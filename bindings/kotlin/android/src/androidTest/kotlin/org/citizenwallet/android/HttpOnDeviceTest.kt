package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.HttpException
import org.citizenwallet.HttpMethod
import org.citizenwallet.HttpPolicy
import org.citizenwallet.HttpPurpose
import org.citizenwallet.HttpRequest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Assume.assumeTrue
import org.junit.Test
import java.util.Base64

/** The platform's own HTTPS, with a public server whose URL `on-emulator.sh` was given. */
class HttpOnDeviceTest {
    private fun request(url: String, maxBytes: Int) =
        HttpRequest(HttpPurpose.Metadata, HttpMethod.GET, url, listOf(), ByteArray(0), HttpPolicy(maxBytes.toULong(), 30u, false))

    private fun server(): String {
        val url = OnDevice.argument("server")
        assumeTrue("on-emulator.sh was started without SERVER", !url.isNullOrEmpty())
        return url!!
    }

    @Test
    fun aPublicServerAnswersAndIsSeenAsItIs(): Unit = runBlocking {
        val url = server()
        var chain = 0
        val client = AndroidHttpClient({ _, certificates -> true.also { chain = certificates.size } })
        val answer = client.send(request(url, 1_000_000))
        assertEquals(url, answer.finalUrl)
        assertNotNull(answer.peerAddress)
        assertTrue(answer.headers.isNotEmpty())
        // Its own certificate and, at the end, the system's anchor.
        assertTrue("$chain", chain >= 2)
    }

    @Test
    fun aPinOfAnotherKeyEndsItBeforeTheRequest(): Unit = runBlocking {
        val url = server()
        val pin = Base64.getEncoder().encodeToString(ByteArray(32))
        val host = java.net.URL(url).host
        try {
            AndroidHttpClient(PinnedHosts(mapOf(host to setOf(pin)))).send(request(url, 1_000_000))
            fail("another key")
        } catch (_: HttpException.Tls) {
        }
    }

    @Test
    fun aBodyThatIsTooLargeIsNotRead(): Unit = runBlocking {
        val url = server()
        try {
            AndroidHttpClient().send(request(url, 1))
            fail("more than a byte")
        } catch (_: HttpException.TooLarge) {
        }
    }
}
