import CitizenWallet
import Foundation

/// Something that is done after the holder said yes to it and showed once more who they are. `deed` says what came of it.
final class Confirmed: Activity {
    private let question: Screen.Question
    private let confirming: Confirming
    private let deed: @MainActor (AppModel, FreshAuth) async throws -> Words

    private init(
        _ app: AppModel, _ question: Screen.Question, isByPin: Bool = true,
        _ deed: @escaping @MainActor (AppModel, FreshAuth) async throws -> Words
    ) {
        self.question = question
        self.deed = deed
        confirming = Confirming(app, Phrase.confirmWhy(), isByPin: isByPin)
        super.init(app)
    }

    override func begin() async throws {
        try show(.question(question))
    }

    override func on(_ action: Action) async throws {
        switch (app.screen, action) {
        case (.question, .agree): try confirming.ask()
        case (.keys, .enter):
            guard let auth = try await confirming.enter() else { return }
            let notice = try await deed(app, auth)
            try go(Browsing(app, notice: notice))
        case (.keys, .otherWayIn): try confirming.otherWay()
        case (_, .refuse), (_, .back): try go(after())
        default: break
        }
    }

    /// All the wallet knows goes to a file, in clear.
    static func exporting(_ app: AppModel) -> Activity {
        let lines = [Phrase.exportAll(), Phrase.exportInClear(), Phrase.exportNoBackup()]
        let question = Screen.Question(
            title: Phrase.exportTitle(), lines: lines, yes: Phrase.export(), no: Phrase.cancel())
        return Confirmed(app, question) { app, auth in
            var bytes = try await app.wallet.export(auth)
            defer { bytes.wipe() }
            guard let place = await app.home.save?("wallet-export.json", &bytes) else { return Phrase.exportFailed() }
            return Phrase.exported(.given(place))
        }
    }

    /// The store as it is, after it was restored or changed.
    static func adopting(_ app: AppModel) -> Activity {
        let question = Screen.Question(
            title: Phrase.adoptTitle(), lines: [Phrase.notSound(), Phrase.adoptCopies()], yes: Phrase.adopt(),
            no: Phrase.cancel())
        // Where the phone's memory of the wallet is gone, so are the tries of the PIN: it waits.
        return Confirmed(app, question, isByPin: false) { app, auth in
            try await app.wallet.adopt(auth)
            return Phrase.adopted()
        }
    }
}
