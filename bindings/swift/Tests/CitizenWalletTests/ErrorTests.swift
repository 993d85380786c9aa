import CitizenWallet
import Foundation
import Testing

/// A line of docs/errors.md.
struct Documented {
    let code: String
    let category: String
    let isRetryable: Bool
}

/// All of them.
let documented: [Documented] = {
    let lines = (try? documents("errors.md"))?.split(separator: "\n") ?? []
    return lines.filter { $0.hasPrefix("| `") }.map { line in
        let cells = line.dropFirst(2).components(separatedBy: " | ")
        return Documented(
            code: cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "`")), category: cells[1],
            isRetryable: cells[2] == "yes")
    }
}()

@Suite("Errors")
struct ErrorTests {
    @Test("The native library has the documented codes, and there is a constant for each and no other")
    func codes() {
        let codes = documented.map(\.code)
        #expect(codes.count > 80)
        #expect(errorCodes() == codes)
        #expect(ErrorCode.all.map(\.text) == codes)
    }

    @Test("What a record says is not printed")
    func printing() throws {
        let header = HttpHeader(name: "authorization", value: "something private")
        for printed in ["\(header)", String(reflecting: header), "\([header])", "\(HttpMethod.get) \(header)"] {
            #expect(!printed.contains("private"))
        }
    }
}
