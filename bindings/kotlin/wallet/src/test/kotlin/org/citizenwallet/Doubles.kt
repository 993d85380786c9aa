package org.citizenwallet

import java.util.concurrent.ConcurrentHashMap

/** An anchor in memory; survives the wallets of one test, as the real one does. */
open class MemoryAnchor : AnchorStore {
    private val cells = ConcurrentHashMap<String, ByteArray>()

    /** The names of what it holds. */
    val names: Set<String>
        get() = cells.keys

    override fun read(name: String): ByteArray? = cells[name]

    override fun write(name: String, bytes: ByteArray) {
        cells[name] = bytes
    }

    override fun delete(name: String) {
        cells -= name
    }

    override fun isRollbackSafe(): Boolean = true
}

/** A network on which nobody answers. */
object NoNetwork : HttpClient {
    override suspend fun send(request: HttpRequest): HttpResponse = throw HttpException.NotSent()
}

/** A clock that is set by hand. */
class HandClock(@Volatile var seconds: Long = System.currentTimeMillis() / 1000) : Clock {
    @Volatile private var monotonic = 0L

    fun advance(seconds: Long) {
        this.seconds += seconds
        monotonic += seconds * 1000
    }

    override fun now(): Long = seconds

    override fun monotonicMillis(): ULong = monotonic.toULong()
}
