#if canImport(Security) && canImport(LocalAuthentication)

import Foundation
@preconcurrency import LocalAuthentication

/// The holder, asked by LocalAuthentication.
/// docs/ios-not-run-here.md says what of it is tested.
struct SystemHolder: DeviceHolder {
    /// What the prompt says it is for, in the holder's language.
    let reason: @Sendable () -> String

    func canAnswer(_ check: HolderCheck) -> Bool {
        let policy: LAPolicy =
            switch check {
            case .biometryOrPasscode: .deviceOwnerAuthentication
            case .biometry, .currentBiometry: .deviceOwnerAuthenticationWithBiometrics
            }
        var error: NSError?
        if LAContext().canEvaluatePolicy(policy, error: &error) { return true }
        // A locked-out sensor works again once the holder used the passcode.
        return error.map { Reading(SystemError($0)).failure } == .authRequired
    }

    var enrolment: Enrolment {
        let context = LAContext()
        var error: NSError?
        if context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: &error) {
            // Its successor exists since iOS 18; a key lives longer than an update, so both must not be mixed.
            return context.evaluatedPolicyDomainState.map(Enrolment.state) ?? .unknown
        }
        return error?.code == LAError.Code.biometryNotEnrolled.rawValue ? .nobody : .unknown
    }

    func prompt() -> any Prompt { SystemPrompt(reason: reason()) }
}

/// A prompt: shown by the first key that asks, and remembered for the next.
final class SystemPrompt: Prompt, @unchecked Sendable {
    /// Set up once; the system takes it on any thread.
    let context = LAContext()

    init(reason: String) {
        context.localizedReason = reason
    }

    func close() {
        context.invalidate()
    }
}

#endif
