import SwiftUI
import ViewModels

/// What would be shown, to whom. The answer stands at the end, after everything there is to read.
struct ConsentView: View {
    let screen: Screen.Consent
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.consentTitle, .words(screen.verifier.name)), onBack: { on(.back) }) {
            WhoAsks(verifier: screen.verifier)
            ForEach(screen.showings.indices, id: \.self) { ShowingParts(showing: screen.showings[$0]) }
            if !screen.choices.isEmpty {
                Part(texts(.consentChoices)) {
                    ForEach(screen.choices.indices, id: \.self) { place in
                        ChoiceView(choice: screen.choices[place]) { on(.choose(place)) }
                    }
                }
            }
            Part(texts(.consentBefore)) {
                if screen.before.isEmpty { Text(texts(.consentNeverBefore)) }
                ForEach(screen.before.indices, id: \.self) { Text(texts(screen.before[$0])) }
            }
            MainButton(texts(screen.needsPin ? .consentAgreePin : .consentAgree)) { on(.agree) }
            OtherButton(texts(.consentRefuse)) { on(.refuse) }
        }
    }
}

struct NothingFitsView: View {
    let screen: Screen.NothingFits
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.nothingFitsTitle), onBack: { on(.back) }) {
            WhoAsks(verifier: screen.verifier)
            Text(texts(.nothingFitsText))
            OtherButton(texts(.nothingFitsTell)) { on(.refuse) }
            MainButton(texts(.close)) { on(.back) }
        }
    }
}

struct DoneView: View {
    let screen: Screen.Done
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.doneTitle)) {
            Notice(screen.outcome)
            if !screen.lines.isEmpty {
                Part(texts(.doneShown)) {
                    ForEach(screen.lines.indices, id: \.self) { Text(texts(screen.lines[$0])) }
                }
            }
            if screen.canResend { OtherButton(texts(.resend)) { on(.resend) } }
            if let page = screen.page { MainButton(texts(page)) { on(.agree) } }
            OtherButton(texts(.close)) { on(.back) }
        }
    }
}

private struct WhoAsks: View {
    let verifier: VerifierFace
    @Environment(\.texts) private var texts

    var body: some View {
        Part(texts(.consentWho)) {
            Text(texts(verifier.name)).font(.title3.bold())
            ForEach(verifier.facts.indices, id: \.self) { FactLine(verifier.facts[$0]) }
            Quiet(texts(verifier.destination))
        }
    }
}

private struct ShowingParts: View {
    let showing: ShowingLines
    @Environment(\.texts) private var texts

    var body: some View {
        let always = showing.claims.lines.filter(\.isAlways)
        Part(texts(.consentShows)) {
            Quiet(texts(.consentFrom, .words(showing.card)))
            FactLine(showing.state)
            ForEach(showing.notes.indices, id: \.self) { FactLine(showing.notes[$0]) }
            ClaimList(claims: showing.claims.lines.filter { !$0.isAlways })
        }
        if let pseudonym = showing.pseudonym {
            Part(texts(.consentPseudonym)) {
                Text(texts(pseudonym.service))
                FactLine(pseudonym.kind)
            }
        }
        ForEach(showing.transactions.indices, id: \.self) { TransactionPart(transaction: showing.transactions[$0]) }
        if !showing.retained.isEmpty { Part(texts(.consentRetain)) { Text(texts(.all(showing.retained))) } }
        Part(texts(.consentPrivate)) {
            Text(showing.withheld.isEmpty ? texts(.consentNothingPrivate) : texts(.all(showing.withheld)))
        }
        if !always.isEmpty { Part(texts(.consentAlways)) { ClaimList(claims: always) } }
        LinkabilityPart(title: texts(.consentLink), reasons: showing.linkability)
    }
}

/// What lets verifiers recognise the holder.
struct LinkabilityPart: View {
    let title: String
    let reasons: [Words]
    @Environment(\.texts) private var texts

    var body: some View {
        Part(title) {
            if reasons.isEmpty { Text(texts(.consentUnlinkable)) }
            ForEach(reasons, id: \.self) { Text(texts($0)) }
        }
    }
}

private struct TransactionPart: View {
    let transaction: TransactionLines
    @Environment(\.texts) private var texts

    var body: some View {
        Part(texts(.consentTransaction)) {
            Quiet(texts(transaction.kind))
            ForEach(transaction.lines.indices, id: \.self) { place in
                VStack(alignment: .leading, spacing: 2) {
                    Quiet(texts(transaction.lines[place].label))
                    Text(texts(transaction.lines[place].value))
                }
                .accessibilityElement(children: .combine)
            }
        }
    }
}

private struct ChoiceView: View {
    let choice: ChoiceLine
    let action: () -> Void
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    var body: some View {
        Button(action: action) {
            HStack(alignment: .firstTextBaseline, spacing: 12) {
                Image(systemName: choice.isChosen ? "largecircle.fill.circle" : "circle")
                    .foregroundStyle(Color(palette.primary))
                    .accessibilityHidden(true)
                Text(texts(choice.text))
            }
            .frame(maxWidth: .infinity, minHeight: touch, alignment: .leading)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .accessibilityAddTraits(choice.isChosen ? .isSelected : [])
    }
}
