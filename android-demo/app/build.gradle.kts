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
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
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
    sourceSets.named("androidTest") {
        kotlin.directories += "src/androidTest/kotlin"
    }
}

dependencies {
    "implementation"("org.citizenwallet:wallet-android:${version("wallet.version")}")
    "implementation"(platform("androidx.compose:compose-bom:2025.05.01"))
    "implementation"("androidx.compose.foundation:foundation")
    "implementation"("androidx.compose.material:material")
    "implementation"("androidx.compose.material:material-icons-core")
    "implementation"("androidx.activity:activity-compose:1.10.1")
    "implementation"("com.journeyapps:zxing-android-embedded:4.3.0")
    "androidTestImplementation"("androidx.test:runner:1.7.0")
    "androidTestImplementation"("androidx.test.ext:junit:1.3.0")
    "androidTestImplementation"("androidx.test.uiautomator:uiautomator:2.3.0")
    "androidTestImplementation"("junit:junit:4.13.2")
}

/** Whom the app trusts is for each ecosystem to say. The instrumented test brings its own. */
val anchors: File = file("src/main/assets/anchors.pem")
val anchorsOfTest: File = file("src/debug/assets/anchors.pem")

tasks.named("preBuild") {
    doFirst {
        check(anchors.isFile || anchorsOfTest.isFile) { "put the certificates of your issuers and verifiers, as PEM, into $anchors" }
    }
}
