import SwiftUI
import ViewModels

/// A card as its issuer wants it, as far as that can be read.
struct CardView: View {
    let card: CardFace
    @Environment(\.texts) private var texts

    var body: some View {
        CardGround(background: card.background, foreground: card.foreground) {
            HStack(spacing: 12) {
                if let logo = card.logo {
                    Picture(logo) { picture in
                        Image(decorative: picture, scale: 1)
                            .resizable()
                            .scaledToFit()
                            .frame(width: 40, height: 40)
                            .clipShape(RoundedRectangle(cornerRadius: 8))
                    } instead: {
                        EmptyView()
                    }
                }
                Text(texts(card.issuer)).font(.subheadline)
            }
            Text(texts(card.name)).font(.title2.bold())
            Text(texts(card.state.text)).font(.subheadline)
        }
        .accessibilityElement(children: .combine)
    }
}

struct OfferedView: View {
    let card: OfferedFace
    @Environment(\.texts) private var texts

    var body: some View {
        CardGround(background: card.background, foreground: card.foreground) {
            Text(texts(card.name)).font(.title2.bold())
            if let description = card.description { Text(texts(description)).font(.subheadline) }
            if let problem = card.problem { Text(texts(problem)).bold() }
        }
        .accessibilityElement(children: .combine)
    }
}

private struct CardGround<Content: View>: View {
    let background: String?
    let foreground: String?
    @ViewBuilder let content: Content
    @Environment(\.palette) private var palette

    var body: some View {
        let given = Colour(hex: background)
        let text = given?.readable(Colour(hex: foreground)) ?? palette.onPrimary
        VStack(alignment: .leading, spacing: 10) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(20)
            .foregroundStyle(Color(text))
            .background(Color(given ?? palette.primary), in: RoundedRectangle(cornerRadius: 18))
    }
}

/// Claims with their values.
struct ClaimList: View {
    let claims: [ClaimLine]
    @Environment(\.texts) private var texts

    var body: some View {
        ForEach(claims.indices, id: \.self) { place in
            VStack(alignment: .leading, spacing: 2) {
                Quiet(texts(claims[place].label))
                // Asked for here, and kept only as long as it is drawn.
                ValueView(value: claims[place].value, label: texts(claims[place].label))
            }
            .accessibilityElement(children: .combine)
        }
    }
}

struct ValueView: View {
    let value: Value?
    let label: String
    @Environment(\.texts) private var texts

    var body: some View {
        drawn.modifier(HiddenWhileCaptured())
    }

    @ViewBuilder private var drawn: some View {
        switch value {
        case .words(let words): Text(words)
        case .said(let words): Text(texts(words))
        case .picture(let bytes):
            Picture(bytes) { picture in
                Image(picture, scale: 1, label: Text(description))
                    .resizable()
                    .scaledToFit()
                    .frame(maxWidth: 120, maxHeight: 150)
                    .clipShape(RoundedRectangle(cornerRadius: 8))
            } instead: {
                Text(description)
            }
        case nil: EmptyView()
        }
    }

    private var description: String {
        texts(.picture, .words(.given(label)))
    }
}
