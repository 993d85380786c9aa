package org.citizenwallet.jvm

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import com.sun.net.httpserver.HttpsConfigurator
import com.sun.net.httpserver.HttpsServer
import java.io.File
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.security.KeyStore
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit.SECONDS
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.citizenwallet.HttpException
import org.citizenwallet.HttpHeader
import org.citizenwallet.HttpMethod
import org.citizenwallet.HttpPolicy
import org.citizenwallet.HttpPurpose
import org.citizenwallet.HttpRequest
import org.citizenwallet.waiting
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class JvmHttpClientTest {
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
    private val url = "http://127.0.0.1:${server.address.port}"
    private val client = JvmHttpClient()

    @TempDir
    lateinit var folder: File

    init {
        server.executor = threads
        server.start()
    }

    @AfterEach
    fun stop() {
        server.stop(0)
        threads.shutdownNow()
    }

    @Test
    fun `an answer comes back whole, with lower-case names and the address`() = waiting {
        serve("/ok") { it.answer(503, ByteArray(1000) { 7 }, "X-Some-Thing" to "a") }
        val answer = client.send(request("/ok", maxBytes = 1000))
        assertEquals(503, answer.status.toInt())
        assertArrayEquals(ByteArray(1000) { 7 }, answer.body)
        assertEquals("a", answer.headers.single { it.name == "x-some-thing" }.value)
        assertEquals("$url/ok", answer.finalUrl)
        assertEquals("127.0.0.1", answer.peerAddress)
    }

    @Test
    fun `a request arrives as it was given and tells nothing of its own`() = waiting {
        var seen = mapOf<String, List<String>>()
        var body = byteArrayOf()
        serve("/post") {
            seen = it.requestHeaders.mapKeys { (name, _) -> name.lowercase() }
            body = it.requestBody.readAllBytes()
            it.answer(200)
        }
        val headers = listOf(HttpHeader("user-agent", "someone"), HttpHeader("content-type", "text/plain"))
        client.send(request("/post").copy(method = HttpMethod.POST, headers = headers, body = byteArrayOf(1, 2)))
        assertArrayEquals(byteArrayOf(1, 2), body)
        assertEquals(setOf("host", "content-length", "user-agent", "content-type"), seen.keys - "connection")
        assertEquals(listOf("someone"), seen["user-agent"])
    }

    @Test
    fun `redirects are answers, cookies are forgotten, nothing is sent twice`() = waiting {
        var requests = 0
        var cookies = 0
        serve("/moved") {
            requests += 1
            if (it.requestHeaders.containsKey("Cookie")) cookies += 1
            it.answer(302, byteArrayOf(), "Location" to "$url/other", "Set-Cookie" to "a=b", "Cache-Control" to "max-age=99")
        }
        repeat(2) { assertEquals(302, client.send(request("/moved")).status.toInt()) }
        assertEquals(2, requests)
        assertEquals(0, cookies)
    }

    @Test
    fun `reading stops at the limit`() = waiting {
        serve("/large") { it.answer(200, ByteArray(1001)) }
        failing<HttpException.TooLarge> { client.send(request("/large", maxBytes = 1000)) }
        serve("/endless") { exchange ->
            exchange.sendResponseHeaders(200, 0)
            // Ends when the client hangs up.
            exchange.responseBody.use { out -> while (true) out.write(ByteArray(8192)) }
        }
        failing<HttpException.TooLarge> { client.send(request("/endless", maxBytes = 100_000)) }
    }

    @Test
    fun `headers that never end are not read to their end`() = waiting {
        ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { listening ->
            val line = "x: ${"y".repeat(1000)}\r\n".toByteArray()
            threads.execute {
                listening.accept().use { socket ->
                    socket.getInputStream().read(ByteArray(1000))
                    val answer = socket.getOutputStream()
                    answer.write("HTTP/1.1 200 OK\r\n".toByteArray())
                    // Ends when the test does.
                    while (!threads.isShutdown) answer.write(line)
                }
            }
            val endless = request("").copy(url = "http://127.0.0.1:${listening.localPort}/")
            failing<HttpException.SentOrUnknown> { client.send(endless) }
        }
    }

    @Test
    fun `the total time holds for a body that never ends`() = waiting {
        val done = CountDownLatch(1)
        serve("/slow") {
            it.sendResponseHeaders(200, 10)
            it.responseBody.write(1)
            it.responseBody.flush()
            done.await(30, SECONDS)
        }
        failing<HttpException.Timeout> { client.send(request("/slow", seconds = 1)) }
        done.countDown()
    }

    @Test
    fun `a refused connection was not sent, a broken one may have been`() = waiting {
        val free = ServerSocket(0).use { it.localPort }
        failing<HttpException.NotSent> { client.send(request("").copy(url = "http://127.0.0.1:$free/")) }
        failing<HttpException.NotSent> { client.send(request("").copy(url = "http://no-such-host.invalid/")) }
        ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { listening ->
            threads.execute {
                listening.accept().use { it.getInputStream().read() }
            }
            val post = request("").copy(method = HttpMethod.POST, url = "http://127.0.0.1:${listening.localPort}/")
            failing<HttpException.SentOrUnknown> { client.send(post) }
        }
    }

    @Test
    fun `nothing is sent to an address that is not global unless that is allowed`() = waiting {
        var requests = 0
        serve("/") {
            requests += 1
            it.answer(200)
        }
        for (host in listOf("127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "[::1]", "[fd00::1]")) {
            val request = request("", privateAllowed = false).copy(url = "http://$host:${server.address.port}/")
            failing<HttpException.AddressNotAllowed> { client.send(request) }
        }
        assertEquals(0, requests)
        assertNull(client.send(request("").copy(url = "http://localhost:${server.address.port}/")).peerAddress)
        assertEquals(1, requests)
    }

    @Test
    fun `a server without a certificate one can trust is refused`() = waiting {
        val tls = HttpsServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
        tls.httpsConfigurator = HttpsConfigurator(selfSigned())
        var requests = 0
        tls.createContext("/") { requests += 1; it.answer(200) }
        tls.executor = threads
        tls.start()
        try {
            failing<HttpException.Tls> { client.send(request("/").copy(url = "https://127.0.0.1:${tls.address.port}/")) }
            assertEquals(0, requests)
        } finally {
            tls.stop(0)
        }
    }

    /** A server's identity that nobody vouches for, made with the JDK's `keytool`. */
    private fun selfSigned(): SSLContext {
        val file = File(folder, "server.p12").path
        val password = "password"
        val keytool = File(System.getProperty("java.home"), "bin/keytool").path
        val command = "-genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=127.0.0.1 -ext san=ip:127.0.0.1 " +
            "-validity 2 -storetype PKCS12 -storepass $password -keystore"
        val process = ProcessBuilder(listOf(keytool) + command.split(' ') + file).redirectErrorStream(true).start()
        val output = process.inputStream.readBytes().decodeToString()
        check(process.waitFor() == 0) { output }
        val store = KeyStore.getInstance("PKCS12").apply { File(file).inputStream().use { load(it, password.toCharArray()) } }
        val keys = KeyManagerFactory.getInstance("PKIX").apply { init(store, password.toCharArray()) }
        return SSLContext.getInstance("TLS").apply { init(keys.keyManagers, null, null) }
    }

    @Test
    fun `cancelling hangs up`() = waiting {
        val asked = CountDownLatch(1)
        val hungUp = CountDownLatch(1)
        serve("/wait") { exchange ->
            asked.countDown()
            try {
                exchange.sendResponseHeaders(200, 0)
                // Little at a time: the client's memory is the limit.
                while (true) {
                    exchange.responseBody.write(1)
                    exchange.responseBody.flush()
                }
            } catch (_: java.io.IOException) {
                hungUp.countDown()
            }
        }
        val call = launch(Dispatchers.IO) { client.send(request("/wait", maxBytes = Long.MAX_VALUE)) }
        assertTrue(asked.await(20, SECONDS))
        call.cancelAndJoin()
        assertTrue(hungUp.await(20, SECONDS))
    }

    private fun serve(path: String, answer: (HttpExchange) -> Unit) {
        server.createContext(path) { exchange -> exchange.use(answer) }
    }

    private fun HttpExchange.answer(status: Int, body: ByteArray = byteArrayOf(), vararg headers: Pair<String, String>) {
        headers.forEach { (name, value) -> responseHeaders.add(name, value) }
        sendResponseHeaders(status, if (body.isEmpty()) -1 else body.size.toLong())
        if (body.isNotEmpty()) responseBody.write(body)
    }

    private fun request(path: String, maxBytes: Long = 10_000, seconds: Int = 20, privateAllowed: Boolean = true) =
        HttpRequest(
            purpose = HttpPurpose.Metadata,
            method = HttpMethod.GET,
            url = "$url$path",
            headers = listOf(),
            body = byteArrayOf(),
            policy = HttpPolicy(maxBytes.toULong(), seconds.toUInt(), privateAllowed),
        )

    private suspend inline fun <reified E : HttpException> failing(call: suspend () -> Any?) {
        val error =
            try {
                call()
                null
            } catch (error: HttpException) {
                error
            }
        assertInstanceOf(E::class.java, error ?: fail("no error"))
    }
}
