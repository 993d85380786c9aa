// What Linux has no doubles for: the Secure Enclave, the keychain and the file system of a phone or a simulator. A keychain belongs
// to an app, so that of ios-demo hosts these tests (ios-demo/project.yml). Nobody is asked for a face here.
@testable import CitizenWallet
import CryptoKit
import Foundation
import Security
import Testing

@Suite("The phone itself", .serialized)
struct OnDeviceTests {
    private let enclave = SecurityEnclave()
    private let tag = "org.citizenwallet.tests.\(UUID().uuidString)"

    @Test("The enclave agrees on what CryptoKit agrees on with the other key")
    func agreement() throws {
        try enclave.create(tag, .open)
        defer { try? enclave.delete(tag) }
        let other = P256.KeyAgreement.PrivateKey()
        let own = try P256.KeyAgreement.PublicKey(x963Representation: enclave.publicKey(of: tag))
        let expected = try other.sharedSecretFromKeyAgreement(with: own).withUnsafeBytes { Data($0) }
        #expect(try enclave.agree(tag, with: other.publicKey.x963Representation, nil) == expected)
    }

    @Test("CryptoKit verifies what the enclave signs")
    func signature() throws {
        try enclave.create(tag, .open)
        defer { try? enclave.delete(tag) }
        let message = Data("message".utf8)
        let key = try P256.Signing.PublicKey(x963Representation: enclave.publicKey(of: tag))
        let signature = try P256.Signing.ECDSASignature(derRepresentation: enclave.sign(tag, message, nil))
        #expect(key.isValidSignature(signature, for: message))
        #expect(!key.isValidSignature(signature, for: Data("another".utf8)))
    }

    @Test("A key is found by its tag with the rules it was made under, and gone when it is deleted")
    func tags() throws {
        try enclave.create(tag, .open)
        #expect(try enclave.rules(of: tag) == .open)
        #expect(try enclave.tags().filter { $0 == tag } == [tag])
        try enclave.delete(tag)
        try enclave.delete(tag)
        #expect(try enclave.rules(of: tag) == nil)
        #expect(try !enclave.tags().contains(tag))
        #expect(throws: SystemError(status: errSecItemNotFound)) { try enclave.sign(tag, Data(), nil) }
    }

    @Test("The device key is the same function each time, another for another alias, and certainly missing once deleted")
    func deviceKey() async throws {
        let key = SecureEnclaveDeviceKey { "a test" }
        let (alias, input) = (UUID().uuidString, Data(repeating: 7, count: 32))
        try await key.create(alias: alias, policy: .appOnly)
        let output = try await key.prf(alias: alias, input: input)
        #expect(try await key.prf(alias: alias, input: input) == output)
        #expect(try await key.prf(alias: alias, input: Data(count: 32)) != output)
        try await key.create(alias: alias, policy: .appOnly)
        #expect(try await key.prf(alias: alias, input: input) != output)
        try await key.delete(alias: alias)
        await #expect(throws: DeviceKeyError.notFound) { try await key.prf(alias: alias, input: input) }
    }

    @Test("A cell is read back, replaced and removed, stays on this device and is not synchronised")
    func anchor() throws {
        let service = "org.citizenwallet.tests.\(UUID().uuidString)"
        let anchor = KeychainAnchorStore(SecurityKeychain(service: service))
        #expect(try anchor.read(name: "a") == nil)
        try anchor.write(name: "a", bytes: Data([1]))
        try anchor.write(name: "a", bytes: Data([2]))
        #expect(try anchor.read(name: "a") == Data([2]))
        let query: [String: Any] = [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrService as String: service,
            kSecAttrSynchronizable as String: kSecAttrSynchronizableAny,
            kSecMatchLimit as String: kSecMatchLimitAll,
            kSecReturnAttributes as String: true,
        ]
        var found: CFTypeRef?
        #expect(SecItemCopyMatching(query as CFDictionary, &found) == errSecSuccess)
        let items = try #require(found as? [[String: Any]])
        #expect(items.count == 1)
        let accessible = items[0][kSecAttrAccessible as String] as? String
        #expect(accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly as String)
        #expect(items[0][kSecAttrSynchronizable as String] as? Bool != true)
        try anchor.delete(name: "a")
        try anchor.delete(name: "a")
        #expect(try anchor.read(name: "a") == nil)
    }

    @Test("The store's folder is left out of backups, and protected where there is a passcode")
    func folder() throws {
        let stores = try AppleWallet.folder("on-device-tests").deletingLastPathComponent()
        #expect(try stores.resourceValues(forKeys: [.isExcludedFromBackupKey]).isExcludedFromBackup == true)
        #if !targetEnvironment(simulator)
            let attributes = try FileManager.default.attributesOfItem(atPath: stores.path)
            let protection = attributes[.protectionKey] as? FileProtectionType
            #expect(protection?.rawValue == FileProtectionType.completeUnlessOpen.rawValue)
        #endif
    }

    @Test("A wallet is made, locked, unlocked and erased with the phone's own parts, and leaves no key")
    func wallet() async throws {
        let store = "on-device-tests-\(UUID().uuidString)"
        let folder = try AppleWallet.folder(store)
        let platform = AppleWallet.platform(store: store) { "a test" }
        var digits = Data("739154".utf8)
        let made = try await Wallet.create(
            in: folder, platform: platform, policy: Policy(trust: Trust()),
            enrolments: Enrolments(pin: Pin(wiping: &digits), recoveryCode: true))
        try await made.wallet.lock()
        digits = Data("739154".utf8)
        let secret = Secret(wiping: &digits)
        #expect(try await made.wallet.unlock(with: .pin(secret: secret)).integrity == .sound)
        await made.wallet.close()
        #expect(try await Wallet.erase(in: folder, platform: platform) == .done)
        #expect(try await SecureEnclaveDeviceKey(store: store) { "a test" }.list().isEmpty)
    }
}
