package org.citizenwallet

import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What is wrong. May be logged: it holds no value, no address and no name of a claim. */
public val WalletException.fault: Fault
    get() =
        when (this) {
            is WalletException.Holder -> fault
            is WalletException.App -> fault
            is WalletException.Issuer -> fault
            is WalletException.Verifier -> fault
            is WalletException.Device -> fault
            is WalletException.Bug -> fault
        }

/** The stable code: `docs/errors.md` says what each means and what to do. */
public val WalletException.code: ErrorCode
    get() = ErrorCode(fault.code)

/** Whether the same call may succeed later with nothing else changed. */
public val WalletException.isRetryable: Boolean
    get() = fault.isRetryable

/** A record of the wallet's own, or a reason word from a fixed list. */
public val WalletException.subject: String?
    get() = fault.subject

/** The section of the standard that was broken, such as `OpenID4VP 1.0 5.10.1`. */
public val WalletException.rule: String?
    get() = fault.rule

/** How long to wait, where waiting helps. */
public val WalletException.retryAfter: Duration?
    get() = fault.retryAfterSeconds?.toLong()?.seconds

/** Tries left before waiting begins, with `wrong_secret`. */
public val WalletException.triesLeft: Int?
    get() = fault.triesLeft?.toInt()
