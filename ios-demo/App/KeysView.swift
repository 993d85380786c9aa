import SwiftUI
import ViewModels

/// The app's own keys: no keyboard of another app sees a PIN or a code.
struct KeysView: View {
    let screen: Screen.Keys
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(screen.title), onBack: screen.canLeave ? { on(.back) } : nil) {
            if let notice = screen.notice { Notice(notice, .caution) }
            Text(texts(screen.advice))
            Dots(count: screen.typed)
            KeyGrid(keys: screen.pad.keys, on: on).modifier(HiddenWhileCaptured())
            OtherButton(texts(.eraseKey)) { on(.eraseKey) }
            MainButton(texts(.enter)) { on(.enter) }
            if screen.canCheckHolder { OtherButton(texts(.useCheck)) { on(.checkHolder) } }
            if let otherWay = screen.otherWay { OtherButton(texts(otherWay)) { on(.otherWayIn) } }
            if let lastWay = screen.lastWay { OtherButton(texts(lastWay)) { on(.erase) } }
        }
    }
}

/// How much was typed, never what.
private struct Dots: View {
    let count: Int
    @Environment(\.texts) private var texts

    var body: some View {
        Text(count == 0 ? "–" : String(repeating: "•", count: count))
            .font(.largeTitle)
            .frame(maxWidth: .infinity)
            .accessibilityLabel(texts(.typedCount, .number(count)))
            .accessibilityAddTraits(.updatesFrequently)
    }
}

private struct KeyGrid: View {
    let keys: String
    let on: (Action) -> Void
    /// Grows with the holder's size of text: then fewer stand in a row.
    @ScaledMetric private var width = touch
    @Environment(\.palette) private var palette

    var body: some View {
        LazyVGrid(columns: columns, spacing: 8) {
            ForEach(Array(keys), id: \.self) { key in
                Button {
                    on(.key(key))
                } label: {
                    Text(String(key))
                        .font(.title3.weight(.medium))
                        .frame(maxWidth: .infinity, minHeight: touch)
                        .background(Color(palette.surface), in: RoundedRectangle(cornerRadius: 12))
                        .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color(palette.line)))
                }
                .accessibilityIdentifier("key-\(key)")
            }
        }
    }

    private var columns: [GridItem] {
        keys.count > 10
            ? [GridItem(.adaptive(minimum: width), spacing: 8)] : Array(repeating: GridItem(.flexible(), spacing: 8), count: 3)
    }
}
