pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
        // Where bindings/kotlin/android puts wallet-android: `publishReleasePublicationToMavenLocal`.
        mavenLocal { content { includeGroup("org.citizenwallet") } }
    }
}

rootProject.name = "android-demo"
