@testable import CitizenWallet
import Foundation
import LocalAuthentication
import Security
import Testing

@Suite("What Apple's frameworks are asked", .serialized)
struct FrameworkTests {
    private let enclave = SecurityEnclave()
    private let keychain = SecurityKeychain(service: "a.service")

    init() {
        Framework.reset()
        System.policies = []
        System.error = nil
        System.state = nil
    }

    @Test("The anchor's items stay on this device, are not synchronised, and are found by service and account")
    func anchor() throws {
        try keychain.add("cell", Data([1]))
        try keychain.update("cell", Data([2]))
        try keychain.delete("cell")
        Framework.found = NSData(data: Data([3]))
        #expect(try keychain.read("cell") == Data([3]))
        #expect(Framework.asked.map(\.call) == ["add", "update", "delete", "match"])
        for (_, with) in Framework.asked {
            #expect(with[kSecClass] as? String == kSecClassGenericPassword)
            #expect(with[kSecAttrService] as? String == "a.service")
            #expect(with[kSecAttrAccount] as? String == "cell")
            #expect(with[kSecAttrSynchronizable] as? Bool == false)
            #expect(with[kSecUseDataProtectionKeychain] as? Bool == true)
        }
        #expect(Framework.asked[0].with[kSecAttrAccessible] as? String == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
        #expect(Framework.asked[0].with[kSecValueData] as? Data == Data([1]))
        #expect(Framework.asked[1].with[kSecValueData] as? Data == Data([2]))
    }

    @Test("What is found and has another form is an item that cannot be read")
    func forms() {
        Framework.found = NSNumber(value: 1)
        let unreadable = SystemError(status: errSecDecode)
        #expect(throws: unreadable) { try keychain.read("cell") }
        #expect(throws: unreadable) { try enclave.publicKey(of: "tag") }
    }

    @Test("A status that is not success comes out as it is")
    func statuses() {
        Framework.status = -25308
        let locked = SystemError(status: -25308)
        #expect(throws: locked) { try keychain.read("cell") }
        #expect(throws: locked) { try keychain.add("cell", Data()) }
        #expect(throws: locked) { try keychain.update("cell", Data()) }
        #expect(throws: locked) { try keychain.delete("cell") }
        #expect(throws: locked) { try enclave.rules(of: "tag") }
        #expect(throws: locked) { try enclave.tags() }
        #expect(throws: locked) { try enclave.delete("tag") }
        #expect(throws: locked) { try enclave.sign("tag", Data(), nil) }
    }

    @Test("An error of Security comes out with those beneath it")
    func errors() {
        let cause = NSError(domain: "com.apple.LocalAuthentication", code: -2)
        Framework.error = CFError(domain: "CryptoTokenKit", code: -4, userInfo: [NSUnderlyingErrorKey: cause])
        Framework.found = SecKey()
        let expected = SystemError(Symptom(.token, -4), Symptom(.authentication, -2))
        #expect(throws: expected) { try enclave.create("tag", .open) }
        #expect(throws: expected) { try enclave.sign("tag", Data(), nil) }
        #expect(throws: expected) { try enclave.publicKey(of: "tag") }
    }

    @Test("Where there is nothing, nothing is found: no rules, no tags, no key; and deleting is no error")
    func nothing() throws {
        Framework.status = errSecItemNotFound
        #expect(try enclave.rules(of: "tag") == nil)
        #expect(try enclave.tags().isEmpty)
        try enclave.delete("tag")
        #expect(throws: SystemError(status: errSecItemNotFound)) { try enclave.publicKey(of: "tag") }
    }

    @Test("A key is made in the enclave, on this device, under its rules, and these are its label")
    func keys() throws {
        let (opened, unlocked) = (kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, kSecAttrAccessibleWhenUnlockedThisDeviceOnly)
        try makes(.open, [.privateKeyUsage], opened)
        try makes(.presence, [.privateKeyUsage, .userPresence], unlocked)
        try makes(.biometry, [.privateKeyUsage, .biometryAny], unlocked)
        try makes(.enrolled(Data([1])), [.privateKeyUsage, .biometryCurrentSet], unlocked)
    }

    private func makes(_ rules: KeyRules, _ flags: SecAccessControlCreateFlags, _ accessible: String) throws {
        try enclave.create("tag", rules)
        let with = try #require(Framework.asked.last?.with)
        #expect(with[kSecAttrTokenID] as? String == kSecAttrTokenIDSecureEnclave)
        #expect(with[kSecAttrKeyType] as? String == kSecAttrKeyTypeECSECPrimeRandom)
        #expect(with[kSecAttrKeySizeInBits] as? Int == 256)
        #expect(with[kSecUseDataProtectionKeychain] as? Bool == true)
        let ofPrivateKey = try #require(with[kSecPrivateKeyAttrs] as? [String: Any])
        #expect(ofPrivateKey[kSecAttrIsPermanent] as? Bool == true)
        #expect(ofPrivateKey[kSecAttrApplicationTag] as? Data == Data("tag".utf8))
        #expect(ofPrivateKey[kSecAttrLabel] as? String == rules.label)
        let access = try #require(ofPrivateKey[kSecAttrAccessControl] as? SecAccessControl)
        #expect(access.flags == flags)
        #expect(access.accessible == accessible)
    }

