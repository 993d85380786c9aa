package org.citizenwallet.android.framework

import android.net.http.X509TrustManagerExtensions
import org.citizenwallet.android.VerifiedChain
import java.security.KeyStore
import java.security.cert.X509Certificate
import javax.net.ssl.SSLSession
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/**
 * The chain as the system verifies it. What the server sent may hold certificates that have nothing to do with it, so a
 * pin must not be looked for there.
 */
internal object SystemChain : VerifiedChain {
    private val trust: X509TrustManagerExtensions by lazy {
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        factory.init(null as KeyStore?)
        X509TrustManagerExtensions(factory.trustManagers.filterIsInstance<X509TrustManager>().first())
    }

    override fun of(session: SSLSession, host: String): List<X509Certificate> {
        val sent = session.peerCertificates.filterIsInstance<X509Certificate>().toTypedArray()
        return trust.checkServerTrusted(sent, sent.first().publicKey.algorithm, host)
    }
}
