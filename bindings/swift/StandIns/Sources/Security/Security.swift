import Foundation

public typealias OSStatus = Int32
public typealias CFString = String
public typealias CFDictionary = [String: Any]
public typealias CFData = NSData
public typealias CFTypeRef = AnyObject
public typealias CFTypeID = UInt
public typealias CFErrorPointer = UnsafeMutablePointer<Unmanaged<CFError>?>?
public struct CFAllocator: Sendable {}
public final class CFError: NSError, @unchecked Sendable {}

public final class SecKey: NSObject {}
public final class SecAccessControl: NSObject {
    public let accessible: String
    public let flags: SecAccessControlCreateFlags

    init(_ accessible: String, _ flags: SecAccessControlCreateFlags) {
        self.accessible = accessible
        self.flags = flags
    }
}
public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let userPresence = Self(rawValue: 1)
    public static let biometryAny = Self(rawValue: 1 << 1)
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)
    public static let privateKeyUsage = Self(rawValue: 1 << 30)
}
public struct SecKeyAlgorithm: Equatable, Sendable {
    let name: String
    public static let ecdhKeyExchangeStandard = Self(name: "ecdh")
    public static let ecdsaSignatureMessageX962SHA256 = Self(name: "ecdsa")
}

public let kSecClass = "class"
public let kSecClassKey = "keys"
public let kSecClassGenericPassword = "genp"
public let kSecAttrService = "svce"
public let kSecAttrAccount = "acct"
public let kSecAttrSynchronizable = "sync"
public let kSecAttrAccessible = "pdmn"
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = "cku"
public let kSecAttrAccessibleWhenUnlockedThisDeviceOnly = "aku"
public let kSecAttrAccessControl = "accc"
public let kSecAttrApplicationTag = "atag"
public let kSecAttrLabel = "labl"
public let kSecAttrIsPermanent = "perm"
public let kSecAttrKeyClass = "kcls"
public let kSecAttrKeyClassPublic = "0"
public let kSecAttrKeyClassPrivate = "1"
public let kSecAttrKeyType = "type"
public let kSecAttrKeyTypeECSECPrimeRandom = "73"
public let kSecAttrKeySizeInBits = "bsiz"
public let kSecAttrTokenID = "tkid"
public let kSecAttrTokenIDSecureEnclave = "com.apple.setoken"
public let kSecPrivateKeyAttrs = "private"
public let kSecMatchLimit = "m_Limit"
public let kSecMatchLimitAll = "m_LimitAll"
public let kSecReturnAttributes = "r_Attributes"
public let kSecReturnData = "r_Data"
public let kSecReturnRef = "r_Ref"
public let kSecUseAuthenticationContext = "u_AuthCtx"
public let kSecUseDataProtectionKeychain = "nleg"
public let kSecValueData = "v_Data"
public let errSecSuccess: OSStatus = 0
public let errSecItemNotFound: OSStatus = -25300
public let errSecDecode: OSStatus = -26275

/// What the framework is asked, and answers next. Tests of it run one after the other.
public enum Framework {
    nonisolated(unsafe) public static var asked: [(call: String, with: [String: Any])] = []
    nonisolated(unsafe) public static var status = errSecSuccess
    nonisolated(unsafe) public static var found: CFTypeRef?
    nonisolated(unsafe) public static var error: CFError?
    /// What was agreed on last.
    nonisolated(unsafe) public static var shared = NSData()

    public static func reset() { (asked, status, found, error) = ([], errSecSuccess, nil, nil) }

    static func answer(_ call: String, _ with: [String: Any]) -> OSStatus {
        asked.append((call, with))
        return status
    }

    static func given<Made>(_ call: String, _ with: [String: Any], _ pointer: CFErrorPointer, _ made: Made) -> Made? {
        asked.append((call, with))
        guard let error else { return made }
        pointer?.pointee = Unmanaged.passRetained(error)
        return nil
    }
}

public func SecItemAdd(_ item: CFDictionary, _ found: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { Framework.answer("add", item) }
public func SecItemUpdate(_ query: CFDictionary, _ change: CFDictionary) -> OSStatus {
    Framework.answer("update", query.merging(change) { $1 })
}
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { Framework.answer("delete", query) }
public func SecItemCopyMatching(_ query: CFDictionary, _ found: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    found?.pointee = Framework.found
    return Framework.answer("match", query)
}
public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ accessible: Any, _ flags: SecAccessControlCreateFlags, _ error: CFErrorPointer
) -> SecAccessControl? {
    (accessible as? String).map { SecAccessControl($0, flags) }
}
public func SecKeyCreateRandomKey(_ attributes: CFDictionary, _ error: CFErrorPointer) -> SecKey? {
    Framework.given("create", attributes, error, SecKey())
}
public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { SecKey() }
public func SecKeyCopyExternalRepresentation(_ key: SecKey, _ error: CFErrorPointer) -> CFData? {
    Framework.given("represent", [:], error, NSData(data: Data([4])))
}
public func SecKeyCreateWithData(_ data: CFData, _ attributes: CFDictionary, _ error: CFErrorPointer) -> SecKey? {
    Framework.given("read", attributes.merging([kSecValueData: Data(referencing: data)]) { $1 }, error, SecKey())
}
public func SecKeyCopyKeyExchangeResult(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ other: SecKey, _ parameters: CFDictionary, _ error: CFErrorPointer
) -> CFData? {
    Framework.shared = NSData(data: Data(repeating: 5, count: 32))
    return Framework.given("agree", ["algorithm": algorithm], error, Framework.shared)
}
public func SecKeyCreateSignature(_ key: SecKey, _ algorithm: SecKeyAlgorithm, _ data: CFData, _ error: CFErrorPointer) -> CFData? {
    Framework.given("sign", ["algorithm": algorithm, kSecValueData: Data(referencing: data)], error, NSData(data: Data([6])))
}
public func CFGetTypeID(_ object: CFTypeRef?) -> CFTypeID { object is SecKey ? 1 : 0 }
public func SecKeyGetTypeID() -> CFTypeID { 1 }
