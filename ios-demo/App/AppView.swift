import SwiftUI
import ViewModels

/// The screen that is to be seen.
struct AppView: View {
    let screen: Screen
    let on: (Action) -> Void

    var body: some View {
        switch screen {
        case .starting: StartingView()
        case .welcome: WelcomeView(on: on)
        case .keys(let keys): KeysView(screen: keys, on: on)
        case .recoveryCode(let code): RecoveryCodeView(screen: code, on: on)
        case .cards(let cards): CardsView(screen: cards, on: on)
        case .addCard(let adding): AddCardView(screen: adding, on: on)
        case .question(let question): QuestionView(screen: question, on: on)
        case .working(let working): WorkingView(screen: working, on: on)
        case .offer(let offer): OfferView(screen: offer, on: on)
        case .textCode(let code): TextCodeView(screen: code, on: on)
        case .received(let received): ReceivedView(screen: received, on: on)
        case .card(let card): CardDetailView(screen: card, on: on)
        case .consent(let consent): ConsentView(screen: consent, on: on)
        case .nothingFits(let request): NothingFitsView(screen: request, on: on)
        case .done(let done): DoneView(screen: done, on: on)
        case .history(let history): HistoryView(screen: history, on: on)
        case .settings(let settings): SettingsView(screen: settings, on: on)
        case .trouble(let trouble): TroubleView(screen: trouble, on: on)
        }
    }
}
