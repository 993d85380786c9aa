package org.citizenwallet

import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers

/** The verifiers of `wallet-parties` asked directly, for requests that its command `ask` cannot make. */
class Verifiers(private val parties: Parties) {
    /** A request, and the session to ask for what came of it. */
    class Request(val link: String, val session: String)

    /** A request by the Digital Credentials API. */
    class DcApiRequest(val protocol: String, val data: String, val session: String)

    /** The type of a card, as in `vct_values`. */
    fun type(card: String = "resident_card"): String = text(parties.addresses, card)

    /** A request with this DCQL [query]; [more] are members of the request options, each followed by a comma. */
    fun ask(query: String, more: String = ""): Request {
        val made = post(endpoint("request"), """{$more"name":"bar","query":$query}""")
        return Request(text(made, "uri"), text(made, "session"))
    }

    /** What a page at [origin] hands to the platform; [signing] is `unsigned`, `signed` or `multi_signed`. */
    fun askPlatform(query: String, signing: String, origin: String, mode: String = "direct_post"): DcApiRequest {
        val url = "${endpoint("dc_api_request")}?signing=$signing&origin=${URLEncoder.encode(origin, Charsets.UTF_8)}"
        val made = post(url, """{"name":"bar","mode":"$mode","query":$query}""")
        val data = made.substringAfter("\"data\":").substringBefore("},\"session\"")
        return DcApiRequest(text(made, "protocol"), data, text(made, "session"))
    }

    /** What the page learns from the bytes the platform gave it. */
    fun learned(request: DcApiRequest, response: ByteArray): String {
        val given = String(response)
        check(text(given, "protocol") == request.protocol) { "an answer of another protocol" }
        val data = given.substringAfter("\"data\":").substringBeforeLast("}")
        return post("${endpoint("dc_api_response")}?session=${request.session}", data)
    }

    /** What came of a request, as JSON. */
    fun learned(request: Request): String =
        send(java.net.http.HttpRequest.newBuilder(URI("${endpoint("result")}?session=${request.session}")).GET())

    private fun endpoint(name: String) = text(parties.addresses.substringAfter("\"verifier\":"), name)

    private fun post(url: String, body: String): String {
        val request = java.net.http.HttpRequest.newBuilder(URI(url)).setHeader("content-type", "application/json")
        return send(request.POST(BodyPublishers.ofString(body)))
    }

    private fun send(request: java.net.http.HttpRequest.Builder): String {
        val answer = CLIENT.send(request.build(), BodyHandlers.ofString())
        check(answer.statusCode() == 200) { answer.body() }
        return answer.body()
    }

    companion object {
        // The small server knows nothing of HTTP/2.
        private val CLIENT =
            java.net.http.HttpClient.newBuilder().version(java.net.http.HttpClient.Version.HTTP_1_1).build()

        /** The text of the first member with this [name] in compact JSON. */
        fun text(json: String, name: String): String =
            checkNotNull(Regex("\"$name\":\"([^\"]*)\"").find(json)) { "no $name in $json" }.groupValues[1]
    }
}

/** The claim [AGE], as in a DCQL query. */
const val AGE_CLAIM = """[{"path":["age_equal_or_over","19"]}]"""

/** A DCQL query for these [claims] of a resident card, with [more] members. */
fun Verifiers.query(claims: String, more: String = ""): String =
    """{"credentials":[{"id":"card","format":"dc+sd-jwt","meta":{"vct_values":["${type()}"]},"claims":$claims$more}]}"""
