import CitizenWallet

/// The app without its screens: draw ``screen``, and tell ``on(_:)`` what the holder does. One for a process: a window that is
/// turned, closed or made anew finds it as it was; a process that ends leaves nothing but the store.
@MainActor
public final class AppModel {
    /// What is to be seen now.
    public private(set) var screen = Screen.starting {
        didSet { onChange() }
    }
    /// Counts screens: with another number comes another screen, which begins at its top. Typing on the app's keys does not count.
    public private(set) var screenNumber = 0
    /// Called after each change of ``screen``: who draws it reads it then.
    public var onChange: () -> Void = {}

    let home: Home
    let stores: Stores
    /// The holder's languages, the best first.
    let locales: () -> [String]
    var typed = Typed()
    private var activity: Activity!
    private var work: Task<Void, Never>?
    private var worksBegun = 0
    /// What "again" does.
    private var again: Step?
    private var link: String?
    private var open: Wallet?
    private var watching: Task<Void, Never>?
    private var locking: Task<Void, any Error>?
    /// What waits behind the lock.
    private var aside: Activity?

    typealias Step = @MainActor () async throws -> Void

    /// - Parameter locales: the holder's languages, the best first.
    public init(_ home: Home, locales: @escaping () -> [String] = preferredLocales) {
        self.home = home
        stores = Stores(home: home)
        self.locales = locales
        let opening = Opening(self)
        become(opening, opening.begin)
    }

    /// The wallet, once it is open.
    var wallet: Wallet {
        guard let open else { preconditionFailure("no wallet is open") }
        return open
    }

    /// The holder did something. What comes while something is under way is dropped, but for going back and locking.
    public func on(_ action: Action) {
        switch action {
        case .lock: Task { await lock() }
        case .open(let link): take(link)
        case .back: back()
        case .again: if case .trouble(let trouble) = screen, trouble.canRepeat, let again { launch(again) }
        case .key(let key): type { keys in if keys.pad.keys.contains(key) && typed.count < keys.pad.most { typed.add(key) } }
        case .eraseKey: type { _ in typed.erase() }
        default: run(action)
        }
    }

    /// What is typed on the app's keys goes nowhere else.
    private func type(_ change: (Screen.Keys) -> Void) {
        guard work == nil, case .keys(var keys) = screen else { return }
        change(keys)
        keys.typed = typed.count
        screen = .keys(keys)
        // The holder is here: the wallet does not lock itself for a while. One that did so just now says so by itself.
        if !activity.worksLocked, let wallet = open { Task { try? await wallet.touch() } }
    }

    private func back() {
        if work != nil && !activity.isCancellable { return }
        stop()
        switch screen {
        case .trouble, .working:
            let leaving = activity!
            launch { try await leaving.leave() }
        default: run(.back)
        }
    }

    /// A link waits until the wallet is open, and interrupts nothing that the holder is deciding.
    private func take(_ text: String) {
        link = text
        if work == nil { followIdly() }
    }

    /// A link replaces no question and no trouble.
    private func followIdly() {
        guard activity is Browsing else { return }
        switch screen {
        case .cards, .addCard, .card, .history, .settings: follow()
        default: break
        }
    }

    /// Goes where a link that came leads, if one did.
    @discardableResult
    func follow() -> Bool {
        guard let text = link else { return false }
        link = nil
        go(LinkReading(self, text))
        return true
    }

    /// Locks the wallet; when this returns it is locked. What must not be interrupted ends before, unless the caller is cancelled:
    /// then it is, too.
    public func lock() async {
        await uninterrupted()
        guard let wallet = open else { return }
        // Nothing of the wallet is to be seen while it locks.
        if let next = activity.whenLocked {
            stop()
            go(next)
        } else if !activity.worksLocked {
            locked()
        }
        let locking = Task { try await wallet.lock() }
        self.locking = locking
        do {
            try await locking.value
        } catch {
            guard open === wallet else { return }
            fail(activity, error as? WalletError ?? .bug(fault: Fault(.bug)))
        }
    }

    /// Returns when the lock that was asked for last is done: it would undo an unlocking that it meets.
    func lockEnded() async {
        _ = await locking?.result
    }

    /// Returns when nothing is under way that must not be interrupted.
    private func uninterrupted() async {
        while !activity.isCancellable, let work {
            await withTaskCancellationHandler { await work.value } onCancel: { work.cancel() }
        }
    }

    /// The wallet is there from now on; it locks itself.
    func opened(_ wallet: Wallet) {
        open = wallet
        watching = Task { [weak self] in
            // What was told may be over by now.
            for await state in wallet.lockStates where state == .locked && wallet.lockState == .locked {
                if let self, !self.activity.worksLocked { self.locked() }
            }
        }
    }

