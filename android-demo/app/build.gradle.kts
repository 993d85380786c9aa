// The app for phones: the presenters and the screens of the folders beside, with androidx' Compose, and wallet-android. Needs the
// Android SDK, and wallet-android in the local Maven repository. See README.md.

buildscript {
    fun version(name: String) = providers.gradleProperty(name).get()
    repositories {
        google()
        mavenCentral()
    }
    dependencies {
        classpath("com.android.tools.build:gradle:${version("android.gradle.version")}")
        classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:${version("kotlin.version")}")
        classpath("org.jetbrains.kotlin:compose-compiler-gradle-plugin:${version("kotlin.version")}")
    }
}

apply(plugin = "com.android.application")
apply(plugin = "org.jetbrains.kotlin.plugin.compose")

fun version(name: String): String = providers.gradleProperty(name).get()

extensions.configure<com.android.build.api.dsl.ApplicationExtension> {
    namespace = "org.citizenwallet.demo.android"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.citizenwallet.demo"
        minSdk = 28
        targetSdk = 36
        versionCode = 1
        versionName = version("wallet.version")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    buildFeatures {
        compose = true
    }
    sourceSets.named("main") {
        kotlin.directories += listOf("src/main/kotlin", "../presenters/src/main/kotlin", "../screens/src/main/kotlin")
    }
}

dependencies {
    "implementation"("org.citizenwallet:wallet-android:${version("wallet.version")}")
    "implementation"(platform("androidx.compose:compose-bom:2025.05.01"))
    "implementation"("androidx.compose.foundation:foundation")
    "implementation"("androidx.compose.material:material")
    "implementation"("androidx.compose.material:material-icons-core")
    "implementation"("androidx.activity:activity-compose:1.10.1")
}

/** Whom the app trusts is for each ecosystem to say. */
val anchors: File = file("src/main/assets/anchors.pem")

tasks.named("preBuild") {
    doFirst { check(anchors.isFile) { "put the certificates of your issuers and verifiers, as PEM, into $anchors" } }
}
