// The AAR: this module, the Kotlin library it stands on, and the native library for four kinds of processor.
// Needs the Android SDK, the NDK, a Rust toolchain with the four targets, and cargo-ndk. See docs/android-not-run-here.md.

import org.jetbrains.kotlin.gradle.tasks.KotlinCompile

buildscript {
    fun version(name: String) = providers.gradleProperty(name).get()
    repositories {
        google()
        mavenCentral()
    }
    dependencies {
        classpath("com.android.tools.build:gradle:${version("android.gradle.version")}")
        // Newer than the one the Android plugin brings: its built-in Kotlin then uses this.
        classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:${version("kotlin.version")}")
    }
}

apply(plugin = "com.android.library")
apply(plugin = "maven-publish")

fun version(name: String): String = providers.gradleProperty(name).get()

val workspace: File = rootDir.resolve("../../..").canonicalFile
val nativeLibraries: File = layout.buildDirectory.dir("jniLibs").get().asFile

/** Android's name of each processor. */
val abis = listOf("arm64-v8a", "armeabi-v7a", "x86_64", "x86")

extensions.configure<com.android.build.api.dsl.LibraryExtension> {
    namespace = "org.citizenwallet.android"
    compileSdk = 36
    ndkVersion = version("ndk.version")

    defaultConfig {
        minSdk = 28
        consumerProguardFiles("consumer-rules.pro")
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
        ndk { abiFilters += abis }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    sourceSets.named("main") {
        kotlin.directories += listOf("src/main/kotlin", "../wallet/src/main/kotlin", "../wallet/src/generated/kotlin")
        jniLibs.directories += nativeLibraries.path
    }
    sourceSets.named("androidTest") {
        kotlin.directories += listOf("src/androidTest/kotlin", "src/androidTest/device")
    }
    packaging {
        // Uncompressed and page-aligned: mapped from the APK, not unpacked.
        jniLibs.useLegacyPackaging = false
    }
    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

tasks.withType<KotlinCompile>().configureEach {
    // For the desktop; it stands on java.net.http, which Android has not.
    exclude("org/citizenwallet/jvm/**")
    compilerOptions.moduleName = "wallet-android"
}

dependencies {
    "api"("org.jetbrains.kotlinx:kotlinx-coroutines-android:${version("coroutines.version")}")
    // The AAR has JNA's own native library; the plain JAR has it for desktops only.
    "implementation"("net.java.dev.jna:jna:${version("jna.version")}@aar")
    "androidTestImplementation"("androidx.test:runner:1.7.0")
    "androidTestImplementation"("androidx.test.ext:junit:1.3.0")
    "androidTestImplementation"("junit:junit:4.13.2")
}

/** Builds the native library as it ships: the `mobile` profile, and as a `cdylib` alone, or link-time optimisation is left out. */
val cargoNdk = tasks.register<Exec>("cargoNdk") {
    workingDir = workspace
    val targets = abis.flatMap { listOf("--target", it) }
    // Code in C has no tables to unwind: no panic goes through it.
    environment("CFLAGS", "-fno-asynchronous-unwind-tables -fno-unwind-tables")
    commandLine(
        listOf("cargo", "ndk") + targets + listOf(
            "--platform", "28", "--output-dir", nativeLibraries.path,
            "rustc", "--profile", "mobile", "--package", "wallet-ffi", "--lib", "--crate-type", "cdylib",
        ),
    )
}

/** Fails unless each library is there and can be mapped on devices with 16 KB pages. */
val checkPages = tasks.register<Exec>("checkPages") {
    dependsOn(cargoNdk)
    commandLine(listOf("sh", "check-pages.sh", nativeLibraries.path) + abis)
}

tasks.named("preBuild") { dependsOn(checkPages) }

group = "org.citizenwallet"
version = version("wallet.version")

afterEvaluate {
    extensions.configure<PublishingExtension> {
        publications.register<MavenPublication>("release") {
            from(components["release"])
            artifactId = "wallet-android"
            pom {
                name = "Citizen wallet for Android"
                description = "A holder wallet for citizen-ID apps. Contains org.citizenwallet:wallet: never add both."
                url = "https://wallet-core.example"
                licenses {
                    license {
                        name = "MIT"
                        url = "https://opensource.org/license/mit"
                    }
                    license {
                        name = "Apache-2.0"
                        url = "https://www.apache.org/licenses/LICENSE-2.0.txt"
                    }
                }
                developers { developer { name = "The wallet-core contributors" } }
                scm {
                    url = "https://wallet-core.example"
                    connection = "scm:git:https://wallet-core.example/wallet-core.git"
                }
            }
        }
    }
}
