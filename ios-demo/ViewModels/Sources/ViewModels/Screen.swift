import CitizenWallet
import Foundation

/// What is to be seen. Everything a view draws is in here; it asks nobody.
public enum Screen {
    /// The store is being looked for.
    case starting
    case welcome
    case keys(Keys)
    case recoveryCode(WrittenCode)
    case cards(Cards)
    case addCard(AddCard)
    case question(Question)
    case working(Working)
    case offer(Offered)
    case textCode(TextCode)
    case received(Received)
    case card(Card)
    case consent(Consent)
    case nothingFits(NothingFits)
    case done(Done)
    case history(Entries)
    case settings(Settings)
    case trouble(Trouble)

    /// The app's own keys.
    public struct Keys {
        public let title: Words
        public let advice: Words
        public let pad: Pad
        /// How many characters were typed.
        public internal(set) var typed = 0
        /// What was wrong with the last try.
        public var notice: Words?
        public var canCheckHolder = false
        public var otherWay: Words?
        /// For a holder who has neither.
        public var lastWay: Words?
        public var canLeave = false
    }

    /// The recovery code, in groups of ASCII. It is told once.
    public final class WrittenCode {
        public private(set) var groups: [Data]

        /// `XXXX-XXXX-…` in its groups, each with bytes of its own.
        init(_ code: RecoveryCode) {
            var text = code.text()
            defer { text.wipe() }
            groups = text.split(separator: UInt8(ascii: "-")).map { Data(Array($0)) }
        }

        func close() {
            for place in groups.indices { groups[place].wipe() }
        }
    }

    public struct Cards {
        public let cards: [CardFace]
        /// What should be done, the most urgent first.
        public let due: [DueLine]
        /// Cards that are still to come.
        public let promised: [PromisedLine]
        /// What the last action came to.
        public let notice: Words?
    }

    /// A place for a link.
    public struct AddCard {
        public let canScan: Bool
    }

    /// A question with two answers.
    public struct Question: Equatable {
        public let title: Words
        public let lines: [Words]
        public let yes: Words
        public let no: Words
    }

    /// Something takes a while.
    public struct Working {
        public let what: Words
        public var canCancel = true
    }

    public struct Offered {
        public let issuer: Words
        public let proof: Fact
        public let cards: [OfferedFace]
        public let needsCode: Bool
        public let inBrowser: Bool
    }

    /// A code of letters that the issuer sent.
    public struct TextCode {
        public let advice: Words
        public let notice: Words?
    }

    /// A card that came and is not kept yet.
    public struct Received {
        public let face: CardFace
        public let signer: Fact
        public let says: Content
        /// Cards whose place it may take.
        public var older: [OlderCard] = []
        public var notice: Words?

        public enum Content {
            case claims(ClaimLines)
            /// Of a card that takes the place of an older one.
            case changes(ChangeLines)
        }
    }

    public struct Card {
        public let face: CardFace
        public let facts: [Fact]
        public let claims: ClaimLines
        /// What makes any showing of it recognisable; none if nothing does.
        public let linkability: [Words]
    }

    public struct Consent {
        public let verifier: VerifierFace
        public let showings: [ShowingLines]
        /// Other ways to answer, where there are any.
        public let choices: [ChoiceLine]
        /// What this verifier was shown before, the newest first.
        public let before: [Words]
        public let needsPin: Bool
    }

    /// Nothing the holder has answers the request.
    public struct NothingFits {
        public let verifier: VerifierFace
    }

    public struct Done {
        public let outcome: Fact
        public let lines: [Words]
        public let canResend: Bool
        public let page: Words?
    }

    public struct Entries {
        public let entries: [Entry]
        public let isIntact: Bool
    }

    /// What the holder may do with the wallet as a whole.
    public struct Settings {
        public let lines: [SettingLine]
    }

    /// Something went wrong.
    public struct Trouble {
        public let problem: Problem
        public let canRepeat: Bool
    }

    /// Lets go of what is secret on it. It may still be drawn once, without.
    func close() {
        switch self {
        case .recoveryCode(let code): code.close()
        case .received(let received):
            switch received.says {
            case .claims(let claims): claims.close()
            case .changes(let changes): changes.close()
            }
        case .card(let card): card.claims.close()
        case .consent(let consent): for showing in consent.showings { showing.claims.close() }
        default: break
        }
    }
}

/// Which keys there are.
public enum Pad {
    case pin, code
    /// The letters and digits of a recovery code.
    case recovery

    public var keys: String {
        switch self {
        case .pin, .code: "1234567890"
        case .recovery: "234567890ACDEFGHJKLMNPQRSTUVWXYZ"
        }
    }

    /// How many characters may be typed.
    var most: Int {
        switch self {
        case .pin: 12
        case .code: 32
        case .recovery: 80
        }
    }
}

/// Whether something is good news. Views say it in words and with a sign, never by colour alone.
public enum Tone: Sendable { case good, plain, caution, bad }

/// Something that is the case.
public struct Fact: Equatable, Sendable {
    public let text: Words
    public let tone: Tone

    public init(_ text: Words, _ tone: Tone = .plain) {
        self.text = text
        self.tone = tone
    }
}

/// A card as its issuer wants it to look.
public struct CardFace {
    /// Empty for a card that is not kept yet.
    public let id: String
    public let name: Words
    public let issuer: Words
    /// `#rrggbb`, if any.
    public let background: String?
    public let foreground: String?
    /// A picture of the issuer's: nobody knows who made its bytes.
    public let logo: Data?
    public let logoText: String?
    public let state: Fact
}

public struct OfferedFace {
    public let name: Words
    public let description: Words?
    public let background: String?
    public let foreground: String?
    /// What it will say.
    public let claims: [Words]
    /// Why it cannot be received.
    public let problem: Words?
}

/// Something that should be done, and the `action` that does it.
public struct DueLine {
    public let text: Words
    public let tone: Tone
    public let action: Action
    public let doIt: Words
}

/// A card that an issuer promised.
public struct PromisedLine {
    public let id: String
    public let text: Words
}

/// A card whose place a new one may take.
public struct OlderCard {
    public let id: String
    public let replace: Words
}

/// What the holder may do, and what that means.
public struct SettingLine {
    public let title: Words
    public let advice: Words
    public let action: Action
}

/// Who asks, and how that was proven.
public struct VerifierFace {
    public let name: Words
    public let facts: [Fact]
    public let destination: Words
}

/// What one card would show.
public struct ShowingLines {
    public let card: Words
    public let state: Fact
    /// Each claim the verifier would see, with its value.
    public let claims: ClaimLines
    public let withheld: [Words]
    /// What makes this showing recognisable.
    public let linkability: [Words]
    /// What protects it from being shown again by others, and what does not.
    public let notes: [Fact]
    /// What the verifier knows the holder by, if it asks for that.
    public let pseudonym: PseudonymLines?
    public let transactions: [TransactionLines]
    /// What the verifier wants to keep.
    public let retained: [Words]
}

/// A pseudonym: what for, in the verifier's own words, and whether it is one per person.
public struct PseudonymLines {
    public let service: Words
    public let kind: Fact
}

public struct TransactionLines {
    public let kind: Words
    public let lines: [(label: Words, value: Words)]
}

public struct ChoiceLine {
    public let text: Words
    public let isChosen: Bool
}

/// Something that happened. `tone` is that of the first of the `lines`.
public struct Entry {
    public let id: String
    public let at: Date
    public let what: Words
    public let lines: [Words]
    public let tone: Tone
}

/// What went wrong, in plain words.
public struct Problem {
    public let title: Words
    public let advice: Words
    public let code: String
    let isRetryable: Bool
}
