package org.citizenwallet

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/**
 * The issuer and the verifier of `wallet-parties`, as a process of their own. It ends when this is closed, and also when the
 * tests die: it serves until its standard input closes.
 */
class Parties private constructor(val folder: File, private val process: Process?) : AutoCloseable {
    /** What the wallet has to trust, as PEM. */
    val anchors: String = File(folder, "anchors.pem").readText()

    /** What `serve --json` printed, too: addresses of control endpoints and so on. */
    val addresses: String = File(folder, "server.json").readText()

    /** A fresh offer of a [card]: the link. More of the command's own options in [options]. */
    fun offer(card: String = "resident_card", vararg options: String): String = run("offer", here, card, *options).first()

    /** A fresh offer with a transaction code: the link and the code. */
    fun offerWithCode(card: String = "resident_card"): Pair<String, String> {
        val (link, code) = run("offer", here, card, "--tx-code")
        return link to code
    }

    /** A fresh request of [verifier] (`bar`, `bank`, `voting-office`, `shop`) for [claims] of a [card]: the link. */
    fun ask(verifier: String, card: String, vararg claims: String, options: String = "{}"): String =
        run("ask", here, verifier, card, *claims, "--options", options).first()

    /** The same, under a pseudonym for [service], which is taken once. */
    fun askPseudonym(verifier: String, service: String, card: String, vararg claims: String): String =
        run("ask", here, verifier, card, *claims, "--options", "{\"once\":true}", "--pseudonym", service).first()

    /** A fresh request of the bar for [AGE]. */
    fun askAge(options: String = "{}"): String = ask("bar", "resident_card", "age_equal_or_over.19", options = options)

    /** What the verifier learned from the request made last, as JSON. */
    fun learned(): String = run("learned", here).joinToString("\n")

    /** How the issuer behaves from now on, as JSON. */
    fun configure(options: String) {
        run("configure", here, options)
    }

    /** What a [card] says from now on, as JSON. */
    fun change(card: String, options: String) {
        run("change", here, card, options)
    }

    /** Sets the status of issued cards, or what is wrong with the status list, as JSON. */
    fun status(options: String) {
        run("status", here, options)
    }

    /** Consents at [url] as a browser would: where it leads back to. */
    fun browse(url: String): String = run("browse", url).first()

    override fun close() {
        if (process == null) return
        process.outputStream.close()
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
        folder.deleteRecursively()
    }

    private val here: String
        get() = folder.path

    private fun run(vararg command: String): List<String> {
        val process = ProcessBuilder(PROGRAM, *command).redirectErrorStream(true).start()
        process.outputStream.close()
        val lines = process.inputStream.bufferedReader().readLines()
        check(process.waitFor() == 0) { "wallet-parties ${command.toList()}: $lines" }
        return lines
    }

    companion object {
        private val PROGRAM: String = System.getProperty("wallet.parties")

        /** Those another process started, which closes them. */
        fun startedBefore(folder: File): Parties = Parties(folder, process = null)

        /** Starts them; with further [options] of `serve`. */
        fun start(vararg options: String): Parties {
            val folder = Files.createTempDirectory("parties").toFile()
            val serve = ProcessBuilder(PROGRAM, "serve", "--json", "--dir", folder.path, *options)
            val process = serve.redirectError(ProcessBuilder.Redirect.INHERIT).start()
            // The line is printed when the folder is written and the servers listen.
            val line = process.inputStream.bufferedReader().readLine()
            checkNotNull(line) { "wallet-parties did not start" }
            return Parties(folder, process)
        }
    }
}
