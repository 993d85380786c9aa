import Foundation

/// How the holder shows to the operating system that it is them.
public enum HolderCheck: Sendable {
    /// Face ID or Touch ID, or the device's passcode. Survives a change of the enrolled faces and fingers.
    case biometryOrPasscode
    /// Face ID or Touch ID and nothing else. Survives a change of the enrolled ones.
    case biometry
    /// The faces and fingers that are enrolled when the key is made: another one ends the key.
    case currentBiometry
}

/// What the wallet asks of the Secure Enclave and of the keychain that names its keys: a few operations by tag. The
/// implementation is `SecurityEnclave`; whatever the system answers comes out as a ``SystemError``, and ``EnclaveAccess`` reads
/// it. Every function blocks.
///
/// No key object is ever kept: after a key was deleted and made again under its tag, an old object means the old key.
protocol Enclave: Sendable {
    /// Where this device puts keys.
    var level: EnclaveLevel { get }

    /// Makes a key; there is none of that tag.
    func create(_ tag: String, _ rules: KeyRules) throws

    /// What the key was made with; none if there is no such key.
    func rules(of tag: String) throws -> KeyRules?

    /// The public half: 65 bytes, uncompressed.
    func publicKey(of tag: String) throws -> Data

    /// The x coordinate of the key times `point`. A key that asks for the holder shows `prompt`.
    func agree(_ tag: String, with point: Data, _ prompt: (any Prompt)?) throws -> Data

    /// A signature with SHA-256, in DER. A key that asks for the holder shows `prompt`.
    func sign(_ tag: String, _ message: Data, _ prompt: (any Prompt)?) throws -> Data

    /// Writes other rules beside the key; it keeps its own. Never shows a prompt.
    func relabel(_ tag: String, _ rules: KeyRules) throws

    /// Deletes the key, if it is there.
    func delete(_ tag: String) throws

    /// The tags of all keys this app can use, other apps' that it shares a group with among them.
    func tags() throws -> [String]
}

/// Where a device puts keys.
enum EnclaveLevel: Sendable {
    case enclave
    /// In the simulator: an ordinary key of the keychain.
    case software
    /// Nowhere: there is no Secure Enclave.
    case absent
}

/// The rules a key is made under. They cannot be changed later, and are written beside the key; how the system names
/// the enrolled ones may change.
enum KeyRules: Equatable, Sendable {
    /// The holder is not asked.
    case open
    /// Face, finger or passcode at each use.
    case presence
    /// Face or finger at each use.
    case biometry
    /// One of the faces and fingers that this value of the system stands for, at each use.
    case enrolled(Data)

    init?(label: String) {
        switch label {
        case "open": self = .open
        case "presence": self = .presence
        case "biometry": self = .biometry
        default:
            guard label.hasPrefix(Self.enrolledPrefix),
                let state = Data(base64Encoded: String(label.dropFirst(Self.enrolledPrefix.count)))
            else { return nil }
            self = .enrolled(state)
        }
    }

    /// How they are written.
    var label: String {
        switch self {
        case .open: "open"
        case .presence: "presence"
        case .biometry: "biometry"
        case .enrolled(let state): Self.enrolledPrefix + state.base64EncodedString()
        }
    }

    private static let enrolledPrefix = "enrolled "

    /// Whether the enrolled faces and fingers are certainly not those it was made for.
    func haveEnded(with now: Enrolment) -> Bool {
        guard case .enrolled(let then) = self else { return false }
        switch now {
        case .state(let state): return state != then
        case .nobody: return true
        case .unknown: return false
        }
    }
}

/// The enrolled faces and fingers, as far as the system tells.
enum Enrolment: Equatable, Sendable {
    /// A value that changes with them.
    case state(Data)
    /// None is enrolled.
    case nobody
    /// It does not tell now: too many failed, or the app may not ask.
    case unknown
}

/// The holder before the device. The implementation is `SystemHolder`.
protocol DeviceHolder: Sendable {
    /// Whether the holder can authenticate in this way: now, or once the passcode was used.
    func canAnswer(_ check: HolderCheck) -> Bool

    var enrolment: Enrolment { get }

    /// A prompt that is shown when a key asks for it, and answers for all keys it is given to after that.
    func prompt() -> any Prompt
}

extension DeviceHolder {
    /// The rules of a key that answers all the same, if the system has another value for the enrolled faces and fingers now: an
    /// update of the system may change it, and they are those it was made for. None if they are written as they are.
    func renamed(_ rules: KeyRules) -> KeyRules? {
        guard case .enrolled(let then) = rules, case .state(let now) = enrolment, now != then else { return nil }
        return .enrolled(now)
    }
}

/// A prompt of the system. The implementation is `SystemPrompt`.
protocol Prompt: AnyObject, Sendable {
    /// Closes it, also before it was shown.
    func close()
}
