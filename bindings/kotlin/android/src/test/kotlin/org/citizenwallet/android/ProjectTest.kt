package org.citizenwallet.android

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.yaml.snakeyaml.Yaml
import java.io.File
import java.lang.annotation.Retention
import java.lang.annotation.RetentionPolicy

/** What of the AAR's build, the instrumented tests and their workflow can be checked without running them. */
class ProjectTest {
    private val module = File("").absoluteFile
    private val workspace = module.resolve("../../..").canonicalFile
    private val gradle = module.resolve("build.gradle.kts").readText()
    private val workflowText = workspace.resolve(".github/workflows/android.yml").readText()
    private val emulator = module.resolve("on-emulator.sh").readText()
    private val page = workspace.resolve("docs/android-not-run-here.md").readText()

    @Suppress("UNCHECKED_CAST")
    private val workflow = Yaml().load<Map<String, Any>>(workflowText)

    private val versions = module.resolve("gradle.properties").readLines()
        .filter { '=' in it && !it.startsWith("#") }
        .associate { it.substringBefore('=') to it.substringAfter('=') }

    /** The steps of all jobs. */
    @Suppress("UNCHECKED_CAST")
    private fun steps(): List<Map<String, Any>> {
        val jobs = workflow["jobs"] as Map<String, Map<String, Any>>
        assertEquals(setOf("aar", "emulator"), jobs.keys)
        return jobs.values.flatMap { it["steps"] as List<Map<String, Any>> }
    }

    @Suppress("UNCHECKED_CAST")
    private fun commands(): List<String> = steps().mapNotNull { step ->
        step["run"] as String? ?: (step["with"] as Map<String, Any>?)?.get("script") as String?
    }

    private fun words(text: String) = text.split(Regex("[\\s\"']+")).filter { it.isNotEmpty() }

    @Test
    fun `each file the workflow and the scripts name exists`() {
        val named = (commands() + emulator).flatMap(::words).filter { it.startsWith("bindings/") }
        assertTrue("bindings/kotlin/android/on-emulator.sh" in named)
        for (path in named) assertTrue(workspace.resolve(path).exists(), path)
        for (script in listOf("on-emulator.sh", "check-pages.sh")) {
            assertTrue(module.resolve(script).canExecute(), script)
            assertEquals(0, ProcessBuilder("sh", "-n", module.resolve(script).path).start().waitFor(), script)
        }
    }

    @Test
    fun `each Gradle task that is named is one of the Android plugin or of the build file`() {
        val ours = Regex("""tasks\.register<\w+>\("(\w+)"\)""").findAll(gradle).map { it.groupValues[1] }.toSet()
        assertEquals(setOf("cargoNdk", "checkPages"), ours)
        val android = setOf("assembleRelease", "connectedDebugAndroidTest", "publishReleasePublicationToMavenLocal")
        val calls = (commands() + emulator + page).flatMap { it.replace("\\\n", " ").lines() }
            .filter { "gradle --project-dir" in it }
        assertTrue(calls.size >= 3)
        for (call in calls) {
            val arguments = words(call.substringAfter("--project-dir ")).drop(1)
                .filter { !it.startsWith("-") && !it.startsWith("$") && it != "`" }
            for (task in arguments.map { it.trim('`') }) assertTrue(task in android + ours, "$task in: $call")
        }
    }

    @Test
    fun `each cargo command, package, profile and folder that is named exists`() {
        val manifest = workspace.resolve("Cargo.toml").readText()
        assertTrue("[profile.mobile]" in manifest && "\"--profile\", \"mobile\"" in gradle)
        for (crate in listOf("bindings/ffi" to "wallet-ffi", "parties" to "wallet-parties")) {
            val name = workspace.resolve("${crate.first}/Cargo.toml").readText()
            assertTrue("name = \"${crate.second}\"" in name && crate.second in gradle + emulator, crate.second)
        }
        val commands = workspace.resolve("parties/src/main.rs").readText()
        for (command in Regex("\"\\\$parties\" (\\w+)").findAll(emulator).map { it.groupValues[1] }) {
            assertTrue(Regex("\\b${command.replaceFirstChar { it.uppercase() }} \\{").containsMatchIn(commands), command)
        }
        val folders = Regex("""\"((?:src|\.\.)/[^\"]+)\"""").findAll(gradle).map { it.groupValues[1] }.toList()
        assertTrue(folders.size >= 5)
        for (folder in folders) assertTrue(module.resolve(folder).isDirectory, folder)
    }

