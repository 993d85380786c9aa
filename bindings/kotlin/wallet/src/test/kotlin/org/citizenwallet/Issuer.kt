package org.citizenwallet

import java.net.URI
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration

/** The issuer of `wallet-parties` asked directly, for what its commands do not tell. */
class Issuer(private val parties: Parties) {
    /** An offer: the link, and the code the holder was sent if there is one. */
    class Handed(val link: String, val code: String?) {
        /** The code as the holder types it. */
        fun typed(): Secret? = code?.let { Secret.of(it.toCharArray()) }
    }

    private val own = parties.addresses.substringAfter("\"issuer\":").substringBefore("\"verifier\":")

    /** Its identifier. */
    val identifier: String = checkNotNull(text(own, "identifier"))

    /** The type of a card. */
    fun type(card: String): String = checkNotNull(text(own, card))

    /** A fresh offer; [options] are members of the offer's options, as JSON. */
    fun offer(options: String = ""): Handed {
        val made = post("offer", "{$options}")
        return Handed(checkNotNull(text(made, "uri")), text(made, "tx_code"))
    }

    /** What a card says from now on, as JSON: also more than fits into a command. */
    fun change(card: String, options: String) {
        post("change", options, "?card=$card")
    }

    /** What the wallets told it about the cards they got, oldest first. */
    fun told(): List<String> =
        Regex("\"event\":\"([^\"]*)\"").findAll(get("notifications")).map { it.groupValues[1] }.toList()

    private fun get(name: String) = send(request(name).GET())

    private fun post(name: String, body: String, query: String = ""): String =
        send(request(name, query).header("content-type", "application/json").POST(BodyPublishers.ofString(body)))

    private fun request(name: String, query: String = "") =
        java.net.http.HttpRequest.newBuilder(URI(text(own, name) + query))

    private fun send(request: java.net.http.HttpRequest.Builder): String {
        val answer = CLIENT.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString())
        check(answer.statusCode() == 200) { answer.body() }
        return answer.body()
    }

    private companion object {
        val CLIENT: java.net.http.HttpClient =
            java.net.http.HttpClient.newBuilder().version(java.net.http.HttpClient.Version.HTTP_1_1).build()

        /** The text of the first member with this [name] in compact JSON. */
        fun text(json: String, name: String): String? = Regex("\"$name\":\"([^\"]*)\"").find(json)?.groupValues?.get(1)
    }
}

/** The members of an offer of these [cards]. */
fun of(vararg cards: String): String = cards.joinToString(",", "\"configurations\":[", "]") { "\"$it\"" }

/** Both cards there are. */
val BOTH: String = of("resident_card", "driving_licence")

/** The card that was ordered, which must have come at once. */
fun Ordered.here(): ReceivedCard = (this as Ordered.Received).card

/** The value of the claim with this [label], or of the one at this path if it has none. */
fun Claims.text(label: String): String {
    val names = list().map { claim -> claim.label ?: claim.path.joinToString(".") { (it as? PathSegment.Name)?.name ?: "[]" } }
    return (value(names.indexOf(label).toUInt()) as ClaimValue.Text).text
}

/** Up to the first card of an [offer]: what may be ordered. */
suspend fun Wallet.accepted(offer: Issuer.Handed): AuthorizedIssuance = accept(offer(offer.link), offer.typed())

/** The first card of an offer, ordered and not kept. */
suspend fun Wallet.ordered(offer: Issuer.Handed, copies: Int = 1): ReceivedCard {
    val authorized = accepted(offer)
    return order(authorized, authorized.orders().first(), copies).here()
}
