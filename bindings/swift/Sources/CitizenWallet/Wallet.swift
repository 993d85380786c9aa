import CitizenWalletFFI
import Foundation

/// A holder's wallet: the cards in one folder.
///
/// Functions may be called from anywhere, the main actor too: they are `async`, and the work is done on the library's own
/// threads. What fails is a ``WalletError``; its ``WalletError/code`` says what to do. A task that is cancelled ends with
/// `CancellationError` and leaves the wallet consistent: each step is stored whole or not at all.
///
/// Functions of the ``Platform`` that are not `async` (``AnchorStore``, ``Clock``, the observers) must not wait for the wallet,
/// with a semaphore for example: it waits for them. What a task that such a function starts asks of a wallet is done when the
/// function has returned; where it does not return within two seconds the task is refused (`called_back`).
///
/// One wallet for a folder and process is enough; several are allowed.
public actor Wallet {
    nonisolated private let held: Held
    nonisolated private let watch: Watch
    private let worker = Worker()

    private init(_ native: NativeWallet, _ watch: Watch) {
        held = Held(native)
        self.watch = watch
        watch.follow(native)
    }

    deinit {
        watch.end()
        held.close()
    }

    /// For a call that waits.
    ///
    /// - Throws: `used_up` after ``close()``; `called_back`
    var native: NativeWallet {
        get async throws {
            try await Answering.refuseInside()
            return try held.native
        }
    }

    /// Makes a `call` that does not wait, away from the threads on which Swift runs everything else.
    ///
    /// - Throws: what it throws; `used_up` after ``close()``; `called_back`
    func work<Value: Sendable>(_ call: @escaping @Sendable (NativeWallet) throws -> Value) async throws -> Value {
        let native = try await native
        return try await worker.run { try call(native) }
    }

    /// Whether it is unlocked, as far as was told.
    public nonisolated var lockState: LockState { watch.lockState }

    /// Whether it is unlocked, now and whenever that changes: also when it locked itself. Ends when the wallet is closed.
    public nonisolated var lockStates: AsyncStream<LockState> { watch.lockStates() }

    /// What it is doing from now on, for a progress indicator: each step as it begins. A reader that is slow misses old ones.
    public nonisolated var progress: AsyncStream<ProgressStep> { watch.progress() }

    /// Unlocks: derives keys (some hundred milliseconds of work), counts the try, asks the hardware key.
    ///
    /// - Throws: ``WalletError`` `wrong_secret` with ``WalletError/triesLeft``, `locked_out` with ``WalletError/retryAfter``,
    ///   `slot_missing`, `kdf_memory_unavailable`, those of the hardware key (`user_cancelled`, `device_key_invalidated` …), the
    ///   anchor and the store
    @discardableResult
    public func unlock(with secret: UnlockWith) async throws -> UnlockReport {
        try await finishUnlock(beginUnlock(with: secret))
    }

    /// First step of ``unlock(with:)``: derives keys, while a prompt is prepared for example. No guess is made or counted yet.
    ///
    /// - Throws: ``WalletError`` `slot_missing`, `kdf_memory_unavailable`, those of the files
    public func beginUnlock(with secret: UnlockWith) async throws -> UnlockAttempt {
        try await work { try $0.beginUnlock(with: secret) }
    }

    /// Second step of ``unlock(with:)``: counts the try and asks the hardware key.
    ///
    /// - Throws: ``WalletError`` as ``unlock(with:)``; `used_up` for an attempt made before
    @discardableResult
    public func finishUnlock(_ attempt: UnlockAttempt) async throws -> UnlockReport {
        try await native.finishUnlock(attempt: attempt)
    }

    /// Checks the holder's secret again while the wallet is unlocked, for what asks for a ``FreshAuth``. Wrong ones count as
    /// tries.
    ///
    /// - Throws: ``WalletError`` as ``unlock(with:)``
    public func authenticate(with secret: UnlockWith) async throws -> FreshAuth {
        try await native.authenticate(with: secret)
    }

    /// Locks: keys are wiped, the database is closed. Call it when the app goes to the background.
    public func lock() async throws {
        try await work { try $0.lock() }
    }

    /// Whether it is unlocked, after auto-lock. To follow it, read ``lockStates``.
    public func isUnlocked() async throws -> Bool {
        try await work { try $0.isUnlocked() }
    }

    /// Until the wallet locks itself if nothing is done; none if it is locked.
    public func timeUntilLock() async throws -> Duration? {
        try await work { try $0.secondsUntilLock().map { .seconds($0) } }
    }

    /// The holder did something: the idle time starts again. Every function that reads or writes cards does that too.
    ///
    /// - Throws: ``WalletError`` `locked`
    public func touch() async throws {
        try await work { try $0.touch() }
    }

    /// What the store can be opened with. Needs no unlocking.
    ///
    /// - Throws: ``WalletError`` `header_corrupt`, `store_too_new`
    public func slots() async throws -> [SlotOverview] {
        try await work { try $0.slots() }
    }

    /// Whether the records are all there, unchanged and the newest.
    ///
    /// - Throws: ``WalletError`` `locked`
    public func integrity() async throws -> IntegrityState {
        try await work { try $0.integrity() }
    }

    /// Locks and lets go of everything, also when others still refer to this wallet. Calls in flight end as if it had been
    /// locked; later ones fail with `used_up`. A wallet that nobody refers to is closed by itself.
    public func close() async {
        watch.end()
        held.close()
        // Refused, it is not waited for: it waits for who asks.
        guard (try? await Answering.refuseInside()) != nil else { return }
        // What was given to the queue before this is done.
        await withCheckedContinuation { waiting in walletQueue.async(flags: .barrier) { waiting.resume() } }
    }

    /// Makes a store in `folder` (made if it is absent) and unlocks it. Once begun it is not cancelled: the recovery code is
    /// told once.
    ///
    /// - Throws: ``WalletError`` `library_mismatch`, `store_exists`, `unsafe_configuration`, those of the hardware key and of the file system
    public static func create(
        in folder: URL, platform: Platform, policy: Policy, enrolments: Enrolments,
        settings: VaultSettings = VaultSettings()
    ) async throws -> NewWallet {
        try await load()
        return try await toTheEnd {
            let watch = Watch(platform)
            let created = try await createWallet(
                dir: folder.path, platform: platform.watched(by: watch), policy: policy, settings: settings,
                enrolments: enrolments)
            return NewWallet(wallet: Wallet(created.wallet, watch), recoveryCode: created.recoveryCode)
        }
    }

    /// Opens the store in `folder`, locked. Nothing is written.
    ///
    /// - Throws: ``WalletError`` `library_mismatch`, `store_missing`, `store_too_new`, `erase_pending`, `header_corrupt`, `read_only_medium`
    public static func open(
        in folder: URL, platform: Platform, policy: Policy, settings: VaultSettings = VaultSettings()
    ) async throws -> Wallet {
        try await aside {
            try Library.check()
            let watch = Watch(platform)
            let native = try openWallet(
                dir: folder.path, platform: platform.watched(by: watch), policy: policy, settings: settings)
            return Wallet(native, watch)
        }
    }

    /// Erases the store: hardware keys first, then the anchor, then the files. Call it again if it was interrupted. Close
    /// wallets that are open on it before.
    ///
    /// - Throws: ``WalletError``: those of the hardware key, the anchor and the file system
    public static func erase(in folder: URL, platform: Platform) async throws -> Erased {
        try await load()
        return try await eraseWallet(dir: folder.path, platform: platform.guarded())
    }
}

/// A wallet that was just made.
public struct NewWallet: Sendable {
    /// The wallet, unlocked.
    public let wallet: Wallet
    /// The recovery code, if one was asked for. It is told once: have the holder write it down.
    public let recoveryCode: RecoveryCode?
}
