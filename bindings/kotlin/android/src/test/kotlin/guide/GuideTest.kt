package guide

import android.Manifest
import android.app.Activity
import android.app.Application
import android.app.job.JobService
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.citizenwallet.LinkIntent
import org.citizenwallet.LinkMedium
import org.citizenwallet.linkIntent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.w3c.dom.Document
import org.w3c.dom.Element

/** The XML of docs/android.md. Its Kotlin is checked by being compiled here. */
class GuideTest {
    @Test
    fun `every scheme of the manifest is one the wallet knows`() {
        val schemes = elements(parse("AndroidManifest.xml"), "data").map { it.getAttribute("android:scheme") }
        val known = schemes.filter { it.isNotEmpty() && it != "https" }.map { linkIntent("$it://?a=b", LinkMedium.LINK) }
        assertEquals(listOf(2, 3), listOf(LinkIntent.OFFER, LinkIntent.PRESENTATION).map { kind -> known.count { it == kind } })
        assertEquals(5, known.size)
    }

    @Test
    fun `every class the manifest names is one of the guide, of the right kind`() {
        val manifest = parse("AndroidManifest.xml")
        val kinds = listOf("application" to Application::class, "activity" to Activity::class, "service" to JobService::class)
        for ((element, kind) in kinds) {
            val name = elements(manifest, element).single().getAttribute("android:name")
            val type = Class.forName("guide$name", false, javaClass.classLoader)
            assertTrue(kind.java.isAssignableFrom(type), name)
        }
    }

    @Test
    fun `what the guide's code needs a permission for is in the manifest`() {
        val permissions = elements(parse("AndroidManifest.xml"), "uses-permission").map { it.getAttribute("android:name") }
        val needed = listOf(Manifest.permission.POST_NOTIFICATIONS, Manifest.permission.RECEIVE_BOOT_COMPLETED)
        assertEquals(needed, permissions)
    }

    @Test
    fun `each backup rule leaves out every domain`() {
        val domains = setOf("root", "file", "database", "sharedpref", "external")
        for ((file, groups) in listOf(
            "res/xml/data_extraction_rules.xml" to listOf("cloud-backup", "device-transfer"),
            "res/xml/backup_rules.xml" to listOf("full-backup-content"),
        )) {
            for (group in groups) {
                val excluded = elements(parse(file), group).single().getElementsByTagName("exclude")
                val found = List(excluded.length) { (excluded.item(it) as Element).getAttribute("domain") }
                assertEquals(domains, found.toSet(), "$file $group")
            }
        }
    }

    private fun parse(name: String): Document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File("src/test/guide/$name"))

    private fun elements(document: Document, name: String): List<Element> {
        val found = document.getElementsByTagName(name)
        return List(found.length) { found.item(it) as Element }
    }
}
