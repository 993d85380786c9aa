import CitizenWalletFFI

extension WalletError {
    /// What is wrong. May be logged: it holds no value, no address and no name of a claim.
    public var fault: Fault {
        switch self {
        case .holder(let fault), .app(let fault), .issuer(let fault), .verifier(let fault), .device(let fault),
            .bug(let fault):
            fault
        }
    }

    /// The stable code: `docs/errors.md` says what each means and what to do.
    public var code: ErrorCode { ErrorCode(fault.code) }

    /// Whether the same call may succeed later with nothing else changed.
    public var isRetryable: Bool { fault.isRetryable }

    /// A record of the wallet's own, or a reason word from a fixed list.
    public var subject: String? { fault.subject }

    /// The section of the standard that was broken, such as `OpenID4VP 1.0 5.10.1`.
    public var rule: String? { fault.rule }

    /// How long to wait, where waiting helps.
    public var retryAfter: Duration? { fault.retryAfterSeconds.map { .seconds($0) } }

    /// Tries left before waiting begins, with `wrong_secret`.
    public var triesLeft: Int? { fault.triesLeft.map(Int.init) }

    /// An error of this library itself: the app's.
    init(_ code: ErrorCode, about subject: String? = nil) {
        self = .app(
            fault: Fault(
                code: code.text, isRetryable: false, subject: subject, rule: nil, retryAfterSeconds: nil, triesLeft: nil))
    }
}
