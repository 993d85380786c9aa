package org.citizenwallet.android

import org.citizenwallet.HttpException
import org.citizenwallet.HttpHeader
import org.citizenwallet.HttpMethod
import org.citizenwallet.HttpRequest
import org.citizenwallet.HttpResponse
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.CookieHandler
import java.net.HttpURLConnection
import java.net.InetAddress
import java.net.Proxy
import java.net.SocketTimeoutException
import java.net.URL
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.SSLException

/** One request and its answer, on the thread that calls [run]; [abort] ends it from another one. */
internal class Exchange(
    private val request: HttpRequest,
    private val userAgent: String,
    private val sockets: WatchedSockets,
    private val resolve: (String) -> List<InetAddress>,
    private val isGlobal: (InetAddress) -> Boolean,
    private val nanoTime: () -> Long = System::nanoTime,
) {
    private val start = nanoTime()
    private val url = URL(request.url)

    /** Plain HTTP shows no point at which the request is still unsent. */
    @Volatile
    private var isPlainBegun = false

    @Volatile
    private var connection: HttpURLConnection? = null

    /** Throws [HttpException]. */
    fun run(): HttpResponse =
        try {
            checkAddresses()
            val connection = open()
            this.connection = connection
            try {
                exchange(connection)
            } finally {
                connection.disconnect()
            }
        } catch (failed: HttpException) {
            throw failed
        } catch (failed: Exception) {
            throw sockets.refusal ?: reading(failed)
        }

    /** Closes the connection: a thread that waits in [run] comes back. */
    fun abort() {
        sockets.close()
        connection?.disconnect()
    }

    private fun checkAddresses() {
        val isPlain = url.protocol != "https"
        val addresses = try {
            resolve(url.host.removeSurrounding("[", "]"))
        } catch (_: IOException) {
            throw HttpException.NotSent()
        }
        val isAllowed = when {
            addresses.isEmpty() -> throw HttpException.NotSent()
            // For the developer's own machine.
            isPlain -> request.policy.allowPrivateAddresses && addresses.all { it.isLoopbackAddress }
            else -> request.policy.allowPrivateAddresses || addresses.all(isGlobal)
        }
        if (!isAllowed) throw HttpException.AddressNotAllowed()
    }

    private fun open(): HttpURLConnection {
        // A handler for the whole process would send its cookies along, and no connection can refuse it.
        if (CookieHandler.getDefault() != null) throw HttpException.HostFailed()
        // No proxy: it would look up the name itself, and its address would be all there is to check.
        val connection = url.openConnection(Proxy.NO_PROXY) as HttpURLConnection
        if (connection is HttpsURLConnection) connection.sslSocketFactory = sockets else isPlainBegun = true
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.requestMethod = when (request.method) {
            HttpMethod.GET -> "GET"
            HttpMethod.POST -> "POST"
        }
        // Without these the platform names the phone's model, asks for compression and keeps the connection.
        connection.setRequestProperty("User-Agent", userAgent)
        connection.setRequestProperty("Accept-Encoding", "identity")
        connection.setRequestProperty("Connection", "close")
        connection.setRequestProperty("Accept", "*/*")
        for (header in request.headers) connection.setRequestProperty(header.name, header.value)
        limitTime(connection)
        return connection
    }

    private fun limitTime(connection: HttpURLConnection) {
        val left = remainingMilliseconds()
        connection.connectTimeout = left
        connection.readTimeout = left
    }

    private fun remainingMilliseconds(): Int {
        val spent = (nanoTime() - start) / 1_000_000
        val left = request.policy.totalSeconds.toLong() * 1000 - spent
        if (left <= 0) throw HttpException.Timeout()
        return left.coerceAtMost(Int.MAX_VALUE.toLong()).toInt()
    }

    private fun exchange(connection: HttpURLConnection): HttpResponse {
        if (request.method == HttpMethod.POST) {
            connection.doOutput = true
            connection.outputStream.use { it.write(request.body) }
        }
        val status = connection.responseCode
        if (status !in 100..999) throw HttpException.SentOrUnknown()
        // A chunk of one byte takes six; and after the last one there may be headers again.
        sockets.allow(6 * maxBytes() + MAX_HEAD_BYTES)
        val headers = headers(connection)
        if (connection.contentLengthLong > maxBytes()) throw HttpException.TooLarge()
        val body = (if (status >= 400) connection.errorStream else connection.inputStream)?.use(::readBody)
        return HttpResponse(
            status = status.toUShort(),
            headers = headers,
            body = body ?: ByteArray(0),
            finalUrl = connection.url.toString(),
            peerAddress = sockets.peer?.hostAddress?.substringBefore('%'),
        )
    }

    private fun maxBytes(): Long = request.policy.maxBytes.coerceAtMost(Int.MAX_VALUE.toULong()).toLong()

    private fun readBody(input: InputStream): ByteArray {
        val body = ByteArrayOutputStream()
        val piece = ByteArray(16 * 1024)
        while (true) {
            val size = input.read(piece)
            if (size < 0) return body.toByteArray()
            if (body.size() + size > maxBytes()) throw HttpException.TooLarge()
            body.write(piece, 0, size)
            // A server that sends a byte now and then keeps every read within its limit.
            remainingMilliseconds()
        }
    }

    private fun headers(connection: HttpURLConnection): List<HttpHeader> {
        val headers = connection.headerFields.flatMap { (name, values) ->
            // The status line has no name; the platform adds notes of its own.
            if (name == null || name.startsWith("X-Android-", ignoreCase = true)) {
                emptyList()
            } else {
                values.map { HttpHeader(name.lowercase(), it) }
            }
        }
        // Without TLS nobody counted the bytes.
        val isTooLarge = headers.size > MAX_HEADERS || headers.sumOf { it.name.length + it.value.length } > MAX_HEAD_BYTES
        if (isTooLarge) throw HttpException.TooLarge()
        return headers
    }

    private fun reading(failed: Exception): HttpException {
        val mayBeSent = sockets.isReady || isPlainBegun
        return when {
            failed is SocketTimeoutException -> HttpException.Timeout()
            failed is SSLException && !mayBeSent -> HttpException.Tls()
            mayBeSent -> HttpException.SentOrUnknown()
            else -> HttpException.NotSent()
        }
    }

    internal companion object {
        const val MAX_HEADERS: Int = 200

        /** The status line and all headers, with what the platform reads ahead of the body. */
        const val MAX_HEAD_BYTES: Long = 64 * 1024
    }
}