    @Test
    fun `versions agree with Maven, Cargo and each other`() {
        val pom = module.resolve("../pom.xml").readText()
        for (name in listOf("kotlin.version", "coroutines.version", "jna.version")) {
            assertTrue("<$name>${versions[name]}</$name>" in pom, name)
        }
        assertTrue("<version>${versions["wallet.version"]}</version>" in module.resolve("pom.xml").readText())
        val cargo = workspace.resolve("Cargo.toml").readText()
        assertTrue("\nversion = \"${versions["wallet.version"]}\"" in cargo)
        @Suppress("UNCHECKED_CAST")
        val environment = workflow["env"] as Map<String, String>
        assertTrue("rust-version = \"${environment["RUST"]}\"" in cargo)
        assertEquals(versions["ndk.version"], environment["NDK"])
        assertTrue("platforms;android-${number("compileSdk = ")}" in workflowText)
        assertEquals(number("minSdk = "), number("\"--platform\", \""))
        for (name in Regex("""version\("([\w.]+)"\)""").findAll(gradle).map { it.groupValues[1] }) {
            assertTrue(name in versions, name)
        }
    }

    private fun number(after: String) = gradle.substringAfter(after).takeWhile { it.isDigit() }.also { check(it.isNotEmpty()) }

    @Test
    fun `the four processors are those the workflow adds to Rust`() {
        val targets = mapOf(
            "arm64-v8a" to "aarch64-linux-android",
            "armeabi-v7a" to "armv7-linux-androideabi",
            "x86_64" to "x86_64-linux-android",
            "x86" to "i686-linux-android",
        )
        val abis = Regex("\"([^\"]+)\"").findAll(gradle.substringAfter("val abis = listOf(").substringBefore(")"))
        assertEquals(targets.keys, abis.map { it.groupValues[1] }.toSet())
        val added = commands().filter { it.startsWith("rustup target add ") }
        assertEquals(2, added.size)
        for (command in added) assertEquals(targets.values.toSet(), words(command).drop(3).toSet())
    }

    @Test
    fun `the rules for R8 name classes of the generated code`() {
        val generated = module.resolve("../wallet/src/generated/kotlin").walk().filter { it.isFile }.joinToString { it.readText() }
        val rules = module.resolve("consumer-rules.pro").readText()
        val named = Regex("-keep class org\\.citizenwallet\\.(\\w+) ").findAll(rules).map { it.groupValues[1] }.toSet()
        assertTrue(named.isNotEmpty())
        for (name in named) assertTrue("internal object $name {" in generated, name)
        assertEquals(named, Regex("Native\\.register\\((\\w+)::class").findAll(generated).map { it.groupValues[1] }.toSet())
        assertTrue(") : Structure() {" in generated && ": com.sun.jna.Callback {" in generated)
    }

    @Test
    fun `the rules for R8 keep what JNA reads by reflection`() {
        val generated = module.resolve("../wallet/src/generated/kotlin").walk().filter { it.isFile }
        assertTrue(generated.any { "@Structure.FieldOrder(" in it.readText() })
        val retention = com.sun.jna.Structure.FieldOrder::class.java.getAnnotation(Retention::class.java)
        assertEquals(RetentionPolicy.RUNTIME, retention.value)
        val kept = module.resolve("consumer-rules.pro").readLines().single { it.startsWith("-keepattributes ") }
        val attributes = kept.removePrefix("-keepattributes ").split(',').toSet()
        assertEquals(setOf("RuntimeVisibleAnnotations", "InnerClasses", "EnclosingMethod", "Signature"), attributes)
    }

