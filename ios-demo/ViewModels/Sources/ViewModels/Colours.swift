import Foundation

/// A colour as `0xRRGGBB`.
public struct Colour: Equatable, Sendable {
    public let rgb: Int

    public init(_ rgb: Int) {
        self.rgb = rgb
    }

    /// What an issuer calls a colour: `#rrggbb`. Anything else is none.
    public init?(hex: String?) {
        guard let hex, hex.utf8.count == 7, hex.first == "#", hex.dropFirst().allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let rgb = Int(hex.dropFirst(), radix: 16)
        else { return nil }
        self.rgb = rgb
    }

    /// How well one is read on the other, 1 to 21 (WCAG 2.2).
    public func contrast(to other: Colour) -> Double {
        let (one, other) = (luminance, other.luminance)
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    /// The `foreground` an issuer wants on this where that can be read; else black or white.
    public func readable(_ foreground: Colour?) -> Colour {
        if let foreground, contrast(to: foreground) >= Self.readableContrast { return foreground }
        return contrast(to: .white) >= contrast(to: .black) ? .white : .black
    }

    /// Contrast of normal text (WCAG 2.2, 1.4.3).
    public static let readableContrast = 4.5
    static let white = Colour(0xFFFFFF)
    static let black = Colour(0x000000)

    /// Red, green and blue, each from 0 to 1.
    public var parts: [Double] { [16, 8, 0].map { Double(rgb >> $0 & 0xFF) / 255 } }

    private var luminance: Double {
        let parts = parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}

/// The colours of the app.
public struct Palette: Sendable {
    public let background, surface, text, quiet, primary, onPrimary, good, caution, bad, line: Colour

    public func of(_ tone: Tone) -> Colour {
        switch tone {
        case .good: good
        case .plain: text
        case .caution: caution
        case .bad: bad
        }
    }

    /// By day.
    public static let light = Palette(
        background: Colour(0xF6F5F1), surface: Colour(0xFFFFFF), text: Colour(0x1A1C1C), quiet: Colour(0x4B5152),
        primary: Colour(0x00535B), onPrimary: Colour(0xFFFFFF), good: Colour(0x1B5E20), caution: Colour(0x7A4400),
        bad: Colour(0x9C1C1C), line: Colour(0xD5D5CF))

    /// By night.
    public static let dark = Palette(
        background: Colour(0x101414), surface: Colour(0x1B2122), text: Colour(0xE4E6E6), quiet: Colour(0xB6BEBF),
        primary: Colour(0x7FD3DE), onPrimary: Colour(0x00363C), good: Colour(0x9BD6A0), caution: Colour(0xF2BF6B),
        bad: Colour(0xFFB4AB), line: Colour(0x3A4243))
}
