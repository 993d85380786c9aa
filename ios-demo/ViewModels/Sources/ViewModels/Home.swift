import CitizenWallet
import Foundation

/// Where the app runs.
public struct Home {
    let folder: () throws -> URL
    let platform: Platform
    let policy: Policy
    let settings: VaultSettings
    let canCheckHolder: Bool
    let scan: (@MainActor () async -> String?)?
    let save: Save?
    let browse: @MainActor (String) async -> Void

    /// Writes a file with this name and what is in the bytes, which are wiped after, where the holder finds it, and tells where
    /// that is; none if that failed.
    public typealias Save = @MainActor (_ name: String, _ bytes: inout Data) async -> String?

    /// - Parameters:
    ///   - folder: of the store. What it throws is told as a phone that cannot read or write.
    ///   - canCheckHolder: whether the system can check a finger, a face or the passcode.
    ///   - scan: scans a QR code: its text, or none if the holder gave up. Left out where there is no camera.
    ///   - save: left out where there is no such place.
    ///   - browse: opens a page in the browser.
    public init(
        folder: @escaping () throws -> URL, platform: Platform, policy: Policy, settings: VaultSettings = Home.patient,
        canCheckHolder: Bool = false, scan: (@MainActor () async -> String?)? = nil, save: Save? = nil,
        browse: @escaping @MainActor (String) async -> Void
    ) {
        self.folder = folder
        self.platform = platform
        self.policy = policy
        self.settings = settings
        self.canCheckHolder = canCheckHolder
        self.scan = scan
        self.save = save
        self.browse = browse
    }

    /// Five minutes without a touch before the wallet locks itself: whoever listens to a consent screen needs them.
    public static let patient = VaultSettings(lockAfterIdleSeconds: 300)
}
