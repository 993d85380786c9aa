import CitizenWallet

// guide: advice
/// What to tell the holder: by the codes that have a screen of their own, and else by who can act.
func advice(_ error: WalletError) -> String {
    switch error.code {
    case .wrongSecret: return "That is not it." + (error.triesLeft.map { " You have \($0) more tries." } ?? "")
    case .lockedOut: return "Too many tries." + (error.retryAfter.map { " Wait for \($0.formatted())." } ?? "")
    case .deviceKeyMissing, .deviceKeyInvalidated: return "This phone lost the wallet's key. Use the recovery code."
    default: break
    }
    let who =
        switch error {
        case .holder: "That did not work. Please try again."
        case .issuer: "The issuer made a mistake or refused. Nothing was kept."
        case .verifier: "The one who asks made a mistake or cannot be trusted. Nothing was shown."
        case .device: "The phone cannot do this now: its network, its storage or its keys."
        case .app, .bug: "This app has a fault."
        }
    return "\(who) (\(error.code.text))"
}
// guide: end
