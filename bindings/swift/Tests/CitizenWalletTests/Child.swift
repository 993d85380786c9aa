// A process is started as Linux knows it; nothing else is tested here.
#if os(Linux)

import Foundation

/// This test program once more, as a process of its own that does one task. It does not outlive the tests.
final class Child {
    /// What this process is to do, if it is such a one.
    static var task: String? { ProcessInfo.processInfo.environment["WALLET_CHILD"] }

    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())

    /// Starts the `test` of a suite, such as `KilledTests/toTheEnd`, with this `task`.
    init(_ test: String, task: String, environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--no-parallel", "--filter", test]
        var all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        all["WALLET_CHILD"] = task
        process.environment = all
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What it said up to this `line`, after which it is killed, or to its end.
    func said(upTo line: String? = nil) async throws -> [String] {
        try await aside { [process, output] in
            var text = ""
            while !text.split(separator: "\n").contains(where: { $0 == line ?? "" }) {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
            }
            if line != nil { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            return text.split(separator: "\n").map(String.init)
        }
    }

    /// Says a line, in the child.
    static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Ends with the tests, in the child.
    static func endWithParent() {
        DispatchQueue.global().async {
            _ = try? FileHandle.standardInput.readToEnd()
            _exit(1)
        }
    }
}

#endif
