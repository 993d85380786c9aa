package org.citizenwallet.android

import org.citizenwallet.HttpException
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import java.security.cert.X509Certificate
import javax.net.ssl.SSLException
import javax.net.ssl.SSLSession
import javax.net.ssl.SSLSocket
import javax.net.ssl.SSLSocketFactory

/** The chain the platform verified, the server's certificate first. */
internal fun interface VerifiedChain {
    fun of(session: SSLSession, host: String): List<X509Certificate>
}

/**
 * Makes the TLS connection of one request, and no second one: the platform may not try again by itself, at another address,
 * with an older TLS or with the request sent twice. Looks at the address connected to before TLS begins, and at the
 * certificates before the request is written. No more of an answer comes in than was allowed.
 */
internal class WatchedSockets(
    private val tls: SSLSocketFactory,
    private val mayConnectTo: (InetAddress) -> Boolean,
    private val check: ServerCheck,
    private val verified: VerifiedChain,
    /** How many bytes may come before [allow] is called. */
    private val headBytes: Long,
) : SSLSocketFactory() {
    /** The address connected to. */
    @Volatile
    var peer: InetAddress? = null
        private set

    /** Why the connection was refused here; the platform may say something else of it. */
    @Volatile
    var refusal: HttpException? = null
        private set

    /** Whether TLS is up: from here on the request may have been sent. */
    @Volatile
    var isReady: Boolean = false
        private set

    @Volatile
    private var plain: Socket? = null

    private var bounded: BoundedSocket? = null

    @Volatile
    private var isClosed = false

    override fun createSocket(socket: Socket, host: String, port: Int, autoClose: Boolean): Socket {
        if (plain != null) throw IOException("one connection for one request")
        plain = socket
        if (isClosed) {
            close()
            throw IOException("closed")
        }
        val address = socket.inetAddress
        if (address == null || !mayConnectTo(address)) refuse(HttpException.AddressNotAllowed())
        peer = address
        val secure = try {
            tls.createSocket(socket, host, port, autoClose) as SSLSocket
        } catch (failed: SSLException) {
            refuse(HttpException.Tls())
        }
        try {
            // The name is checked by the handshake itself: after it, some platforms no longer do.
            secure.sslParameters = secure.sslParameters.apply { endpointIdentificationAlgorithm = "HTTPS" }
            secure.startHandshake()
            if (!check.accepts(host, verified.of(secure.session, host))) refuse(HttpException.Tls())
        } catch (failed: SSLException) {
            refuse(HttpException.Tls())
        } catch (failed: java.security.cert.CertificateException) {
            refuse(HttpException.Tls())
        }
        isReady = true
        return BoundedSocket(secure, headBytes) { end(HttpException.TooLarge()) }.also { bounded = it }
    }

    /** Allows [bytes] more to come in. */
    fun allow(bytes: Long) {
        bounded?.allow(bytes)
    }

    /** Ends the connection, from whatever thread: reading and writing fail at once. */
    fun close() {
        isClosed = true
        try {
            plain?.close()
        } catch (_: IOException) {
            // It is of no use any more.
        }
    }

    private fun refuse(why: HttpException): Nothing {
        end(why)
        throw SSLException("refused")
    }

    private fun end(why: HttpException) {
        if (refusal == null) refusal = why
        close()
    }

    // `createSocket()` stays as it is, "not supported": the platform then connects by itself, within its time limit, and asks
    // for TLS over that connection.
    override fun createSocket(host: String, port: Int): Socket = createSocket()

    override fun createSocket(host: String, port: Int, local: InetAddress, localPort: Int): Socket = createSocket()

    override fun createSocket(address: InetAddress, port: Int): Socket = createSocket()

    override fun createSocket(address: InetAddress, port: Int, local: InetAddress, localPort: Int): Socket = createSocket()

    override fun getDefaultCipherSuites(): Array<String> = tls.defaultCipherSuites

    override fun getSupportedCipherSuites(): Array<String> = tls.supportedCipherSuites
}
