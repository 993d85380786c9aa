@testable import CitizenWallet
import Foundation
import Testing

#if canImport(Security) && canImport(LocalAuthentication)
    import CryptoTokenKit
    import LocalAuthentication
    import Security
#endif

@Suite("What the system's errors mean")
struct KeyFailureTests {
    /// Every number that is read, and one that nobody knows yet.
    private static let table: [(Symptom, Failure, mayPass: Bool)] = [
        (Symptom(.security, SecurityCode.unimplemented), .unsupported, false),
        (Symptom(.security, SecurityCode.parameter), .unsupported, false),
        (Symptom(.security, SecurityCode.userCancelled), .userCancelled, false),
        (Symptom(.security, SecurityCode.internalComponent), .unavailableNow, true),
        (Symptom(.security, SecurityCode.notAvailable), .unavailableNow, true),
        (Symptom(.security, SecurityCode.authFailed), .authRequired, false),
        (Symptom(.security, SecurityCode.duplicateItem), .hardwareFault, true),
        (Symptom(.security, SecurityCode.itemNotFound), .notFound, true),
        (Symptom(.security, SecurityCode.interactionNotAllowed), .unavailableNow, true),
        (Symptom(.security, SecurityCode.interactionRequired), .authRequired, false),
        (Symptom(.security, SecurityCode.decode), .hardwareFault, true),
        (Symptom(.security, SecurityCode.missingEntitlement), .unsupported, true),
        (Symptom(.security, -99999), .hardwareFault, true),
        (Symptom(.authentication, AuthenticationCode.authenticationFailed), .authRequired, false),
        (Symptom(.authentication, AuthenticationCode.userCancel), .userCancelled, false),
        (Symptom(.authentication, AuthenticationCode.userFallback), .userCancelled, false),
        (Symptom(.authentication, AuthenticationCode.systemCancel), .unavailableNow, false),
        (Symptom(.authentication, AuthenticationCode.passcodeNotSet), .unsupported, false),
        (Symptom(.authentication, AuthenticationCode.biometryNotAvailable), .unsupported, false),
        (Symptom(.authentication, AuthenticationCode.biometryNotEnrolled), .unsupported, false),
        (Symptom(.authentication, AuthenticationCode.biometryLockout), .authRequired, false),
        (Symptom(.authentication, AuthenticationCode.appCancel), .unavailableNow, false),
        (Symptom(.authentication, AuthenticationCode.invalidContext), .unavailableNow, false),
        (Symptom(.authentication, AuthenticationCode.notInteractive), .unavailableNow, false),
        (Symptom(.authentication, -99999), .hardwareFault, false),
        (Symptom(.token, TokenCode.notImplemented), .unsupported, false),
        (Symptom(.token, TokenCode.communicationError), .unavailableNow, true),
        (Symptom(.token, TokenCode.corruptedData), .hardwareFault, true),
        (Symptom(.token, TokenCode.canceledByUser), .userCancelled, false),
        (Symptom(.token, TokenCode.authenticationFailed), .authRequired, false),
        (Symptom(.token, TokenCode.objectNotFound), .notFound, true),
        (Symptom(.token, TokenCode.tokenNotFound), .unsupported, false),
        (Symptom(.token, TokenCode.badParameter), .unsupported, false),
        (Symptom(.token, TokenCode.authenticationNeeded), .authRequired, false),
        (Symptom(.token, -99999), .hardwareFault, true),
        (Symptom(.other, 1), .hardwareFault, true),
    ]

    @Test("Each number of the system has one meaning, and no number means that a key has ended")
    func numbers() {
        for (symptom, failure, mayPass) in Self.table {
            #expect(Reading(SystemError(symptom)) == Reading(failure, mayPass: mayPass), "\(symptom)")
        }
        #expect(!Self.table.contains { $0.1 == .invalidated })
    }

    @Test("What the holder did at the prompt counts before all else, and a cause that says more before one that says failed")
    func chains() {
        let cancelled = Symptom(.authentication, AuthenticationCode.userCancel)
        let token = Symptom(.token, TokenCode.corruptedData)
        let locked = Symptom(.security, SecurityCode.interactionNotAllowed)
        let gone = Symptom(.security, SecurityCode.itemNotFound)
        #expect(Reading(SystemError(locked, token, cancelled)).failure == .userCancelled)
        #expect(Reading(SystemError(token, locked)).failure == .unavailableNow)
        #expect(Reading(SystemError(locked, gone)).failure == .unavailableNow)
        #expect(Reading(SystemError()) == Reading(.hardwareFault, mayPass: true))
    }

