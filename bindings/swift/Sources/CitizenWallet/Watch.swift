import CitizenWalletFFI
import Dispatch
import Foundation

/// How many steps a slow reader may be behind before it misses some.
private let stepsKept = 16

/// Makes streams of what the native library tells, and tells the app's own observers.
final class Watch: LockObserver, ProgressObserver, @unchecked Sendable {
    private let appLock: LockObserver?
    private let appProgress: ProgressObserver?

    // What follows changes with the lock held only.
    private let lock = NSLock()
    private weak var native: NativeWallet?
    private var state = LockState.locked
    private var isOver = false
    /// How often it was unlocked: who follows an earlier time stops.
    private var time = 0
    private var states: [UUID: AsyncStream<LockState>.Continuation] = [:]
    private var steps: [UUID: AsyncStream<ProgressStep>.Continuation] = [:]

    init(_ platform: Platform) {
        appLock = platform.lock
        appProgress = platform.progress
    }

    /// Begins to follow this wallet.
    func follow(_ native: NativeWallet) {
        let time = lock.withLock {
            self.native = native
            return self.time
        }
        ask(at: time)
    }

    /// The wallet is closed: nobody can use it any more.
    func end() {
        let (states, steps) = lock.withLock {
            isOver = true
            change(to: .locked)
            return (self.states, self.steps)
        }
        // Which calls back to have each removed: not with the lock held.
        for stream in states.values { stream.finish() }
        for stream in steps.values { stream.finish() }
    }

    var lockState: LockState { lock.withLock { state } }

    /// The state now and each one after it.
    func lockStates() -> AsyncStream<LockState> {
        let (stream, continuation) = AsyncStream.makeStream(of: LockState.self)
        let name = UUID()
        continuation.onTermination = { _ in self.lock.withLock { self.states[name] = nil } }
        let isOver = lock.withLock {
            continuation.yield(state)
            states[name] = continuation
            return self.isOver
        }
        if isOver { continuation.finish() }
        return stream
    }

    /// Each step from now on.
    func progress() -> AsyncStream<ProgressStep> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ProgressStep.self, bufferingPolicy: .bufferingNewest(stepsKept))
        let name = UUID()
        continuation.onTermination = { _ in self.lock.withLock { self.steps[name] = nil } }
        let isOver = lock.withLock {
            steps[name] = continuation
            return self.isOver
        }
        if isOver { continuation.finish() }
        return stream
    }

    func onLockState(state: LockState) throws {
        let (isNews, time) = lock.withLock {
            // An unlocking that ends after the wallet was closed is none.
            if isOver && state == .unlocked { return (false, 0) }
            self.time += 1
            change(to: state)
            return (true, self.time)
        }
        guard isNews else { return }
        try? Answering.call { try appLock?.onLockState(state: state) }
        if state == .unlocked { ask(at: time) }
    }

    func onStep(step: ProgressStep) throws {
        for stream in lock.withLock({ Array(steps.values) }) { stream.yield(step) }
        try? Answering.call { try appProgress?.onStep(step: step) }
    }

    /// With the lock held.
    private func change(to new: LockState) {
        guard new != state else { return }
        state = new
        for stream in states.values { stream.yield(new) }
    }

    /// Asks the wallet when it will lock itself, and again then, so that its lock is noticed without a call.
    private func ask(at time: Int, after seconds: UInt64 = 0) {
        walletQueue.asyncAfter(wallDeadline: .now() + .seconds(Int(clamping: seconds))) { [weak self] in
            guard let self, let native = self.lock.withLock({ time == self.time ? self.native : nil }) else { return }
            let left = try? native.secondsUntilLock()
            // What was told meanwhile is newer.
            self.lock.withLock { if time == self.time && !self.isOver { self.change(to: left == nil ? .locked : .unlocked) } }
            if let left { self.ask(at: time, after: max(left, 1)) }
        }
    }
}

extension Platform {
    /// This platform, whose observers `watch` has, as the native library gets it.
    func watched(by watch: Watch) -> Platform {
        guarded(progress: watch, lock: watch)
    }

    /// This platform as the native library gets it.
    func guarded(progress: ProgressObserver? = nil, lock: LockObserver? = nil) -> Platform {
        Platform(
            http: GuardedHttpClient(http), anchor: GuardedAnchorStore(anchor), deviceKey: deviceKey, keyStore: keyStore,
            attestation: attestation, clock: clock.map(GuardedClock.init), progress: progress, lock: lock)
    }
}
