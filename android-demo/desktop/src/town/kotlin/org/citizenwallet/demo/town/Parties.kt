package org.citizenwallet.demo.town

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/**
 * An issuer and verifiers on this machine: the program `wallet-parties` as a process of its own. It ends when this is closed,
 * and with the process that started it.
 */
class Parties private constructor(private val program: File, private val folder: File, private val process: Process) :
    AutoCloseable {
    /** What a wallet has to trust, as PEM. */
    val anchors: String = File(folder, "anchors.pem").readText()

    /** The web site that the issuer's W3C cards name as their issuer. */
    val webIssuer: String = File(folder, "web-issuer").readText()

    /** What a wallet has to know of the chain on which the issuer anchors cards; null without one. */
    val chain: Chain? = if (File(folder, "ledger-profile.json").isFile) Chain(folder) else null

    /** An offer of a [card]: the link, and with `--tx-code` the code. More of the command's own options in [options]. */
    fun offer(card: String, vararg options: String): List<String> = run("offer", folder.path, card, *options)

    /** A request of [verifier] for [claims] of a [card]: the link. More of the request in [options], as JSON. */
    fun ask(verifier: String, card: String, vararg claims: String, options: String = "{}"): String =
        run("ask", folder.path, verifier, card, *claims, "--options", options).first()

    /** The same, with a pseudonym for a [service] that everybody may come to once. */
    fun askPseudonym(verifier: String, service: String, card: String, vararg claims: String): String =
        run("ask", folder.path, verifier, card, *claims, "--options", """{"once":true}""", "--pseudonym", service).first()

    /** The same, with the proof that the card was anchored. */
    fun askAnchorProof(verifier: String, card: String, vararg claims: String): String =
        run("ask", folder.path, verifier, card, *claims, "--anchor-proof").first()

    /** What the verifier learned from the request made last, as JSON. */
    fun learned(): String = run("learned", folder.path).joinToString("\n")

    /** How the issuer behaves from now on, as JSON. */
    fun configure(options: String) {
        run("configure", folder.path, options)
    }

    /** What a [card] says from now on, as JSON. */
    fun change(card: String, options: String) {
        run("change", folder.path, card, options)
    }

    /** Sets the status of cards, as JSON. */
    fun status(options: String) {
        run("status", folder.path, options)
    }

    /** Agrees at [url] as a holder in a browser would: where it leads back to. */
    fun browse(url: String): String = run("browse", url).first()

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
        folder.deleteRecursively()
    }

    private fun run(vararg command: String): List<String> {
        val process = ProcessBuilder(program.path, *command).redirectErrorStream(true).start()
        process.outputStream.close()
        val lines = process.inputStream.bufferedReader().readLines()
        check(process.waitFor() == 0) { "wallet-parties ${command.first()}: $lines" }
        return lines
    }

    companion object {
        /** Starts [program]; with a chain where [hasChain], which takes Node.js and what `cargo xtask peers` installs. */
        fun start(program: File, hasChain: Boolean = false): Parties {
            val folder = Files.createTempDirectory("parties").toFile()
            val options = if (hasChain) listOf("--ledger") else emptyList()
            val serve = ProcessBuilder(listOf(program.path, "serve", "--json", "--dir", folder.path) + options)
            val process = serve.redirectError(ProcessBuilder.Redirect.INHERIT).start()
            // The line comes when the folder is written and the servers listen.
            checkNotNull(process.inputStream.bufferedReader().readLine()) { "wallet-parties did not start" }
            return Parties(program, folder, process)
        }
    }
}
