package org.citizenwallet.android

import java.io.File
import java.io.InputStream
import java.net.InetAddress
import java.net.Socket
import java.security.KeyStore
import java.security.cert.X509Certificate
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocketFactory
import javax.net.ssl.TrustManagerFactory
import kotlin.concurrent.thread

/** A certificate for `localhost` (or another name) and who trusts it, made with the JDK's `keytool`. */
internal class Identity(folder: File, name: String = "localhost") {
    private val store: KeyStore

    init {
        val file = File(folder, "$name.p12")
        val keytool = File(System.getProperty("java.home"), "bin/keytool").path
        val command = listOf(
            keytool, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=$name",
            "-ext", "san=dns:$name", "-validity", "2", "-storetype", "PKCS12", "-storepass", "password",
            "-keystore", file.path,
        )
        val process = ProcessBuilder(command).redirectErrorStream(true).start()
        val output = process.inputStream.readBytes().decodeToString()
        check(process.waitFor() == 0) { output }
        store = KeyStore.getInstance("PKCS12").apply { file.inputStream().use { load(it, "password".toCharArray()) } }
    }

    val certificate = store.getCertificate("server") as X509Certificate

    val server: SSLContext = SSLContext.getInstance("TLS").apply {
        val keys = KeyManagerFactory.getInstance("PKIX").apply { init(store, "password".toCharArray()) }
        init(keys.keyManagers, null, null)
    }

    /** Trusts this certificate only. */
    val client: SSLSocketFactory = SSLContext.getInstance("TLS").run {
        val trusted = KeyStore.getInstance("PKCS12").apply { load(null); setCertificateEntry("server", certificate) }
        val trust = TrustManagerFactory.getInstance("PKIX").apply { init(trusted) }
        init(null, trust.trustManagers, null)
        socketFactory
    }
}

/** A server on loopback that does to each connection what the test says. */
internal class TlsServer(identity: Identity, private val serve: Connection.() -> Unit) : AutoCloseable {
    private val listener = identity.server.serverSocketFactory.createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))
    private val clients = CopyOnWriteArrayList<Socket>()
    val connections = AtomicInteger()

    /** The heads of the requests that came. */
    val requests = CopyOnWriteArrayList<String>()

    /** Opened when a connection has ended on the client's side. */
    val ended = CountDownLatch(1)
    val port: Int get() = listener.localPort

    init {
        thread(isDaemon = true) {
            while (true) {
                val socket = try { listener.accept() } catch (_: Exception) { break }
                connections.incrementAndGet()
                clients += socket
                thread(isDaemon = true) { socket.use { runCatching { Connection(it).serve() } } }
            }
        }
    }

    inner class Connection(private val socket: Socket) {
        private val input: InputStream = socket.getInputStream()

        /** Reads a request's head and body. */
        fun request(): String {
            val head = StringBuilder()
            while (!head.endsWith("\r\n\r\n")) head.append(input.read().also { check(it >= 0) }.toChar())
            val length = Regex("(?i)content-length: (\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
            head.append(input.readNBytes(length).decodeToString())
            return head.toString().also { requests += it }
        }

        fun answer(text: String) = socket.getOutputStream().run { write(text.toByteArray()); flush() }

        /** Waits until the client is gone. */
        fun waitForEnd() {
            try {
                while (input.read() >= 0) Unit
            } catch (_: Exception) {
                // Closed without a goodbye.
            }
            end()
        }

        fun end() = ended.countDown()
    }

    fun hasEnded(): Boolean = ended.await(10, TimeUnit.SECONDS)

    override fun close() {
        listener.close()
        clients.forEach { it.close() }
    }
}
