// An app of nothing but the code of docs/android.md and the AAR from the local Maven repository, minified: does it build, and
// does it start? See docs/android-not-run-here.md.

import java.util.Properties

buildscript {
    val versions = java.util.Properties().apply { file("../gradle.properties").inputStream().use { load(it) } }
    repositories {
        google()
        mavenCentral()
    }
    dependencies {
        classpath("com.android.tools.build:gradle:${versions["android.gradle.version"]}")
        classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:${versions["kotlin.version"]}")
    }
}

apply(plugin = "com.android.application")

val versions = Properties().apply { file("../gradle.properties").inputStream().use { load(it) } }
val guide = "../src/test"

extensions.configure<com.android.build.api.dsl.ApplicationExtension> {
    namespace = "guide"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.citizenwallet.guide"
        minSdk = 28
        targetSdk = 36
    }
    buildTypes.named("release") {
        isMinifyEnabled = true
        proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        // To be installed for a look, never to be published.
        signingConfig = signingConfigs.getByName("debug")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    sourceSets.named("main") {
        manifest.srcFile("$guide/guide/AndroidManifest.xml")
        res.directories += "$guide/guide/res"
        // `anchors.pem`, as wallet-parties writes it.
        assets.directories += layout.buildDirectory.dir("parties").get().asFile.path
        kotlin.directories += "$guide/kotlin/guide"
    }
}

tasks.withType<org.jetbrains.kotlin.gradle.tasks.KotlinCompile>().configureEach { exclude("**/GuideTest.kt") }

dependencies { "implementation"("org.citizenwallet:wallet-android:${versions["wallet.version"]}") }
