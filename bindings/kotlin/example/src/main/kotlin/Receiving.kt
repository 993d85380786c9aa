import org.citizenwallet.KeepPolicy
import org.citizenwallet.Ordered
import org.citizenwallet.ReceivedCard
import org.citizenwallet.ReusePolicy
import org.citizenwallet.Secret
import org.citizenwallet.Wallet
import org.citizenwallet.accept
import org.citizenwallet.claims
import org.citizenwallet.decline
import org.citizenwallet.details
import org.citizenwallet.keep
import org.citizenwallet.look
import org.citizenwallet.of
import org.citizenwallet.offer
import org.citizenwallet.order

/** Receives what the issuer offers by [link]. */
suspend fun receive(wallet: Wallet, link: String, screen: Screen) {
    wallet.offer(link).use { offer ->
        val details = offer.details()
        for (card in details.cards) screen.show("${details.issuer} offers: ${card.look.name ?: card.configurationId}")
        if (!screen.agrees("Go on?")) return
        val code = details.txCode?.let { Secret.of(screen.secret(it.description ?: "The code the issuer gave you")) }
        wallet.accept(offer, code).use { authorized ->
            for (order in authorized.orders()) {
                // Three copies, each with a key of its own.
                when (val ordered = wallet.order(authorized, order, copies = 3)) {
                    is Ordered.Received -> ordered.card.use { keep(wallet, it, screen) }
                    is Ordered.Deferred -> screen.show("It comes later: ask with Wallet.pollDeferred")
                }
            }
        }
    }
}

private suspend fun keep(wallet: Wallet, card: ReceivedCard, screen: Screen) {
    screen.show("${card.look().name ?: card.credentialType()}, signed by ${card.signedBy() ?: "nobody the app knows"}")
    card.claims().use { screen.show(it) }
    if (screen.agrees("Keep it?")) {
        // Each copy is shown once, so that no two verifiers see the same key.
        val kept = wallet.keep(card, KeepPolicy(reuse = ReusePolicy.OnceOnly))
        screen.show("Kept in ${kept.copies} copies")
    } else {
        wallet.decline(card)
    }
}
