import Foundation

public enum LAPolicy: Int, Sendable { case deviceOwnerAuthenticationWithBiometrics = 1, deviceOwnerAuthentication }
public enum LAError {
    public enum Code: Int { case biometryNotAvailable = -6, biometryNotEnrolled = -7, biometryLockout = -8 }
}

/// What the system knows of its holder. Tests of it run one after the other.
public enum System {
    nonisolated(unsafe) public static var policies: [LAPolicy] = []
    nonisolated(unsafe) public static var error: LAError.Code?
    nonisolated(unsafe) public static var state: Data?
}

open class LAContext: NSObject {
    public var localizedReason = ""
    public var interactionNotAllowed = false
    public private(set) var isInvalid = false
    public var evaluatedPolicyDomainState: Data? { System.state }

    public func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool {
        System.policies.append(policy)
        guard let code = System.error else { return true }
        error?.pointee = NSError(domain: "com.apple.LocalAuthentication", code: code.rawValue)
        return false
    }

    public func invalidate() { isInvalid = true }
}
