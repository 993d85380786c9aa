package org.citizenwallet.demo.desktop

import java.io.File
import java.util.Properties
import javax.xml.parsers.DocumentBuilderFactory
import kotlinx.coroutines.runBlocking
import org.citizenwallet.LinkIntent
import org.citizenwallet.LinkMedium
import org.citizenwallet.Wallet
import org.citizenwallet.intent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.w3c.dom.Element

/** What can be checked here of the files that only Android builds. */
class AndroidFilesTest {
    private val android = File("../app")

    @Test
    fun `every scheme of the manifest is one the wallet knows`() = runBlocking {
        val schemes = elements("src/main/AndroidManifest.xml", "data").map { it.getAttribute("android:scheme") }
            .filter { it.isNotEmpty() && it != "https" }
        val known = schemes.associateWith { Wallet.intent("$it://?a=b", LinkMedium.LINK) }
        val expected = mapOf(
            "openid-credential-offer" to LinkIntent.OFFER, "haip-vci" to LinkIntent.OFFER,
            "openid4vp" to LinkIntent.PRESENTATION, "haip-vp" to LinkIntent.PRESENTATION,
        )
        assertEquals(expected, known)
    }

    @Test
    fun `the way back from the browser is the address in the policy`() {
        val data = elements("src/main/AndroidManifest.xml", "data")
        fun value(name: String) = data.map { it.getAttribute("android:$name") }.single { it.isNotEmpty() }
        val address = "https://${value("host")}${value("path")}"
        val source = File(android, "src/main/kotlin/org/citizenwallet/demo/android/DemoApplication.kt").readText()
        assertTrue("redirectUri = \"$address\"" in source)
    }

    @Test
    fun `nothing is backed up`() {
        val application = elements("src/main/AndroidManifest.xml", "application").single()
        assertEquals("false", application.getAttribute("android:allowBackup"))
        val domains = setOf("root", "file", "database", "sharedpref", "external")
        for ((file, group) in listOf(
            "data_extraction_rules" to "cloud-backup", "data_extraction_rules" to "device-transfer", "backup_rules" to "full-backup-content",
        )) {
            assertTrue(application.attributes.getNamedItem("android:fullBackupContent") != null)
            val excluded = elements("src/main/res/xml/$file.xml", group).single().getElementsByTagName("exclude")
            assertEquals(domains, (0 until excluded.length).map { (excluded.item(it) as Element).getAttribute("domain") }.toSet(), "$file $group")
        }
    }

    @Test
    fun `versions are those of wallet-android`() {
        fun versions(file: File) = Properties().apply { file.reader().use(::load) }
        val library = versions(File("../../bindings/kotlin/android/gradle.properties"))
        for ((name, version) in versions(File(android, "gradle.properties"))) assertEquals(library[name], version, "$name")
    }

    @Test
    fun `a string the app looks up on Android is a string of the files`() {
        val used = Regex("R\\.string\\.([a-z_]+)")
        val sources = File(android, "src").walk().filter { it.extension == "kt" }.joinToString { it.readText() }
        val names = used.findAll(sources).map { it.groupValues[1] }.toSet()
        assertTrue(names.isNotEmpty() && Strings.read("values").keys.containsAll(names), "$names")
    }

    private fun elements(file: String, name: String): List<Element> {
        val found = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File(android, file)).getElementsByTagName(name)
        return (0 until found.length).map { found.item(it) as Element }
    }
}
