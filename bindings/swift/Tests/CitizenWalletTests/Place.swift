import CitizenWallet
import Foundation
import Testing

/// The PIN of these tests.
let pin = "739154"

/// What is typed.
func typed(_ text: String = pin) -> Secret {
    var bytes = Data(text.utf8)
    return Secret(wiping: &bytes)
}

/// What is typed to unlock.
func unlocking(_ digits: String = pin) -> UnlockWith {
    .pin(secret: typed(digits))
}

/// A passphrase of these tests.
let phrase = "four brown horses under a slow bridge"

/// What a PIN is enrolled with.
func newPin(_ digits: String = pin) throws -> Pin {
    var bytes = Data(digits.utf8)
    return try Pin(wiping: &bytes)
}

/// What a passphrase is enrolled with.
func newPassphrase(_ text: String = phrase) throws -> Passphrase {
    var bytes = Data(text.utf8)
    return try Passphrase(wiping: &bytes)
}

/// What ``pin`` is enrolled with.
func pinned() throws -> Enrolments {
    Enrolments(pin: try newPin(), recoveryCode: true)
}

/// The code a call ends with, or none if it ends well.
func outcome(
    isolation: isolated (any Actor)? = #isolation, _ call: () async throws -> some Sendable
) async throws -> ErrorCode? {
    do {
        _ = try await call()
        return nil
    } catch let error as WalletError {
        return error.code
    }
}

/// The folder of what these tests write. It goes when they end: a wallet may outlive what made it.
let temporary: URL = {
    atexit { try? FileManager.default.removeItem(at: temporary) }
    let name = "wallet-tests-\(ProcessInfo.processInfo.processIdentifier)"
    return FileManager.default.temporaryDirectory.appendingPathComponent(name)
}()

/// Where a wallet of a test lives: an own folder, and a phone that outlives the wallet, so that one can be closed and opened again
/// as after the death of the process.
final class Place: Sendable {
    /// The folder of the store.
    let folder: URL
    let platform: Platform
    let policy: Policy
    private let settings: VaultSettings

    init(
        parties: Parties? = nil, deviceKey: DeviceKey? = SoftwareDeviceKey(), anchor: AnchorStore = MemoryAnchor(),
        http: HttpClient? = nil, keyStore: KeyStore? = nil, attestation: AttestationProvider? = nil,
        clock: CitizenWallet.Clock? = nil, progress: ProgressObserver? = nil, lock: LockObserver? = nil,
        idleSeconds: UInt64 = 60, requestsPerMinute: UInt16 = 1000, transactions: [TransactionDataType] = [], webIssuers: [String] = [],
        issuerDids: [String] = [], ledgers: [Ledger] = [], anchoring: [AnchoringIssuer] = [], root: URL? = nil
    ) throws {
        folder = (root ?? temporary.appendingPathComponent(UUID().uuidString)).appendingPathComponent("store")
        platform = Platform(
            http: http ?? (parties == nil ? Network.none : URLSessionHttpClient()), anchor: anchor, deviceKey: deviceKey,
            keyStore: keyStore, attestation: attestation, clock: clock, progress: progress, lock: lock)
        let anchors = [parties?.anchors].compactMap { $0 }
        policy = Policy(
            trust: Trust(
                issuerCertificates: anchors, verifierCertificates: anchors, webIssuers: webIssuers, issuerDids: issuerDids),
            clientId: "https://wallet.example",
            redirectUri: "https://wallet.example/cb", allowLoopbackHttp: parties != nil,
            requestsPerMinute: requestsPerMinute, transactionDataTypes: transactions, ledgers: ledgers, anchors: anchoring)
        settings = VaultSettings(keyDerivation: .fixed(memoryKib: 19456, passes: 3), lockAfterIdleSeconds: idleSeconds)
    }

    /// A new wallet, by default with ``pin``. It is unlocked.
    func create(_ enrolments: Enrolments? = nil) async throws -> Wallet {
        try await createTelling(enrolments).wallet
    }

    /// As ``create(_:)``, with the recovery code if there is one.
    func createTelling(_ enrolments: Enrolments? = nil) async throws -> NewWallet {
        try await Wallet.create(
            in: folder, platform: platform, policy: policy, enrolments: enrolments ?? pinned(), settings: settings)
    }

    /// The wallet made before, unlocked.
    func openUnlocked() async throws -> Wallet {
        let wallet = try await open()
        try await wallet.unlock(with: unlocking())
        return wallet
    }

    /// The wallet made before, locked; on another `platform` if there is one.
    func open(_ platform: Platform? = nil) async throws -> Wallet {
        try await Wallet.open(in: folder, platform: platform ?? self.platform, policy: policy, settings: settings)
    }
}

/// Runs `call`, which must fail with `code`; the error.
@discardableResult
func failing(
    _ code: ErrorCode, at location: SourceLocation = #_sourceLocation, isolation: isolated (any Actor)? = #isolation,
    _ call: () async throws -> some Sendable
) async throws -> WalletError {
    do {
        _ = try await call()
    } catch let error as WalletError {
        #expect(error.code == code, sourceLocation: location)
        return error
    }
    throw Unexpected("no \(code) at line \(location.line)")
}
