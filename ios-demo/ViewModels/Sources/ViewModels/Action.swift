import Foundation

/// What the holder, or the system, does.
public enum Action {
    /// One step back, or away from what is being done.
    case back
    /// Yes to what the screen proposes.
    case agree
    /// No to what the screen proposes.
    case refuse
    /// The same again, after trouble.
    case again
    /// One key of the app's own keys.
    case key(Character)
    case eraseKey
    /// What was typed is complete.
    case enter
    /// A code of letters (UTF-8), from a text field.
    case enterText(Data)
    /// The system checks the holder.
    case checkHolder
    /// The recovery code instead of the PIN, and back.
    case otherWayIn
    /// The app locks: the holder wants it, or it went to the background.
    case lock
    /// The place to paste a link into.
    case addCard
    /// A link that was pasted, clicked or scanned. Nothing is known of it.
    case open(String)
    case scan
    case showCard(String)
    case showHistory
    case showSettings
    /// What is known about the state of the cards is fetched anew.
    case refreshStatus
    case renew(String)
    /// The new card goes in the place of the older one.
    case replace(String)
    /// The issuer is asked for a card it promised.
    case askFor(String)
    /// A promised card is not wanted any more.
    case forget(String)
    case delete(String)
    /// Another way to answer a request: the place in what the screen offers.
    case choose(Int)
    /// What was sent, and may not have arrived, once more.
    case resend
    case deleteEntry(String)
    case changePin
    /// Everything is written down in clear.
    case export
    /// The wallet as it was restored is taken for what it is.
    case adopt
    /// The whole wallet goes.
    case erase

    /// Whether it brings what was typed, which is gone then.
    var isTyped: Bool {
        switch self {
        case .enter, .enterText: true
        default: false
        }
    }
}
