package org.citizenwallet

import java.io.File
import java.lang.reflect.Modifier
import kotlin.coroutines.Continuation
import org.citizenwallet.Place.Companion.pin

/** One call of every public function of [Wallet] that suspends, for the rules that hold for all of them. */
object Calls {
    /**
     * With the wallet unlocked each ends, some of them with an error of their own: they are given what there is not. Sorted so
     * that one does not keep the next from working.
     */
    val all: Map<String, suspend (Wallet) -> Any?> =
        mapOf(
            "isUnlocked" to { it.isUnlocked() },
            "timeUntilLock" to { it.timeUntilLock() },
            "touch" to { it.touch() },
            "slots" to { it.slots() },
            "integrity" to { it.integrity() },
            "list" to { it.list() },
            "detail" to { it.detail("0123456789abcdef0123456789abcdef") },
            "authenticate" to { it.authenticate(pin()).close() },
            "unlock" to { it.unlock(pin()) },
            "beginUnlock" to { it.beginUnlock(pin()).close() },
            "finishUnlock" to { wallet -> wallet.beginUnlock(pin()).use { wallet.finishUnlock(it) } },
            "lock" to { it.lock() },
        )

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
