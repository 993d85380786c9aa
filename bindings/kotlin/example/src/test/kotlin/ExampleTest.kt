import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.list
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** The program of the guide, against the issuer and the verifiers of `wallet-parties`. */
class ExampleTest {
    @TempDir lateinit var folder: Path

    @Test
    fun `a card is received and the bar learns the age and nothing else`() = serving { parties ->
        val holder = Answers("y")
        openWallet(home, parties.anchors, holder).use { wallet ->
            receive(wallet, parties.run("offer", parties.path, "resident_card").first(), holder)
            assertEquals(3, wallet.list().single().copies.toInt())
        }
        // Another day.
        openWallet(home, parties.anchors, holder).use { wallet ->
            present(wallet, parties.request(), holder)
        }
        assertTrue("Shown" in holder.seen)
        val learned = parties.learned()
        assertTrue("\"accepted\":true" in learned, learned)
        assertTrue("\"disclosed\":[[\"age_equal_or_over\",\"19\"]]" in learned, learned)
    }

    @Test
    fun `a holder who says no has no card, and shows nothing`() = serving { parties ->
        val holder = Answers("y")
        openWallet(home, parties.anchors, holder).use { wallet ->
            receive(wallet, parties.run("offer", parties.path, "resident_card").first(), Answers("n"))
            assertTrue(wallet.list().isEmpty())
            receive(wallet, parties.run("offer", parties.path, "resident_card").first(), Answers("y", "n"))
            assertTrue(wallet.list().isEmpty())
            present(wallet, parties.request(), holder)
            assertTrue("You have no card for this" in holder.seen)
            receive(wallet, parties.run("offer", parties.path, "resident_card").first(), holder)
            present(wallet, parties.request(), Answers("y", "n"))
        }
        assertFalse("Shown" in holder.seen)
        assertFalse("\"accepted\":true" in parties.learned())
    }

    @Test
    fun `a card behind a transaction code asks for it, and a wrong passphrase opens nothing`() = serving { parties ->
        val (link, code) = parties.run("offer", parties.path, "resident_card", "--tx-code")
        openWallet(home, parties.anchors, Answers("y")).use { wallet ->
            receive(wallet, link, Answers("y", secret = code))
            assertEquals(1, wallet.list().size)
        }
        val error =
            assertThrows<WalletException> {
                runBlocking { openWallet(home, parties.anchors, Answers("y", secret = "not this one at all")) }
            }
        assertEquals("wrong_secret", error.code.text)
    }

    private val home: File
        get() = folder.resolve("home").toFile()

    private fun serving(test: suspend (Served) -> Unit) = runBlocking {
        Served(folder.resolve("parties").toFile()).use { test(it) }
    }

    private companion object {
        @JvmStatic
        @BeforeAll
        fun `the native library comes with the dependency`() {
            assertNull(System.getProperty("jna.library.path"))
            runBlocking { Wallet.load() }
        }
    }
}

/** A holder who gives these answers in turn, the last one again and again. */
private class Answers(private vararg val answers: String, private val secret: String = "quiet otters fold seven paper boats") :
    Screen {
    val seen = mutableListOf<String>()
    private var given = 0

    override fun show(line: String) {
        seen += line
    }

    override fun show(secret: CharArray) {
        assertTrue(secret.isNotEmpty())
    }

    override fun agrees(question: String): Boolean = answers[minOf(given++, answers.size - 1)] == "y"

    override fun secret(question: String): CharArray = secret.toCharArray()
}

/** `wallet-parties serve`, until this is closed. */
private class Served(folder: File) : AutoCloseable {
    private val program = System.getProperty("wallet.parties") ?: "../../../target/debug/wallet-parties"
    private val process = ProcessBuilder(program, "serve", "--json", "--dir", folder.path).start()
    val path: String = folder.path

    init {
        checkNotNull(process.inputStream.bufferedReader().readLine()) { "wallet-parties did not start" }
    }

    val anchors: String = File(folder, "anchors.pem").readText()

    fun request(): String = run("ask", path, "bar", "resident_card", "age_equal_or_over.19").first()

    fun learned(): String = run("learned", path).joinToString("").filterNot(Char::isWhitespace)

    fun run(vararg command: String): List<String> {
        val process = ProcessBuilder(program, *command).redirectErrorStream(true).start()
        process.outputStream.close()
        val lines = process.inputStream.bufferedReader().readLines()
        check(process.waitFor() == 0) { "$lines" }
        return lines
    }

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly()
    }
}
