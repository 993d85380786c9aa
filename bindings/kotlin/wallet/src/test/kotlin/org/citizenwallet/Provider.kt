package org.citizenwallet

import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.time.Instant
import java.util.Base64
import java.util.UUID
import java.util.concurrent.CopyOnWriteArrayList

/** The wallet's provider, which attests wallets and keys with the JDK and the key whose authority the issuer trusts. */
class Provider(parties: Parties) : AttestationProvider {
    private val own = parties.addresses.substringAfter("\"provider\":")
    private val key: PrivateKey = pkcs8(Verifiers.text(own, "private_key"))
    private val chain = checkNotNull(Regex("\"x5c\":(\\[[^]]*])").find(own)).groupValues[1]
    private val wallet: KeyPair =
        KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    /** The handles of the keys each attestation was asked for. */
    val attested = CopyOnWriteArrayList<List<String>>()

    /** How each attestation is made. */
    @Volatile var attesting: suspend (suspend () -> Any) -> Any = { attest -> attest() }

    override suspend fun walletAttestation(request: WalletAttestationRequest): WalletAttestation =
        attesting {
            val claims = """"iss":"https://provider.example","sub":"$CLIENT","exp":${now() + 3600},"cnf":{"jwk":${jwk()}}"""
            val challenge = request.challenge?.let { ""","challenge":"$it"""" } ?: ""
            val proof = """"iss":"$CLIENT","aud":"${request.audience}","iat":${now()},"jti":"${UUID.randomUUID()}"$challenge"""
            WalletAttestation(
                jwt(""""typ":"oauth-client-attestation+jwt","x5c":$chain""", claims, key),
                jwt(""""typ":"oauth-client-attestation-pop+jwt"""", proof, wallet.private),
            )
        } as WalletAttestation

    override suspend fun keyAttestation(request: KeyAttestationRequest): String =
        attesting {
            attested += request.handles
            val keys = request.publicJwks.joinToString(",", "[", "]")
            val nonce = request.nonce?.let { ""","nonce":"$it"""" } ?: ""
            val claims = """"iat":${now()},"exp":${now() + 3600},"attested_keys":$keys$nonce"""
            jwt(""""typ":"key-attestation+jwt","x5c":$chain""", claims, key)
        } as String

    private fun now() = Instant.now().epochSecond

    private fun jwk(): String {
        val point = (wallet.public as ECPublicKey).w
        val (x, y) = listOf(point.affineX, point.affineY).map { base64url(it.toByteArray().takeLast(32).padded()) }
        return """{"kty":"EC","crv":"P-256","x":"$x","y":"$y"}"""
    }

    private fun List<Byte>.padded() = ByteArray(32 - size) + this

    private fun jwt(header: String, claims: String, key: PrivateKey): String {
        val signed = listOf("""{"alg":"ES256",$header}""", "{$claims}").joinToString(".") { base64url(it.toByteArray()) }
        val signature = Signature.getInstance("SHA256withECDSAinP1363Format")
        signature.initSign(key)
        signature.update(signed.toByteArray())
        return "$signed.${base64url(signature.sign())}"
    }

    private fun base64url(bytes: ByteArray) = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

    /** The key in the PEM of a JSON text, whose ends of lines are two characters each. */
    private fun pkcs8(pem: String): PrivateKey {
        val text = pem.replace("\\n", "").replace(Regex("-----[A-Z ]*-----"), "")
        return KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)))
    }

    private companion object {
        /** What the policy of [Place] says. */
        const val CLIENT = "https://wallet.example"
    }
}
