package org.citizenwallet

import java.util.concurrent.CopyOnWriteArrayList
import org.citizenwallet.jvm.JvmHttpClient

/** A claim asked for in these tests: whether the holder is over 19. */
val AGE: List<PathSegment> = listOf(PathSegment.Name("age_equal_or_over"), PathSegment.Name("19"))

/** The real network; what is sent to verifiers is kept and may go wrong. */
class VerifierNetwork(private val real: HttpClient = JvmHttpClient()) : HttpClient {
    /** What was to be sent to verifiers. */
    val answers = CopyOnWriteArrayList<HttpRequest>()

    /** How each of them is sent. */
    @Volatile var sending: suspend (suspend () -> HttpResponse) -> HttpResponse = { send -> send() }

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (request.purpose != HttpPurpose.Response) return real.send(request)
        answers += request
        return sending { real.send(request) }
    }
}

/** A wallet, and the verifiers that ask it. */
class Holder(val parties: Parties, val place: Place, val wallet: Wallet) {
    val verifiers = Verifiers(parties)

    /** Receives one card in so many copies: its id. */
    suspend fun receive(copies: Int = 1, policy: KeepPolicy = KeepPolicy()): String =
        wallet.kept(parties, copies = copies, policy = policy)

    /** A fresh request for [AGE]. */
    fun askAge(options: String = "{}"): String = parties.askAge(options)

    /** The plan for a request that can be answered. */
    suspend fun plan(link: String = askAge()): ConsentPlan =
        when (val proposal = wallet.request(link)) {
            is Proposal.Plan -> proposal.plan
            is Proposal.Unavailable -> error("no card fits")
        }

    /** As a holder who reads and agrees. */
    suspend fun approve(plan: ConsentPlan, auth: HolderAuth = HolderAuth.None): ApprovedPlan =
        wallet.approve(plan, plan.overview().hash, auth)

    /** Shows the age; how that ended. */
    suspend fun show(link: String = askAge()): Presented = wallet.shown(link)
}

/** Runs a test with a new wallet and running parties. */
fun holding(
    http: HttpClient = JvmHttpClient(),
    clock: Clock? = null,
    keyStore: KeyStore? = null,
    change: (Policy) -> Policy = { it },
    test: suspend Holder.() -> Unit,
) = waiting {
    Parties.start().use { parties ->
        Place(parties, http = http, clock = clock, keyStore = keyStore, change = change).use { place ->
            place.create().use { Holder(parties, place, it).test() }
        }
    }
}

/** JSON without white space. */
fun compact(json: String): String = json.filterNot(Char::isWhitespace)
