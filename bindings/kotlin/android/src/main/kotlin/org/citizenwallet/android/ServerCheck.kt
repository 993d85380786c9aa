package org.citizenwallet.android

import java.security.MessageDigest
import java.security.cert.X509Certificate
import java.util.Base64

/**
 * The app's own word on a server, beside the system's: its certificate was already verified for its name. Called before a
 * byte of the request is sent, on a worker thread.
 */
public fun interface ServerCheck {
    /**
     * Whether to go on.
     *
     * @param host the name in the URL.
     * @param chain the verified chain, the server's certificate first, the system's anchor last.
     */
    public fun accepts(host: String, chain: List<X509Certificate>): Boolean
}

/**
 * Pins: hosts of which at least one certificate must have a known key. Other hosts are not pinned.
 *
 * @param pins for each host (in lower case, as in the URL) the SHA-256 hashes, in base64, of the DER SubjectPublicKeyInfo of
 *   keys that may stand in its chain. Have a spare one: a server whose key changes is out of reach until the app is updated.
 */
public class PinnedHosts(pins: Map<String, Set<String>>) : ServerCheck {
    private val hashes = pins.entries.associate { (host, hashes) ->
        require(host == host.lowercase() && hashes.isNotEmpty()) { "a host in lower case with at least one pin" }
        host to hashes.map { Base64.getDecoder().decode(it).also { hash -> require(hash.size == 32) { "not SHA-256" } } }
    }

    override fun accepts(host: String, chain: List<X509Certificate>): Boolean {
        val pinned = hashes[host.lowercase()] ?: return true
        return chain.any { certificate ->
            val hash = MessageDigest.getInstance("SHA-256").digest(certificate.publicKey.encoded)
            pinned.any { MessageDigest.isEqual(it, hash) }
        }
    }
}
