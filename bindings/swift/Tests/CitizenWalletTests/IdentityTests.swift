import CitizenWallet
import Foundation
import Testing

@Suite("Identities", .timeLimit(.minutes(1)))
struct IdentityTests {
    private let sepolia = IdentityMethod.ethr(network: "sepolia", chainId: 11_155_111, registry: registry)
    private let testnet = IdentityMethod.meta(
        network: "testnet", chainId: 12, identityRegistry: contract, publicKeyResolver: contract, otherResolvers: [],
        providers: [contract])
    private let proof = SignatureRequest.proof(audience: "https://verifier.example", nonce: "0d8mf03")

    @Test("Each method and network has one identity, and its proof verifies under its key")
    func one() async throws {
        let wallet = try await Place().create()
        let key = try await wallet.createIdentity(.key)
        let ethr = try await wallet.createIdentity(sepolia)
        let other = try await wallet.createIdentity(.ethr(network: "mainnet", chainId: 1, registry: registry))
        #expect(try await wallet.createIdentity(.key) == key)
        #expect(ethr.publicJwk != other.publicJwk)
        #expect(try ethr.did == "did:ethr:sepolia:\(#require(ethr.account))")
        #expect(try other.did == "did:ethr:\(#require(other.account))")
        #expect(try await Set(wallet.identities().map(\.id)) == Set([key, ethr, other].map(\.id)))

        let prepared = try await wallet.prepareSignature(key.id, proof)
        #expect(prepared.call() == nil)
        #expect(prepared.audience() == "https://verifier.example")
        let auth = try await wallet.authenticate(with: unlocking())
        let signed = try await wallet.signPrepared(auth, prepared, shown: prepared.digest())
        guard case .proof(let jwt) = signed else { throw Unexpected("no proof") }
        #if canImport(CitizenWalletGlue)
            #expect(try verifies(jwt, under: key.publicJwk))
            let stranger = try await wallet.createIdentity(.jwk)
            #expect(try !verifies(jwt, under: stranger.publicJwk))
        #else
            #expect(jwt.split(separator: ".").count == 3)
        #endif
    }

    @Test("What a contract is asked for is shown before it is signed, and only that is signed, once")
    func shown() async throws {
        let wallet = try await Place().create()
        let identity = try await wallet.createIdentity(sepolia)
        let change = SignatureRequest.changeEthr(change: .changeOwner(owner: contract), nonce: 3)
        let prepared = try await wallet.prepareSignature(identity.id, change)
        let call = try #require(prepared.call())
        #expect(call.function == "changeOwner")
        #expect(call.contract.lowercased() == registry)
        #expect(call.nonce == 3)
        #expect(call.arguments.map(\.name) == ["identity", "newOwner"])
        #expect(try call.arguments[0].value == #require(identity.account))
        let auth = try await wallet.authenticate(with: unlocking())
        try await failing(.consentMismatch) { try await wallet.signPrepared(auth, prepared, shown: Data(count: 32)) }
        let digest = prepared.digest()
        let signed = try await wallet.signPrepared(auth, prepared, shown: digest)
        guard case .call(_, let submittedTo, let signature, let calldata) = signed else { throw Unexpected("no call") }
        #expect(signature.count == 65)
        #expect(submittedTo == call.contract)
        // What the contract is called with begins with the selector of changeOwnerSigned and holds the signature.
        #expect(calldata.prefix(4) == Data([0x24, 0x0c, 0xf1, 0xfa]))
        try await failing(.usedUp) { try await wallet.signPrepared(auth, prepared, shown: digest) }
        guard case .identitySigned(_, _, _, let act, _) = try await wallet.history().items.last?.event else {
            throw Unexpected("not in the history")
        }
        #expect(act == "changeOwner")
    }

    @Test("An identity of did:meta is named by its ledger and signs nothing of another method")
    func named() async throws {
        let wallet = try await Place().create()
        let identity = try await wallet.createIdentity(testnet)
        #expect(identity.did == nil)
        let create = try await wallet.prepareSignature(identity.id, .createMeta(recovery: nil)).call()
        #expect(create?.text == "I authorize the creation of an Identity on my behalf.")
        try await failing(.notFound) { try await wallet.prepareSignature(identity.id, proof) }
        try await failing(.malformed) { try await wallet.nameIdentity(identity.id, "did:meta:1") }
        let did = "did:meta:testnet:" + String(repeating: "0", count: 61) + "54b"
        #expect(try await wallet.nameIdentity(identity.id, did).did == did)
        _ = try await wallet.prepareSignature(identity.id, proof)
        let change = SignatureRequest.changeEthr(change: .changeOwner(owner: contract), nonce: 0)
        try await failing(.keyPurpose) { try await wallet.prepareSignature(identity.id, change) }
    }

    @Test("A deleted identity is gone, and an account with a wrong checksum is refused")
    func deleted() async throws {
        let wallet = try await Place().create()
        let identity = try await wallet.createIdentity(.jwk)
        try await wallet.deleteIdentity(wallet.authenticate(with: unlocking()), identity.id)
        #expect(try await wallet.identities().isEmpty)
        let mistyped = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
        try await failing(.malformed) {
            try await wallet.createIdentity(.ethr(network: "mainnet", chainId: 1, registry: mistyped))
        }
        try await failing(.notSupported) { try await wallet.createIdentity(.other(code: "web")) }
    }
}

private let registry = "0xdca7ef03e98e0dc2b855be647c39abe984fcf21b"
private let contract = "0x42bbff659772231bb63c7c175a1021e080a4cf9d"