    @Test("Of an error and those beneath it the numbers are kept, and no text")
    func errors() {
        let cause = NSError(
            domain: "com.apple.LocalAuthentication", code: -2, userInfo: [NSLocalizedDescriptionKey: "Erika Mustermann"])
        let token = NSError(domain: "CryptoTokenKit", code: -4, userInfo: [NSUnderlyingErrorKey: cause])
        let outer = NSError(domain: "NSOSStatusErrorDomain", code: -25293, userInfo: [NSUnderlyingErrorKey: token])
        let read = SystemError(NSError(domain: "Another", code: 7, userInfo: [NSUnderlyingErrorKey: outer]))
        #expect(
            read.symptoms == [
                Symptom(.other, 7), Symptom(.security, -25293), Symptom(.token, -4), Symptom(.authentication, -2),
            ])
        #expect(!String(reflecting: read).contains("Erika"))
        var long = NSError(domain: "Another", code: 0)
        for code in 1...100 { long = NSError(domain: "Another", code: code, userInfo: [NSUnderlyingErrorKey: long]) }
        #expect(SystemError(long).symptoms.count == 16)
    }

    @Test(
        "Every failure is one of the wallet's, for the device key and for holder keys",
        arguments: [
            (Failure.unavailableNow, DeviceKeyError.unavailableNow, KeyStoreError.unavailableNow),
            (.userCancelled, .userCancelled, .userCancelled), (.authRequired, .authRequired, .authRequired),
            (.invalidated, .invalidated, .invalidated), (.notFound, .notFound, .notFound),
            (.hardwareFault, .hardwareFault, .hardwareFault), (.unsupported, .unsupported, .unsupported),
        ])
    func mapped(failure: Failure, device: DeviceKeyError, store: KeyStoreError) {
        #expect(DeviceKeyError(failure) == device)
        #expect(KeyStoreError(failure) == store)
    }

    @Test("A key's rules are read as they were written, and other text is none")
    func rules() {
        for rules in [KeyRules.open, .presence, .biometry, .enrolled(Data([0, 255, 7])), .enrolled(Data())] {
            #expect(KeyRules(label: rules.label) == rules)
        }
        for label in ["", "Open", "enrolled", "enrolled ?", "open "] { #expect(KeyRules(label: label) == nil) }
    }

    #if canImport(Security) && canImport(LocalAuthentication)
        @Test("The numbers are those of the system")
        func constants() {
            let security: [(Int, OSStatus)] = [
                (SecurityCode.unimplemented, errSecUnimplemented), (SecurityCode.parameter, errSecParam),
                (SecurityCode.userCancelled, errSecUserCanceled), (SecurityCode.notAvailable, errSecNotAvailable),
                (SecurityCode.internalComponent, errSecInternalComponent), (SecurityCode.authFailed, errSecAuthFailed),
                (SecurityCode.duplicateItem, errSecDuplicateItem), (SecurityCode.itemNotFound, errSecItemNotFound),
                (SecurityCode.interactionNotAllowed, errSecInteractionNotAllowed),
                (SecurityCode.interactionRequired, errSecInteractionRequired), (SecurityCode.decode, errSecDecode),
                (SecurityCode.missingEntitlement, errSecMissingEntitlement),
            ]
            for (ours, theirs) in security { #expect(ours == Int(theirs)) }
            let authentication: [(Int, LAError.Code)] = [
                (AuthenticationCode.authenticationFailed, .authenticationFailed), (AuthenticationCode.userCancel, .userCancel),
                (AuthenticationCode.userFallback, .userFallback), (AuthenticationCode.systemCancel, .systemCancel),
                (AuthenticationCode.passcodeNotSet, .passcodeNotSet),
                (AuthenticationCode.biometryNotAvailable, .biometryNotAvailable),
                (AuthenticationCode.biometryNotEnrolled, .biometryNotEnrolled),
                (AuthenticationCode.biometryLockout, .biometryLockout), (AuthenticationCode.appCancel, .appCancel),
                (AuthenticationCode.invalidContext, .invalidContext), (AuthenticationCode.notInteractive, .notInteractive),
            ]
            for (ours, theirs) in authentication { #expect(ours == theirs.rawValue) }
            let token: [(Int, TKError.Code)] = [
                (TokenCode.notImplemented, .notImplemented), (TokenCode.communicationError, .communicationError),
                (TokenCode.corruptedData, .corruptedData), (TokenCode.canceledByUser, .canceledByUser),
                (TokenCode.authenticationFailed, .authenticationFailed), (TokenCode.objectNotFound, .objectNotFound),
                (TokenCode.tokenNotFound, .tokenNotFound), (TokenCode.badParameter, .badParameter),
                (TokenCode.authenticationNeeded, .authenticationNeeded),
            ]
            for (ours, theirs) in token { #expect(ours == theirs.rawValue) }
            #expect(Symptom.Domain(NSOSStatusErrorDomain) == .security)
            #expect(Symptom.Domain(LAError.errorDomain) == .authentication)
            #expect(Symptom.Domain(TKError.errorDomain) == .token)
        }
    #endif
}
