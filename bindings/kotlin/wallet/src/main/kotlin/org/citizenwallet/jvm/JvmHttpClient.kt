package org.citizenwallet.jvm

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.ConnectException
import java.net.InetAddress
import java.net.URI
import java.net.UnknownHostException
import java.net.http.HttpClient.Redirect
import java.net.http.HttpClient.Version
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodySubscriber
import java.net.http.HttpTimeoutException
import java.nio.ByteBuffer
import java.nio.channels.UnresolvedAddressException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.Flow.Subscription
import javax.net.ssl.SSLException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import org.citizenwallet.HttpClient
import org.citizenwallet.HttpException
import org.citizenwallet.HttpHeader
import org.citizenwallet.HttpMethod
import org.citizenwallet.HttpRequest
import org.citizenwallet.HttpResponse
import org.citizenwallet.isGlobalAddress

/**
 * The network by the JDK's own client, for the desktop: no redirects, no cookies, no cache, no proxy; the limits of each
 * request hold while its answer is read. A coroutine that is cancelled closes the connection (from Java 16 on).
 *
 * What it cannot do: the JDK looks the name up itself and does not tell the address it connected to. The name is looked up
 * and every address checked before, which the JDK answers from the same memory for some seconds; but where the answer
 * changes in between, a private address could be connected to. So the address is told (`peerAddress`) only where the URL
 * itself names it. A GET whose connection breaks before the first byte of an answer is sent once more by the JDK; a POST
 * is not. Headers are limited by the JDK alone (384 KiB, since its updates of October 2024).
 */
public class JvmHttpClient : HttpClient {
    private val client =
        java.net.http.HttpClient.newBuilder()
            .followRedirects(Redirect.NEVER)
            .proxy(java.net.http.HttpClient.Builder.NO_PROXY)
            // Without TLS the JDK would offer HTTP/2 in headers of its own.
            .version(Version.HTTP_1_1)
            .build()

    override suspend fun send(request: HttpRequest): HttpResponse {
        val time = request.policy.totalSeconds.toLong().seconds
        return withTimeoutOrNull(time) { answer(request) } ?: throw HttpException.Timeout()
    }

    private suspend fun answer(request: HttpRequest): HttpResponse {
        val uri = URI(request.url)
        val address = checked(uri, request.policy.allowPrivateAddresses)
        val body = Limited(request.policy.maxBytes.toLong())
        val answer =
            try {
                client.sendAsync(toJdk(uri, request)) { body }.answered()
            } catch (failed: Exception) {
                // The JDK does not hang up by itself once the answer has begun.
                body.hangUp()
                throw fault(failed)
            }
        val headers = answer.headers().map().flatMap { (name, values) -> values.map { HttpHeader(name.lowercase(), it) } }
        return HttpResponse(
            status = answer.statusCode().toUShort(),
            headers = headers,
            body = answer.body(),
            finalUrl = answer.uri().toString(),
            peerAddress = address,
        )
    }

    /** Refuses names with an address that is not global. The address, if the URL names it and not a host. */
    private suspend fun checked(uri: URI, privateAllowed: Boolean): String? {
        val host = uri.host?.removeSurrounding("[", "]") ?: throw HttpException.NotSent()
        // Looking up cannot be interrupted: the thread is left to itself when the time is up.
        val addresses =
            try {
                CompletableFuture.supplyAsync { lookUp(host) }.answered()
            } catch (_: UnknownHostException) {
                throw HttpException.NotSent()
            }
        if (!privateAllowed && !addresses.all { isGlobalAddress(it.hostAddress.substringBefore('%')) }) {
            throw HttpException.AddressNotAllowed()
        }
        val isLiteral = ':' in host || host.all { it.isDigit() || it == '.' }
        return if (isLiteral) addresses.single().hostAddress else null
    }

    private fun lookUp(host: String): List<InetAddress> =
        try {
            InetAddress.getAllByName(host).toList()
        } catch (unknown: UnknownHostException) {
            throw CompletionException(unknown)
        }

    private fun toJdk(uri: URI, request: HttpRequest): java.net.http.HttpRequest {
        val time = Duration.ofSeconds(request.policy.totalSeconds.toLong())
        // The JDK would tell its version.
        val jdk = java.net.http.HttpRequest.newBuilder(uri).timeout(time).setHeader("User-Agent", "citizen-wallet")
        for (header in request.headers) jdk.setHeader(header.name, header.value)
        return when (request.method) {
            HttpMethod.GET -> jdk.GET()
            HttpMethod.POST -> jdk.POST(BodyPublishers.ofByteArray(request.body))
        }.build()
    }

    private fun fault(failed: Exception): Exception =
        when (failed) {
            is HttpException -> failed
            is CancellationException -> failed
            is HttpTimeoutException -> HttpException.Timeout()
            is ConnectException, is UnknownHostException, is UnresolvedAddressException -> HttpException.NotSent()
            is SSLException -> HttpException.Tls()
            is IOException -> failed.cause as? HttpException ?: HttpException.SentOrUnknown()
            else -> failed
        }

    /** A body of at most [limit] bytes; no more is read. */
    private class Limited(private val limit: Long) : BodySubscriber<ByteArray> {
        private val body = CompletableFuture<ByteArray>()
        private val read = ByteArrayOutputStream()
        private var subscription: Subscription? = null
        private var isOver = false

        override fun getBody(): CompletionStage<ByteArray> = body

        @Synchronized
        override fun onSubscribe(subscription: Subscription) {
            this.subscription = subscription
            if (isOver) subscription.cancel() else subscription.request(Long.MAX_VALUE)
        }

        /** Nobody waits for the body any more. */
        @Synchronized
        fun hangUp() {
            isOver = true
            subscription?.cancel()
        }

        override fun onNext(parts: List<ByteBuffer>) {
            if (body.isDone) return
            if (read.size() + parts.sumOf { it.remaining().toLong() } > limit) {
                hangUp()
                body.completeExceptionally(HttpException.TooLarge())
                return
            }
            for (part in parts) {
                val bytes = ByteArray(part.remaining())
                part.get(bytes)
                read.write(bytes)
            }
        }

        override fun onError(throwable: Throwable) {
            body.completeExceptionally(throwable)
        }

        override fun onComplete() {
            body.complete(read.toByteArray())
        }
    }
}

/** Waits; who is cancelled interrupts the work, which the JDK's client needs to be told. */
private suspend fun <T> CompletableFuture<T>.answered(): T = suspendCancellableCoroutine { waiting ->
    waiting.invokeOnCancellation { cancel(true) }
    whenComplete { value, error ->
        when (error) {
            null -> waiting.resume(value)
            is CompletionException -> waiting.resumeWithException(error.cause ?: error)
            else -> waiting.resumeWithException(error)
        }
    }
}
