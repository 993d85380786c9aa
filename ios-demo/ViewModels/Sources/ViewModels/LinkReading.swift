import CitizenWallet
import Foundation

/// What a link is for. Nobody is asked anything before the holder agrees.
final class LinkReading: Activity {
    private let link: String
    private var next: ((AppModel) -> Activity)?

    init(_ app: AppModel, _ text: String) {
        link = text.trimmingCharacters(in: .whitespacesAndNewlines)
        super.init(app)
    }

    override func begin() async throws {
        let link = link
        if let back = app.home.policy.redirectUri, link.hasPrefix(back + "?") {
            return try go(Receiving(app, .answer(link)))
        }
        switch try await Wallet.intent(of: link, from: .link) {
        case .offer:
            next = { Receiving($0, .offer(link)) }
            try ask(Phrase.offerFound(), Phrase.offerContacts(), Phrase.offerLook())
        case .presentation:
            // One that brings everything with it contacts nobody yet.
            let contacts = try await Wallet.contacts(of: link).map { Phrase.requestContacts(.given($0)) }
            next = { Presenting($0, link) }
            try ask(Phrase.requestFound(), contacts, Phrase.requestLook())
        case .proximity, .unknown:
            let problem = Problem(title: Phrase.linkUnknown(), advice: Phrase.linkUnknownAdvice(), code: "", isRetryable: false)
            try show(.trouble(.init(problem: problem, canRepeat: false)))
        }
    }

    private func ask(_ title: Words, _ contacts: Words?, _ yes: Words) throws {
        let lines = [contacts, Phrase.nothingSentYet()].compactMap { $0 }
        try show(.question(.init(title: title, lines: lines, yes: yes, no: Phrase.cancel())))
    }

    override func on(_ action: Action) async throws {
        switch action {
        case .agree: if let next { try go(next(app)) }
        case .refuse, .back: try go(after())
        default: break
        }
    }
}
