import CitizenWalletFFI
import Foundation

/// The vault's hardware key: a P-256 key of the Secure Enclave for each alias, which never leaves it.
///
/// The function is that of docs/crypto.md: the input is hashed to a point of the curve, the enclave multiplies it with its key,
/// and the product is hashed.
///
/// - A key for a PIN (`appOnly`) asks for nothing: neither new faces nor the removal of the passcode end it. Before the first
///   unlock after the phone started it answers `unavailableNow`.
/// - A key for the operating system's authentication (`userAuth`) shows the system's prompt at each use. The app must be in the
///   foreground; Face ID needs `NSFaceIDUsageDescription` in its Info.plist.
///
/// Keys do not come to a new phone, nor back from a backup on an erased one: give each wallet a recovery code or a passphrase
/// too. In the simulator they are ordinary keys, and say so (``DeviceKeyLevel/software``).
public final class SecureEnclaveDeviceKey: DeviceKey {
    private let keys: OwnKeys

    init(_ access: EnclaveAccess, _ holder: any DeviceHolder, _ check: HolderCheck) {
        keys = OwnKeys(access: access, holder: holder, check: check, prefix: access.owner.prefix(Self.purpose))
    }

    static let purpose = "device"

    public func capabilities() async throws -> DeviceKeyCapabilities {
        try await answer { keys in
            let level: DeviceKeyLevel
            switch keys.access.level {
            case .enclave: level = .secureElement
            case .software: level = .software
            case .absent: throw KeyFailed(.unsupported)
            }
            return DeviceKeyCapabilities(
                level: level, userAuth: keys.holder.canAnswer(keys.check),
                survivesBiometricChange: keys.check != .currentBiometry)
        }
    }

    public func create(alias: String, policy: DeviceKeyPolicy) async throws {
        try await answer { keys in try keys.make(alias, keys.rules(asking: policy == .userAuth)) }
    }

    public func prf(alias: String, input: Data) async throws -> Data {
        let prompt = keys.holder.prompt()
        return try await answer(closing: prompt) { keys in
            let point = try agreementPoint(input: input)
            var shared = try keys.use(alias, keys.rules(of: alias), prompt) { enclave, tag, prompt in
                try enclave.agree(tag, with: point, prompt)
            }
            defer { shared.wipe() }
            guard shared.count == 32 else { throw KeyFailed(.hardwareFault) }
            return try agreementOutput(input: input, shared: shared)
        }
    }

    public func delete(alias: String) async throws {
        try await answer { keys in try keys.delete(alias) }
    }

    public func list() async throws -> [String] {
        try await answer { keys in try keys.list() }
    }

    private func answer<Value: Sendable>(
        closing prompt: (any Prompt)? = nil, _ work: @escaping @Sendable (OwnKeys) throws -> Value
    ) async throws -> Value {
        do {
            return try await onEnclaveQueue(closing: prompt) { [keys] in try work(keys) }
        } catch let failed as KeyFailed {
            throw DeviceKeyError(failed.failure)
        }
    }
}
