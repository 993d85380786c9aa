package org.citizenwallet

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** What only an issuer can give, had from one that is gone by now. */
class Gifts(
    val offer: Offer,
    val authorized: AuthorizedIssuance,
    val card: ReceivedCard,
    val renewed: RenewedCard,
)

/** Had once, when they are needed first: they may be used up. */
val gifts: Gifts by lazy(::newGifts)

/** Not used yet. */
fun newGifts(): Gifts =
    runBlocking(Dispatchers.Default) {
        Parties.start().use { parties ->
            Place(parties).use { place -> place.create().use { collected(it, Issuer(parties)) } }
        }
    }

private suspend fun collected(wallet: Wallet, issuer: Issuer): Gifts {
    val kept = wallet.receive(issuer.offer().link).single()
    return Gifts(
        wallet.offer(issuer.offer().link),
        wallet.accepted(issuer.offer()),
        wallet.ordered(issuer.offer()),
        wallet.replacing(kept.id, wallet.ordered(issuer.offer())),
    )
}
