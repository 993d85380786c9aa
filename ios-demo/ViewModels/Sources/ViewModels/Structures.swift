import Foundation

/// A value that has parts, as lines a person can read: `region: …`, one part a line. `json` is well-formed: the library wrote it.
/// Where it is not, it is shown as it is.
func readable(_ json: String) -> String {
    var reader = Reader(json)
    guard reader.value(""), reader.isAtEnd else { return json }
    return reader.lines.joined(separator: "\n")
}

/// Reads JSON once, from left to right.
private struct Reader {
    private(set) var lines: [String] = []
    private let json: [UInt16]
    private var place = 0

    init(_ json: String) {
        self.json = Array(json.utf16)
    }

    var isAtEnd: Bool { afterSpace(place) == json.count }

    /// Adds a line for each part of the value that begins here, each named by the names on its way.
    mutating func value(_ name: String) -> Bool {
        switch next() {
        case "{":
            return members(until: "}") { reader in
                guard reader.next() == "\"", let member = reader.text(), reader.take(":") else { return false }
                let words = member.replacingOccurrences(of: "_", with: " ")
                return reader.value([name, words].filter { !$0.isEmpty }.joined(separator: " › "))
            }
        case "[": return members(until: "]") { $0.value(name) }
        case "\"":
            guard let text = text() else { return false }
            add(name, text)
        case nil: return false
        default: add(name, word())
        }
        return true
    }

    private mutating func add(_ name: String, _ value: String) {
        lines.append(name.isEmpty ? value : "\(name): \(value)")
    }

    private mutating func members(until end: Unicode.Scalar, _ member: (inout Reader) -> Bool) -> Bool {
        place += 1
        if take(end) { return true }
        while member(&self) {
            if take(end) { return true }
            if !take(",") { return false }
        }
        return false
    }

    private func afterSpace(_ place: Int) -> Int {
        json[place...].firstIndex { !isSpace($0) } ?? json.count
    }

    private mutating func next() -> Unicode.Scalar? {
        place = afterSpace(place)
        return place < json.count ? Unicode.Scalar(json[place]) ?? "\u{FFFD}" : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next() == character else { return false }
        place += 1
        return true
    }

    /// A number, `true`, `false` or `null`.
    private mutating func word() -> String {
        let begin = place
        while place < json.count, !isSpace(json[place]), !",]}".utf16.contains(json[place]) { place += 1 }
        return String(decoding: json[begin..<place], as: UTF16.self)
    }

    private mutating func text() -> String? {
        var text: [UInt16] = []
        place += 1
        while let unit = nextUnit() {
            switch Unicode.Scalar(unit) {
            case "\"": return String(decoding: text, as: UTF16.self)
            case "\\":
                guard let escaped = escaped() else { return nil }
                text.append(escaped)
            default: text.append(unit)
            }
        }
        return nil
    }

    private mutating func nextUnit() -> UInt16? {
        guard place < json.count else { return nil }
        defer { place += 1 }
        return json[place]
    }

    private mutating func escaped() -> UInt16? {
        guard let unit = nextUnit() else { return nil }
        switch Unicode.Scalar(unit) {
        case "n", "r", "t", "b", "f": return UInt16(UInt8(ascii: " "))
        case "u":
            guard place + 4 <= json.count else { return nil }
            defer { place += 4 }
            return UInt16(String(decoding: json[place..<place + 4], as: UTF16.self), radix: 16)
        default: return unit
        }
    }

    private func isSpace(_ unit: UInt16) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(unit) }
}
