package org.citizenwallet

import java.io.File
import java.lang.reflect.Constructor
import java.lang.reflect.Field
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Proxy
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import java.time.Instant
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * What an app prints, into a log for example, tells neither secrets and tokens nor what the holder has and did. Kotlin's data
 * classes would print all their members.
 */
class PrintingTest {
    /** What may print its texts, and what these are. A class that is neither here nor says only its name fails. */
    private val open =
        mapOf(
            "errors and stable words" to
                setOf("Fault", "DamagedRecord", "StatusListOutcome\$NotBelieved", "DcApiProposal\$Refused") +
                    setOf("CardStatus\$Unknown", "UnlockReport", "SlotOverview", "Rotated", "ProgressStep\$Network"),
            "names of records, which errors have too" to
                setOf("LostRecord", "RescueReport", "Rescued", "KeptCard", "Renewed", "Due", "DueWhat\$Refill") +
                    setOf("DueWhat\$Reissue", "DueWhat\$Expiring", "DueWhat\$StatusStale", "DueWhat\$DeferredReady"),
            "what the app gave" to
                setOf("Policy", "Trust", "PinnedKeys", "Scope", "TransactionDataType", "TransactionMember") +
                    setOf("KeyStoreCapabilities", "Inspected"),
        ).values.flatten().toSet()

    @Test
    fun `nothing that holds a text prints it, but for what is listed`() {
        val printing = dataClasses().filter { MARK in it.sample().toString() }.map { it.shortName() }
        assertEquals(open, printing.filterNot { it.endsWith(CODE) }.toSet())
    }

    @Test
    fun `what holds bytes, claims, requests and history says only what it is`() {
        val request = HttpRequest::class.java.sample()
        assertEquals("HttpRequest", request.toString())
        assertEquals("ClaimValue", ClaimValue.Text("Erika").toString())
        assertEquals("ClaimValue", ClaimValue.Empty.toString())
        assertEquals("HistoryEvent", HistoryEvent.Received::class.java.sample().toString())
        assertEquals("[PathSegment]", listOf(PathSegment.Name("birthdate")).toString())
    }

    @Test
    fun `secrets print nothing of themselves`() {
        val digits = Place.PIN
        Secret.of(digits.toCharArray()).use { assertTrue(digits !in it.toString()) }
        Pin.of(digits.toCharArray()).use { assertTrue(digits !in it.toString()) }
    }

    private fun dataClasses(): List<Class<*>> {
        val classes = File(Wallet::class.java.protectionDomain.codeSource.location.toURI())
        val files = File(classes, "org/citizenwallet").listFiles { file -> file.name.endsWith(".class") }!!
        return files.map { Class.forName("org.citizenwallet.${it.name.removeSuffix(".class")}") }
            .filter { type -> type.declaredMethods.any { it.name.startsWith("component1") } }
            .filter { Modifier.isPublic(it.modifiers) && "Uniffi" !in it.name }
    }

    private fun Class<*>.shortName() = name.removePrefix("org.citizenwallet.")

    /** One of this class, with [MARK] for every text in it. */
    private fun Class<*>.sample(): Any {
        val members = declaredFields.filterNot { Modifier.isStatic(it.modifiers) }
        val fitting = declaredConstructors.first { it.accepts(members) }.apply { isAccessible = true }
        return fitting.newInstance(*members.map { sample(it.genericType) }.toTypedArray())
    }

    private fun Constructor<*>.accepts(members: List<Field>) = parameterTypes.toList() == members.map { it.type }

    private fun sample(type: Type): Any? =
        when (type) {
            is WildcardType -> sample(type.upperBounds.single())
            is ParameterizedType -> listOf(sample(type.actualTypeArguments.single()))
            is Class<*> -> sampleOf(type)
            else -> error("$type")
        }

    private fun sampleOf(type: Class<*>): Any? =
        when {
            type == String::class.java -> MARK
            type == ByteArray::class.java -> MARK.toByteArray()
            type == Instant::class.java -> Instant.EPOCH
            type == Boolean::class.javaPrimitiveType -> true
            type == Int::class.javaPrimitiveType -> 1
            type == Long::class.javaPrimitiveType -> 1L
            type == Short::class.javaPrimitiveType -> 1.toShort()
            type == Byte::class.javaPrimitiveType -> 1.toByte()
            type.isEnum -> type.enumConstants.first()
            type.isInterface -> Proxy.newProxyInstance(type.classLoader, arrayOf(type)) { _, _, _ -> "an app's object" }
            WalletException::class.java.isAssignableFrom(type) -> WalletException.App(Fault::class.java.sample() as Fault)
            // Sealed: any of its cases that has members.
            Modifier.isAbstract(type.modifiers) -> type.declaredClasses.firstOrNull { it.isCase() }?.sample()
            type.isCase() -> type.sample()
            AutoCloseable::class.java.isAssignableFrom(type) -> type.getConstructor(NoHandle::class.java).newInstance(NoHandle)
            // Boxed, and may be absent.
            else -> null
        }

    private fun Class<*>.isCase() = declaredMethods.any { it.name.startsWith("component1") }

    private companion object {
        const val MARK = "something private"

        /** What came after these bindings were written: its stable text. */
        const val CODE = "\$Other"
    }
}
