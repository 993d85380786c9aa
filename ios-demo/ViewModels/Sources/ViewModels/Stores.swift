import CitizenWallet
import Foundation

/// The store's folder, and beside it one for a store that is to take its place: it is made whole, then the old one is erased, then
/// it moves in. Whatever happens in between, one of the two is there.
@MainActor
struct Stores {
    let home: Home

    func folder() throws -> URL {
        try files { try home.folder() }
    }

    func next() throws -> URL { try beside("next") }

    /// What cannot be looked at may be there: that is told, and nothing is erased.
    func hasNext() throws -> Bool {
        try files {
            do {
                return try !FileManager.default.contentsOfDirectory(atPath: next().path).isEmpty
            } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
                return false
            }
        }
    }

    func erase() async throws {
        _ = try await Wallet.erase(in: folder(), platform: home.platform)
    }

    func eraseNext() async throws {
        let next = try next()
        _ = try await Wallet.erase(in: next, platform: home.platform)
        try files { try remove(next) }
    }

    /// The next store is now the one there is.
    func moveIn() throws {
        try files {
            let folder = try folder()
            try remove(folder)
            try FileManager.default.moveItem(at: next(), to: folder)
        }
    }

    private func remove(_ folder: URL) throws {
        if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
    }

    /// Whether the store's recovery code was not seen to the end: there is a file then, beside the store.
    func isCodeUnseen() throws -> Bool {
        try FileManager.default.fileExists(atPath: unseen().path)
    }

    /// A store is about to be made whose recovery code nobody saw yet.
    func expectCode() throws {
        try files {
            let mark = try unseen()
            try FileManager.default.createDirectory(
                at: mark.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: mark)
        }
    }

    /// The holder has the recovery code.
    func codeSeen() throws {
        try files { try remove(unseen()) }
    }

    private func unseen() throws -> URL { try beside("unseen") }

    private func beside(_ kind: String) throws -> URL {
        let folder = try folder()
        return folder.deletingLastPathComponent().appendingPathComponent(folder.lastPathComponent + "." + kind)
    }

    /// What the file system refuses is told as the library does.
    private func files<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as WalletError {
            throw error
        } catch {
            throw WalletError.device(fault: Fault(.ioFailed, isRetryable: true))
        }
    }
}

extension Fault {
    /// One of this app's own.
    init(_ code: ErrorCode, isRetryable: Bool = false) {
        self.init(
            code: code.text, isRetryable: isRetryable, subject: nil, rule: nil, retryAfterSeconds: nil, triesLeft: nil)
    }
}
