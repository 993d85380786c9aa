import CitizenWalletFFI
import Foundation

/// The app's way to prove to the wallet's provider that new keys are in a genuine device: App Attest, which attests a key of its
/// own and signs a hash with it. Put the keys into that hash.
public protocol KeyAttester: Sendable {
    /// Attests keys that were just made.
    ///
    /// - Parameters:
    ///   - publicKeys: each a DER SubjectPublicKeyInfo.
    ///   - challenge: the bytes the attestation must contain.
    /// - Throws: a ``KeyStoreError``; the keys are deleted again. Anything else is `host_failed`.
    func attest(publicKeys: [Data], challenge: Data) async throws -> PlatformAttestation
}

/// Holder keys in the Secure Enclave: P-256 keys that sign with SHA-256.
///
/// A key for which the holder must authenticate shows the system's prompt; one prompt serves all signatures of a call. The app
/// must be in the foreground; Face ID needs `NSFaceIDUsageDescription` in its Info.plist. In the simulator keys are ordinary ones,
/// and say so (``SecurityLevel/software``).
public final class SecureEnclaveKeyStore: KeyStore {
    private let keys: OwnKeys
    private let attester: (any KeyAttester)?

    init(_ access: EnclaveAccess, _ holder: any DeviceHolder, _ check: HolderCheck, _ attester: (any KeyAttester)?) {
        keys = OwnKeys(access: access, holder: holder, check: check, prefix: access.owner.prefix(Self.purpose))
        self.attester = attester
    }

    static let purpose = "holder"
    private static let maxKeys: UInt32 = 100

    public func capabilities() async throws -> KeyStoreCapabilities {
        try await answer { [attester] keys in
            let level: SecurityLevel
            switch keys.access.level {
            case .enclave: level = .secureElement
            case .software: level = .software
            case .absent: throw KeyFailed(.unsupported)
            }
            return KeyStoreCapabilities(
                algorithms: [.es256], securityLevel: level, userAuth: keys.holder.canAnswer(keys.check),
                attestation: attester != nil, maxSignaturesPerPrompt: Self.maxKeys)
        }
    }

    public func create(request: CreateKeys) async throws -> [CreatedKey] {
        let isPossible =
            request.algorithm == .es256 && (1...Self.maxKeys).contains(request.count)
            && (request.attestationChallenge == nil || attester != nil)
        guard isPossible else { throw KeyStoreError.unsupported }
        let made = try await answer { keys in
            let rules = try keys.rules(asking: request.userAuth == .everyUse)
            return try Self.make(Int(request.count), rules, keys)
        }
        guard let attester, let challenge = request.attestationChallenge else { return made }
        do {
            let attestation = try await attester.attest(publicKeys: made.map(\.publicKeySpki), challenge: challenge)
            return made.map { CreatedKey(handle: $0.handle, publicKeySpki: $0.publicKeySpki, attestation: attestation) }
        } catch {
            let keys = keys
            // To its end, also where the task was cancelled meanwhile.
            try? await toTheEnd { try await onEnclaveQueue { Self.remove(made.map(\.handle), keys) } }
            throw error
        }
    }

    public func sign(request: SignRequest) async throws -> Data {
        try await signMany(requests: [request])[0]
    }

    public func signMany(requests: [SignRequest]) async throws -> [Data] {
        guard requests.allSatisfy({ $0.algorithm == .es256 }) else { throw KeyStoreError.unsupported }
        let prompt = keys.holder.prompt()
        return try await answer(closing: prompt) { keys in
            // All are looked at before the holder is asked for anything.
            let rules = try requests.map { try keys.rules(of: $0.handle) }
            return try zip(requests, rules).map { request, rules in
                try keys.use(request.handle, rules, prompt) { enclave, tag, prompt in
                    try enclave.sign(tag, request.bytes, prompt)
                }
            }
        }
    }

    public func delete(handle: String) async throws {
        try await answer { keys in try keys.delete(handle) }
    }

    public func list() async throws -> [String] {
        try await answer { keys in try keys.list() }
    }

    /// All or none.
    private static func make(_ count: Int, _ rules: KeyRules, _ keys: OwnKeys) throws -> [CreatedKey] {
        let handles = (0..<count).map { _ in UUID().uuidString.lowercased() }
        do {
            return try handles.map { handle in
                try keys.make(handle, rules)
                return CreatedKey(handle: handle, publicKeySpki: try spki(keys.publicKey(of: handle)), attestation: nil)
            }
        } catch {
            remove(handles, keys)
            throw error
        }
    }

    private static func remove(_ handles: [String], _ keys: OwnKeys) {
        for handle in handles {
            // No card will name it: one that stays is found by `list` later.
            try? keys.delete(handle)
        }
    }

    /// RFC 5480: what stands before every point of P-256.
    private static func spki(_ point: Data) throws -> Data {
        guard point.count == 65, point.first == 4 else { throw KeyFailed(.hardwareFault) }
        let head: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
            0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ]
        return Data(head) + point
    }

    private func answer<Value: Sendable>(
        closing prompt: (any Prompt)? = nil, _ work: @escaping @Sendable (OwnKeys) throws -> Value
    ) async throws -> Value {
        do {
            return try await onEnclaveQueue(closing: prompt) { [keys] in try work(keys) }
        } catch let failed as KeyFailed {
            throw KeyStoreError(failed.failure)
        }
    }
}
