package org.citizenwallet.demo

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.io.IOException
import kotlin.time.Duration.Companion.seconds
import org.citizenwallet.ErrorCode
import org.citizenwallet.LockState
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.code

/**
 * The app without its screens: draw [screen], and tell [on] what the holder does. One for a process: a screen that is turned
 * finds it as it was; a process that ends leaves nothing but the store.
 *
 * @param scope of one thread, the main thread: everything here happens on it. The wallet works on its own.
 * @param locales the holder's languages, the best first.
 */
class App(internal val home: Home, private val scope: CoroutineScope, internal val locales: () -> List<String>) {
    private val shown = MutableStateFlow<Screen>(Screen.Starting)
    private var task: Task = Nothing(this)
    private var work: Job? = null

    /** What "again" does. */
    private var repeat: (suspend () -> Unit)? = null
    private var link: String? = null
    private var open: Wallet? = null
    private var watching: Job? = null

    /** The app was locked before there was anything to lock. */
    private var isLockWanted = false

    /** What waits behind the lock. */
    private var aside: Task? = null

    /** What is to be seen now. */
    val screen: StateFlow<Screen> = shown.asStateFlow()

    internal val typed = Typed()
    internal val stores = Stores(home)

    /** The wallet, once it is open. */
    internal val wallet: Wallet
        get() = checkNotNull(open)

    init {
        go { Opening(this) }
    }

    /** The holder did something. What comes while something is under way is dropped, but for going back and locking. */
    fun on(action: Action) {
        when (action) {
            is Action.Lock -> lock()
            is Action.Open -> take(action.link)
            is Action.Back -> back()
            is Action.Again -> if (canRepeat()) repeat?.let(::launch)
            is Action.Key, is Action.EraseKey -> type(action)
            else -> run(action)
        }
    }

    /** What is typed on the app's keys goes nowhere else. */
    private fun type(action: Action) {
        val keys = shown.value as? Screen.Keys ?: return
        if (work?.isActive == true) return
        when (action) {
            is Action.Key -> if (action.character in keys.pad.keys && typed.count < keys.pad.most) typed.add(action.character)
            else -> typed.erase()
        }
        shown.value = keys.copy(typed = typed.count)
        if (!task.worksLocked) stay()
    }

    /** The holder is here: the wallet does not lock itself for a while. One that did so just now says so by itself. */
    private fun stay() {
        val wallet = open ?: return
        scope.launch {
            try {
                wallet.touch()
            } catch (_: WalletException) {
                // It is locked.
            }
        }
    }

    private fun back() {
        if (work?.isActive == true && !task.isCancellable) return
        work?.cancel()
        work = null
        val leaving = task
        if (shown.value is Screen.Trouble || shown.value is Screen.Working) launch { leaving.leave() } else run(Action.Back)
    }

    /** A link waits until the wallet is open, and interrupts nothing that the holder is deciding. */
    private fun take(text: String) {
        link = text
        if (work?.isActive != true) followIdly()
    }

    /** A link replaces no question and no trouble. */
    private fun followIdly() {
        val idle = task as? Browsing ?: return
        when (shown.value) {
            is Screen.Cards, is Screen.AddCard, is Screen.Card, is Screen.History, is Screen.Settings -> follow(idle)
            else -> Unit
        }
    }

    /** Goes where a link that came leads, if one did. */
    internal fun follow(idle: Browsing): Boolean {
        val text = link ?: return false
        link = null
        go { LinkReading(idle.app, text) }
        return true
    }

    private fun lock() {
        val wallet = open
        if (wallet == null) {
            isLockWanted = task is Enrolling && !task.isCancellable
            return
        }
        if (task.isCancellable) return lock(wallet)
        // What comes once would be lost with a step that is cancelled: the step ends first.
        val step = work
        scope.launch {
            withTimeoutOrNull(LONGEST_STEP) { step?.join() }
            if (open === wallet) lock(wallet)
        }
    }

    private fun lock(wallet: Wallet) {
        if (task.isCancellable) work?.cancel()
        scope.launch { wallet.lock() }
        task.whenLocked()?.let { next -> go { next } }
    }

    /** The wallet is there from now on; it locks itself. */
    internal fun opened(wallet: Wallet) {
        open = wallet
        watching = scope.launch {
            wallet.lockState.collect { if (it == LockState.LOCKED && !task.worksLocked) locked() }
        }
        if (isLockWanted) scope.launch { wallet.lock() }
        isLockWanted = false
    }

