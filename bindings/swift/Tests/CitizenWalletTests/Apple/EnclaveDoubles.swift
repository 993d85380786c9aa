// The double's P-256 is that of a Rust library for these tests only; there is none in the XCFramework.
#if canImport(CitizenWalletGlue)

@testable import CitizenWallet
import CitizenWalletGlue
import Foundation

/// A Secure Enclave in memory, with real keys and with the faults of real ones.
final class DoubleEnclave: Enclave {
    struct Key: Sendable {
        var rules: KeyRules
        let secret: Data
        /// Whose, if it is for these alone.
        let faces: Enrolment
    }

    struct State: Sendable {
        var keys: [String: Key] = [:]
        var calls: [String] = []
        var level = EnclaveLevel.enclave
        /// Says that nothing is there, without an error.
        var isForgetful = false
        /// Called before each operation; throws to make it fail.
        var before: @Sendable (_ call: String) throws -> Void = { _ in }
        /// Called after each operation took effect.
        var after: @Sendable (_ call: String) throws -> Void = { _ in }
        /// The secret of the next key; a random one if there is none.
        var next: Data?
    }

    let state = Shared(State())
    private let holder: DoubleHolder

    init(_ holder: DoubleHolder) {
        self.holder = holder
    }

    var level: EnclaveLevel { state.value.level }

    func create(_ tag: String, _ rules: KeyRules) throws {
        try call("create \(tag)") {
            state.change { state in
                let random = Data((0..<32).map { _ in UInt8.random(in: 0...127) })
                state.keys[tag] = Key(rules: rules, secret: state.next ?? random, faces: holder.state.value.enrolment)
                state.next = nil
            }
        }
    }

    func rules(of tag: String) throws -> KeyRules? {
        try call("rules \(tag)") { state.value.isForgetful ? nil : state.value.keys[tag]?.rules }
    }

    func publicKey(of tag: String) throws -> Data {
        try call("public \(tag)") { try publicPoint(privateKey: key(tag).secret) }
    }

    func agree(_ tag: String, with point: Data, _ prompt: (any Prompt)?) throws -> Data {
        try call("agree \(tag)") { try CitizenWalletGlue.agree(privateKey: allowed(tag, prompt), point: point) }
    }

    func sign(_ tag: String, _ message: Data, _ prompt: (any Prompt)?) throws -> Data {
        try call("sign \(tag)") { try CitizenWalletGlue.sign(privateKey: allowed(tag, prompt), message: message) }
    }

    func relabel(_ tag: String, _ rules: KeyRules) throws {
        try call("relabel \(tag)") { state.change { $0.keys[tag]?.rules = rules } }
    }

    func delete(_ tag: String) throws {
        try call("delete \(tag)") { state.change { $0.keys[tag] = nil } }
    }

    func tags() throws -> [String] {
        try call("tags") { state.value.isForgetful ? [] : Array(state.value.keys.keys) }
    }

