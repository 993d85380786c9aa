#if canImport(Security) && canImport(LocalAuthentication)

import CitizenWalletFFI
import Foundation

extension SecureEnclaveDeviceKey {
    /// Keys of this app for one store.
    ///
    /// - Parameters:
    ///   - store: its name, that of ``AppleWallet/folder(_:)``. Other stores' and apps' keys are never listed or deleted.
    ///   - check: how the holder authenticates for unlocking by the operating system.
    ///   - reason: what the system's prompt says it is for, in the holder's language; asked for at each prompt.
    public convenience init(
        store: String = "wallet", check: HolderCheck = .biometryOrPasscode, reason: @escaping @Sendable () -> String
    ) {
        self.init(EnclaveAccess(SecurityEnclave(), of: KeyOwner(store: store)), SystemHolder(reason: reason), check)
    }
}

extension SecureEnclaveKeyStore {
    /// Keys of this app for one store.
    ///
    /// - Parameters:
    ///   - store: its name, that of ``AppleWallet/folder(_:)``. Other stores' and apps' keys are never listed or deleted.
    ///   - check: how the holder authenticates for cards that ask for it.
    ///   - attester: attests new keys, where an issuer's order wants it; see ``KeyAttester``.
    ///   - reason: what the system's prompt says it is for, in the holder's language; asked for at each prompt.
    public convenience init(
        store: String = "wallet", check: HolderCheck = .biometryOrPasscode, attester: (any KeyAttester)? = nil,
        reason: @escaping @Sendable () -> String
    ) {
        self.init(EnclaveAccess(SecurityEnclave(), of: KeyOwner(store: store)), SystemHolder(reason: reason), check, attester)
    }
}

extension KeychainAnchorStore {
    /// Cells of this app for one store.
    ///
    /// - Parameter store: its name, that of ``AppleWallet/folder(_:)``.
    public convenience init(store: String = "wallet") {
        self.init(SecurityKeychain(service: KeyOwner(store: store).prefix("anchor")))
    }
}

extension KeyOwner {
    /// A store of this app's. An extension of the app is another one.
    fileprivate init(store: String) {
        self.init(app: Bundle.main.bundleIdentifier ?? "", store: store)
    }
}

/// The wallet's place on the phone, and what the phone gives it.
public enum AppleWallet {
    /// The folder of a store, for ``Wallet/create(in:platform:policy:enrolments:settings:)``, `open` and `erase`. The folder
    /// around it is made: it is left out of backups (without this phone's keys a copy is of no use, and an old copy put back on
    /// this phone is taken for tampering), and while the phone is locked nothing in it can be opened. What is open then can be
    /// written to its end.
    ///
    /// - Parameter name: a name for this store, if the app has several: letters, digits, `-` and `_`.
    /// - Throws: an error of the file system
    public static func folder(_ name: String = "wallet") throws -> URL {
        precondition(KeyOwner.isStoreName(name), "a store's name has letters, digits, - and _")
        let files = FileManager.default
        let support = try files.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var stores = support.appendingPathComponent("org.citizenwallet.stores", isDirectory: true)
        try files.createDirectory(at: stores, withIntermediateDirectories: true)
        // What is made in it later gets the same protection.
        try files.setAttributes([.protectionKey: FileProtectionType.completeUnlessOpen], ofItemAtPath: stores.path)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try stores.setResourceValues(values)
        return stores.appendingPathComponent(name, isDirectory: true)
    }

    /// Everything the wallet needs of the phone. Who wants another part makes a ``Platform`` of the same parts.
    ///
    /// - Parameters:
    ///   - store: the store's name, as ``folder(_:)`` got it: each has keys of its own.
    ///   - attestation: the app's attestations, where issuers want them.
    ///   - attester: attests new keys; see ``KeyAttester``.
    ///   - reason: what the system's prompt says it is for, in the holder's language; asked for at each prompt.
    public static func platform(
        store: String = "wallet", attestation: (any AttestationProvider)? = nil, attester: (any KeyAttester)? = nil,
        reason: @escaping @Sendable () -> String
    ) -> Platform {
        Platform(
            http: URLSessionHttpClient(), anchor: KeychainAnchorStore(store: store),
            deviceKey: SecureEnclaveDeviceKey(store: store, reason: reason),
            keyStore: SecureEnclaveKeyStore(store: store, attester: attester, reason: reason), attestation: attestation)
    }
}

#endif
