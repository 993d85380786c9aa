import SwiftUI
import ViewModels

struct CardsView: View {
    let screen: Screen.Cards
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.cardsTitle)) {
            if let notice = screen.notice { Notice(notice) }
            ForEach(screen.due.indices, id: \.self) { place in
                let due = screen.due[place]
                Notice(due.text, due.tone)
                OtherButton(texts(due.doIt)) { on(due.action) }
            }
            if screen.cards.isEmpty { Text(texts(.cardsEmpty)) }
            // A card is drawn, and its logo decoded, when it comes into sight.
            LazyVStack(spacing: 12) {
                ForEach(screen.cards, id: \.id) { card in
                    Button {
                        on(.showCard(card.id))
                    } label: {
                        CardView(card: card)
                    }
                    .buttonStyle(.plain)
                    .accessibilityIdentifier("card")
                }
            }
            if !screen.promised.isEmpty {
                Part(texts(.promisedTitle)) {
                    ForEach(screen.promised, id: \.id) { promise in
                        Text(texts(promise.text))
                        OtherButton(texts(.promiseAsk)) { on(.askFor(promise.id)) }
                        OtherButton(texts(.forget)) { on(.forget(promise.id)) }
                    }
                }
            }
            MainButton(texts(.addCard)) { on(.addCard) }
            if !screen.cards.isEmpty { OtherButton(texts(.refreshStatus)) { on(.refreshStatus) } }
            OtherButton(texts(.historyTitle)) { on(.showHistory) }
            OtherButton(texts(.settingsTitle)) { on(.showSettings) }
            OtherButton(texts(.lockNow)) { on(.lock) }
        }
    }
}

struct AddCardView: View {
    let screen: Screen.AddCard
    let on: (Action) -> Void
    @State private var link = ""
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.addTitle), onBack: { on(.back) }) {
            Text(texts(.addAdvice))
            Field(label: texts(.addField), text: $link)
            MainButton(texts(.addOpen)) { on(.open(link)) }
            if screen.canScan { OtherButton(texts(.scan)) { on(.scan) } }
        }
    }
}

struct CardDetailView: View {
    let screen: Screen.Card
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(screen.face.name), onBack: { on(.back) }) {
            CardView(card: screen.face)
            FactLine(screen.face.state)
            ForEach(screen.facts.indices, id: \.self) { FactLine(screen.facts[$0]) }
            Part(texts(.cardClaims)) { ClaimList(claims: screen.claims.lines) }
            LinkabilityPart(title: texts(.cardLink), reasons: screen.linkability)
            OtherButton(texts(.cardRenew)) { on(.renew(screen.face.id)) }
            OtherButton(texts(.cardDelete)) { on(.delete(screen.face.id)) }
        }
    }
}

struct HistoryView: View {
    let screen: Screen.Entries
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.historyTitle), onBack: { on(.back) }) {
            if !screen.isIntact { Notice(Phrase.historyBroken(), .bad) }
            if screen.entries.isEmpty { Text(texts(.historyEmpty)) }
            ForEach(screen.entries, id: \.id) { entry in
                Part(texts(.pointInTime, .time(entry.at))) {
                    Text(texts(entry.what)).fontWeight(.medium)
                    if let first = entry.lines.first { FactLine(Fact(first, entry.tone)) }
                    if entry.lines.count > 1 { Quiet(texts(.all(Array(entry.lines.dropFirst())))) }
                    OtherButton(texts(.historyDelete)) { on(.deleteEntry(entry.id)) }
                }
            }
        }
    }
}
