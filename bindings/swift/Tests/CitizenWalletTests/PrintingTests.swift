import CitizenWallet
import Foundation
import Testing

/// What an app prints, into a log for example, tells neither secrets and tokens nor what the holder has and did. Swift would
/// print all members of a record; `dump` does.
@Suite("Printing")
struct PrintingTests {
    /// What may print its texts. A type that is neither here nor says only its name fails.
    private let open: Set<String> = [
        // Errors and stable words.
        "Fault", "DamagedRecord", "CardStatus", "UnlockReport", "ErrorCode",
        // Names of records, which errors have too.
        "LostRecord", "RescueReport", "KeptCard", "Renewed", "DueWhat",
        // What the app gave.
        "Policy", "Trust", "PinnedKeys", "PinnedDidKey", "Scope", "TransactionDataType", "TransactionMember",
    ]

    @Test("Nothing that holds a text prints it, but for what is listed")
    func types() throws {
        let lines = try documents("facade/swift.txt").split(separator: "\n")
        let silent = lines.filter { $0.contains("CustomStringConvertible") }.compactMap { $0.wholeMatch(of: /\w+ (\w+):.*/) }
        // A code that came after these bindings were written is its stable text.
        let members = lines.filter { !$0.contains(".other(code: String") || $0.contains("card:") }
        let holding = members.compactMap { $0.wholeMatch(of: /(?:let|case) (\w+)\..*\bString\b.*/) }
        let printing = Set(holding.map { String($0.1) }).subtracting(silent.map { String($0.1) })
        #expect(printing.sorted() == open.subtracting(["ErrorCode"]).sorted())
        #expect(silent.count > 40)
    }

    @Test("What holds bytes, claims, requests and history says only what it is")
    func names() {
        let text = "Erika Mustermann"
        let policy = HttpPolicy(maxBytes: 1, totalSeconds: 1, allowPrivateAddresses: false)
        let request = HttpRequest(
            purpose: .token, method: .post, url: text, headers: [HttpHeader(name: text, value: text)], body: Data(text.utf8),
            policy: policy)
        let printed: [(any Sendable, String)] = [
            (request, "HttpRequest"), (HttpHeader(name: text, value: text), "HttpHeader"),
            (ClaimValue.text(text: text), "ClaimValue"), (ClaimValue.empty, "ClaimValue"),
            (HistoryEvent.declined(verifier: text, provenBy: text), "HistoryEvent"), (PathSegment.name(name: text), "PathSegment"),
            (AuthorizationUrl(url: text, expiresAt: Date()), "AuthorizationUrl"),
        ]
        for (value, name) in printed {
            #expect("\(value)" == name && String(reflecting: value) == name && "\([value])" == "[\(name)]")
        }
    }

    @Test("Secrets print nothing of themselves")
    func secrets() throws {
        let things: [Any] = [typed(), try newPin(), try newPassphrase(), unlocking(), try pinned(), Keep(pin: typed())]
        for thing in things {
            var dumped = ""
            dump(thing, to: &dumped)
            for text in ["\(thing)", String(reflecting: thing), dumped] { #expect(!text.contains(pin) && !text.contains(phrase)) }
        }
    }
}
