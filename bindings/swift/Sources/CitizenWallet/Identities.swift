import CitizenWalletFFI
import Foundation

extension Wallet {
    /// The holder's identity (DID) of this `method` and network; a new one with a random key where there is none. A did:ethr
    /// exists before anything is written on its ledger; a did:meta is created there by ``SignatureRequest/createMeta(recovery:)``.
    /// No network.
    ///
    /// - Throws: ``WalletError`` `malformed` about `network` or `account`, `not_supported`, `random_unavailable`, `locked` and those
    ///   of the store
    public func createIdentity(_ method: IdentityMethod) async throws -> Identity {
        try await work { try $0.createIdentity(method: method) }
    }

    /// All identities, oldest first.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func identities() async throws -> [Identity] {
        try await work { try $0.identities() }
    }

    /// Writes down the `did` that a ledger gave an `identity` (``Identity/id``), once. That the ledger says so is for the app to
    /// resolve.
    ///
    /// - Throws: ``WalletError`` `not_found`, `malformed` about `did`, `locked` and those of the store
    public func nameIdentity(_ identity: String, _ did: String) async throws -> Identity {
        try await work { try $0.nameIdentity(identity: identity, did: did) }
    }

    /// What the `identity` would sign for this `request`: show ``PreparedSignature/call()`` or ``PreparedSignature/audience()``.
    /// Nothing is signed yet.
    ///
    /// - Throws: ``WalletError`` `not_found`, `key_purpose` for what its method does not sign, `malformed` about `account`,
    ///   `not_supported`, `too_large`, `locked` and those of the store
    public func prepareSignature(_ identity: String, _ request: SignatureRequest) async throws -> PreparedSignature {
        try await work { try $0.prepareSignature(identity: identity, request: request) }
    }

    /// Signs what was `shown`: the ``PreparedSignature/digest()`` kept beside it. The history says so first. The app submits what
    /// it gets. `auth` is from ``authenticate(with:)``.
    ///
    /// - Throws: ``WalletError`` `consent_mismatch`: it stays as it was; `consent_expired` after five minutes,
    ///   `user_auth_required` if `auth` is older than a minute, `used_up`, `not_found`, `needs_reissue`, `key_failed`, `locked` and
    ///   those of the store
    public func signPrepared(
        _ auth: FreshAuth, _ prepared: PreparedSignature, shown: Data
    ) async throws -> IdentitySignature {
        try await native.signPrepared(auth: auth, prepared: prepared, shown: shown)
    }

    /// Deletes an `identity` with its key. What is on a ledger stays there, and nobody can change it any more.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `not_found`, `locked` and those of the store
    public func deleteIdentity(_ auth: FreshAuth, _ identity: String) async throws {
        try await work { try $0.deleteIdentity(auth: auth, identity: identity) }
    }
}
