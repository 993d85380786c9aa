import CitizenWallet
import Foundation

// guide: show
/// Answers the verifier that asks by `link`.
@MainActor
func show(_ link: String, _ wallet: Wallet, _ screen: some Screen) async throws {
    // Nothing has been asked yet: the verifier learns of this phone with the next step.
    if let host = try await Wallet.contacts(of: link) {
        guard await screen.agrees("Ask \(host) what it wants to see?") else { return }
    }
    let proposal = try await wallet.request(link)
    guard case .plan(let plan) = proposal else {
        screen.show("You have no card for this")
        // To the verifier it looks the same as a holder who says no.
        _ = try await wallet.refuse(proposal)
        return
    }
    let hash = try await explain(plan, wallet, screen)
    if await screen.agrees("Show this?") {
        let presented = try await wallet.present(wallet.approve(plan, hash: hash))
        screen.show(presented.outcome == .accepted ? "Shown" : "It was not accepted")
    } else {
        _ = try await wallet.refuse(proposal)
    }
}

/// Tells the holder what the plan means. The hash of what was told is what the holder agrees to.
@MainActor
private func explain(_ plan: ConsentPlan, _ wallet: Wallet, _ screen: some Screen) async throws -> Data {
    let overview = try plan.overview()
    let verifier = overview.request.verifier
    screen.show("\(verifier.domain ?? verifier.clientId) asks")
    if verifier.trust == .unverified { screen.show("Nobody vouches for who that is!") }
    for (place, showing) in overview.showings.enumerated() {
        screen.show("It would see:")
        try await screen.show(wallet.revealed(by: plan, showing: place))
        screen.show("Stays hidden: \(showing.withheld.map(words).joined(separator: ", "))")
    }
    return overview.hash
}
// guide: end
