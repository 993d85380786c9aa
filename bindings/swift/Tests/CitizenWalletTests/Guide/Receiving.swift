import CitizenWallet
import Foundation

// guide: receive
/// Receives what the issuer offers by `link`.
@MainActor
func receive(_ link: String, _ wallet: Wallet, _ screen: some Screen) async throws {
    let offer = try await wallet.offer(link)
    let details = offer.details()
    for card in details.cards { screen.show("\(details.issuer) offers: \(card.look.name ?? card.configurationId)") }
    guard await screen.agrees("Go on?") else { return }
    var code: Secret?
    if let asked = details.txCode {
        var typed = await screen.typed(asked.descriptionText ?? "The code the issuer gave you")
        code = Secret(wiping: &typed)
    }
    let authorized = try await wallet.accept(offer, txCode: code)
    for order in authorized.orders() {
        // Three copies, each with a key of its own.
        switch try await wallet.order(order, from: authorized, copies: 3) {
        case .received(let card): try await keep(card, wallet, screen)
        case .deferred: screen.show("It comes later: ask with Wallet.pollDeferred")
        }
    }
}

@MainActor
private func keep(_ card: ReceivedCard, _ wallet: Wallet, _ screen: some Screen) async throws {
    // It is verified, and not stored yet.
    screen.show("\(try card.look().name ?? card.credentialType()), signed by \(try card.signedBy() ?? "nobody the app knows")")
    try screen.show(card.claims())
    if await screen.agrees("Keep it?") {
        // Each copy is shown once, so that no two verifiers see the same key.
        let kept = try await wallet.keep(card, policy: KeepPolicy(reuse: .onceOnly))
        screen.show("Kept in \(kept.copies) copies")
    } else {
        _ = try await wallet.decline(card)
    }
}
// guide: end
