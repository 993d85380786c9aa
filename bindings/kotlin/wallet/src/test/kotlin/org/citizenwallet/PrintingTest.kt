package org.citizenwallet

import java.io.File
import java.lang.reflect.Modifier
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
                    setOf("CardStatus\$Unknown", "UnlockReport", "SlotOverview", "Rotated", "ProgressStep\$Network", "CardDetail"),
            "names of records, which errors have too" to
                setOf("LostRecord", "RescueReport", "Rescued", "KeptCard", "Renewed", "Due", "DueWhat\$Refill") +
                    setOf("DueWhat\$Reissue", "DueWhat\$Expiring", "DueWhat\$StatusStale", "DueWhat\$DeferredReady"),
            "what the app gave" to
                setOf("Policy", "Trust", "PinnedKeys", "PinnedDidKey", "Scope", "TransactionDataType", "TransactionMember") +
                    setOf("KeyStoreCapabilities"),
        ).values.flatten().toSet()

    @Test
    fun `nothing that holds a text prints it, but for what is listed`() {
        val printing = dataClasses().filter { Samples.TEXT in Samples.of(it).toString() }.map { it.shortName() }
        assertEquals(open, printing.filterNot { it.endsWith(CODE) }.toSet())
    }

    @Test
    fun `what holds bytes, claims, requests and history says only what it is`() {
        val request = Samples.of(HttpRequest::class.java)
        assertEquals("HttpRequest", request.toString())
        assertEquals("ClaimValue", ClaimValue.Text("Erika").toString())
        assertEquals("ClaimValue", ClaimValue.Empty.toString())
        assertEquals("HistoryEvent", Samples.of(HistoryEvent.Received::class.java).toString())
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

    private companion object {
        /** What came after these bindings were written: its stable text. */
        const val CODE = "\$Other"
    }
}
