// Stands in for the part of LocalAuthentication that the app uses, and for what the library has on Apple's systems only.
import CitizenWallet
import Foundation

public enum LAPolicy: Sendable { case deviceOwnerAuthentication }

public final class LAContext {
    public init() {}
    public func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool { false }
}

public enum AppleWallet {
    public static func folder(_ name: String = "wallet") throws -> URL { fatalError("stands in for the library's") }
    public static func platform(store: String = "wallet", reason: @escaping @Sendable () -> String) -> Platform {
        fatalError("stands in for the library's")
    }
}
