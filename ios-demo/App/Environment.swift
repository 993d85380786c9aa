import SwiftUI
import ViewModels

extension EnvironmentValues {
    /// The language of the screens.
    var texts: Texts {
        get { self[TextsKey.self] }
        set { self[TextsKey.self] = newValue }
    }

    /// The colours of the screens.
    var palette: Palette {
        get { self[PaletteKey.self] }
        set { self[PaletteKey.self] = newValue }
    }
}

private struct TextsKey: EnvironmentKey {
    static let defaultValue = Texts(locale: .current) { key in
        let missing = "\u{0}"
        let text = Bundle.main.localizedString(forKey: key, value: missing, table: nil)
        return text == missing ? nil : text
    }
}

private struct PaletteKey: EnvironmentKey {
    static let defaultValue = Palette.light
}

extension View {
    /// In the colours of the app, by day and by night.
    func dressed() -> some View {
        modifier(Dress())
    }
}

private struct Dress: ViewModifier {
    @Environment(\.colorScheme) private var scheme

    func body(content: Content) -> some View {
        let palette = scheme == .dark ? Palette.dark : Palette.light
        content
            .environment(\.palette, palette)
            .tint(Color(palette.primary))
    }
}

extension Color {
    init(_ colour: Colour) {
        let parts = colour.parts
        self.init(red: parts[0], green: parts[1], blue: parts[2])
    }
}
