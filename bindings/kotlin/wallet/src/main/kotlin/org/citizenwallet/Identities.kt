package org.citizenwallet

/**
 * The holder's identity (DID) of this [method] and network; a new one with a random key where there is none. A did:ethr exists
 * before anything is written on its ledger; a did:meta is created there by [SignatureRequest.CreateMeta]. No network.
 *
 * @throws WalletException `malformed` about `network` or `account`, `not_supported`, `random_unavailable`, `locked` and those of
 *   the store
 */
public suspend fun Wallet.createIdentity(method: IdentityMethod): Identity = work { it.createIdentity(method) }

/**
 * All identities, oldest first.
 *
 * @throws WalletException `locked` and those of the store
 */
public suspend fun Wallet.identities(): List<Identity> = work { it.identities() }

/**
 * Writes down the [did] that a ledger gave an [identity] ([Identity.id]), once. That the ledger says so is for the app to resolve.
 *
 * @throws WalletException `not_found`, `malformed` about `did`, `locked` and those of the store
 */
public suspend fun Wallet.nameIdentity(identity: String, did: String): Identity = work { it.nameIdentity(identity, did) }

/**
 * What the [identity] would sign for this [request]: show [PreparedSignature.call] or [PreparedSignature.audience]. Nothing is
 * signed yet.
 *
 * @throws WalletException `not_found`, `key_purpose` for what its method does not sign, `malformed` about `account`,
 *   `not_supported`, `too_large`, `locked` and those of the store
 */
public suspend fun Wallet.prepareSignature(identity: String, request: SignatureRequest): PreparedSignature =
    work { it.prepareSignature(identity, request) }

/**
 * Signs what was [shown]: the [PreparedSignature.digest] kept beside it. The history says so first. The app submits what it
 * gets. [auth] is from [Wallet.authenticate].
 *
 * @throws WalletException `consent_mismatch`: it stays as it was; `consent_expired` after five minutes, `user_auth_required` if
 *   [auth] is older than a minute, `used_up`, `not_found`, `needs_reissue`, `key_failed`, `locked` and those of the store
 */
public suspend fun Wallet.signPrepared(auth: FreshAuth, prepared: PreparedSignature, shown: ByteArray): IdentitySignature =
    work { it.signPrepared(auth, prepared, shown) }

/**
 * Deletes an [identity] with its key. What is on a ledger stays there, and nobody can change it any more.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `not_found`, `locked` and those of the store
 */
public suspend fun Wallet.deleteIdentity(auth: FreshAuth, identity: String): Unit = work { it.deleteIdentity(auth, identity) }