    @Test
    fun `the AAR and the JARs are published under the same licences, and the module's own JAR not at all`() {
        val parent = module.resolve("../pom.xml").readText()
        val published = Regex("""(?:name|url|connection) = "([^"]+)"""").findAll(gradle.substringAfter("pom {"))
            .map { it.groupValues[1] }
        assertEquals(9, published.count())
        for (text in published - "Citizen wallet for Android") assertTrue(">$text<" in parent, text)
        for (pom in listOf("pom.xml", "../example/pom.xml")) {
            for (goal in listOf("install", "deploy")) {
                assertTrue("<maven.$goal.skip>true</maven.$goal.skip>" in module.resolve(pom).readText(), "$pom $goal")
            }
        }
    }

    @Test
    fun `only the framework folder touches Android, the rest a Context at most`() {
        val sources = module.resolve("src/main/kotlin").walk().filter { it.extension == "kt" && "framework" !in it.path }
        assertTrue(sources.count() > 10)
        for (source in sources) {
            val android = source.readLines().filter { it.startsWith("import android") }
            assertTrue(android.all { it == "import android.content.Context" }, "${source.name}: $android")
        }
    }

    @Test
    fun `what the AAR takes from the Kotlin library is not for desktops only`() {
        val sources = module.resolve("../wallet/src/main/kotlin").walk().filter { it.extension == "kt" && "/jvm/" !in it.path }
        assertTrue(sources.count() > 3 && "exclude(\"org/citizenwallet/jvm/**\")" in gradle)
        for (source in sources) {
            val text = source.readText()
            for (desktop in listOf("java.net.http", "org.citizenwallet.jvm", "java.lang.management", "java.awt")) {
                assertTrue(desktop !in text, "${source.name}: $desktop")
            }
        }
    }

    @Test
    fun `the page of what is not run here names all of it`() {
        val tests = listOf(module, workspace.resolve("android-demo/app")).map { it.resolve("src/androidTest") }
        for (folder in tests) assertTrue(folder.isDirectory, "$folder")
        val files = tests.asSequence().flatMap { it.walk() }.filter { it.isFile } +
            listOf("build.gradle.kts", "settings.gradle.kts", "consumer-rules.pro", "on-emulator.sh", "check-pages.sh")
                .map(module::resolve) + workspace.resolve(".github/workflows/android.yml") +
            module.resolve("src/main/kotlin/org/citizenwallet/android/framework").walk().filter { it.isFile }
        for (file in files) assertTrue("`${file.name}`" in page, file.name)
        assertTrue("`guide-app/build.gradle.kts`" in page)
    }

    @Test
    fun `the empty app has the settings of the AAR, and its files are there`() {
        val app = module.resolve("guide-app/build.gradle.kts").readText()
        for (setting in listOf("compileSdk = ", "minSdk = ")) {
            assertEquals(number(setting), app.substringAfter(setting).takeWhile { it.isDigit() }, setting)
        }
        val named = Regex("""versions\["([\w.]+)"]""").findAll(app).map { it.groupValues[1] }.toSet()
        assertEquals(setOf("android.gradle.version", "kotlin.version", "wallet.version"), named)
        val guide = module.resolve("guide-app").resolve(app.substringAfter("val guide = \"").substringBefore('"'))
        for (path in Regex("""\${'$'}guide/([^"]+)""").findAll(app).map { it.groupValues[1] }) {
            assertTrue(guide.resolve(path).exists(), path)
        }
        assertTrue(guide.resolve("kotlin/guide/GuideTest.kt").exists() && "GuideTest.kt" in app)
    }

    @Test
    fun `the workflow runs when anything it builds from changes`() {
        // YAML takes `on` for a yes.
        @Suppress("UNCHECKED_CAST")
        val events = (workflow as Map<Any, Any>).getValue(true) as Map<String, Map<String, List<String>>>
        val watched = events.getValue("pull_request").getValue("paths").map { it.removeSuffix("/**") }
        for (path in watched) assertTrue(workspace.resolve(path).exists(), path)
        val members = Regex("path = \"([^\"]+)\"").findAll(workspace.resolve("Cargo.toml").readText()).map { it.groupValues[1] }
        val crates = members.map { it.substringBefore('/') }.toSet()
        assertTrue("wallet-primitives" in crates) { "$crates" }
        val built = crates + setOf("android-demo", "bindings", "parties", "Cargo.toml", "Cargo.lock", ".cargo")
        assertEquals(built + ".github/workflows/android.yml", watched.toSet())
    }

    @Test
    fun `pages are checked on each processor by its own rule`(@TempDir folder: File) {
        val readelf = folder.resolve("readelf").apply {
            writeText("#!/bin/sh\ncat \"\$2\"\n")
            setExecutable(true)
        }

        fun segments(vararg alignments: String) = alignments.joinToString("\n") {
            "  LOAD  0x000000 0x0000000000000000 0x0000000000000000 0x07a8 0x07a8 R E $it"
        }

        fun check(abi: String, segments: String?): Int {
            folder.resolve(abi).mkdir()
            folder.resolve("$abi/libwallet_ffi.so").apply { if (segments == null) delete() else writeText(segments) }
            val process = ProcessBuilder("sh", "check-pages.sh", folder.path, abi).directory(module)
            process.environment()["READELF"] = readelf.path
            return process.redirectErrorStream(true).start().waitFor()
        }
        assertEquals(0, check("arm64-v8a", segments("0x4000", "0x4000")))
        assertEquals(1, check("arm64-v8a", segments("0x4000", "0x1000")))
        assertEquals(1, check("x86_64", segments("0x1000")))
        assertEquals(0, check("x86", segments("0x1000")))
        assertEquals(1, check("x86_64", ""))
        assertEquals(1, check("armeabi-v7a", null))
    }
}
