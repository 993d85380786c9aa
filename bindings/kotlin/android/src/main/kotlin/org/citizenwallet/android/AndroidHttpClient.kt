package org.citizenwallet.android

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import org.citizenwallet.HttpClient
import org.citizenwallet.HttpException
import org.citizenwallet.HttpRequest
import org.citizenwallet.HttpResponse
import org.citizenwallet.android.framework.SystemChain
import org.citizenwallet.isGlobalAddress
import java.net.InetAddress
import java.util.concurrent.Executor
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.SSLSocketFactory
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.time.Duration.Companion.seconds

/**
 * The wallet's HTTP client on the platform's own stack, `HttpsURLConnection`: its TLS and its certificates follow the app's
 * network security configuration and the system's updates, and there is no other library to keep up to date.
 *
 * Each request has a connection of its own. It follows no redirect, keeps no cookie and no cache, uses no proxy, and tells
 * nothing of the phone. The addresses of the name are looked at first, then the one connected to, before TLS; the chain is
 * shown to [check] before the request is written. Headers (200 of them, 64 KiB) and the body are limited while they come in,
 * the time for everything. Cancelling closes the connection.
 *
 * Where the app set a process-wide `java.net.CookieHandler`, every request fails with `HostFailed`: the platform would send
 * that handler's cookies.
 *
 * Plain HTTP works for loopback addresses only, and only where the wallet's policy allows private addresses (development);
 * there no peer address is told. Android forbids it unless the app's network security configuration says otherwise.
 */
public class AndroidHttpClient internal constructor(
    private val check: ServerCheck,
    private val userAgent: String,
    private val tls: () -> SSLSocketFactory,
    private val verified: VerifiedChain,
    private val resolve: (String) -> List<InetAddress>,
    private val isGlobal: (InetAddress) -> Boolean,
    private val worker: Executor,
) : HttpClient {
    /**
     * A client.
     *
     * @param check the app's own word on servers, such as [PinnedHosts].
     * @param userAgent what the client calls itself: the same for all holders.
     */
    public constructor(
        check: ServerCheck = ServerCheck { _, _ -> true },
        userAgent: String = "citizen-wallet",
    ) : this(
        check,
        userAgent,
        HttpsURLConnection::getDefaultSSLSocketFactory,
        SystemChain,
        { InetAddress.getAllByName(it).toList() },
        { isGlobalAddress(it.hostAddress.orEmpty().substringBefore('%')) },
        Dispatchers.IO.asExecutor(),
    )

    override suspend fun send(request: HttpRequest): HttpResponse {
        val sockets = WatchedSockets(
            tls(), { request.policy.allowPrivateAddresses || isGlobal(it) }, check, verified, Exchange.MAX_HEAD_BYTES,
        )
        val exchange = Exchange(request, userAgent, sockets, resolve, isGlobal)
        val limit = request.policy.totalSeconds.toLong().seconds
        return withTimeoutOrNull(limit) { run(exchange) } ?: throw HttpException.Timeout()
    }

    private suspend fun run(exchange: Exchange): HttpResponse = suspendCancellableCoroutine { continuation ->
        continuation.invokeOnCancellation { worker.execute(exchange::abort) }
        worker.execute {
            try {
                continuation.resume(exchange.run())
            } catch (failed: Throwable) {
                // Errors too: whoever waits would wait for ever.
                continuation.resumeWithException(failed)
            }
        }
    }
}
