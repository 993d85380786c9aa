// Stands in for the part of UIKit that the app uses.
import Foundation

@MainActor
public final class UIApplication {
    public static let shared = UIApplication()

    @discardableResult
    public func open(_ url: URL) async -> Bool { fatalError("stands in for UIKit") }
}
