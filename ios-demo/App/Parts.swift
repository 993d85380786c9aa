import SwiftUI
import ViewModels

/// The least size of what can be touched.
let touch: CGFloat = 48

/// A screen: a title, perhaps a way back, and parts below each other that scroll together.
struct Page<Content: View>: View {
    let title: String
    var onBack: (() -> Void)?
    @ViewBuilder let content: Content
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 12) {
                HStack {
                    if let onBack {
                        Button(action: onBack) {
                            // It points to where the text begins, in either direction of writing.
                            Image(systemName: "chevron.backward").font(.title3).frame(width: touch, height: touch)
                        }
                        .accessibilityLabel(texts(.back))
                        .accessibilityIdentifier("back")
                    }
                    Text(title)
                        .font(.title.bold())
                        .accessibilityAddTraits(.isHeader)
                        .accessibilityIdentifier("title")
                }
                .frame(minHeight: touch)
                content
            }
            .frame(maxWidth: 600, alignment: .leading)
            .padding(20)
            .frame(maxWidth: .infinity)
        }
        .foregroundStyle(Color(palette.text))
        .background(Color(palette.background).ignoresSafeArea())
    }
}

/// What the screen is for.
struct MainButton: View {
    let text: String
    let action: () -> Void
    @Environment(\.palette) private var palette

    init(_ text: String, action: @escaping () -> Void) {
        self.text = text
        self.action = action
    }

    var body: some View {
        Button(action: action) {
            Text(text)
                .fontWeight(.medium)
                .padding(.vertical, 8)
                .frame(maxWidth: .infinity, minHeight: touch)
                .background(Color(palette.primary), in: RoundedRectangle(cornerRadius: 12))
        }
        .foregroundStyle(Color(palette.onPrimary))
        .accessibilityIdentifier("main")
    }
}

struct OtherButton: View {
    let text: String
    let action: () -> Void
    @Environment(\.palette) private var palette

    init(_ text: String, action: @escaping () -> Void) {
        self.text = text
        self.action = action
    }

    var body: some View {
        Button(action: action) {
            Text(text)
                .fontWeight(.medium)
                .padding(.vertical, 8)
                .frame(maxWidth: .infinity, minHeight: touch)
                .contentShape(Rectangle())
                .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color(palette.quiet)))
        }
        .foregroundStyle(Color(palette.primary))
    }
}

/// Text that is less than the rest.
struct Quiet: View {
    let text: String
    @Environment(\.palette) private var palette

    init(_ text: String) {
        self.text = text
    }

    var body: some View {
        Text(text).font(.subheadline).foregroundStyle(Color(palette.quiet))
    }
}

/// Parts that belong together.
struct Panel<Content: View>: View {
    @ViewBuilder let content: Content
    @Environment(\.palette) private var palette

    var body: some View {
        VStack(alignment: .leading, spacing: 10) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(16)
            .background(Color(palette.surface), in: RoundedRectangle(cornerRadius: 14))
            .overlay(RoundedRectangle(cornerRadius: 14).stroke(Color(palette.line)))
    }
}

/// Parts that belong together, under a heading.
struct Part<Content: View>: View {
    let title: String
    @ViewBuilder let content: Content
    @Environment(\.palette) private var palette

    init(_ title: String, @ViewBuilder content: () -> Content) {
        self.title = title
        self.content = content()
    }

    var body: some View {
        Panel {
            Text(title)
                .font(.subheadline.bold())
                .foregroundStyle(Color(palette.quiet))
                .accessibilityAddTraits(.isHeader)
            content
        }
    }
}

/// Something that is the case. Its tone is told by its words; sign and colour repeat it.
struct FactLine: View {
    let fact: Fact
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    init(_ fact: Fact) {
        self.fact = fact
    }

    var body: some View {
        HStack(alignment: .firstTextBaseline, spacing: 8) {
            Image(systemName: sign).accessibilityHidden(true)
            Text(texts(fact.text))
        }
        .foregroundStyle(Color(palette.of(fact.tone)))
    }

    private var sign: String {
        switch fact.tone {
        case .good: "checkmark.circle.fill"
        case .plain: "info.circle.fill"
        case .caution: "exclamationmark.triangle.fill"
        case .bad: "xmark.octagon.fill"
        }
    }
}

/// News at the top of a screen. It is read out as it comes.
struct Notice: View {
    let fact: Fact
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    init(_ text: Words, _ tone: Tone = .plain) {
        fact = Fact(text, tone)
    }

    init(_ fact: Fact) {
        self.fact = fact
    }

    var body: some View {
        FactLine(fact)
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(14)
            .background(Color(palette.surface), in: RoundedRectangle(cornerRadius: 12))
            .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color(palette.of(fact.tone))))
            .accessibilityElement(children: .combine)
            .accessibilityIdentifier("notice")
            .onAppear { AccessibilityNotification.Announcement(texts(fact.text)).post() }
    }
}

/// A field for what is no secret, or that only a keyboard can type. Nothing of it is learned or mended.
struct Field: View {
    let label: String
    @Binding var text: String
    @Environment(\.palette) private var palette

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Quiet(label).accessibilityHidden(true)
            TextField("", text: $text)
                .accessibilityLabel(label)
                .accessibilityIdentifier("field")
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
                .frame(minHeight: touch)
                .padding(.horizontal, 12)
                .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color(palette.quiet)))
        }
    }
}

/// Not to be seen while the screen is recorded or shared: iOS lets no app forbid either.
struct HiddenWhileCaptured: ViewModifier {
    @Environment(\.isSceneCaptured) private var isCaptured
    @Environment(\.texts) private var texts

    func body(content: Content) -> some View {
        if isCaptured { Quiet(texts(.hiddenWhileCaptured)) } else { content }
    }
}
