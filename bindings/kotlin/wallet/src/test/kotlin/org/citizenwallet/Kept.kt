package org.citizenwallet

/** Receives one [card] in so many copies: its id. */
internal suspend fun Wallet.kept(
    parties: Parties,
    card: String = "resident_card",
    copies: UShort = 1u,
    policy: KeepPolicy = KeepPolicy(),
): String = work { it.receive(parties.offer(card), null, copies, policy) }.single().id

/** Shows the verifier who asks in this [link] what it asks for, as a holder who reads and agrees. */
internal suspend fun Wallet.shown(link: String): Presented = work { native ->
    val plan = (native.request(link) as Proposal.Plan).plan
    native.present(native.approve(plan, plan.overview().hash, HolderAuth.None))
}