    /// The wallet is not there any more: its store goes.
    func letGo() async {
        watching?.cancel()
        aside?.close()
        aside = nil
        let wallet = open
        open = nil
        await wallet?.close()
    }

    private func locked() {
        stop()
        let interrupted = activity!
        // Until the holder is asked for a secret.
        show(.starting)
        if interrupted.outlivesLock { aside = interrupted } else { interrupted.close() }
        let unlocking = Unlocking(self, why: Phrase.wasLocked())
        become(unlocking, unlocking.begin)
    }

    /// The holder is in again. Goes back to what waited behind the lock where it `goesBack`, else to the cards with a `notice`.
    func unlocked(_ notice: Words?, goesBack: Bool) {
        let waiting = aside
        aside = nil
        if let waiting, goesBack {
            activity.close()
            return become(waiting, waiting.resume)
        }
        waiting?.close()
        go(Browsing(self, notice: notice, isFirst: true))
    }

    /// Ends the activity that is under way and begins another.
    func go(_ next: Activity) {
        activity.close()
        become(next, next.begin)
    }

    private func become(_ next: Activity, _ first: @escaping Step) {
        typed.clear()
        activity = next
        again = first
        launch(first)
    }

    func show(_ next: Screen) {
        typed.clear()
        let before = screen
        screenNumber += 1
        screen = next
        before.close()
    }

    private func run(_ action: Action) {
        guard work == nil, let doing = activity else { return }
        let step: Step = { [unowned self] in
            // The holder is here.
            if !doing.worksLocked { try await wallet.touch() }
            try await doing.on(action)
        }
        // What was typed is gone: it is typed again.
        again = action.isTyped ? nil : step
        launch(step)
    }

    private func stop() {
        work?.cancel()
        work = nil
    }

    /// Runs a step of the activity that is current now. What fails is shown, unless the activity ended meanwhile.
    private func launch(_ step: @escaping Step) {
        let doing = activity!
        worksBegun += 1
        let number = worksBegun
        work = Task {
            let failure = await failure(of: step)
            if worksBegun == number { work = nil }
            guard activity === doing, !Task.isCancelled else { return }
            if let failure { fail(doing, failure) } else { followIdly() }
        }
    }

    /// None where it was cancelled: who cancelled it goes on by itself.
    private func failure(of step: Step) async -> WalletError? {
        do {
            try await step()
            return nil
        } catch is CancellationError {
            return nil
        } catch let error as WalletError {
            return error
        } catch {
            return .bug(fault: Fault(.bug))
        }
    }

    private func fail(_ doing: Activity, _ error: WalletError) {
        switch error.code {
        case .locked where !doing.worksLocked: locked()
        // The holder closed the system's prompt, and knows it.
        case .userCancelled: go(doing.after())
        default:
            let problem = Problem(error)
            show(.trouble(.init(problem: problem, canRepeat: problem.isRetryable && again != nil && doing.isRepeatable)))
        }
    }

    /// Locks and lets go of everything, when the app ends.
    public func close() async {
        stop()
        watching?.cancel()
        activity.close()
        aside?.close()
        typed.clear()
        screen.close()
        await open?.close()
    }
}

/// One thing the holder is doing. It owns what it needs for that, and lets go of it when it is closed.
@MainActor
class Activity {
    // Whatever runs is run by it, and keeps it.
    unowned let app: AppModel

    init(_ app: AppModel) {
        self.app = app
    }

    var wallet: Wallet { app.wallet }

    /// Whether it goes on while the wallet is locked.
    var worksLocked: Bool { false }

    /// What takes its place when the app locks, for one that goes on while the wallet is locked.
    var whenLocked: Activity? { nil }

    /// Whether the last action may be done again after it failed.
    var isRepeatable: Bool { true }

    /// Whether the holder may leave while it works. The wallet does not lock either before that ended.
    var isCancellable: Bool { true }

    /// Whether it has something that must not be lost when the wallet locks: it is set aside and goes on after unlocking.
    var outlivesLock: Bool { false }

    func begin() async throws {}

    /// Goes on after it was set aside.
    func resume() async throws {
        try await begin()
    }

    func on(_ action: Action) async throws {}

    /// What comes after this, however it ended.
    func after() -> Activity { Browsing(app) }

    /// The holder goes away from trouble, or from work that was cancelled.
    func leave() async throws { try go(after()) }

    func close() {}

    /// Who was left meanwhile shows nothing.
    final func show(_ screen: Screen) throws {
        try Task.checkCancellation()
        app.show(screen)
    }

    /// Who was left meanwhile leads nowhere.
    final func go(_ next: Activity) throws {
        try Task.checkCancellation()
        app.go(next)
    }
}
