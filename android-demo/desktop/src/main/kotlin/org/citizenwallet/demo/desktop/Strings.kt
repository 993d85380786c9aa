package org.citizenwallet.demo.desktop

import java.time.ZoneId
import java.util.Locale
import javax.xml.parsers.DocumentBuilderFactory
import org.citizenwallet.demo.Texts
import org.w3c.dom.Element

/** The strings of the Android app, read from its own files. */
object Strings {
    /** The texts for [locale]; those it lacks are English. */
    fun texts(locale: Locale, zone: ZoneId = ZoneId.systemDefault()): Texts {
        val own = read(if (locale.language == "en") "values" else "values-${locale.language}")
        val english = read("values")
        return Texts(locale, zone) { own[it] ?: english[it] }
    }

    /** The strings of a [folder] by name; none if there is no such folder. */
    fun read(folder: String): Map<String, String> {
        val file = Strings::class.java.getResourceAsStream("/res/$folder/strings.xml") ?: return emptyMap()
        val document = file.use { DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(it) }
        val strings = document.getElementsByTagName("string")
        return (0 until strings.length).map { strings.item(it) as Element }.associate { it.getAttribute("name") to unescape(it.textContent) }
    }

    /** As Android reads it, as far as these files use it: quotes that keep spaces, and escaped characters. */
    private fun unescape(text: String): String =
        text.removeSurrounding("\"").replace("\\'", "'").replace("\\n", "\n")
}
