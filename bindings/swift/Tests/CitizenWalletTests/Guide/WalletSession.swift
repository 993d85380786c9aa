import CitizenWallet
import Foundation

// guide: session
/// The app's one wallet. Lives as long as the process.
@MainActor
final class WalletSession {
    private let folder: URL
    private let platform: Platform
    private let policy: Policy
    private var wallet: Wallet?

    init(folder: URL, platform: Platform, policy: Policy) {
        self.folder = folder
        self.platform = platform
        self.policy = policy
    }

    /// First start: a PIN, and a recovery code for the day the phone forgets its keys. It is unlocked. Have the holder write
    /// the code down: it is told once.
    func setUp(typing digits: inout Data) async throws -> RecoveryCode? {
        let enrolments = Enrolments(pin: try Pin(wiping: &digits), recoveryCode: true)
        let made = try await Wallet.create(in: folder, platform: platform, policy: policy, enrolments: enrolments)
        wallet = made.wallet
        return made.recoveryCode
    }

    /// The wallet, which may be locked; none where the holder has to set one up.
    func open() async throws -> Wallet? {
        if let wallet { return wallet }
        do {
            let opened = try await Wallet.open(in: folder, platform: platform, policy: policy)
            wallet = opened
            return opened
        } catch let error as WalletError where error.code == .storeMissing {
            return nil
        }
    }

    /// Look at the report: an integrity other than sound has to be explained.
    func unlock(typing digits: inout Data) async throws -> UnlockReport? {
        let secret = Secret(wiping: &digits)
        return try await open()?.unlock(with: .pin(secret: secret))
    }

    func lock() async throws {
        try await wallet?.lock()
    }
}
// guide: end
