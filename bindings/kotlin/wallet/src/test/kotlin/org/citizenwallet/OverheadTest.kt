package org.citizenwallet

import java.io.File
import java.nio.ByteBuffer
import kotlin.system.measureNanoTime
import kotlinx.coroutines.runBlocking
import org.citizenwallet.glue.cards
import org.citizenwallet.glue.fail
import org.citizenwallet.glue.giveBytes
import org.citizenwallet.glue.lookAtBytes
import org.citizenwallet.glue.nop
import org.citizenwallet.glue.takeBytes
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * What a call through this library costs beside the same work in Rust: that is done by a program, which takes turns with this
 * one (`bindings/glue/examples/overhead`). With the tests each work is done once, to see that it works; `cargo xtask bench
 * kotlin` does it often, and every sample goes as a line of JSON into the file that `wallet.bench` names.
 */
class OverheadTest {
    private val file: String? = System.getProperty("wallet.bench")
    private val lines = StringBuilder()

    private val isMeasured = file != null

    @Test
    fun `every work of the benchmark is done in Kotlin and in Rust`() = runBlocking {
        RustHalf.start().use { rust ->
            for ((work, call) in calls()) compare(CALLS, { rust.sample(work, BATCH) }) { mapOf(work to mean(call)) }
            Measured.use { measured ->
                measured.receive()
                compare(CALLS, { rust.sample("is_unlocked", BATCH) }) {
                    mapOf("is_unlocked" to mean { measured.wallet.isUnlocked() })
                }
                compare(SINGLE, { rust.sample("presentation", 1) }) {
                    mapOf("presentation" to measured.present("age_equal_or_over.19"))
                }
            }
            val cards = if (isMeasured) CARDS else 2
            Measured.use { measured ->
                repeat(cards) { measured.receive() }
                compare(SINGLE, { rust.sample("list", cards) }) { mapOf("list" to measured.list(cards)) }
            }
            val portrait = if (isMeasured) PORTRAIT else 4000
            compare(LARGE, { rust.sample("large", portrait) }) { largeCards(portrait) }
        }
        if (file != null) File(file).writeText(lines.toString())
    }

    /** Rounds that count and those before them that do not: the virtual machine compiles what is called often. */
    private class Rounds(val warmUp: Int, val counted: Int)

    /** Lets Kotlin and Rust take turns at a work, which is done once where nothing is measured. */
    private suspend fun compare(rounds: Rounds, rust: () -> Map<String, Double>, kotlin: suspend () -> Map<String, Double>) {
        val warmUp = if (isMeasured) rounds.warmUp else 0
        val counted = if (isMeasured) rounds.counted else 1
        repeat(warmUp + counted) { round ->
            val ours = kotlin()
            val theirs = rust()
            assertEquals(ours.keys, theirs.keys)
            assertTrue((ours.values + theirs.values).all { it > 0 }) { "$ours $theirs" }
            if (round >= warmUp) {
                add("kotlin", ours)
                add("rust", theirs)
            }
        }
    }

    private fun add(peer: String, samples: Map<String, Double>) {
        for ((work, nanos) in samples) lines.appendLine("""{"peer":"$peer","work":"$work","ns":$nanos}""")
    }

    /** The mean of many calls. */
    private inline fun mean(call: () -> Unit): Double = measureNanoTime { repeat(BATCH) { call() } }.toDouble() / BATCH

    private fun calls(): Map<String, () -> Unit> {
        val (small, large) = listOf(1024, 100 * 1024).map { size -> ByteArray(size) { 7 } }
        val (smallBuffer, largeBuffer) = listOf(small, large).map { bytes ->
            ByteBuffer.allocateDirect(bytes.size).put(bytes).also { it.flip() }
        }
        return mapOf(
            "nop" to { nop() },
            "error" to { runCatching { fail() } },
            "bytes_1k" to { takeBytes(small) },
            "bytes_100k" to { takeBytes(large) },
            "slice_1k" to { lookAtBytes(smallBuffer) },
            "slice_100k" to { lookAtBytes(largeBuffer) },
            "given_100k" to { giveBytes(100u * 1024u) },
            "records_50" to { cards(50u) },
        )
    }

    /** Two cards with a portrait of so many [characters] are stored, looked at and shown. */
    private suspend fun largeCards(characters: Int): Map<String, Double> {
        val samples = mutableMapOf<String, Double>()
        Measured.use { measured ->
            // Of the length of a picture, and begun like one.
            measured.issueWith("portrait", "data:image/jpeg;base64,/9j/" + "A".repeat(characters))
            val received = List(2) { measured.receive() }
            samples["large_store_2"] = received.sumOf { it.second }
            samples["large_look_2"] = received.sumOf { (card, _) -> measured.lookAt(card, "Portrait") }
            samples["large_show_2"] = List(2) { measured.present("portrait") }.sum()
        }
        return samples
    }

    private companion object {
        val CALLS = Rounds(warmUp = 100, counted = 100)
        val SINGLE = Rounds(warmUp = 200, counted = 300)
        val LARGE = Rounds(warmUp = 3, counted = 15)

        /** Calls of which the mean is one sample. */
        const val BATCH = 200
        const val CARDS = 50

        /** Of a card of 5 MB: each disclosure is in base64 once more. */
        const val PORTRAIT = 3_740_000
    }
}

/** The program that does the same with wallet-core itself. */
private class RustHalf(private val process: Process) : AutoCloseable {
    private val answers = process.inputStream.bufferedReader()

    /** How long a [work] took, in nanoseconds; [count] is how often, how many or how large. */
    fun sample(work: String, count: Int): Map<String, Double> {
        process.outputStream.write("$work $count\n".toByteArray())
        process.outputStream.flush()
        val line = checkNotNull(answers.readLine()) { "the Rust half ended" }
        return Regex("\"([a-z0-9_]+)\":([0-9.]+)").findAll(line).associate { it.groupValues[1] to it.groupValues[2].toDouble() }
    }

    override fun close() {
        process.outputStream.close()
        check(process.waitFor() == 0) { "the Rust half failed" }
    }

    companion object {
        fun start(): RustHalf {
            val program = ProcessBuilder(System.getProperty("wallet.overhead"))
            return RustHalf(program.redirectError(ProcessBuilder.Redirect.INHERIT).start())
        }
    }
}