    @Test("A key is used by its tag, with the prompt it was given, and by the right algorithm")
    func uses() throws {
        Framework.found = SecKey()
        let prompt = SystemPrompt(reason: "a reason")
        #expect(try enclave.agree("tag", with: Data([4, 1]), prompt) == Data(repeating: 5, count: 32))
        #expect(Framework.shared.allSatisfy { $0 == 0 })
        #expect(try enclave.sign("tag", Data([7]), nil) == Data([6]))
        #expect(try enclave.publicKey(of: "tag") == Data([4]))
        let calls = Framework.asked.map(\.call)
        #expect(calls == ["match", "read", "agree", "match", "sign", "match", "represent"])
        for (call, with) in Framework.asked where call == "match" {
            #expect(with[kSecClass] as? String == kSecClassKey)
            #expect(with[kSecAttrKeyClass] as? String == kSecAttrKeyClassPrivate)
            #expect(with[kSecAttrApplicationTag] as? Data == Data("tag".utf8))
            #expect(with[kSecReturnRef] as? Bool == true)
        }
        #expect(Framework.asked[0].with[kSecUseAuthenticationContext] as? LAContext === prompt.context)
        #expect(Framework.asked[3].with[kSecUseAuthenticationContext] == nil)
        #expect(Framework.asked[1].with[kSecValueData] as? Data == Data([4, 1]))
        #expect(Framework.asked[1].with[kSecAttrKeyClass] as? String == kSecAttrKeyClassPublic)
        #expect(Framework.asked[2].with["algorithm"] as? SecKeyAlgorithm == .ecdhKeyExchangeStandard)
        #expect(Framework.asked[4].with["algorithm"] as? SecKeyAlgorithm == .ecdsaSignatureMessageX962SHA256)
        #expect(Framework.asked[4].with[kSecValueData] as? Data == Data([7]))
    }

    @Test("Rules are written anew beside a key, and nobody is asked for that")
    func relabelled() throws {
        try enclave.relabel("tag", .enrolled(Data([2])))
        #expect(Framework.asked.map(\.call) == ["update"])
        #expect(Framework.asked[0].with[kSecAttrApplicationTag] as? Data == Data("tag".utf8))
        #expect(Framework.asked[0].with[kSecAttrLabel] as? String == KeyRules.enrolled(Data([2])).label)
        #expect((Framework.asked[0].with[kSecUseAuthenticationContext] as? LAContext)?.interactionNotAllowed == true)
        Framework.status = -25308
        #expect(throws: SystemError(status: -25308)) { try enclave.relabel("tag", .open) }
    }

    @Test("Tags and services name the store")
    func stores() async throws {
        let platform = AppleWallet.platform(store: "second") { "a reason" }
        let input = Data(count: 32)
        Framework.status = -25308
        _ = try? await platform.deviceKey?.prf(alias: "a", input: input)
        _ = try? await platform.keyStore?.delete(handle: "a")
        _ = try? platform.anchor.read(name: "a")
        let app = Bundle.main.bundleIdentifier ?? ""
        let tags = Set(Framework.asked.compactMap { ($0.with[kSecAttrApplicationTag] as? Data).map { String(decoding: $0, as: UTF8.self) } })
        #expect(tags == ["device", "holder"].reduce(into: []) { $0.insert("org.citizenwallet.\($1)/\(app)/second/a") })
        #expect(Set(Framework.asked.compactMap { $0.with[kSecAttrService] as? String }) == ["org.citizenwallet.anchor/\(app)/second/"])
    }

    @Test("The holder is asked in the way that was chosen, and what is enrolled is told, none, or not known")
    func holder() {
        let holder = SystemHolder { "a reason" }
        for check in [HolderCheck.biometryOrPasscode, .biometry, .currentBiometry] { #expect(holder.canAnswer(check)) }
        let biometrics = LAPolicy.deviceOwnerAuthenticationWithBiometrics
        #expect(System.policies == [.deviceOwnerAuthentication, biometrics, biometrics])
        #expect(holder.enrolment == .unknown)
        System.state = Data([1])
        #expect(holder.enrolment == .state(Data([1])))
        System.error = .biometryNotEnrolled
        #expect(holder.enrolment == .nobody)
        System.error = .biometryNotAvailable
        #expect(holder.enrolment == .unknown)
        #expect(!holder.canAnswer(.biometry))
        System.error = .biometryLockout
        #expect(holder.canAnswer(.biometry))
        #expect(holder.enrolment == .unknown)
        let prompt = holder.prompt() as? SystemPrompt
        #expect(prompt?.context.localizedReason == "a reason")
        prompt?.close()
        #expect(prompt?.context.isInvalid == true)
    }
}
