import org.citizenwallet.ConsentPlan
import org.citizenwallet.Outcome
import org.citizenwallet.Proposal
import org.citizenwallet.VerifierTrust
import org.citizenwallet.Wallet
import org.citizenwallet.approve
import org.citizenwallet.contacts
import org.citizenwallet.present
import org.citizenwallet.refuse
import org.citizenwallet.request
import org.citizenwallet.revealed

/** Answers the verifier that asks by [link]. */
suspend fun present(wallet: Wallet, link: String, screen: Screen) {
    // Nothing has been asked yet: the verifier learns of this phone with the next step.
    val host = Wallet.contacts(link)
    if (host != null && !screen.agrees("Ask $host what it wants to see?")) return
    when (val proposal = wallet.request(link)) {
        is Proposal.Plan ->
            proposal.plan.use { plan ->
                val hash = explain(wallet, plan, screen)
                if (screen.agrees("Show this?")) {
                    wallet.approve(plan, hash).use { approved ->
                        val presented = wallet.present(approved)
                        screen.show(if (presented.outcome == Outcome.Accepted) "Shown" else "It was not accepted")
                    }
                } else {
                    wallet.refuse(proposal)
                }
            }
        // To the verifier it looks the same as a holder who says no.
        is Proposal.Unavailable -> {
            screen.show("You have no card for this")
            proposal.plan.use { wallet.refuse(proposal) }
        }
    }
}

/** Tells the holder what the plan means. The hash of what was told is what the holder agrees to. */
private suspend fun explain(wallet: Wallet, plan: ConsentPlan, screen: Screen): ByteArray {
    val overview = plan.overview()
    val verifier = overview.request.verifier
    screen.show("${verifier.domain ?: verifier.clientId} asks")
    if (verifier.trust == VerifierTrust.Unverified) screen.show("Nobody vouches for who that is!")
    overview.showings.forEachIndexed { place, showing ->
        screen.show("It would see:")
        wallet.revealed(plan, place).use { screen.show(it) }
        screen.show("Stays hidden: ${showing.withheld.joinToString { words(it) }}")
    }
    return overview.hash
}
