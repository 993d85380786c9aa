#if canImport(Security) && canImport(LocalAuthentication)

import CryptoKit
import Foundation
@preconcurrency import LocalAuthentication
@preconcurrency import Security

/// Keys of the Secure Enclave, each named by the tag of an item in the data protection keychain, this device only. A key's rules
/// stand in its item's label.
/// docs/ios-not-run-here.md says what of it is tested.
struct SecurityEnclave: Enclave {
    var level: EnclaveLevel {
        #if targetEnvironment(simulator)
            .software
        #else
            SecureEnclave.isAvailable ? .enclave : .absent
        #endif
    }

    func create(_ tag: String, _ rules: KeyRules) throws {
        var ofPrivateKey: [String: Any] = [
            kSecAttrIsPermanent as String: true,
            kSecAttrApplicationTag as String: Data(tag.utf8),
            kSecAttrLabel as String: rules.label,
        ]
        var attributes: [String: Any] = [
            kSecAttrKeyType as String: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits as String: 256,
            kSecUseDataProtectionKeychain as String: true,
        ]
        #if targetEnvironment(simulator)
            // No enclave, and nobody to ask.
            ofPrivateKey[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        #else
            ofPrivateKey[kSecAttrAccessControl as String] = try accessControl(rules)
            attributes[kSecAttrTokenID as String] = kSecAttrTokenIDSecureEnclave
        #endif
        attributes[kSecPrivateKeyAttrs as String] = ofPrivateKey
        let _: SecKey = try given { SecKeyCreateRandomKey(attributes as CFDictionary, $0) }
    }

    func rules(of tag: String) throws -> KeyRules? {
        guard let attributes = try find(query(tag), kSecReturnAttributes) as? [String: Any] else { return nil }
        guard let label = attributes[kSecAttrLabel as String] as? String, let rules = KeyRules(label: label) else {
            throw SystemError(status: errSecDecode)
        }
        return rules
    }

    func publicKey(of tag: String) throws -> Data {
        guard let key = SecKeyCopyPublicKey(try key(tag, nil)) else { throw SystemError(status: errSecDecode) }
        let bytes: CFData = try given { SecKeyCopyExternalRepresentation(key, $0) }
        return Data(referencing: bytes as NSData)
    }

    func agree(_ tag: String, with point: Data, _ prompt: (any Prompt)?) throws -> Data {
        let key = try key(tag, prompt)
        let attributes: [String: Any] = [
            kSecAttrKeyType as String: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeyClass as String: kSecAttrKeyClassPublic,
            kSecAttrKeySizeInBits as String: 256,
        ]
        let other: SecKey = try given { SecKeyCreateWithData(NSData(data: point) as CFData, attributes as CFDictionary, $0) }
        let none = [String: Any]() as CFDictionary
        let shared: CFData = try given { SecKeyCopyKeyExchangeResult(key, .ecdhKeyExchangeStandard, other, none, $0) }
        return Self.taken(shared as NSData)
    }

    func sign(_ tag: String, _ message: Data, _ prompt: (any Prompt)?) throws -> Data {
        let key = try key(tag, prompt)
        let signature: CFData = try given {
            SecKeyCreateSignature(key, .ecdsaSignatureMessageX962SHA256, NSData(data: message) as CFData, $0)
        }
        return Data(referencing: signature as NSData)
    }

    func relabel(_ tag: String, _ rules: KeyRules) throws {
        var query = query(tag)
        let silent = LAContext()
        silent.interactionNotAllowed = true
        query[kSecUseAuthenticationContext as String] = silent
        let status = SecItemUpdate(query as CFDictionary, [kSecAttrLabel as String: rules.label] as CFDictionary)
        guard status == errSecSuccess else { throw SystemError(status: status) }
    }

    func delete(_ tag: String) throws {
        let status = SecItemDelete(query(tag) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw SystemError(status: status) }
    }

    func tags() throws -> [String] {
        var all = query()
        all[kSecMatchLimit as String] = kSecMatchLimitAll
        guard let items = try find(all, kSecReturnAttributes) as? [[String: Any]] else { return [] }
        return items.compactMap { item in
            (item[kSecAttrApplicationTag as String] as? Data).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func accessControl(_ rules: KeyRules) throws -> SecAccessControl {
        let (flags, accessible): (SecAccessControlCreateFlags, CFString) =
            switch rules {
            case .open: ([.privateKeyUsage], kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
            case .presence: ([.privateKeyUsage, .userPresence], kSecAttrAccessibleWhenUnlockedThisDeviceOnly)
            case .biometry: ([.privateKeyUsage, .biometryAny], kSecAttrAccessibleWhenUnlockedThisDeviceOnly)
            case .enrolled: ([.privateKeyUsage, .biometryCurrentSet], kSecAttrAccessibleWhenUnlockedThisDeviceOnly)
            }
        return try given { SecAccessControlCreateWithFlags(nil, accessible, flags, $0) }
    }

    private func query(_ tag: String? = nil) -> [String: Any] {
        var query: [String: Any] = [
            kSecClass as String: kSecClassKey,
            kSecAttrKeyClass as String: kSecAttrKeyClassPrivate,
            kSecUseDataProtectionKeychain as String: true,
        ]
        if let tag { query[kSecAttrApplicationTag as String] = Data(tag.utf8) }
        return query
    }

    private func key(_ tag: String, _ prompt: (any Prompt)?) throws -> SecKey {
        var query = query(tag)
        if let prompt = prompt as? SystemPrompt { query[kSecUseAuthenticationContext as String] = prompt.context }
        guard let found = try find(query, kSecReturnRef) else { throw SystemError(status: errSecItemNotFound) }
        guard CFGetTypeID(found) == SecKeyGetTypeID() else { throw SystemError(status: errSecDecode) }
        // A class of Core Foundation: its type was just asked for, and `as?` does not ask.
        return found as! SecKey
    }

    /// A copy of a secret that was just made for this app; the secret itself is overwritten. A `Data` over it could not do that: one
    /// that is changed changes its own copy.
    private static func taken(_ secret: NSData) -> Data {
        let copy = Data(bytes: secret.bytes, count: secret.length)
        UnsafeMutableRawPointer(mutating: secret.bytes).initializeMemory(as: UInt8.self, repeating: 0, count: secret.length)
        return copy
    }

    /// What a query finds, in this form; none if there is nothing.
    private func find(_ query: [String: Any], _ form: CFString) throws -> CFTypeRef? {
        var query = query
        query[form as String] = true
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecItemNotFound { return nil }
        guard status == errSecSuccess else { throw SystemError(status: status) }
        return found
    }

    /// The result of a function of Security, or the error it left.
    private func given<Made>(_ call: (UnsafeMutablePointer<Unmanaged<CFError>?>) -> Made?) throws -> Made {
        var error: Unmanaged<CFError>?
        if let made = call(&error) { return made }
        guard let error = error?.takeRetainedValue() else { throw SystemError() }
        throw SystemError(error as Error as NSError)
    }
}

#endif
