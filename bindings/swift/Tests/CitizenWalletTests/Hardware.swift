// Keys of a library that is for these tests only: Foundation has no cryptography on Linux.
#if canImport(CitizenWalletGlue)

import CitizenWallet
import CitizenWalletGlue
import Foundation

/// A new private key on P-256.
private func newKey() -> Data {
    // Below the order of the curve, whatever follows.
    Data([0x7f] + (1..<32).map { _ in UInt8.random(in: .min ... .max) })
}

/// Holder keys in software, as hardware would hold them.
final class SoftwareKeyStore: KeyStore {
    /// Before keys are made, before each signature, and before a key is deleted.
    let creating = Gate()
    let signing = Gate()
    let deleting = Gate()
    private let keys: Shelf

    init(folder: URL? = nil) {
        keys = Shelf(folder)
    }

    var handles: Set<String> { Set(keys.names) }

    func capabilities() async throws -> KeyStoreCapabilities {
        KeyStoreCapabilities(algorithms: [.es256], securityLevel: .trustedEnvironment)
    }

    func create(request: CreateKeys) async throws -> [CreatedKey] {
        try await creating.pass()
        return try (0..<request.count).map { _ in
            let (handle, key) = (UUID().uuidString, newKey())
            keys[handle] = key
            return CreatedKey(handle: handle, publicKeySpki: spkiOfP256 + (try publicPoint(privateKey: key)))
        }
    }

    func sign(request: SignRequest) async throws -> Data {
        try await signing.pass()
        guard let key = keys[request.handle] else { throw KeyStoreError.notFound }
        return try CitizenWalletGlue.sign(privateKey: key, message: request.bytes)
    }

    func signMany(requests: [SignRequest]) async throws -> [Data] {
        var signatures: [Data] = []
        for request in requests { signatures.append(try await sign(request: request)) }
        return signatures
    }

    func delete(handle: String) async throws {
        try await deleting.pass()
        keys[handle] = nil
    }

    func list() async throws -> [String] { keys.names }
}

/// Whether a JWT by ES256 verifies under this JWK.
func verifies(_ jwt: String, under jwk: String) throws -> Bool {
    struct Coordinates: Decodable {
        let x, y: String
    }
    let key = try JSONDecoder().decode(Coordinates.self, from: Data(jwk.utf8))
    guard let dot = jwt.lastIndex(of: "."), let x = bytes(key.x), let y = bytes(key.y),
        let signature = bytes(String(jwt[jwt.index(after: dot)...]))
    else { throw Unexpected("no JWT or no key") }
    return try CitizenWalletGlue.verifies(point: [4] + x + y, message: Data(jwt[..<dot].utf8), signature: signature)
}

/// Of base64url without padding.
private func bytes(_ text: String) -> Data? {
    let base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4))
}

/// What comes before the point in the DER of a key on P-256 (RFC 5480).
private let spkiOfP256 = Data(
    [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d]
        + [0x03, 0x01, 0x07, 0x03, 0x42, 0x00])

/// The wallet's provider, which attests wallets and keys with the key whose authority the issuer trusts.
final class Provider: AttestationProvider {
    /// The handles of the keys each attestation was asked for.
    let attested = Shared<[[String]]>([])
    /// Before each attestation is given.
    let attesting = Gate()
    private let key: Data
    private let chain: String
    private let wallet = newKey()

    init(_ parties: Parties) throws {
        let pem = parties.addresses.provider.private_key.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        // The private key follows the version in PKCS #8.
        guard let der = Data(base64Encoded: pem), let start = der.range(of: Data([0x02, 0x01, 0x01, 0x04, 0x20]))?.upperBound
        else { throw Unexpected("no key") }
        key = Data(der[start..<start + 32])
        chain = parties.addresses.provider.x5c.map { "\"\($0)\"" }.joined(separator: ",")
    }

    func walletAttestation(request: WalletAttestationRequest) async throws -> WalletAttestation {
        try await attesting.pass()
        let point = try publicPoint(privateKey: wallet)
        let jwk = #"{"kty":"EC","crv":"P-256","x":"\#(base64url(point[1..<33]))","y":"\#(base64url(point[33...]))"}"#
        let claims = #""iss":"https://provider.example","sub":"\#(Self.client)","exp":\#(now + 3600),"cnf":{"jwk":\#(jwk)}"#
        let challenge = request.challenge.map { #","challenge":"\#($0)""# } ?? ""
        let proof =
            #""iss":"\#(Self.client)","aud":"\#(request.audience)","iat":\#(now),"jti":"\#(UUID().uuidString)"\#(challenge)"#
        return WalletAttestation(
            attestationJwt: try jwt(#""typ":"oauth-client-attestation+jwt","x5c":[\#(chain)]"#, claims, key),
            proofJwt: try jwt(#""typ":"oauth-client-attestation-pop+jwt""#, proof, wallet))
    }

    func keyAttestation(request: KeyAttestationRequest) async throws -> String {
        attested.change { $0.append(request.handles) }
        try await attesting.pass()
        let keys = request.publicJwks.joined(separator: ",")
        let nonce = request.nonce.map { #","nonce":"\#($0)""# } ?? ""
        let claims = #""iat":\#(now),"exp":\#(now + 3600),"attested_keys":[\#(keys)]\#(nonce)"#
        return try jwt(#""typ":"key-attestation+jwt","x5c":[\#(chain)]"#, claims, key)
    }

    private var now: Int { Int(Date().timeIntervalSince1970) }

    private func jwt(_ header: String, _ claims: String, _ key: Data) throws -> String {
        let parts = [#"{"alg":"ES256",\#(header)}"#, "{\(claims)}"].map { base64url(Data($0.utf8)) }
        let signed = parts.joined(separator: ".")
        return "\(signed).\(base64url(try CitizenWalletGlue.sign(privateKey: key, message: Data(signed.utf8))))"
    }

    private func base64url(_ bytes: Data) -> String {
        let text = bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
        return text.replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// What the policy of ``Place`` says.
    private static let client = "https://wallet.example"
}

#endif
