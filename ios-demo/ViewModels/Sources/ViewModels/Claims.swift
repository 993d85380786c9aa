import CitizenWallet
import Foundation

/// What a claim says. A view asks for it when it draws and keeps it no longer than that.
public enum Value {
    case words(String)
    case said(Words)
    /// A picture of the issuer's: nobody knows who made its bytes.
    case picture(Data)
}

/// One claim.
public struct ClaimLine {
    public let label: Words
    /// Whether it is visible whenever the card is shown.
    public let isAlways: Bool
    let read: () -> Value?

    /// Its value; none when the screen it was on is gone.
    public var value: Value? { read() }
}

/// Claims in the library. Let go of when their screen is left.
public final class ClaimLines {
    public let lines: [ClaimLine]
    private let held: Held<Claims>

    /// - Parameters:
    ///   - labels: instead of their own.
    ///   - always: what a plan says is visible in any case.
    init(_ claims: Claims, labels: Labels? = nil, always: Set<[PathSegment]>? = nil) {
        let infos = claims.list()
        let labels = labels ?? Labels(infos)
        let held = Held(claims)
        self.held = held
        lines = infos.enumerated().map { place, info in
            ClaimLine(label: labels.of(info.path), isAlways: always?.contains(info.path) ?? !info.isDisclosable) {
                held.object.flatMap { try? $0.value(index: UInt32(place)) }.map { Value($0, at: info.path) }
            }
        }
    }

    func close() {
        held.object = nil
    }
}

/// One change between a card and what is to take its place.
public struct ChangeLine {
    public let label: Words
    public let kind: Words
    let readBefore: () -> Value?
    let readAfter: () -> Value?

    /// What it said; none where there was nothing, or when the screen it was on is gone.
    public var before: Value? { readBefore() }
    /// What it says; none as for ``before``.
    public var after: Value? { readAfter() }
}

/// Changes in the library. Let go of when their screen is left.
public final class ChangeLines {
    public let lines: [ChangeLine]
    private let held: Held<ClaimChanges>

    init(_ changes: ClaimChanges) {
        let held = Held(changes)
        self.held = held
        lines = changes.list().enumerated().map { place, change in
            func value(_ read: @escaping (ClaimChanges) throws -> ClaimValue?) -> () -> Value? {
                { held.object.flatMap { try? read($0) }.map { Value($0, at: change.path) } }
            }
            return ChangeLine(
                label: change.label.map(Words.given) ?? Labels().of(change.path), kind: kind(change.kind)(),
                readBefore: value { try $0.before(index: UInt32(place)) },
                readAfter: value { try $0.after(index: UInt32(place)) })
        }
    }

    func close() {
        held.object = nil
    }
}

private func kind(_ kind: ClaimChangeKind) -> Phrase {
    switch kind {
    case .added: .changeAdded
    case .changed: .changeChanged
    case .removed: .changeRemoved
    case .noLongerWithheld: .changeNoLongerWithheld
    case .other: .changeOther
    }
}

/// An object of the library, until it is let go of.
final class Held<Object> {
    var object: Object?

    init(_ object: Object) {
        self.object = object
    }
}

extension Value {
    init(_ value: ClaimValue, at path: [PathSegment]) {
        let name: String? = if path.count == 1, case .name(let name) = path[0] { name } else { nil }
        let isTechnical = name.map(technical.contains) ?? false
        switch value {
        case .text(let text):
            let words = date(name, text).map { .said(Phrase.pointInTime(.time($0))) } ?? Value.words(text)
            self = isTechnical ? .said(Phrase.technicalValue()) : words
        case .number(let text): self = time(name, text).map { .said(Phrase.pointInTime(.time($0))) } ?? .words(text)
        case .boolean(let value): self = .said(value ? Phrase.yes() : Phrase.no())
        case .structure(let json): self = isTechnical ? .said(Phrase.technicalValue()) : .words(readable(json))
        case .picture(_, let bytes): self = .picture(bytes)
        case .empty: self = .said(Phrase.emptyValue())
        }
    }
}

/// Claims of the format itself that are numbers of seconds (RFC 7519).
private let times: Set = ["iat", "nbf", "exp"]

/// Claims of the format itself that say nothing to a person: the copy's key, a checksum, a place in a list.
private let technical: Set = ["cnf", "vct#integrity", "status"]

/// Until the end of the year 9999: what lies beyond cannot be told as a date.
private let calendar = 0...253_402_300_799

private func time(_ name: String?, _ number: String) -> Date? {
    guard let name, times.contains(name), let seconds = Int(number), calendar.contains(seconds) else { return nil }
    return Date(timeIntervalSince1970: TimeInterval(seconds))
}

/// Claims of a W3C card itself that are times (VC Data Model 2.0 section 4.9).
private let dates: Set = ["validFrom", "validUntil"]

private func date(_ name: String?, _ text: String) -> Date? {
    guard let name, dates.contains(name) else { return nil }
    return try? Date(text, strategy: .iso8601)
}

/// Names of claims, as their issuer has them: the label of a claim, or of what it is inside of.
struct Labels {
    private let known: [[PathSegment]: String]
    private let isW3c: Bool

    init(_ infos: [ClaimInfo] = []) {
        isW3c = infos.contains { $0.path.first == Self.subject }
        known = Dictionary(infos.compactMap { info in info.label.map { (info.path, $0) } }) { _, last in last }
    }

    func of(_ path: [PathSegment]) -> Words {
        let depth = (1...max(path.count, 1)).last { known[Array(path.prefix($0))] != nil } ?? 0
        let outermost = known[Array(path.prefix(depth))].map { [Words.given($0)] } ?? []
        if isW3c, depth == 0, path.count == 1, case .name(let name) = path[0], let own = Self.w3c[name] { return own() }
        // A W3C card says everything of its holder inside this: it tells nobody anything.
        let frame = depth == 0 && path.count > 1 && path.first == Self.subject ? 1 : 0
        let words = outermost + path.dropFirst(depth + frame).map(word)
        guard let first = words.first else { return .given("") }
        return words.dropFirst().reduce(first) { Phrase.claimWithin(.words($0), .words($1)) }
    }

    /// Each name once.
    func of(_ paths: [[PathSegment]]) -> [Words] {
        distinct(paths.map { of($0) })
    }

    private func word(_ segment: PathSegment) -> Words {
        switch segment {
        case .name(let name): Self.common[name].map { $0() } ?? .given(name.replacingOccurrences(of: "_", with: " "))
        case .index(let index): .given(String(index &+ 1))
        case .all: .given("*")
        }
    }

    private static let subject = PathSegment.name(name: "credentialSubject")

    /// What a W3C card says of itself.
    private static let w3c: [String: Phrase] = [
        "type": .claimVct, "issuer": .claimIss, "validFrom": .claimNbf, "validUntil": .claimExp,
    ]

    /// Claims that issuers seldom have a label for.
    private static let common: [String: Phrase] = [
        "iss": .claimIss, "vct": .claimVct, "vct#integrity": .claimVctIntegrity, "iat": .claimIat, "nbf": .claimNbf,
        "exp": .claimExp, "cnf": .claimCnf, "status": .claimStatus, "age_equal_or_over": .claimAge,
        "issuing_authority": .claimAuthority, "date_of_issue": .claimDateOfIssue, "sex": .claimSex, "country": .claimCountry,
    ]
}

/// Each element once, where it comes first.
func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
}
