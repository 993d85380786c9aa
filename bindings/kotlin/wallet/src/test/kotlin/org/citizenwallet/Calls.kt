package org.citizenwallet

import java.io.File
import java.lang.reflect.Modifier
import java.util.UUID
import kotlin.coroutines.Continuation
import org.citizenwallet.Place.Companion.PIN
import org.citizenwallet.Place.Companion.pin

/** One call of every public function of [Wallet] that suspends, for the rules that hold for all of them. */
object Calls {
    /**
     * With the wallet unlocked each ends, some of them with an error of their own: they are given what there is not. Those that
     * need a plan are called only where the wallet has a card. Sorted so that one does not keep the next from working.
     */
    val all: Map<String, suspend (Wallet) -> Any?> = with { gifts }

    /** The same, with these gifts. */
    fun with(given: () -> Gifts): Map<String, suspend (Wallet) -> Any?> =
        mapOf(
            "isUnlocked" to { it.isUnlocked() },
            "timeUntilLock" to { it.timeUntilLock() },
            "touch" to { it.touch() },
            "slots" to { it.slots() },
            "integrity" to { it.integrity() },
            "list" to { it.list() },
            "detail" to { it.detail(NOTHING) },
            "offer" to { it.offer("") },
            "discover" to { it.discover("https://issuer.example", listOf("card")) },
            "accept" to { it.accept(given().offer) },
            "authorize" to { it.authorize(given().offer) },
            "resume" to { it.resume("https://wallet.example/cb?code=a&state=b") },
            "order" to { it.order(given().authorized, given().authorized.orders().first()) },
            "receive" to { it.receive("") },
            "replacing" to { it.replacing(NOTHING, given().card) },
            "keep" to { it.keep(given().card) },
            "decline" to { it.decline(given().card) },
            "giveUp" to { it.giveUp(given().card) },
            "renew" to { it.renew(NOTHING) },
            "keepRenewed" to { it.keepRenewed(given().renewed) },
            "deferred" to { it.deferred() },
            "pollDeferred" to { it.pollDeferred(NOTHING) },
            "forgetDeferred" to { it.forgetDeferred(NOTHING) },
            "due" to { it.due() },
            "nextDue" to { it.nextDue() },
            "authenticate" to { it.authenticate(pin()).close() },
            "unlock" to { it.unlock(pin()) },
            "beginUnlock" to { it.beginUnlock(pin()).close() },
            "finishUnlock" to { wallet -> wallet.beginUnlock(pin()).use { wallet.finishUnlock(it) } },
            "request" to { it.request("openid4vp://?client_id=nobody") },
            "dcApiRequest" to { it.dcApiRequest("openid4vp-v1-unsigned", "{}", "https://page.example") },
            "revealed" to { wallet -> plan(wallet).use { wallet.revealed(it).close() } },
            "sharedBefore" to { wallet -> plan(wallet).use { wallet.sharedBefore(it) } },
            "select" to { wallet -> plan(wallet).use { wallet.select(it, Choice.UseCase(0u, 0u)) } },
            "approve" to { wallet -> plan(wallet).use { wallet.approve(it, it.overview().hash).close() } },
            "present" to { wallet -> plan(wallet).use { wallet.present(wallet.approve(it, it.overview().hash)) } },
            "refuse" to { wallet -> wallet.refuse(Proposal.Plan(plan(wallet))) },
            "resend" to { it.resend(NOTHING) },
            "history" to { it.history() },
            "deleteHistory" to { it.deleteHistory(NOTHING) },
            "export" to { wallet -> wallet.authenticate(pin()).use { wallet.export(it) } },
            "createIdentity" to { it.createIdentity(IdentityMethod.Key) },
            "identities" to { it.identities() },
            "nameIdentity" to { it.nameIdentity(NOTHING, "did:meta:1") },
            "prepareSignature" to { wallet -> proof(wallet).close() },
            "signPrepared" to
                { wallet ->
                    wallet.authenticate(pin()).use { auth -> proof(wallet).use { wallet.signPrepared(auth, it, it.digest()) } }
                },
            "deleteIdentity" to { wallet -> wallet.authenticate(pin()).use { wallet.deleteIdentity(it, NOTHING) } },
            "delete" to { it.delete(NOTHING) },
            "doPending" to { it.doPending() },
            "hardwareKeys" to { it.hardwareKeys() },
            "statusPlan" to { it.statusPlan() },
            "refreshStatus" to { it.refreshStatus() },
            "adopt" to { wallet -> wallet.authenticate(pin()).use { wallet.adopt(it) } },
            "damaged" to { it.damaged() },
            "forgetDamagedLedgers" to { it.forgetDamagedLedgers() },
            "quarantine" to { it.quarantine() },
            "rescue" to { it.rescue(UnlockWith.RecoveryCode(typed("no code")), File("nowhere"), Enrolments()) },
            // The same PIN, which is refused and not counted as a try.
            "changePin" to { it.changePin(typed(PIN), Pin.of(PIN.toCharArray())) },
            "changePassphrase" to { it.changePassphrase(typed(PASSPHRASE), passphrase()) },
            "addPin" to { wallet -> wallet.authenticate(pin()).use { wallet.addPin(it, Pin.of(PIN.toCharArray())) } },
            "addOsAuth" to { wallet -> wallet.authenticate(pin()).use { wallet.addOsAuth(it) } },
            "addPassphrase" to { wallet -> wallet.authenticate(pin()).use { wallet.addPassphrase(it, passphrase()) } },
            "renewRecoveryCode" to
                { wallet ->
                    wallet.authenticate(pin()).use { wallet.renewRecoveryCode(it, Keep(pin = typed(PIN))).destroy() }
                },
            "removeSlot" to { wallet -> wallet.authenticate(pin()).use { wallet.removeSlot(it, SlotKind.OsAuth) } },
            "lock" to { it.lock() },
        )

