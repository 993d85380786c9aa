package org.citizenwallet.demo

import java.io.File
import java.nio.file.Files
import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.citizenwallet.KeyDerivation
import org.citizenwallet.KeyStore
import org.citizenwallet.demo.town.Desk
import org.citizenwallet.demo.town.Parties

/** A holder with a phone, and the parties that holder meets. */
class Phone(
    val parties: Parties,
    val place: File,
    canCheckHolder: Boolean = false,
    private val language: String = "en",
    idleSeconds: ULong = 300uL,
    private val keyStore: KeyStore? = null,
) : AutoCloseable {
    private val settings = Home.patient().copy(keyDerivation = KeyDerivation.Fixed(19456u, 3u), lockAfterIdleSeconds = idleSeconds)
    private val desk = Desk(place, parties, canCheckHolder)
    private val thread = Executors.newSingleThreadExecutor { Thread(it, "main of the app").apply { isDaemon = true } }

    /** The time of the wallet and of the app. */
    val time = HandTime(thread.asCoroutineDispatcher())
    private val main = time.dispatcher
    private var scope = CoroutineScope(main + SupervisorJob())

    /** The pages the app opened. */
    val pages = mutableListOf<String>()

    /** What the app wrote into files, as it was given. */
    val saved = mutableListOf<ByteArray>()

    /** What became of it in the files. */
    val files = mutableListOf<String>()

    /** What the camera reads; null where the holder gives up. */
    var code: String? = null

    val deviceKey = desk.deviceKey

    var app: App = start()
        private set

    val screen: Screen
        get() = app.screen.value

    private fun start() =
        App(desk.home(settings, keyStore, time, { code }, ::save) { pages += it }, scope) { listOf(language) }

    private suspend fun save(name: String, bytes: ByteArray): String {
        saved += bytes
        files += String(bytes)
        return name
    }

    /** The system ends the process and starts it anew. */
    suspend fun die() {
        withContext(main) {
            app.close()
            scope.cancel()
        }
        scope = CoroutineScope(main + SupervisorJob())
        app = withContext(main) { start() }
    }

    suspend fun on(vararg actions: Action) = withContext(main) { actions.forEach(app::on) }

    /** What the system does on the app's thread. */
    suspend fun on(event: () -> Unit) = withContext(main) { event() }

    suspend fun type(keys: String) = on(*keys.map { Action.Key(it) }.toTypedArray())

    /** Does it, and waits for the next screen of this kind. */
    suspend inline fun <reified S : Screen> then(vararg actions: Action, noinline which: (S) -> Boolean = { true }): S {
        val before = screen
        on(*actions)
        return waitFor(before) { it is S && which(it) } as S
    }

    /** Begins with [first]; as soon as the app works on it in this way, does the rest. */
    suspend fun whileWorking(first: Action, vararg actions: Action, which: (Screen.Working) -> Boolean = { true }): Screen.Working =
        withContext(main) {
            app.on(first)
            val working = app.screen.first { it is Screen.Working && which(it) } as Screen.Working
            actions.forEach(app::on)
            working
        }

    /** Types a PIN or a code, and waits. */
    suspend inline fun <reified S : Screen> enter(keys: String, noinline which: (S) -> Boolean = { true }): S {
        type(keys)
        return then(Action.Enter, which = which)
    }

    suspend fun waitFor(before: Screen?, which: (Screen) -> Boolean): Screen =
        withTimeoutOrNull(30_000) {
            // A flow of states does not tell a screen from an equal one before it.
            while (screen.let { it === before || !which(it) }) delay(1)
            screen
        } ?: error("still ${tell(screen)}")

    private fun tell(screen: Screen) = if (screen is Screen.Trouble || screen is Screen.Keys) "$screen" else screen::class.simpleName

    /** From the first start to the empty wallet: the recovery code. */
    suspend fun setUp(pin: String = PIN): String {
        waitFor(null) { it is Screen.Welcome }
        then<Screen.Keys>(Action.Agree)
        enter<Screen.Keys>(pin)
        val code = enter<Screen.RecoveryCode>(pin)
        return code.groups.joinToString("") { String(it) }.also { then<Screen.Cards>(Action.Agree) }
    }

    /** Receives a card by a link to the end. */
    suspend fun receive(card: String = "resident_card"): Screen.Cards {
        then<Screen.Question>(Action.Open(parties.offer(card).first()))
        then<Screen.Offer>(Action.Agree)
        then<Screen.Received>(Action.Agree)
        return then(Action.Agree)
    }

    /** A bar asks how old the holder is: the link. */
    fun askAge(): String = parties.ask("bar", "resident_card", "age_equal_or_over.19")

    /** Up to the plan for a request. */
    suspend fun asked(link: String): Screen.Consent {
        then<Screen.Question>(Action.Open(link))
        return then(Action.Agree)
    }

    override fun close() {
        runBlocking(main) {
            app.close()
            scope.cancel()
        }
        thread.shutdown()
    }

    companion object {
        const val PIN = "739154"
    }
}

/** Runs a test with a phone and running parties, which have a chain where [hasChain]. */
fun phone(
    canCheckHolder: Boolean = false,
    language: String = "en",
    idleSeconds: ULong = 300uL,
    keyStore: KeyStore? = null,
    hasChain: Boolean = false,
    test: suspend Phone.() -> Unit,
) {
    val folder = Files.createTempDirectory("phone").toFile()
    try {
        Parties.start(File(System.getProperty("wallet.parties")), hasChain).use { parties ->
            Phone(parties, folder, canCheckHolder, language, idleSeconds, keyStore).use { runBlocking { it.test() } }
        }
    } finally {
        folder.deleteRecursively()
    }
}

/** The texts of a screen's parts, by key or as given. */
fun said(text: Text): String =
    when (text) {
        is Text.Of ->
            if (text.key == Phrase.CLAIM_WITHIN.key) text.arguments.joinToString(" › ") { said(it as Text) } else text.key
        is Text.Given -> text.words
        is Text.All -> text.parts.joinToString(", ") { said(it) }
    }

/** The labels and values of claims, as a screen draws them. */
fun said(claims: List<ClaimLine>): Map<String, String> =
    claims.associate { line ->
        said(line.label) to
            when (val value = line.value()) {
                is Value.Words -> value.words
                is Value.Said -> said(value.text)
                is Value.Picture -> "picture"
                null -> "gone"
            }
    }
