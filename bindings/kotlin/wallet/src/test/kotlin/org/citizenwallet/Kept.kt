package org.citizenwallet

/** Receives one [card] in so many copies: its id. */
internal suspend fun Wallet.kept(
    parties: Parties,
    card: String = "resident_card",
    copies: Int = 1,
    policy: KeepPolicy = KeepPolicy(),
): String = receive(parties.offer(card), copies = copies, policy = policy).single().id

/** Shows the verifier who asks in this [link] what it asks for, as a holder who reads and agrees. */
internal suspend fun Wallet.shown(link: String): Presented =
    when (val proposal = request(link)) {
        is Proposal.Plan -> proposal.plan.use { plan -> approve(plan, plan.overview().hash).use { present(it) } }
        is Proposal.Unavailable -> error("no card fits")
    }
