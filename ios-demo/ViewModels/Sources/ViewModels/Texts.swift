import Foundation

/// Puts words into one language. `lookup` finds a string of Localizable.strings by its key.
public struct Texts: Sendable {
    private let locale: Locale
    private let zone: TimeZone
    private let lookup: @Sendable (String) -> String?

    public init(locale: Locale, zone: TimeZone = .current, lookup: @escaping @Sendable (String) -> String?) {
        self.locale = locale
        self.zone = zone
        self.lookup = lookup
    }

    /// `words` in this language. A key without a string shows itself: a test sees to it that there is none.
    public func callAsFunction(_ words: Words) -> String {
        switch words {
        case .given(let words): words
        case .all(let parts): parts.map { text(.words($0)) }.joined(separator: self(Phrase.listSeparator()))
        case .of(let key, let arguments): filled(lookup(key) ?? key, arguments.map(text))
        }
    }

    /// `phrase` in this language.
    public func callAsFunction(_ phrase: Phrase, _ arguments: Argument...) -> String {
        self(.of(key: phrase.key, arguments: arguments))
    }

    /// `pattern` with its `%1$@`, `%2$@` … filled. What stands in an argument is never looked at.
    private func filled(_ pattern: String, _ arguments: [String]) -> String {
        let parts = pattern.components(separatedBy: "%")
        return parts.dropFirst().reduce(parts[0]) { text, part in
            guard let place = part.first?.wholeNumberValue, part.dropFirst().hasPrefix("$@"), arguments.indices.contains(place - 1)
            else { return text + "%" + part }
            return text + arguments[place - 1] + part.dropFirst(3)
        }
    }

    private func text(_ argument: Argument) -> String {
        switch argument {
        // Words of strangers run in their own direction and do not turn ours.
        case .words(.given(let words)): "\u{2068}" + words + "\u{2069}"
        case .words(let words): self(words)
        case .number(let number): String(number)
        case .time(let time): Self.told(time, locale, zone)
        case .wait(let wait): told(wait)
        }
    }

    private static func told(_ time: Date, _ locale: Locale, _ zone: TimeZone) -> String {
        var style = Date.FormatStyle(date: .abbreviated, time: .shortened, locale: locale)
        style.timeZone = zone
        return style.format(time)
    }

    private func told(_ wait: Duration) -> String {
        let seconds = Int(wait.components.seconds)
        // A wait is never told shorter than it is.
        func over(_ unit: Int) -> Argument { .number((seconds + unit - 1) / unit) }
        return switch seconds {
        case ..<60: self(.seconds, .number(seconds))
        case ..<3600: self(.minutes, over(60))
        default: self(.hours, over(3600))
        }
    }
}
