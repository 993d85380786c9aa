import CitizenWallet
import Foundation

// guide: screen
/// What the holder sees and answers: your screens.
@MainActor
protocol Screen {
    func show(_ line: String)

    func agrees(_ question: String) async -> Bool

    /// What the holder types, on keys of your own for example: bytes that can be wiped.
    func typed(_ question: String) async -> Data
}

extension Screen {
    /// Claims as lines. Each value is fetched when it is drawn, and none is kept.
    func show(_ claims: Claims) throws {
        for (place, info) in claims.list().enumerated() {
            let value = try claims.value(index: UInt32(place))
            show("  \(info.label ?? words(info.path)): \(text(value))")
        }
    }
}

func text(_ value: ClaimValue) -> String {
    switch value {
    case .text(let text), .number(let text): text
    case .boolean(let value): value ? "yes" : "no"
    case .structure(let json): json
    case .picture: "a picture"
    case .empty: "–"
    }
}

/// Where a claim without a label is, such as `address.locality`.
func words(_ path: [PathSegment]) -> String {
    let segments = path.map { segment in
        switch segment {
        case .name(let name): name
        case .index(let index): "\(index)"
        case .all: "*"
        }
    }
    return segments.joined(separator: ".")
}
// guide: end
