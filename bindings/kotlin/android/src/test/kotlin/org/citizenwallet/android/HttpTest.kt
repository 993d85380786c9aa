package org.citizenwallet.android

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.citizenwallet.HttpException
import org.citizenwallet.HttpHeader
import org.citizenwallet.HttpMethod
import org.citizenwallet.HttpPolicy
import org.citizenwallet.HttpPurpose
import org.citizenwallet.HttpRequest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.net.CookieHandler
import java.net.CookieManager
import java.net.InetAddress
import java.net.ServerSocket
import java.security.MessageDigest
import java.util.Base64
import kotlin.concurrent.thread

/** The client against a real TLS server, on the JVM's `HttpsURLConnection`. */
class HttpTest {
    private var check = ServerCheck { _, _ -> true }
    private var addresses: (String) -> List<InetAddress> = { InetAddress.getAllByName(it).toList() }
    private var isGlobal: (InetAddress) -> Boolean = { true }
    private var trusts = identity

    private fun client() = AndroidHttpClient(
        { host, chain -> check.accepts(host, chain) },
        "the same for all",
        { trusts.client },
        { session, _ -> session.peerCertificates.map { it as java.security.cert.X509Certificate } },
        { addresses(it) },
        { isGlobal(it) },
        Dispatchers.IO.asExecutor(),
    )

    private fun request(
        url: String,
        method: HttpMethod = HttpMethod.GET,
        body: String = "",
        maxBytes: Long = 1000,
        seconds: Int = 30,
        allowPrivate: Boolean = false,
    ) = HttpRequest(
        HttpPurpose.Token, method, url, listOf(HttpHeader("accept", "application/json"), HttpHeader("x-own", "1")),
        body.toByteArray(), HttpPolicy(maxBytes.toULong(), seconds.toUInt(), allowPrivate),
    )

    private val TlsServer.url get() = "https://localhost:$port/path?q=1"

    private fun send(request: HttpRequest) = runBlocking { client().send(request) }

    private fun answering(text: String) = TlsServer(identity) { request(); answer(text) }

    private val ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Two: a\r\nX-Two: b\r\n\r\nhi"

    @Test
    fun `an answer has its status, headers, body, URL and address`() {
        answering(ok).use { server ->
            val answer = send(request(server.url))
            assertEquals(200.toUShort(), answer.status)
            assertEquals("hi", answer.body.decodeToString())
            assertEquals(server.url, answer.finalUrl)
            assertEquals("127.0.0.1", answer.peerAddress)
            assertEquals(setOf("a", "b"), answer.headers.filter { it.name == "x-two" }.map { it.value }.toSet())
            assertTrue(answer.headers.all { it.name == it.name.lowercase() && it.name.isNotEmpty() })
        }
    }

    @Test
    fun `a request tells nothing of the phone and comes with its own headers only`() {
        answering(ok).use { server ->
            send(request(server.url, HttpMethod.POST, "a=1"))
            val lines = server.requests.single().lines().map { it.lowercase() }
            assertEquals("post /path?q=1 http/1.1", lines[0])
            assertEquals("a=1", lines.last())
            val names = lines.drop(1).takeWhile { it.isNotEmpty() }.associate { it.substringBefore(": ") to it.substringAfter(": ") }
            assertEquals("the same for all", names["user-agent"])
            assertEquals("application/json", names["accept"])
            assertEquals("identity", names["accept-encoding"])
            // The JVM adds the form's type where none is given.
            val known = setOf(
                "user-agent", "accept", "accept-encoding", "connection", "host", "content-length", "content-type", "x-own",
                "cache-control", "pragma",
            )
            assertEquals(emptySet<String>(), names.keys - known)
        }
    }

    @Test
    fun `a redirect is an answer like any other`() {
        answering("HTTP/1.1 302 Found\r\nLocation: https://localhost:1/\r\nContent-Length: 0\r\n\r\n").use { server ->
            assertEquals(302.toUShort(), send(request(server.url)).status)
            assertEquals(1, server.connections.get())
        }
    }

    @Test
    fun `an error's body is read, a 401 to a POST too`() {
        for (status in listOf("400 Bad Request", "401 Unauthorized", "503 Busy")) {
            answering("HTTP/1.1 $status\r\nWWW-Authenticate: DPoP\r\nContent-Length: 3\r\n\r\nwhy").use { server ->
                val answer = send(request(server.url, HttpMethod.POST, "x"))
                assertEquals(status.take(3), answer.status.toString())
                assertEquals("why", answer.body.decodeToString())
                assertEquals(1, server.requests.size)
            }
        }
    }

