// Stands in for the part of UIKit that the app uses.
import Foundation

@MainActor
public final class UIApplication {
    public static let shared = UIApplication()

    public func beginBackgroundTask(
        expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { fatalError("stands in for UIKit") }

    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}

    @discardableResult
    public func open(_ url: URL) async -> Bool { fatalError("stands in for UIKit") }
}

public struct UIBackgroundTaskIdentifier: Sendable {}
