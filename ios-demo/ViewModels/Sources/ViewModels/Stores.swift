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

    func next() throws -> URL {
        let folder = try folder()
        return folder.deletingLastPathComponent().appendingPathComponent(folder.lastPathComponent + ".next")
    }

    func hasNext() throws -> Bool {
        let names = try? FileManager.default.contentsOfDirectory(atPath: next().path)
        return names?.isEmpty == false
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