    /** Those that derive keys from a secret first, and what changes the secrets. */
    val deriving: Set<String> =
        setOf("authenticate", "unlock", "beginUnlock", "export", "adopt", "rescue", "changePin", "changePassphrase", "addPin") +
            setOf("addOsAuth", "addPassphrase", "renewRecoveryCode", "removeSlot", "signPrepared", "deleteIdentity")

    /** The name of no record. */
    private const val NOTHING = "0123456789abcdef0123456789abcdef"

    private const val PASSPHRASE = "four brown horses under a slow bridge"

    private fun typed(text: String) = Secret.of(text.toCharArray())

    private fun passphrase() = Passphrase.of(PASSPHRASE.toCharArray())

    /** A proof that this wallet's holder controls a did:key. */
    private suspend fun proof(wallet: Wallet): PreparedSignature {
        val identity = wallet.createIdentity(IdentityMethod.Key)
        return wallet.prepareSignature(identity.id, SignatureRequest.Proof("https://page.example", "1"))
    }

    /** A plan to show a card of this wallet, by a request that needs no network; without a card `not_found`. */
    private suspend fun plan(wallet: Wallet): ConsentPlan {
        val card = wallet.list().firstOrNull()?.id ?: NOTHING
        val type = wallet.detail(card).use { it.overview.credentialType }
        val query = """{"credentials":[{"id":"card","format":"dc+sd-jwt","meta":{"vct_values":["$type"]}}]}"""
        val metadata = """{"vp_formats_supported":{"dc+sd-jwt":{}}}"""
        val request =
            """{"response_type":"vp_token","response_mode":"dc_api","nonce":"${UUID.randomUUID()}",
               "client_metadata":$metadata,"dcql_query":$query}"""
        val proposed = wallet.dcApiRequest("openid4vp-v1-unsigned", request, "https://page.example")
        if (proposed is DcApiProposal.Refused) throw proposed.error
        return ((proposed as DcApiProposal.Proposed).proposal as Proposal.Plan).plan
    }

    /** The names of all public functions that suspend: of [Wallet] itself and of the files with extensions of it. */
    fun declared(): Set<String> {
        val members = Wallet::class.java.declaredMethods.filter { !Modifier.isStatic(it.modifiers) }
        val extensions = facades().flatMap { it.declaredMethods.toList() }.filter { it.parameterTypes.firstOrNull() == Wallet::class.java }
        return (members + extensions)
            .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }
            .filter { it.parameterTypes.lastOrNull() == Continuation::class.java }
            // What is internal has a `$` in its name; what takes or gives an inline class has a `-`.
            .filter { '$' !in it.name }
            .map { it.name.substringBefore('-') }
            .toSet()
    }

    private fun facades(): List<Class<*>> = libraryClasses().filter { it.simpleName.endsWith("Kt") }
}

/** The classes of the library's package, generated or not. */
fun libraryClasses(): List<Class<*>> {
    val classes = File(Wallet::class.java.protectionDomain.codeSource.location.toURI())
    val files = File(classes, "org/citizenwallet").listFiles { file -> file.name.endsWith(".class") && '$' !in file.name }
    return files!!.map { Class.forName("org.citizenwallet.${it.name.removeSuffix(".class")}") }
}
