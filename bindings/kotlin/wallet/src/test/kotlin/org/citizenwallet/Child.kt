package org.citizenwallet

import java.io.File

/** A program of these tests in a Java machine of its own: to be killed, to be listened to, or to have another native library. */
object Child {
    /**
     * Starts the `main` of [program]; what it says on standard error comes with its output. [classes] come before all others;
     * [native] says where libraries are, null that nothing says it.
     */
    fun start(
        program: String,
        vararg arguments: String,
        native: String? = System.getProperty("jna.library.path"),
        classes: File? = null,
    ): Process {
        val ours = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val all = listOfNotNull(classes?.path, ours).joinToString(File.pathSeparator)
        val command =
            listOf(File(System.getProperty("java.home"), "bin/java").path, "-cp", all) +
                listOfNotNull(native).map { "-Djna.library.path=$it" } +
                "-Dwallet.parties=${System.getProperty("wallet.parties")}" +
                "org.citizenwallet.$program" +
                arguments
        val builder = ProcessBuilder(command).redirectErrorStream(true)
        // Cargo names its own folders there, with a native library in them.
        builder.environment().remove("LD_LIBRARY_PATH")
        return builder.start()
    }

    /** All it says until it ends. */
    fun output(child: Process): String {
        child.outputStream.close()
        return child.inputStream.bufferedReader().readText().also { child.waitFor() }
    }
}
