import CitizenWalletFFI

/// Why a key or an item gave no answer, in the wallet's words.
enum Failure: Equatable, Sendable {
    /// Not now. Nothing is lost.
    case unavailableNow
    /// The holder closed the prompt.
    case userCancelled
    /// The holder has to authenticate to the system first.
    case authRequired
    /// The system ended the key.
    case invalidated
    /// There is certainly no such key.
    case notFound
    /// The hardware, or what lies between it and the app, failed.
    case hardwareFault
    /// This device, or this app as it was signed, cannot do this.
    case unsupported
}

/// A failure on its way to the error the wallet declares.
struct KeyFailed: Error, Equatable {
    let failure: Failure

    init(_ failure: Failure) {
        self.failure = failure
    }
}

/// A failure, and whether the same call may succeed a moment later.
struct Reading: Equatable {
    let failure: Failure
    let mayPass: Bool

    init(_ failure: Failure, mayPass: Bool = false) {
        self.failure = failure
        self.mayPass = mayPass
    }

    /// Reads what the system answered. What the holder did at the prompt comes first; then the outermost that says more than
    /// "failed".
    init(_ error: SystemError) {
        let readings = error.symptoms.map(Self.init)
        let atThePrompt = zip(error.symptoms, readings).first { $0.0.domain == .authentication }?.1
        self = atThePrompt ?? readings.first { $0.failure != .hardwareFault } ?? Reading(.hardwareFault, mayPass: true)
    }

    private init(_ symptom: Symptom) {
        switch symptom.domain {
        case .security: self = Self.security(symptom.code)
        case .authentication: self = Self.authentication(symptom.code)
        case .token: self = Self.token(symptom.code)
        case .other: self = Reading(.hardwareFault, mayPass: true)
        }
    }

    private static func security(_ code: Int) -> Reading {
        switch code {
        case SecurityCode.userCancelled: Reading(.userCancelled)
        case SecurityCode.authFailed, SecurityCode.interactionRequired: Reading(.authRequired)
        // Before the first unlock, or the device is locked; for a moment while it wakes.
        case SecurityCode.interactionNotAllowed, SecurityCode.notAvailable, SecurityCode.internalComponent:
            Reading(.unavailableNow, mayPass: true)
        case SecurityCode.itemNotFound: Reading(.notFound, mayPass: true)
        case SecurityCode.unimplemented, SecurityCode.parameter: Reading(.unsupported)
        // An app that was not signed for a keychain; also seen for a moment in apps that were.
        case SecurityCode.missingEntitlement: Reading(.unsupported, mayPass: true)
        // An item that cannot be read (`decode`), one that came in between (`duplicateItem`), and what later systems add.
        default: Reading(.hardwareFault, mayPass: true)
        }
    }

    private static func authentication(_ code: Int) -> Reading {
        switch code {
        case AuthenticationCode.userCancel, AuthenticationCode.userFallback: Reading(.userCancelled)
        // A locked-out sensor opens with the passcode, not after some time.
        case AuthenticationCode.authenticationFailed, AuthenticationCode.biometryLockout: Reading(.authRequired)
        // Another app came to the front, or this one closed it.
        case AuthenticationCode.systemCancel, AuthenticationCode.appCancel, AuthenticationCode.invalidContext,
            AuthenticationCode.notInteractive:
            Reading(.unavailableNow)
        case AuthenticationCode.passcodeNotSet, AuthenticationCode.biometryNotAvailable,
            AuthenticationCode.biometryNotEnrolled:
            Reading(.unsupported)
        default: Reading(.hardwareFault)
        }
    }

    private static func token(_ code: Int) -> Reading {
        switch code {
        case TokenCode.canceledByUser: Reading(.userCancelled)
        case TokenCode.authenticationFailed, TokenCode.authenticationNeeded: Reading(.authRequired)
        case TokenCode.communicationError: Reading(.unavailableNow, mayPass: true)
        case TokenCode.objectNotFound: Reading(.notFound, mayPass: true)
        case TokenCode.notImplemented, TokenCode.tokenNotFound, TokenCode.badParameter: Reading(.unsupported)
        // `corruptedData` is what it says of nearly everything, a locked device too: nothing is concluded from it.
        default: Reading(.hardwareFault, mayPass: true)
        }
    }
}

extension DeviceKeyError {
    /// The failure as the wallet's device key declares it.
    init(_ failure: Failure) {
        switch failure {
        case .unavailableNow: self = .unavailableNow
        case .userCancelled: self = .userCancelled
        case .authRequired: self = .authRequired
        case .invalidated: self = .invalidated
        case .notFound: self = .notFound
        case .hardwareFault: self = .hardwareFault
        case .unsupported: self = .unsupported
        }
    }
}

extension KeyStoreError {
    /// The failure as the wallet's key store declares it.
    init(_ failure: Failure) {
        switch failure {
        case .unavailableNow: self = .unavailableNow
        case .userCancelled: self = .userCancelled
        case .authRequired: self = .authRequired
        case .invalidated: self = .invalidated
        case .notFound: self = .notFound
        case .hardwareFault: self = .hardwareFault
        case .unsupported: self = .unsupported
        }
    }
}