    @Test
    fun `a body that is too large is not read to its end`() {
        answering("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").use { server ->
            assertThrows<HttpException.TooLarge> { send(request(server.url)) }
        }
        // Its size is not told.
        endless("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(1000)).use { server ->
            assertThrows<HttpException.TooLarge> { send(request(server.url)) }
            assertTrue(server.hasEnded())
        }
        answering("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1000)).use { server ->
            assertEquals(1000, send(request(server.url)).body.size)
        }
    }

    /** Says [begin], and then [more] for as long as the client listens. */
    private fun endless(begin: String, more: String) = TlsServer(identity) {
        request()
        answer(begin)
        try {
            while (true) answer(more)
        } finally {
            end()
        }
    }

    @Test
    fun `headers that are too large are not read to their end`() {
        val line = "X: " + "x".repeat(1000) + "\r\n"
        val heads = listOf("HTTP/1.1 200 OK\r\n" to line, "HTTP/1.1 200 OK\r\nX: " to "x".repeat(1000), "HTTP/1.1 " to "x")
        for ((begin, more) in heads) {
            endless(begin, more).use { server ->
                assertThrows<HttpException.TooLarge>(more) { send(request(server.url)) }
                assertTrue(server.hasEnded())
            }
        }
        answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${line.repeat(50)}\r\nhi").use { server ->
            assertEquals(51, send(request(server.url)).headers.size)
        }
    }

    @Test
    fun `headers after the body are limited too`() {
        val begin = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n"
        endless(begin, "X: " + "x".repeat(1000) + "\r\n").use { server ->
            assertThrows<HttpException.TooLarge> { send(request(server.url)) }
            assertTrue(server.hasEnded())
        }
    }

    @Test
    fun `a body in chunks of a byte comes whole`() {
        val chunks = "1\r\nx\r\n".repeat(1000) + "0\r\n\r\n"
        answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n$chunks").use { server ->
            assertEquals(1000, send(request(server.url)).body.size)
        }
    }

    @Test
    fun `an answer has 200 headers at most`() {
        fun head(count: Int) = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + "X: y\r\n".repeat(count - 1) + "\r\n"
        answering(head(200)).use { server -> assertEquals(200, send(request(server.url)).headers.size) }
        answering(head(201)).use { server -> assertThrows<HttpException.TooLarge> { send(request(server.url)) } }
    }

    @Test
    fun `a server that never answers, or byte by byte, has its time and no more`() {
        TlsServer(identity) { request(); waitForEnd() }.use { server ->
            assertThrows<HttpException.Timeout> { send(request(server.url, seconds = 1)) }
            assertTrue(server.hasEnded())
        }
        val dripping = TlsServer(identity) {
            request()
            answer("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            repeat(900) { answer("x"); Thread.sleep(20) }
        }
        dripping.use { server ->
            assertThrows<HttpException.Timeout> { send(request(server.url, seconds = 1)) }
        }
    }

    @Test
    fun `a name that is never looked up has its time and no more`() {
        val never = java.util.concurrent.CountDownLatch(1)
        addresses = { never.await(); emptyList() }
        assertThrows<HttpException.Timeout> { send(request("https://localhost:1/", seconds = 1)) }
        never.countDown()
    }

    @Test
    fun `whatever breaks, nobody waits for ever`() {
        addresses = { throw LinkageError() }
        assertThrows<LinkageError> { send(request("https://localhost:1/", seconds = 3000)) }
    }

    @Test
    fun `a connection that breaks without an answer may have sent it, and nothing is sent twice`() {
        for (method in HttpMethod.entries) {
            TlsServer(identity) { request() }.use { server ->
                assertThrows<HttpException.SentOrUnknown> { send(request(server.url, method, "x")) }
                assertEquals(1, server.requests.size)
            }
        }
    }

    @Test
    fun `where nobody listens, nothing was sent`() {
        val port = ServerSocket(0).use { it.localPort }
        assertThrows<HttpException.NotSent> { send(request("https://localhost:$port/")) }
        assertThrows<HttpException.NotSent> { send(request("https://no.such.name.invalid/")) }
        Unit
    }

    @Test
    fun `a certificate of another name, or one nobody trusts, ends it before the request`() {
        TlsServer(other) { request() }.use { server ->
            assertThrows<HttpException.Tls> { send(request(server.url)) }
            trusts = other
            // Trusted now, and still of another name.
            assertThrows<HttpException.Tls> { send(request(server.url)) }
            assertTrue(server.requests.isEmpty())
        }
    }

    private fun pin(identity: Identity) = Base64.getEncoder()
        .encodeToString(MessageDigest.getInstance("SHA-256").digest(identity.certificate.publicKey.encoded))

    @Test
    fun `a pinned host must have one of its keys, before the request is sent`() {
        answering(ok).use { server ->
            check = PinnedHosts(mapOf("localhost" to setOf(pin(other))))
            assertThrows<HttpException.Tls> { send(request(server.url)) }
            assertTrue(server.requests.isEmpty())
            check = PinnedHosts(mapOf("localhost" to setOf(pin(other), pin(identity))))
            assertEquals(200.toUShort(), send(request(server.url)).status)
            check = PinnedHosts(mapOf("another.example" to setOf(pin(other))))
            assertEquals(200.toUShort(), send(request(server.url)).status)
        }
    }

    @Test
    fun `a pin that is none is refused when it is set`() {
        for (pins in listOf(emptySet(), setOf("AAAA"), setOf("!"))) {
            assertThrows<IllegalArgumentException> { PinnedHosts(mapOf("localhost" to pins)) }
        }
        assertThrows<IllegalArgumentException> { PinnedHosts(mapOf("Localhost" to setOf(pin(other)))) }
        Unit
    }

    @Test
    fun `a check that throws refuses`() {
        check = ServerCheck { _, _ -> throw IllegalStateException("mine") }
        answering(ok).use { server ->
            assertThrows<HttpException> { send(request(server.url)) }
            assertTrue(server.requests.isEmpty())
        }
    }

    @Test
    fun `one private address among those of a name is enough to refuse, before anything is connected`() {
        val public = InetAddress.getByName("93.184.216.34")
        val loopback = InetAddress.getByName("127.0.0.1")
        isGlobal = { it == public }
        addresses = { listOf(public, loopback) }
        answering(ok).use { server ->
            assertThrows<HttpException.AddressNotAllowed> { send(request(server.url)) }
            assertEquals(0, server.connections.get())
            assertEquals(200.toUShort(), send(request(server.url, allowPrivate = true)).status)
        }
    }

    @Test
    fun `a name that points elsewhere when it is connected to is refused before TLS`() {
        val public = InetAddress.getByName("93.184.216.34")
        isGlobal = { it == public }
        addresses = { listOf(public) }
        ServerSocket(0, 10, InetAddress.getByName("127.0.0.1")).use { listener ->
            var first = 0
            val server = thread { listener.accept().use { first = it.getInputStream().read() } }
            assertThrows<HttpException.AddressNotAllowed> { send(request("https://localhost:${listener.localPort}/")) }
            server.join(10_000)
            assertEquals(-1, first)
        }
    }

    @Test
    fun `the core says which addresses are public`() {
        val client = AndroidHttpClient()
        for (host in listOf("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fe80::1]", "[::ffff:192.168.0.1]")) {
            assertThrows<HttpException.AddressNotAllowed>(host) { runBlocking { client.send(request("https://$host/")) } }
        }
    }

    @Test
    fun `plain HTTP is for loopback addresses in development`() {
        ServerSocket(0, 10, InetAddress.getByName("127.0.0.1")).use { listener ->
            thread(isDaemon = true) {
                listener.accept().use { socket ->
                    val input = socket.getInputStream().bufferedReader()
                    while (input.readLine().isNotEmpty()) Unit
                    socket.getOutputStream().write(ok.toByteArray())
                }
            }
            val url = "http://127.0.0.1:${listener.localPort}/"
            assertThrows<HttpException.AddressNotAllowed> { send(request(url)) }
            assertThrows<HttpException.AddressNotAllowed> { send(request("http://10.0.0.1/", allowPrivate = true)) }
            assertEquals(200.toUShort(), send(request(url, allowPrivate = true)).status)
        }
    }

    @Test
    fun `being cancelled closes the connection`() = runBlocking {
        TlsServer(identity) { request(); waitForEnd() }.use { server ->
            val call = async(Dispatchers.IO) { client().send(request(server.url, seconds = 300)) }
            while (server.requests.isEmpty()) yield()
            call.cancelAndJoin()
            assertTrue(server.hasEnded())
        }
    }

    @Test
    fun `cookies of the process are never sent`() {
        CookieHandler.setDefault(CookieManager())
        try {
            answering(ok).use { server ->
                assertThrows<HttpException.HostFailed> { send(request(server.url)) }
                assertFalse(server.connections.get() > 0)
            }
        } finally {
            CookieHandler.setDefault(null)
        }
    }

    private companion object {
        lateinit var identity: Identity
        lateinit var other: Identity

        @BeforeAll
        @JvmStatic
        fun certificates(@TempDir folder: File) {
            identity = Identity(folder)
            other = Identity(folder, "other.example")
        }
    }
}
