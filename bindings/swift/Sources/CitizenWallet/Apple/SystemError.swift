import Foundation

/// What the system answered: the numbers of an error and of those beneath it, and none of their texts.
struct SystemError: Error, Equatable {
    let symptoms: [Symptom]

    init(_ symptoms: Symptom...) {
        self.symptoms = symptoms
    }

    /// A status of Security.
    init(status: Int32) {
        symptoms = [Symptom(.security, Int(status))]
    }

    /// An error and what lies beneath it.
    init(_ error: NSError) {
        var found: [Symptom] = []
        var next: NSError? = error
        // A ring of errors ends.
        while let error = next, found.count < 16 {
            found.append(Symptom(Symptom.Domain(error.domain), error.code))
            next = error.userInfo[NSUnderlyingErrorKey] as? NSError
        }
        symptoms = found
    }
}

/// One error's number.
struct Symptom: Equatable, Sendable {
    enum Domain: Equatable, Sendable {
        /// Security: an `OSStatus`.
        case security
        /// LocalAuthentication: an `LAError.Code`.
        case authentication
        /// CryptoTokenKit, through which Security talks to the Secure Enclave: a `TKError.Code`.
        case token
        case other

        init(_ name: String) {
            switch name {
            case "NSOSStatusErrorDomain": self = .security
            case "com.apple.LocalAuthentication": self = .authentication
            case "CryptoTokenKit": self = .token
            default: self = .other
            }
        }
    }

    let domain: Domain
    let code: Int

    init(_ domain: Domain, _ code: Int) {
        self.domain = domain
        self.code = code
    }
}

/// Numbers of `SecBase.h`. A test on Apple's systems holds them to the system's, as those below.
enum SecurityCode {
    static let unimplemented = -4
    static let parameter = -50
    static let userCancelled = -128
    static let internalComponent = -2070
    static let notAvailable = -25291
    static let authFailed = -25293
    static let duplicateItem = -25299
    static let itemNotFound = -25300
    static let interactionNotAllowed = -25308
    static let interactionRequired = -25315
    static let decode = -26275
    static let missingEntitlement = -34018
}

/// Numbers of `LAError.Code`.
enum AuthenticationCode {
    static let authenticationFailed = -1
    static let userCancel = -2
    static let userFallback = -3
    static let systemCancel = -4
    static let passcodeNotSet = -5
    static let biometryNotAvailable = -6
    static let biometryNotEnrolled = -7
    static let biometryLockout = -8
    static let appCancel = -9
    static let invalidContext = -10
    static let notInteractive = -1004
}

/// Numbers of `TKError.Code`.
enum TokenCode {
    static let notImplemented = -1
    static let communicationError = -2
    static let corruptedData = -3
    static let canceledByUser = -4
    static let authenticationFailed = -5
    static let objectNotFound = -6
    static let tokenNotFound = -7
    static let badParameter = -8
    static let authenticationNeeded = -9
}
