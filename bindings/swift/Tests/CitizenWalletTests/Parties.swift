import Foundation

/// The issuer and the verifiers of `wallet-parties`, as a process of their own. It serves until its standard input closes, and
/// so no longer than the tests live.
final class Parties: @unchecked Sendable {
    /// What the wallet has to trust, as PEM.
    let anchors: String
    /// Where it can be controlled, and what it knows.
    let addresses: Addresses
    /// Where both are written.
    let folder: URL

    private let process: Process?
    private let input = Pipe()

    /// Runs `test` with an issuer and verifiers of its own.
    static func serving<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ test: (Parties) async throws -> Value
    ) async throws -> Value {
        let parties = try await aside { try Parties() }
        defer { parties.stop() }
        return try await test(parties)
    }

    private convenience init() throws {
        let folder = temporary.appendingPathComponent("parties-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try self.init(in: folder, process: Process())
    }

    /// Those another process started, which ends them.
    convenience init(startedIn folder: URL) throws {
        try self.init(in: folder, process: nil)
    }

    private init(in folder: URL, process: Process?) throws {
        (self.folder, self.process) = (folder, process)
        if let process { try Self.start(process, folder, input) }
        anchors = try String(contentsOf: folder.appendingPathComponent("anchors.pem"), encoding: .utf8)
        let written = try Data(contentsOf: folder.appendingPathComponent("server.json"))
        addresses = try JSONDecoder().decode(Addresses.self, from: written)
    }

    private static func start(_ process: Process, _ folder: URL, _ input: Pipe) throws {
        let output = Pipe()
        process.executableURL = program
        process.arguments = ["serve", "--json", "--dir", folder.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // The line is printed when the folder is written and the servers listen.
        guard !output.fileHandleForReading.availableData.isEmpty else { throw Unexpected("wallet-parties did not start") }
    }

    private func stop() {
        try? input.fileHandleForWriting.close()
        process?.waitUntilExit()
    }

    /// A fresh offer of a `card`: the link.
    func offer(_ card: String = "resident_card") async throws -> String {
        try await run("offer", folder.path, card)[0]
    }

    /// A fresh offer with a transaction code: the link and the code.
    func offerWithCode(_ card: String = "resident_card") async throws -> (link: String, code: String) {
        let lines = try await run("offer", folder.path, card, "--tx-code")
        return (lines[0], lines[1])
    }

    /// A fresh request of the bar for this claim of a resident card: the link. With `options` as JSON.
    func ask(_ claim: String = "age_equal_or_over.19", options: String = "{}") async throws -> String {
        try await run("ask", folder.path, "bar", "resident_card", claim, "--options", options)[0]
    }

    /// A fresh request of the bar for this claim of this W3C card, or of the voting office that also wants the pseudonym for a
    /// `service`: the link.
    func askW3c(_ card: String, _ claim: String = "age_over_19", pseudonymFor service: String? = nil) async throws -> String {
        guard let service else { return try await run("ask", folder.path, "bar", card, claim)[0] }
        return try await run(
            "ask", folder.path, "voting-office", card, claim, "--options", #"{"once":true}"#, "--pseudonym", service)[0]
    }

    /// The web site of the issuer of W3C cards.
    func webIssuer() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("web-issuer"), encoding: .utf8)
    }

    /// What the verifier learned from the request made last, as JSON without white space.
    func learned() async throws -> String {
        try await run("learned", folder.path).joined().filter { !$0.isWhitespace }
    }

    /// How the issuer behaves from now on, as JSON.
    func configure(_ options: String) async throws {
        _ = try await run("configure", folder.path, options)
    }

    /// What a `card` says from now on, as JSON.
    func change(_ card: String = "resident_card", _ options: String) async throws {
        _ = try await run("change", folder.path, card, options)
    }

    /// Sets the status of issued cards, or what is wrong with the status list, as JSON.
    func status(_ options: String) async throws {
        _ = try await run("status", folder.path, options)
    }

    /// Consents at `url` as a browser would: where it leads back to.
    func browse(_ url: String) async throws -> String {
        try await run("browse", url)[0]
    }

    private static let program = URL(fileURLWithPath: ProcessInfo.processInfo.environment["WALLET_PARTIES"] ?? "")

    private func run(_ command: String...) async throws -> [String] {
        try await aside {
            let (process, output) = (Process(), Pipe())
            process.executableURL = Self.program
            process.arguments = command
            process.standardOutput = output
            process.standardError = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Unexpected("wallet-parties \(command): \(text)") }
            return text.split(separator: "\n").map(String.init)
        }
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
