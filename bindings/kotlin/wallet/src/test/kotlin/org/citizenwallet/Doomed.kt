package org.citizenwallet

import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import org.citizenwallet.jvm.FileAnchorStore
import org.citizenwallet.jvm.JvmHttpClient

/** A phone that a killed process leaves behind: its keys and its anchor are in files, beside the store. */
class Remains(private val parties: Parties, private val root: File) {
    val keyStore get() = SoftwareKeyStore(File(root, "holder-keys"))

    /** The app on this phone, which is told of each [Moment]. */
    fun place(clock: Clock? = null, moments: Moments = Moments()) =
        Place(
            parties,
            deviceKey = SoftwareDeviceKey(folder = File(root, "device-keys")),
            anchor = moments.around(FileAnchorStore(File(root, "anchor"))),
            http = moments.around(JvmHttpClient()),
            keyStore = moments.around(keyStore),
            clock = clock,
            root = root,
        )
}

/**
 * The calls of the app's functions since the wallet was unlocked, as moments with a name: `asked Token 1` comes before the first
 * such request, `anchor 2 after asked Token 1` before the second cell that is written after that.
 */
class Moments(private val pass: (String) -> Unit = {}) {
    private val passed = ConcurrentHashMap<String, Int>()
    private var last = "unlocking"

    /** Whether the wallet was unlocked. */
    @Volatile var begun = false

    private fun at(what: String) {
        last = numbered(what) ?: return
        pass(last)
    }

    private fun atAnchor() {
        val count = numbered("anchor after $last")?.substringAfterLast(' ') ?: return
        pass("anchor $count after $last")
    }

    private fun numbered(what: String): String? = if (begun) "$what ${passed.merge(what, 1, Int::plus)}" else null

    fun around(real: HttpClient) =
        object : HttpClient {
            override suspend fun send(request: HttpRequest): HttpResponse {
                val purpose = request.purpose::class.java.simpleName
                at("asked $purpose")
                return real.send(request).also { at("answered $purpose") }
            }
        }

    fun around(real: KeyStore) =
        object : KeyStore by real {
            override suspend fun create(request: CreateKeys) = real.create(request).also { at("keys made") }

            override suspend fun sign(request: SignRequest): ByteArray {
                at("to be signed")
                return real.sign(request)
            }
        }

    fun around(real: AnchorStore) =
        object : AnchorStore by real {
            override fun write(name: String, bytes: ByteArray) {
                atAnchor()
                real.write(name, bytes)
            }
        }
}

/** A process with a wallet that is to be killed at a moment, where it waits for it. */
object Doomed {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val (parties, root, task, link, last) = arguments
        // It does not outlive the tests either.
        thread(isDaemon = true) {
            System.`in`.read()
            Runtime.getRuntime().halt(1)
        }
        val moments = Moments { moment ->
            println("passed: $moment")
            if (moment == last) {
                println(THERE)
                CountDownLatch(1).await()
            }
        }
        runBlocking {
            val there = Parties.startedBefore(File(parties))
            val place = Remains(there, File(root)).place(moments = moments)
            val wallet = place.openUnlocked()
            moments.begun = true
            when (task) {
                RECEIVE -> wallet.receive(link, copies = 2, policy = KeepPolicy(reuse = ReusePolicy.OnceOnly))
                SHOW -> wallet.shown(link)
                else -> error(task)
            }
        }
        exitProcess(0)
    }

    const val RECEIVE = "receive"
    const val SHOW = "show"

    private const val THERE = "there"

    /** Has a process do the [task] with this [link], and kills it at the moment [last]. */
    fun killed(parties: Parties, root: File, task: String, link: String, last: String) {
        val child = Child.start("Doomed", parties.folder.path, root.path, task, link, last)
        try {
            child.onExit().orTimeout(50, TimeUnit.SECONDS).exceptionally { child.destroyForcibly() }
            val said = mutableListOf<String>()
            val isThere = child.inputStream.bufferedReader().lineSequence().onEach(said::add).any { it == THERE }
            check(isThere) { "it did not come to `$last`: ${said.joinToString("\n")}" }
        } finally {
            child.destroyForcibly().waitFor()
        }
    }
}
