import CitizenWallet
import Foundation

/// A new PIN, typed twice.
@MainActor
final class NewPin {
    private unowned let app: AppModel
    private var first: Data?

    init(_ app: AppModel) {
        self.app = app
    }

    func begin(_ notice: Words? = nil) {
        close()
        app.show(.keys(.init(title: Phrase.pinChoose(), advice: Phrase.pinRules(), pad: .pin, notice: notice, canLeave: true)))
    }

    /// Takes what was typed: the PIN once it was typed twice, until then none.
    func enter() throws -> Pin? {
        var typed = app.typed.take()
        guard var before = first else {
            try begun(with: &typed)
            return nil
        }
        first = nil
        defer { before.wipe() }
        let isSame = before == typed
        typed.wipe()
        if isSame { return try Pin(wiping: &before) }
        begin(Phrase.pinDiffers())
        return nil
    }

    /// Says at once what is wrong with it.
    private func begun(with typed: inout Data) throws {
        do {
            _ = try Pin(digits: typed)
        } catch let error as WalletError where error.code == .weakPin {
            typed.wipe()
            return begin(errorText(error.code))
        }
        first = typed
        app.show(.keys(.init(title: Phrase.pinRepeat(), advice: Phrase.pinRepeatWhy(), pad: .pin, canLeave: true)))
    }

    func close() {
        first?.wipe()
        first = nil
    }
}
