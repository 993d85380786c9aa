// App Attest behind the wallet's hook. Compiled with the tests on Apple's systems only.
#if canImport(DeviceCheck) && canImport(Security)

import CitizenWallet
import CryptoKit
import DeviceCheck
import Foundation

// guide: attester
/// Has App Attest vouch for the app and, in the hash it signs, for the wallet's new keys.
struct AppAttester: KeyAttester {
    func attest(publicKeys: [Data], challenge: Data) async throws -> PlatformAttestation {
        let service = DCAppAttestService.shared
        guard service.isSupported else { throw KeyStoreError.unsupported }
        var hash = SHA256()
        hash.update(data: challenge)
        for key in publicKeys { hash.update(data: key) }
        do {
            let key = try await service.generateKey()
            let attestation = try await service.attestKey(key, clientDataHash: Data(hash.finalize()))
            return PlatformAttestation(format: "apple-appattest", parts: [attestation])
        } catch let error as DCError where error.code == .serverUnavailable {
            throw KeyStoreError.unavailableNow
        }
    }
}
// guide: end

#endif