    /** The wallet is not there any more: its store goes. */
    internal fun letGo() {
        watching?.cancel()
        aside?.close()
        aside = null
        open?.close()
        open = null
    }

    private fun locked() {
        work?.cancel()
        val interrupted = task
        val unlocking = Unlocking(this, Phrase.WAS_LOCKED())
        if (interrupted.outlivesLock) aside = interrupted else interrupted.close()
        become(unlocking) { unlocking.begin() }
    }

    /** The holder is in again. Goes back to what waited behind the lock where [goesBack], else to the cards with a [notice]. */
    internal fun unlocked(notice: Text?, goesBack: Boolean) {
        val waiting = aside
        aside = null
        if (waiting != null && goesBack) {
            task.close()
            return become(waiting) { waiting.resume() }
        }
        waiting?.close()
        go { Browsing(this, notice, isFirst = true) }
    }

    /** Ends the task that is under way and begins another. */
    internal fun go(next: () -> Task) {
        val begun = next()
        task.close()
        become(begun) { begun.begin() }
    }

    private fun become(next: Task, first: suspend () -> Unit) {
        typed.clear()
        task = next
        repeat = first
        launch(first)
    }

    internal fun show(screen: Screen) {
        typed.clear()
        val before = shown.value
        shown.value = screen
        if (before !== screen) (before as? AutoCloseable)?.close()
    }

    private fun run(action: Action) {
        if (work?.isActive == true) return
        val doing = task
        val step = suspend {
            // The holder is here.
            if (!doing.worksLocked) wallet.touch()
            doing.on(action)
        }
        // What was typed is gone: it is typed again.
        repeat = step.takeUnless { action is Action.Enter || action is Action.EnterText }
        launch(step)
    }

    private fun canRepeat() = (shown.value as? Screen.Trouble)?.canRepeat == true

    /** Runs a step of the task that is current now. What fails is shown, unless the task ended meanwhile. */
    private fun launch(step: suspend () -> Unit) {
        val doing = task
        work = scope.launch {
            try {
                step()
                // A link may have come meanwhile.
                if (task === doing) followIdly()
            } catch (error: WalletException) {
                if (task === doing) fail(doing, error)
            } catch (_: IOException) {
                if (task === doing) show(Screen.Trouble(IO_FAILED, canRepeat = repeat != null && doing.isRepeatable))
            }
        }
    }

    private fun fail(doing: Task, error: WalletException) {
        when {
            error.code == ErrorCode.LOCKED && !doing.worksLocked -> locked()
            // The holder closed the system's prompt, and knows it.
            error.code == ErrorCode.USER_CANCELLED -> go { doing.after() }
            else -> problem(error).let { show(Screen.Trouble(it, it.isRetryable && repeat != null && doing.isRepeatable)) }
        }
    }

    /** Locks and lets go of everything, when the app ends. */
    fun close() {
        work?.cancel()
        task.close()
        aside?.close()
        typed.clear()
        (shown.value as? AutoCloseable)?.close()
        open?.close()
    }

    private companion object {
        /** How long a lock waits for a step that must not be cancelled. */
        val LONGEST_STEP = 30.seconds
    }
}

/** One thing the holder is doing. It owns what it needs for that, and closes it. */
internal abstract class Task(val app: App) : AutoCloseable {
    val wallet: Wallet
        get() = app.wallet

    /** Whether it goes on while the wallet is locked. */
    open val worksLocked: Boolean
        get() = false

    /** What takes its place when the app locks, for one that goes on while the wallet is locked. */
    open fun whenLocked(): Task? = null

    /** Whether the last action may be done again after it failed. */
    open val isRepeatable: Boolean
        get() = true

    /** Whether the holder may leave while it works. Where not, a lock waits until the step that is under way has ended. */
    open val isCancellable: Boolean
        get() = true

    /** Whether it has something that must not be lost when the wallet locks: it is set aside and goes on after unlocking. */
    open val outlivesLock: Boolean
        get() = false

    abstract suspend fun begin()

    /** Goes on after it was set aside. */
    open suspend fun resume() = begin()

    abstract suspend fun on(action: Action)

    /** What comes after this, however it ended. */
    open fun after(): Task = Browsing(app)

    /** The holder goes away from trouble, or from work that was cancelled. */
    open suspend fun leave() = app.go { after() }

    override fun close() = Unit

    protected fun show(screen: Screen) = app.show(screen)
}

/** Before the first task. */
private class Nothing(app: App) : Task(app) {
    override val worksLocked = true

    override suspend fun begin() = Unit

    override suspend fun on(action: Action) = Unit
}
