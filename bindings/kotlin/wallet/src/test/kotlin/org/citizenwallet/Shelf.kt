package org.citizenwallet

import java.io.File
import java.io.ObjectInputStream
import java.io.ObjectOutputStream
import java.io.Serializable
import java.util.concurrent.ConcurrentHashMap

/** Things by their names. Those of a [folder] outlive the process, as keys in hardware do. */
class Shelf<T : Serializable>(private val folder: File? = null) {
    private val things = ConcurrentHashMap<String, T>()

    init {
        folder?.listFiles()?.forEach { file ->
            @Suppress("UNCHECKED_CAST")
            ObjectInputStream(file.inputStream()).use { things[file.name] = it.readObject() as T }
        }
    }

    fun names(): List<String> = things.keys.toList()

    operator fun get(name: String): T? = things[name]

    operator fun set(name: String, thing: T) {
        folder?.mkdirs()
        file(name)?.let { file -> ObjectOutputStream(file.outputStream()).use { it.writeObject(thing) } }
        things[name] = thing
    }

    operator fun minusAssign(name: String) {
        file(name)?.delete()
        things -= name
    }

    fun clear() = names().forEach { this -= it }

    private fun file(name: String) = folder?.let { File(it, name) }
}
