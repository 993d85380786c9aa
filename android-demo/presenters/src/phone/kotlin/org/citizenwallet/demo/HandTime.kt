package org.citizenwallet.demo

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeSource
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.Runnable
import org.citizenwallet.Clock

/**
 * Time that goes on as always, and can be put [forward]: the wallet's, and that of what the app waits for on its
 * [dispatcher], which does so on the [thread].
 */
class HandTime(private val thread: CoroutineDispatcher) : Clock {
    private val start = TimeSource.Monotonic.markNow()
    private val ahead = AtomicLong()

    private val elapsed: Duration
        get() = start.elapsedNow() + ahead.get().milliseconds

    val dispatcher: CoroutineDispatcher = Waiting()

    override fun now() = (System.currentTimeMillis() + ahead.get()) / 1000

    override fun monotonicMillis() = elapsed.inWholeMilliseconds.toULong()

    /** What is due until then happens before anything that is dispatched later. */
    fun forward(by: Duration) {
        ahead.addAndGet(by.inWholeMilliseconds)
        (dispatcher as Waiting).wake()
    }

    /** Waits by this time. */
    @OptIn(InternalCoroutinesApi::class)
    private inner class Waiting : CoroutineDispatcher(), Delay {
        /** What is waited for, and when it is due. */
        private val waiting = ConcurrentHashMap<Runnable, Duration>()

        override fun dispatch(context: CoroutineContext, block: Runnable) = thread.dispatch(context, block)

        override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>) {
            val handle = invokeOnTimeout(timeMillis, { with(continuation) { resumeUndispatched(Unit) } }, continuation.context)
            continuation.invokeOnCancellation { handle.dispose() }
        }

        override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle {
            val due = Runnable { thread.dispatch(context, block) }
            waiting[due] = elapsed + timeMillis.milliseconds
            return DisposableHandle { waiting -= due }
        }

        fun wake() {
            for ((due, at) in waiting) if (at <= elapsed && waiting.remove(due) != null) due.run()
        }
    }
}
