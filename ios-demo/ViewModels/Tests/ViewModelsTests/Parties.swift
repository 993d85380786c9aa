import Foundation

/// The issuer and the verifiers of `wallet-parties`, as a process of their own. It serves until its standard input closes, and
/// so no longer than the tests live.
final class Parties: Sendable {
    /// What the wallet has to trust, as PEM.
    let anchors: String

    /// The web site that the issuer's W3C cards name as their issuer.
    let webIssuer: String

    private let folder: URL
    private let stopping: @Sendable () -> Void

    /// Starts them; what they write is in `folder`.
    init(in folder: URL) async throws {
        self.folder = folder
        stopping = try await aside {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let (process, input, output) = (Process(), Pipe(), Pipe())
            process.executableURL = Self.program
            process.arguments = ["serve", "--json", "--dir", folder.path]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            // The line is printed when the folder is written and the servers listen.
            guard !output.fileHandleForReading.availableData.isEmpty else { throw Unexpected("wallet-parties did not start") }
            let running = Running(process: process, input: input, output: output)
            return { running.stop() }
        }
        anchors = try String(contentsOf: folder.appendingPathComponent("anchors.pem"), encoding: .utf8)
        webIssuer = try String(contentsOf: folder.appendingPathComponent("web-issuer"), encoding: .utf8)
    }

    /// May be called again.
    func stop() {
        stopping()
    }

    /// An offer of a `card`: the link, and with `--tx-code` the code. More of the command's own in `options`.
    func offer(_ card: String = "resident_card", _ options: String...) async throws -> [String] {
        try await offer(card, options: options)
    }

    func offer(_ card: String, options: [String]) async throws -> [String] {
        try await run(["offer", folder.path, card] + options)
    }

    /// A request of `verifier` for `claims` of a `card`: the link. More of the request in `options`, as JSON.
    func ask(_ verifier: String, _ card: String, _ claims: String..., options: String = "{}") async throws -> String {
        try await run(["ask", folder.path, verifier, card] + claims + ["--options", options])[0]
    }

    /// The same of the voting office, with a pseudonym for a `service` that everybody may come to once.
    func askPseudonym(_ service: String, _ card: String, _ claims: String...) async throws -> String {
        let once = ["--options", #"{"once":true}"#, "--pseudonym", service]
        return try await run(["ask", folder.path, "voting-office", card] + claims + once)[0]
    }

    /// What the verifier learned from the request made last, as JSON without white space.
    func learned() async throws -> String {
        try await run(["learned", folder.path]).joined().filter { !$0.isWhitespace }
    }

    /// How the issuer behaves from now on, as JSON.
    func configure(_ options: String) async throws {
        _ = try await run(["configure", folder.path, options])
    }

    /// What a `card` says from now on, as JSON.
    func change(_ card: String, _ options: String) async throws {
        _ = try await run(["change", folder.path, card, options])
    }

    /// Sets the status of cards, as JSON.
    func status(_ options: String) async throws {
        _ = try await run(["status", folder.path, options])
    }

    /// Agrees at `url` as a holder in a browser would: where it leads back to.
    func browse(_ url: String) async throws -> String {
        try await run(["browse", url])[0]
    }

    private static let program = URL(fileURLWithPath: ProcessInfo.processInfo.environment["WALLET_PARTIES"] ?? "")

    private func run(_ arguments: [String]) async throws -> [String] {
        try await aside {
            let (process, output) = (Process(), Pipe())
            process.executableURL = Self.program
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Unexpected("wallet-parties \(arguments[0]): \(text)") }
            return text.split(separator: "\n").map(String.init)
        }
    }
}

/// A process, and the pipes that must not be closed before it.
private struct Running: @unchecked Sendable {
    let process: Process
    let input: Pipe
    let output: Pipe

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// What a test did not expect.
struct Unexpected: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}

/// Runs `work`, which blocks, on a thread that may be blocked.
func aside<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { waiting in
        DispatchQueue.global().async { waiting.resume(with: Result(catching: work)) }
    }
}
