import CitizenWallet

// guide: links
/// What to do with a link. The wallet is unlocked, and the holder has not agreed to anything yet.
@MainActor
func handle(_ link: String, _ wallet: Wallet, _ screens: some Screens) async throws {
    // The answer of the browser. A link that answers no authorization of this wallet changes nothing.
    if link.hasPrefix("https://wallet.example/back?") {
        return try await screens.authorized(wallet.resume(link))
    }
    switch try await Wallet.intent(of: link, from: .link) {
    case .offer: screens.offered(link)
    case .presentation: screens.asked(link)
    case .proximity, .unknown: screens.unknown()
    }
}
// guide: end

/// The app's screens.
@MainActor
protocol Screens {
    func authorized(_ authorized: AuthorizedIssuance)
    func offered(_ link: String)
    func asked(_ link: String)
    func unknown()
}
