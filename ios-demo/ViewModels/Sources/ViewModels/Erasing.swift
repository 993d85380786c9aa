import CitizenWallet

/// Erases the store. One that waits to take its place comes in then; with `everything` it goes as well.
///
/// It may be interrupted anywhere: the next start goes on.
final class Erasing: Activity {
    private let everything: Bool

    init(_ app: AppModel, everything: Bool = false) {
        self.everything = everything
        super.init(app)
    }

    override var worksLocked: Bool { true }
    override var isCancellable: Bool { false }

    override func begin() async throws {
        try show(.working(.init(what: Phrase.workingErase(), canCancel: false)))
        await app.letGo()
        let stores = app.stores
        if everything { try await stores.eraseNext() }
        try await stores.erase()
        if try !stores.hasNext() { await deleteKeys() }
        try go(Opening(app))
    }

    /// Keys of cards are the app's to delete. Without their cards they are of no use: one that stays does no harm.
    private func deleteKeys() async {
        guard let keys = app.home.platform.keyStore else { return }
        for key in (try? await keys.list()) ?? [] { try? await keys.delete(handle: key) }
    }

    override func after() -> Activity { Opening(app) }

    /// Whether the holder means it.
    static let question = Screen.Question(
        title: Phrase.eraseTitle(), lines: [Phrase.eraseAll(), Phrase.eraseNoWayBack()], yes: Phrase.eraseYes(),
        no: Phrase.eraseNo())
}
