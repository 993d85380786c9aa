package org.citizenwallet.android

import java.io.FilterInputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.SocketAddress
import javax.net.ssl.HandshakeCompletedListener
import javax.net.ssl.SSLParameters
import javax.net.ssl.SSLSession
import javax.net.ssl.SSLSocket

/**
 * The connection [inner], of which no more is read than was allowed: the platform keeps the whole head of an answer in memory
 * before it shows any of it, however long. [tooMuch] is called where more comes, before reading fails. One thread reads.
 */
internal class BoundedSocket(private val inner: SSLSocket, allowed: Long, private val tooMuch: () -> Unit) : SSLSocket() {
    private val input by lazy { Bounded(inner.inputStream) }

    private var left = allowed

    /** Allows [bytes] more. */
    fun allow(bytes: Long) {
        left += bytes
    }

    private inner class Bounded(input: InputStream) : FilterInputStream(input) {
        override fun read(): Int = super.read().also { if (it >= 0) count(1) }

        override fun read(bytes: ByteArray, start: Int, size: Int): Int =
            super.read(bytes, start, size).also { if (it > 0) count(it.toLong()) }

        override fun skip(size: Long): Long = super.skip(size).also(::count)

        private fun count(size: Long) {
            left -= size
            if (left >= 0) return
            tooMuch()
            throw IOException("too much")
        }
    }

    override fun getInputStream(): InputStream = input

    override fun getOutputStream(): OutputStream = inner.outputStream

    override fun close(): Unit = inner.close()

    override fun isClosed(): Boolean = inner.isClosed

    override fun isConnected(): Boolean = inner.isConnected

    override fun isBound(): Boolean = inner.isBound

    override fun isInputShutdown(): Boolean = inner.isInputShutdown

    override fun isOutputShutdown(): Boolean = inner.isOutputShutdown

    override fun getInetAddress(): InetAddress? = inner.inetAddress

    override fun getPort(): Int = inner.port

    override fun getLocalAddress(): InetAddress = inner.localAddress

    override fun getLocalPort(): Int = inner.localPort

    override fun getRemoteSocketAddress(): SocketAddress? = inner.remoteSocketAddress

    override fun getLocalSocketAddress(): SocketAddress? = inner.localSocketAddress

    override fun setSoTimeout(timeout: Int) {
        inner.soTimeout = timeout
    }

    override fun getSoTimeout(): Int = inner.soTimeout

    override fun setTcpNoDelay(on: Boolean) {
        inner.tcpNoDelay = on
    }

    override fun getTcpNoDelay(): Boolean = inner.tcpNoDelay

    override fun startHandshake(): Unit = inner.startHandshake()

    override fun getSession(): SSLSession = inner.session

    override fun getApplicationProtocol(): String? = inner.applicationProtocol

    override fun getSSLParameters(): SSLParameters = inner.sslParameters

    override fun setSSLParameters(parameters: SSLParameters) {
        inner.sslParameters = parameters
    }

    override fun getSupportedCipherSuites(): Array<String> = inner.supportedCipherSuites

    override fun getEnabledCipherSuites(): Array<String> = inner.enabledCipherSuites

    override fun setEnabledCipherSuites(suites: Array<String>) {
        inner.enabledCipherSuites = suites
    }

    override fun getSupportedProtocols(): Array<String> = inner.supportedProtocols

    override fun getEnabledProtocols(): Array<String> = inner.enabledProtocols

    override fun setEnabledProtocols(protocols: Array<String>) {
        inner.enabledProtocols = protocols
    }

    override fun addHandshakeCompletedListener(listener: HandshakeCompletedListener): Unit =
        inner.addHandshakeCompletedListener(listener)

    override fun removeHandshakeCompletedListener(listener: HandshakeCompletedListener): Unit =
        inner.removeHandshakeCompletedListener(listener)

    override fun setUseClientMode(mode: Boolean) {
        inner.useClientMode = mode
    }

    override fun getUseClientMode(): Boolean = inner.useClientMode

    override fun setNeedClientAuth(need: Boolean) {
        inner.needClientAuth = need
    }

    override fun getNeedClientAuth(): Boolean = inner.needClientAuth

    override fun setWantClientAuth(want: Boolean) {
        inner.wantClientAuth = want
    }

    override fun getWantClientAuth(): Boolean = inner.wantClientAuth

    override fun setEnableSessionCreation(flag: Boolean) {
        inner.enableSessionCreation = flag
    }

    override fun getEnableSessionCreation(): Boolean = inner.enableSessionCreation
}
