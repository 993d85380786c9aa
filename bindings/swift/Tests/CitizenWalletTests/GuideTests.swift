import CitizenWallet
import Foundation
import Testing

@Suite("The guide", .timeLimit(.minutes(1)))
struct GuideTests {
    @Test("The main job goes as docs/ios.md shows it")
    func job() async throws {
        try await Parties.serving { parties in
            let (anchor, deviceKey) = (MemoryAnchor(), SoftwareDeviceKey())
            let place = try Place(parties: parties)
            let (folder, policy) = (place.folder, place.policy)
            var digits = Data(pin.utf8)
            let link = try await parties.offer()

            // guide: receive
            let platform = Platform(http: URLSessionHttpClient(), anchor: anchor, deviceKey: deviceKey)
            let made = try await Wallet.create(
                in: folder, platform: platform, policy: policy,
                enrolments: Enrolments(pin: Pin(wiping: &digits), recoveryCode: true))
            let wallet = made.wallet
            // The recovery code is told once: have the holder write it down.
            let code = made.recoveryCode

            // Show what is offered, and by whom, and ask.
            let offer = try await wallet.offer(link)
            let details = offer.details()

            let authorized = try await wallet.accept(offer)
            for order in authorized.orders() {
                if case .received(let card) = try await wallet.order(order, from: authorized) {
                    // It is verified. Show it, and ask whether to keep or to decline it.
                    try await wallet.keep(card)
                }
            }
            // guide: end
            #expect(code != nil)
            #expect(details.cards.count == 1)
            let age = try await parties.ask()
            let outcome = try await show(age, wallet)
            #expect(outcome == .accepted)
        }
    }

    // guide: show
    func show(_ link: String, _ wallet: Wallet) async throws -> Outcome? {
        guard case .plan(let plan) = try await wallet.request(link) else {
            // No card fits. Say so, and refuse: the verifier cannot tell this from a holder who says no.
            return nil
        }
        // Show who asks, how that was proven, and each claim that would be shown; and ask.
        let overview = try plan.overview()
        let approved = try await wallet.approve(plan, hash: overview.hash)
        return try await wallet.present(approved).outcome
    }
    // guide: end
}
