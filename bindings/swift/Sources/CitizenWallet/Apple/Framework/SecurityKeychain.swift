#if canImport(Security) && canImport(LocalAuthentication)

import Foundation
@preconcurrency import Security

/// Generic passwords of one service in the data protection keychain, this device only.
/// docs/ios-not-run-here.md says what of it is tested.
struct SecurityKeychain: Keychain {
    let service: String

    func read(_ account: String) throws -> Data {
        var query = query(account)
        query[kSecReturnData as String] = true
        var found: CFTypeRef?
        try done(SecItemCopyMatching(query as CFDictionary, &found))
        guard let bytes = found as? Data else { throw SystemError(status: errSecDecode) }
        return bytes
    }

    func add(_ account: String, _ bytes: Data) throws {
        var item = query(account)
        item[kSecValueData as String] = bytes
        item[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        try done(SecItemAdd(item as CFDictionary, nil))
    }

    func update(_ account: String, _ bytes: Data) throws {
        let change: [String: Any] = [kSecValueData as String: bytes]
        try done(SecItemUpdate(query(account) as CFDictionary, change as CFDictionary))
    }

    func delete(_ account: String) throws {
        try done(SecItemDelete(query(account) as CFDictionary))
    }

    private func query(_ account: String) -> [String: Any] {
        [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrService as String: service,
            kSecAttrAccount as String: account,
            kSecAttrSynchronizable as String: false,
            kSecUseDataProtectionKeychain as String: true,
        ]
    }

    private func done(_ status: OSStatus) throws {
        guard status == errSecSuccess else { throw SystemError(status: status) }
    }
}

#endif
