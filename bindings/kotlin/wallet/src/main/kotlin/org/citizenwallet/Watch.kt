package org.citizenwallet

import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.withTimeoutOrNull

/** How many steps a slow collector may be behind before it misses some. */
private const val STEPS_KEPT = 16

/** Makes flows of what the native library tells, and tells the app's own observers. */
internal class Watch(platform: Platform) : LockObserver, ProgressObserver {
    private val appLock = platform.lock
    private val appProgress = platform.progress
    private val told = Channel<Unit>(Channel.CONFLATED)

    val lockState = MutableStateFlow(LockState.LOCKED)
    val progress = MutableSharedFlow<ProgressStep>(0, STEPS_KEPT, BufferOverflow.DROP_OLDEST)

    private var isOver = false

    /** The wallet is closed: whatever calls in flight still do to it, nobody can use it. */
    @Synchronized
    fun end() {
        isOver = true
        lockState.value = LockState.LOCKED
    }

    /** Whether it is news: an unlocking that ends after the wallet was closed is none. */
    @Synchronized
    private fun isNews(state: LockState): Boolean {
        if (isOver && state == LockState.UNLOCKED) return false
        lockState.value = state
        return true
    }

    override fun onLockState(state: LockState) {
        if (!isNews(state)) return
        told.trySend(Unit)
        dropping { appLock?.onLockState(state) }
    }

    override fun onStep(step: ProgressStep) {
        progress.tryEmit(step)
        dropping { appProgress?.onStep(step) }
    }

    /** Asks again whenever the wallet may have locked itself, so that its lock is noticed without a call. Ends when it is closed. */
    suspend fun follow(native: NativeWallet) {
        while (true) {
            val before = lockState.value
            val left =
                try {
                    native.secondsUntilLock()
                } catch (_: IllegalStateException) {
                    return
                } catch (_: WalletException) {
                    return
                }
            val now = if (left == null) LockState.LOCKED else LockState.UNLOCKED
            // What was told meanwhile is newer.
            synchronized(this) { if (!isOver) lockState.compareAndSet(before, now) }
            withTimeoutOrNull(left?.toLong()?.seconds ?: Duration.INFINITE) { told.receive() }
        }
    }

    private inline fun dropping(tell: () -> Unit) {
        try {
            answering(tell)
        } catch (_: Throwable) {
            // An observer cannot fail the wallet, and what it says is the app's own.
        }
    }
}
