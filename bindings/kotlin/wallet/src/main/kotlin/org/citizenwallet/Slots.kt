package org.citizenwallet

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext

/**
 * Changes the PIN. At every moment the [old] or the [new] one opens the store. The old one is a counted try. Both are wiped.
 *
 * @throws WalletException `locked`, `slot_missing`, `wrong_secret` with [triesLeft], `locked_out` with [retryAfter], `weak_pin`
 *   (it is the same), those of the hardware key
 */
public suspend fun Wallet.changePin(old: Secret, new: Pin): Retirement =
    consuming(both(old, new)) { it.changePin(old, new) }

/**
 * Changes the passphrase, and with it the key everything is encrypted with. Every other secret that is to stay must be in
 * [keep]; what is not given no longer opens the store ([Rotated.dropped]). The recovery code is made anew: show it. All
 * secrets are wiped. Once begun it is not cancelled: the new code is told once.
 *
 * @throws WalletException `locked`, `slot_missing`, `wrong_secret`, `locked_out`, `weak_passphrase`, those of the hardware key;
 *   then nothing was changed
 */
public suspend fun Wallet.changePassphrase(old: Secret, new: Passphrase, keep: Keep = Keep()): Rotated =
    withContext(NonCancellable) {
        consuming(both(both(old, new), AutoCloseable(keep::destroy))) { it.changePassphrase(old, new, keep) }
    }

/**
 * Makes a new recovery code; the old one is void. As to [keep] and cancelling see [changePassphrase]. [auth] is from [Wallet.authenticate].
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked`, `wrong_secret`, `locked_out`, those of
 *   the hardware key; then nothing was changed
 */
public suspend fun Wallet.renewRecoveryCode(auth: FreshAuth, keep: Keep = Keep()): Rotated =
    withContext(NonCancellable) {
        consuming(AutoCloseable(keep::destroy)) { it.renewRecoveryCode(auth, keep) }
    }

/**
 * Adds a PIN; needs a hardware key. After [eraseAfter] wrong ones it is destroyed, if given; who can delete the counter before
 * each try has one in an hour instead, and the PIN is never destroyed. The PIN is wiped here; the store knows it.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked`, `unsafe_configuration`, those of the
 *   hardware key
 */
public suspend fun Wallet.addPin(auth: FreshAuth, pin: Pin, eraseAfter: UByte? = null): Unit =
    consuming(pin) { it.addPin(auth, pin, eraseAfter) }

/**
 * Adds unlocking by the operating system (biometrics, device code); needs a hardware key that can ask.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked`, `unsafe_configuration`, those of the
 *   hardware key
 */
public suspend fun Wallet.addOsAuth(auth: FreshAuth): Unit = work { it.addOsAuth(auth) }

/**
 * Adds a passphrase, which is wiped here.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked`, `unsafe_configuration`
 */
public suspend fun Wallet.addPassphrase(auth: FreshAuth, passphrase: Passphrase): Unit =
    consuming(passphrase) { it.addPassphrase(auth, passphrase) }

/**
 * Removes the PIN or the operating system's unlocking, as long as another durable way in remains.
 *
 * @throws WalletException `user_auth_required` if [auth] is older than a minute, `locked`, `slot_missing`,
 *   `unsafe_configuration`, `not_supported` for another kind
 */
public suspend fun Wallet.removeSlot(auth: FreshAuth, kind: SlotKind): Retirement = work { it.removeSlot(auth, kind) }

private fun both(first: AutoCloseable, second: AutoCloseable) = AutoCloseable { second.use { first.close() } }
