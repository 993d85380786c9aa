import SwiftUI
import ViewModels

struct OfferView: View {
    let screen: Screen.Offered
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.offerTitle, .words(screen.issuer)), onBack: { on(.back) }) {
            FactLine(screen.proof)
            ForEach(screen.cards.indices, id: \.self) { place in
                let card = screen.cards[place]
                OfferedView(card: card)
                if !card.claims.isEmpty { Part(texts(.offerSays)) { Text(texts(.all(card.claims))) } }
            }
            if screen.needsCode { FactLine(Fact(Phrase.offerCodeNeeded())) }
            if screen.inBrowser { FactLine(Fact(Phrase.offerToBrowser())) }
            MainButton(texts(.offerReceive)) { on(.agree) }
            OtherButton(texts(.cancel)) { on(.back) }
        }
    }
}

struct TextCodeView: View {
    let screen: Screen.TextCode
    let on: (Action) -> Void
    @State private var code = ""
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.codeTitle), onBack: { on(.back) }) {
            if let notice = screen.notice { Notice(notice, .caution) }
            Text(texts(screen.advice))
            Field(label: texts(.codeField), text: $code)
            MainButton(texts(.enter)) { on(.enterText(Data(code.utf8))) }
        }
    }
}

struct ReceivedView: View {
    let screen: Screen.Received
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: title, onBack: { on(.back) }) {
            if let notice = screen.notice { Notice(notice, .caution) }
            CardView(card: screen.face)
            FactLine(screen.signer)
            switch screen.says {
            case .claims(let claims): Part(texts(.cardClaims)) { ClaimList(claims: claims.lines) }
            case .changes(let changes): Part(texts(.changesTitle)) { ChangeList(changes: changes.lines) }
            }
            MainButton(texts(.receivedKeep)) { on(.agree) }
            ForEach(screen.older, id: \.id) { older in OtherButton(texts(older.replace)) { on(.replace(older.id)) } }
            OtherButton(texts(.receivedDecline)) { on(.refuse) }
        }
    }

    private var title: String {
        switch screen.says {
        case .claims: texts(.receivedTitle)
        case .changes: texts(screen.face.name)
        }
    }
}

private struct ChangeList: View {
    let changes: [ChangeLine]
    @Environment(\.texts) private var texts

    var body: some View {
        ForEach(changes.indices, id: \.self) { place in
            let change = changes[place]
            let label = texts(change.label)
            VStack(alignment: .leading, spacing: 2) {
                Text(label)
                Quiet(texts(change.kind))
                if let before = change.before {
                    Quiet(texts(.changeBefore))
                    ValueView(value: before, label: label)
                }
                if let after = change.after {
                    Quiet(texts(.changeAfter))
                    ValueView(value: after, label: label)
                }
            }
            .accessibilityElement(children: .combine)
        }
    }
}
