import Foundation

/// What a screen says, before it is put into a language.
public indirect enum Words: Hashable, Sendable {
    /// The string `key` of Localizable.strings, with `arguments` in it.
    case of(key: String, arguments: [Argument] = [])
    /// Words of an issuer or a verifier, which the library made safe to show. They are never a format.
    case given(String)
    /// Several as one enumeration.
    case all([Words])

    /// Words from elsewhere, or `otherwise` if there are none.
    static func given(_ words: String?, otherwise: Words) -> Words {
        guard let words, words.contains(where: { !$0.isWhitespace }) else { return otherwise }
        return .given(words)
    }
}

/// What stands in a string.
public enum Argument: Hashable, Sendable {
    case words(Words)
    case number(Int)
    case time(Date)
    case wait(Duration)

    static func given(_ words: String) -> Argument { .words(.given(words)) }

    static func number(_ number: UInt32) -> Argument { .number(Int(number)) }
}
