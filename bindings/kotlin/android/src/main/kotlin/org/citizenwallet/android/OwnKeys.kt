package org.citizenwallet.android

import kotlinx.coroutines.withContext
import kotlin.coroutines.CoroutineContext

/**
 * The Keystore's keys that serve one purpose of the wallet: those whose alias begins with [prefix]. A name is an alias without
 * it. Everything throws [KeystoreFailed] and blocks, as [access] does.
 */
internal class OwnKeys(
    private val access: KeystoreAccess,
    private val prompts: HolderPrompts,
    private val device: Device,
    private val kind: KeyKind,
    private val prefix: String,
    /** The alias of a key that is made, looked at and deleted; not one of these keys'. */
    private val probe: String,
    private val strongBox: StrongBox,
    nanoTime: () -> Long,
) {
    private val trial = StrongBoxTrial(access, device, nanoTime)

    @Volatile
    private var known: KeyLevel? = null

    /** Where this phone puts keys: the weakest place any key made here may have. Asked once. */
    fun level(): KeyLevel = known ?: access.steadily(probe) {
        it.create(probe, KeyRules(kind))
        val facts = it.facts(probe) ?: throw KeyAbsent()
        it.delete(probe)
        facts.level
    }.also { known = it }

    /** The rules for new keys. [holder] is null where nobody is asked. */
    fun rules(holder: HolderRule?, challenge: ByteArray? = null): KeyRules {
        if (holder != null && !device.canAsk(holder.check)) throw KeystoreFailed(Failure.Unsupported)
        return KeyRules(kind, holder, strongBox == StrongBox.IF_QUICK && trial.passes(kind), challenge)
    }

    /** Makes a key; outside the StrongBox where that takes none. */
    fun make(name: String, rules: KeyRules) {
        val alias = prefix + name
        if (rules.isInStrongBox) {
            try {
                return access.once(alias) { it.create(alias, rules) }
            } catch (_: KeystoreFailed) {
                // Full, or slower to make than to try. The other place takes it.
            }
        }
        access.steadily(alias) { it.create(alias, KeyRules(rules.kind, rules.holder, false, rules.challenge)) }
    }

    /** How the holder authenticates to use the key; null: not at all. */
    fun holder(name: String): HolderFacts? {
        val alias = prefix + name
        return access.steadily(alias) { it.facts(alias) ?: throw KeyAbsent() }.holder
    }

    fun certificates(name: String): Certificates {
        val alias = prefix + name
        return access.steadily(alias) { it.certificates(alias) }
    }

    /** A MAC or a signature; with a prompt where the key asks for one at each use, as [holder] says. */
    suspend fun use(name: String, holder: HolderFacts?, bytes: ByteArray): ByteArray {
        val alias = prefix + name
        if (holder != null && holder.seconds == 0) return prompts.useOnce(alias, holder, bytes)
        return access.steadily(alias) { it.begin(alias).finish(bytes) }
    }

    fun delete(name: String) {
        val alias = prefix + name
        access.steadily(alias) { it.delete(alias) }
    }

    fun list(): List<String> =
        access.steadily(prefix) { it.aliases() }.filter { it.startsWith(prefix) }.map { it.removePrefix(prefix) }
}

/** Runs [action] on [worker]; a failure comes out as the [error] the wallet's interface declares. */
internal suspend fun <T> answering(worker: CoroutineContext, error: (Failure) -> Exception, action: suspend () -> T): T =
    try {
        withContext(worker) { action() }
    } catch (failed: KeystoreFailed) {
        throw error(failed.failure)
    }