    /// The names of keys that begin with this.
    func names(_ prefix: String) -> Set<String> {
        Set(state.value.keys.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }

    /// The next calls that begin with `call` fail so.
    func fail(_ call: String, times: Int = .max, _ symptoms: Symptom...) {
        let left = Shared(times)
        let error = symptoms.reduce(nil as NSError?) { cause, symptom in
            NSError(domain: domain(symptom), code: symptom.code, userInfo: cause.map { [NSUnderlyingErrorKey: $0] } ?? [:])
        }
        state.change {
            $0.before = { now in
                guard now.hasPrefix(call), left.change({ left in defer { left -= 1 }; return left > 0 }) else { return }
                throw SystemError(error!)
            }
        }
    }

    func work() {
        state.change { $0.before = { _ in }; $0.after = { _ in }; $0.isForgetful = false }
    }

    private func domain(_ symptom: Symptom) -> String {
        switch symptom.domain {
        case .security: "NSOSStatusErrorDomain"
        case .authentication: "com.apple.LocalAuthentication"
        case .token: "CryptoTokenKit"
        case .other: "Another"
        }
    }

    private func call<Value>(_ name: String, _ action: () throws -> Value) throws -> Value {
        let (before, after) = state.change { state in
            state.calls.append(name)
            return (state.before, state.after)
        }
        try before(name)
        let value = try action()
        try after(name)
        return value
    }

    private func key(_ tag: String) throws -> Key {
        guard let key = state.value.keys[tag], !state.value.isForgetful else {
            throw SystemError(status: Int32(SecurityCode.itemNotFound))
        }
        return key
    }

    private func allowed(_ tag: String, _ prompt: (any Prompt)?) throws -> Data {
        let key = try key(tag)
        if key.rules == .open { return key.secret }
        guard let prompt = prompt as? DoublePrompt else {
            throw SystemError(status: Int32(SecurityCode.interactionNotAllowed))
        }
        // Without a prompt, as the enclave does; and it says no more than this.
        let faces = holder.state.value.enrolment
        if case .enrolled = key.rules, faces != .unknown, faces != key.faces {
            throw SystemError(Symptom(.token, TokenCode.corruptedData))
        }
        try prompt.show()
        return key.secret
    }
}

/// A holder who passes every prompt unless told otherwise.
final class DoubleHolder: DeviceHolder {
    struct State: Sendable {
        var canAnswer = true
        var enrolment = Enrolment.state(Data([1]))
        /// The version of the system, which names the same faces in its own way.
        var system = Data()
        var shown = 0
        /// The errors the next prompts end with.
        var refusals: [Symptom] = []
        /// Called while a prompt is open.
        var whileOpen: @Sendable () -> Void = {}
    }

    let state = Shared(State())

    var enrolment: Enrolment {
        let state = state.value
        guard case .state(let faces) = state.enrolment else { return state.enrolment }
        return .state(state.system + faces)
    }

    func canAnswer(_ check: HolderCheck) -> Bool { state.value.canAnswer }

    func prompt() -> any Prompt { DoublePrompt(self) }
}

/// Shown once, and remembered.
final class DoublePrompt: Prompt {
    private let holder: DoubleHolder
    private let isPassed = Shared(false)
    private let isClosed = Shared(false)

    init(_ holder: DoubleHolder) {
        self.holder = holder
    }

    func close() {
        isClosed.change { $0 = true }
    }

    func show() throws {
        if isPassed.value { return }
        let (refusal, whileOpen) = holder.state.change { state in
            state.shown += 1
            return (state.refusals.isEmpty ? nil : state.refusals.removeFirst(), state.whileOpen)
        }
        whileOpen()
        if isClosed.value { throw SystemError(Symptom(.authentication, AuthenticationCode.appCancel)) }
        if let refusal { throw SystemError(refusal) }
        isPassed.change { $0 = true }
    }
}

/// A phone of Apple's with everything in it that the wallet uses.
struct ApplePhone {
    let holder = DoubleHolder()
    let enclave: DoubleEnclave
    let keychain = DoubleKeychain()
    let pauses = Shared<[UInt32]>([])

    init() {
        enclave = DoubleEnclave(holder)
    }

    func access(_ owner: KeyOwner = Self.owner) -> EnclaveAccess {
        EnclaveAccess(enclave, of: owner) { [pauses] milliseconds in pauses.change { $0.append(milliseconds) } }
    }

    static let owner = KeyOwner(app: "an.app", store: "wallet")
    /// What the tags of its keys begin with.
    static let (devicePrefix, holderPrefix) = (
        owner.prefix(SecureEnclaveDeviceKey.purpose), owner.prefix(SecureEnclaveKeyStore.purpose)
    )

    func deviceKey(_ check: HolderCheck = .biometryOrPasscode, of owner: KeyOwner = Self.owner) -> SecureEnclaveDeviceKey {
        SecureEnclaveDeviceKey(access(owner), holder, check)
    }

    func keyStore(
        _ check: HolderCheck = .biometryOrPasscode, attester: (any KeyAttester)? = nil, of owner: KeyOwner = Self.owner
    ) -> SecureEnclaveKeyStore {
        SecureEnclaveKeyStore(access(owner), holder, check, attester)
    }
}

#endif
