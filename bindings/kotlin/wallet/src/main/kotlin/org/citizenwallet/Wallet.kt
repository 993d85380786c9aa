package org.citizenwallet

import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * A holder's wallet: the cards in one folder.
 *
 * Functions may be called from any thread, the main thread too, and several at once: they suspend, and the work is done on
 * the library's own threads. A coroutine that is cancelled leaves the wallet consistent: each step is stored whole or not at
 * all. What fails is a [WalletException]; its [code] says what to do.
 *
 * Secrets ([Secret], [Pin], [Passphrase]) are wiped by the call they are given to, whatever its result.
 *
 * Close it when it is no longer needed; until then it is not collected as garbage. One wallet for a folder and process is
 * enough; several are allowed.
 */
public class Wallet
private constructor(
    private val native: NativeWallet,
    private val watch: Watch,
    private val dispatcher: CoroutineDispatcher,
) : AutoCloseable {
    private val scope = CoroutineScope(dispatcher + SupervisorJob())
    private val isClosed = AtomicBoolean()

    init {
        scope.launch { watch.follow(native) }
    }

    /** Whether it is unlocked. Also tells when it locked itself. */
    public val lockState: StateFlow<LockState> = watch.lockState.asStateFlow()

    /** What it is doing, for a progress indicator: each step as it begins. A collector that is slow misses old ones. */
    public val progress: Flow<ProgressStep> = watch.progress.asSharedFlow()

    /**
     * Unlocks: derives keys (some hundred milliseconds of work), counts the try, asks the hardware key.
     *
     * @throws WalletException `wrong_secret` with [triesLeft], `locked_out` with [retryAfter], `slot_missing`,
     *   `kdf_memory_unavailable`, those of the hardware key (`user_cancelled`, `device_key_invalidated` …), the anchor and the
     *   store
     */
    public suspend fun unlock(with: UnlockWith): UnlockReport =
        consuming(with) { it.beginUnlock(with).use { attempt -> it.finishUnlock(attempt) } }

    /**
     * First step of [unlock]: derives keys, while a prompt is prepared for example. No guess is made or counted yet.
     *
     * @throws WalletException `slot_missing`, `kdf_memory_unavailable`, those of the files
     */
    public suspend fun beginUnlock(with: UnlockWith): UnlockAttempt = consuming(with) { it.beginUnlock(with) }

    /**
     * Second step of [unlock]: counts the try and asks the hardware key.
     *
     * @throws WalletException as [unlock]; `used_up` for an attempt made before
     */
    public suspend fun finishUnlock(attempt: UnlockAttempt): UnlockReport = work { it.finishUnlock(attempt) }

    /**
     * Checks the holder's secret again, for what asks for a [FreshAuth]. Wrong ones count as tries. A wallet that locked itself
     * meanwhile is unlocked by it.
     *
     * @throws WalletException as [unlock]
     */
    public suspend fun authenticate(with: UnlockWith): FreshAuth = consuming(with) { it.authenticate(with) }

    /** Locks: keys are wiped, the database is closed. Call it when the app goes to the background. */
    public suspend fun lock(): Unit = work { it.lock() }

    /** Whether it is unlocked, after auto-lock. To follow it, collect [lockState]. */
    public suspend fun isUnlocked(): Boolean = work { it.isUnlocked() }

    /** Until the wallet locks itself if nothing is done; null if it is locked. */
    public suspend fun timeUntilLock(): Duration? = work { it.secondsUntilLock()?.toLong()?.seconds }

    /**
     * The holder did something: the idle time starts again. Every function that reads or writes cards does that too.
     *
     * @throws WalletException `locked`
     */
    public suspend fun touch(): Unit = work { it.touch() }

    /**
     * What the store can be opened with. Needs no unlocking.
     *
     * @throws WalletException `header_corrupt`, `store_too_new`
     */
    public suspend fun slots(): List<SlotOverview> = work { it.slots() }

    /**
     * Whether the records are all there, unchanged and the newest.
     *
     * @throws WalletException `locked`
     */
    public suspend fun integrity(): IntegrityState = work { it.integrity() }

    /**
     * Locks and lets go of everything. Returns at once; the rest is done on the library's threads, and [open], [create] and
     * [erase] wait for it. Calls in flight end as if the wallet had been locked; later ones fail with `used_up`. None of them
     * writes to a store that was erased meanwhile.
     */
    override fun close() {
        if (!isClosed.compareAndSet(false, true)) return
        scope.coroutineContext[Job]?.cancel()
        watch.end()
        val closed =
            CoroutineScope(dispatcher).launch(start = CoroutineStart.LAZY) { native.use { it.lock() } }
        closing += closed
        closed.invokeOnCompletion { closing -= closed }
        closed.start()
    }

    /** Runs [call] on the library's threads. Whatever it throws is a [WalletException]. */
    internal suspend fun <T> work(call: suspend (NativeWallet) -> T): T {
        if (isClosed.get()) throw failure(ErrorCode.USED_UP)
        refuseInside()
        return typed { withContext(dispatcher) { call(native) } }
    }

    /** As [work]; [secret] is wiped when it ends. */
    internal suspend fun <T> consuming(secret: AutoCloseable, call: suspend (NativeWallet) -> T): T =
        secret.use { work(call) }

    /** As [work]; what the holder typed is wiped when it ends. */
    private suspend fun <T> consuming(with: UnlockWith, call: suspend (NativeWallet) -> T): T =
        consuming(AutoCloseable { with.destroy() }, call)

    public companion object {
        /** Threads for the wallet's own work: derivation of keys, proofs, files. What waits for the network holds none. */
        public val Dispatcher: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(4, "wallet")

        private val closing: MutableSet<Job> = ConcurrentHashMap.newKeySet()

        /**
         * Makes a store in [folder] (made if it is absent) and unlocks it.
         *
         * [dispatcher] is where the work is done, and where functions of the [platform] that do not suspend are called; those
         * that suspend are called on [Dispatchers.IO]. The secrets in [enrolments] are wiped. Once begun it is not cancelled: the
         * recovery code is told once.
         *
         * @throws WalletException `store_exists`, `unsafe_configuration`, those of the hardware key and of the file system,
         *   `library_mismatch`
         */
        public suspend fun create(
            folder: File,
            platform: Platform,
            policy: Policy,
            enrolments: Enrolments,
            settings: VaultSettings = VaultSettings(),
            dispatcher: CoroutineDispatcher = Dispatcher,
        ): NewWallet =
            AutoCloseable { enrolments.destroy() }.use {
                val watch = Watch(platform)
                toTheEnd(dispatcher) {
                    val created = createWallet(folder.path, platform.guarded(watch), policy, settings, enrolments)
                    NewWallet(Wallet(created.wallet, watch, dispatcher), created.recoveryCode)
                }
            }

        /**
         * Opens the store in [folder], locked. Nothing is written. As to [dispatcher] see [create].
         *
         * @throws WalletException `store_missing`, `store_too_new`, `erase_pending`, `header_corrupt`, `read_only_medium`,
         *   `library_mismatch`
         */
        public suspend fun open(
            folder: File,
            platform: Platform,
            policy: Policy,
            settings: VaultSettings = VaultSettings(),
            dispatcher: CoroutineDispatcher = Dispatcher,
        ): Wallet {
            val watch = Watch(platform)
            return toTheEnd(dispatcher) {
                Wallet(openWallet(folder.path, platform.guarded(watch), policy, settings), watch, dispatcher)
            }
        }

        /**
         * Erases the store: hardware keys first, then the anchor, then the files. Call it again if it was interrupted. Close
         * wallets that are open on it before.
         *
         * @throws WalletException those of the hardware key, the anchor and the file system, `library_mismatch`
         */
        public suspend fun erase(
            folder: File,
            platform: Platform,
            dispatcher: CoroutineDispatcher = Dispatcher,
        ): Erased = apart(dispatcher) { eraseWallet(folder.path, platform.guarded(Watch(platform))) }

        /**
         * Loads the native library. The first call of any function does it too: call this when the app starts if
         * [Secret.Companion.of] may be the first, which loads it where it is called.
         *
         * @throws WalletException `library_mismatch`: its subject is `missing`, `version` or `interface`
         */
        public suspend fun load(): Unit = apart(Dispatcher) {}

        /** As [apart], and not cancelled: what [call] gives is not lost where nobody could close or see it. */
        private suspend fun <T> toTheEnd(dispatcher: CoroutineDispatcher, call: suspend () -> T): T =
            withContext(NonCancellable) { apart(dispatcher, call) }

        /** Runs [call] on [dispatcher], with the native library there and nothing being closed. */
        internal suspend fun <T> apart(dispatcher: CoroutineDispatcher, call: suspend () -> T): T =
            typed {
                withContext(dispatcher) {
                    NativeLibrary.check()
                    // Copied by the set itself: others change it meanwhile.
                    ArrayList(closing).joinAll()
                    call()
                }
            }
    }
}

/** A wallet that was just made. */
public class NewWallet internal constructor(
    /** The wallet, unlocked. */
    public val wallet: Wallet,
    /** The recovery code, if one was asked for. It is told once: have the holder write it down. */
    public val recoveryCode: RecoveryCode?,
)
