package org.citizenwallet

import com.sun.jna.Library
import com.sun.jna.Native
import com.sun.jna.Structure
import java.io.File
import java.lang.management.ManagementFactory
import javax.management.ObjectName

/** What this process holds. */
data class Memory(
    /**
     * Bytes that native code has allocated and not freed, without the virtual machine's own; of the whole process where the system
     * does not tell.
     */
    val native: Long,
    /** Bytes of objects on the garbage collector's heap that are alive. */
    val heap: Long,
    /** How many of those objects are of the library's classes: whatever stands for an object of the native library is. */
    val objects: Int,
    /** Objects of the app that the native library holds, and calls that wait. */
    val handles: Int,
) {
    override fun toString() = "native ${native / 1024} KiB, heap ${heap / 1024} KiB, $objects objects, $handles handles"

    companion object {
        private const val LOOKS = 10

        /**
         * What is held when all that nobody can reach is gone: that takes the collector and the threads of two cleaners some
         * turns, so the least of several looks counts.
         */
        fun now(): Memory {
            val looks = List(LOOKS) { look() }
            return Memory(looks.minOf { it.native }, looks.minOf { it.heap }, looks.minOf { it.objects }, looks.minOf { it.handles })
        }

        private fun look(): Memory {
            System.gc()
            Thread.sleep(100)
            // Counts after another collection. A line: `12:  34  5678  org.citizenwallet.Wallet`, the last: `Total  90  1234`.
            val alive = machine("gcClassHistogram").lines().map { it.trim().split(Regex("\\s+")) }
            val ours = alive.filter { it.size > 3 && it[3].startsWith("org.citizenwallet.") }
            val heap = alive.single { it.first() == "Total" }[2].toLong()
            return Memory(nativeBytes() - machineBytes(), heap, ours.sumOf { it[1].toInt() }, handles())
        }

        /** What the virtual machine's own code holds, by its own count: surefire runs it with that count. */
        private fun machineBytes(): Long =
            Regex("(?:malloc|arena|overhead)=(\\d+)KB").findAll(machine("vmNativeMemory", "summary")).sumOf { it.groupValues[1].toLong() * 1024 }

        /** The answer of a diagnostic command, as `jcmd` gives it. */
        private fun machine(command: String, vararg options: String): String {
            val commands = ObjectName("com.sun.management:type=DiagnosticCommand")
            val types = arrayOf(Array<String>::class.java.name)
            return ManagementFactory.getPlatformMBeanServer().invoke(commands, command, arrayOf(options), types) as String
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
