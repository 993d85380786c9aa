package org.citizenwallet

import com.sun.jna.Library
import com.sun.jna.Native
import com.sun.jna.Structure
import java.io.File

/** What this process holds. */
data class Memory(
    /** Bytes that native code has allocated and not freed; of the whole process where the system does not tell. */
    val native: Long,
    /** Bytes of objects on the garbage collector's heap that are alive. */
    val heap: Long,
    /** Objects of the app that the native library holds, and calls that wait. */
    val handles: Int,
) {
    override fun toString() = "native ${native / 1024} KiB, heap ${heap / 1024} KiB, $handles handles"

    companion object {
        private const val LOOKS = 10

        /**
         * What is held when all that nobody can reach is gone: that takes the collector and the threads of two cleaners some
         * turns, so the least of several looks counts.
         */
        fun now(): Memory {
            val looks = List(LOOKS) { look() }
            return Memory(looks.minOf { it.native }, looks.minOf { it.heap }, looks.minOf { it.handles })
        }

        private fun look(): Memory {
            System.gc()
            Thread.sleep(100)
            val runtime = Runtime.getRuntime()
            return Memory(nativeBytes(), runtime.totalMemory() - runtime.freeMemory(), handles())
        }

        /** The sizes of all maps in the generated code, which keeps them to itself. */
        private fun handles(): Int {
            val calls = call(Class.forName("org.citizenwallet.Wallet_ffiKt"), null, "getUniffiContinuationHandleMap")
            val objects = libraryClasses().filter { it.simpleName.startsWith("FfiConverterType") }
                .mapNotNull { call(it, it.getField("INSTANCE").get(null), "getHandleMap") }
            check(calls != null && objects.size >= 8) { "the generated code keeps its objects elsewhere" }
            return uniffiForeignFutureHandleCount() + (objects + calls).sumOf { call(it.javaClass, it, "getSize") as Int }
        }

        /** Calls the function without arguments whose name begins so, which is how internal ones are named. */
        private fun call(type: Class<*>, receiver: Any?, name: String): Any? =
            type.declaredMethods.singleOrNull { it.name.substringBefore('$') == name }?.run {
                isAccessible = true
                invoke(receiver)
            }

        private fun nativeBytes(): Long =
            try {
                C.mallinfo2().run { uordblks + hblkhd }
            } catch (_: UnsatisfiedLinkError) {
                File("/proc/self/statm").readText().split(' ')[1].toLong() * 4096
            }

        private val C: LibC by lazy { Native.load("c", LibC::class.java) }
    }

    private interface LibC : Library {
        fun mallinfo2(): Mallinfo2
    }

    /** Of malloc.h in glibc 2.33 and later: in use in the arenas, and mapped apart. */
    @Structure.FieldOrder("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    open class Mallinfo2 : Structure(), Structure.ByValue {
        @JvmField var arena = 0L
        @JvmField var ordblks = 0L
        @JvmField var smblks = 0L
        @JvmField var hblks = 0L
        @JvmField var hblkhd = 0L
        @JvmField var usmblks = 0L
        @JvmField var fsmblks = 0L
        @JvmField var uordblks = 0L
        @JvmField var fordblks = 0L
        @JvmField var keepcost = 0L
    }
}
