package org.citizenwallet

import java.lang.reflect.Constructor
import java.lang.reflect.Field
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Proxy
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import java.time.Instant

/** Values of any type of the library. */
object Samples {
    /** Every text in them, and what their bytes are. */
    const val TEXT = "something private"

    /** One of this type; null where it may be absent. */
    fun orNull(type: Type): Any? = sample(type)

    /** One of this class. */
    fun of(type: Class<*>): Any = type.sample()

    private fun Class<*>.sample(): Any {
        val members = declaredFields.filterNot { Modifier.isStatic(it.modifiers) }
        val fitting = declaredConstructors.first { it.accepts(members) }.apply { isAccessible = true }
        return fitting.newInstance(*members.map { sample(it.genericType) }.toTypedArray())
    }

    private fun Constructor<*>.accepts(members: List<Field>) = parameterTypes.toList() == members.map { it.type }

    private fun sample(type: Type): Any? =
        when (type) {
            is WildcardType -> sample(type.upperBounds.single())
            is ParameterizedType -> listOf(sample(type.actualTypeArguments.single()))
            is Class<*> -> sampleOf(type)
            else -> error("$type")
        }

    private fun sampleOf(type: Class<*>): Any? =
        when {
            type == String::class.java -> TEXT
            type == ByteArray::class.java -> TEXT.toByteArray()
            type == Instant::class.java -> Instant.EPOCH
            type == Boolean::class.javaPrimitiveType -> true
            type == Int::class.javaPrimitiveType -> 1
            type == Long::class.javaPrimitiveType -> 1L
            type == Short::class.javaPrimitiveType -> 1.toShort()
            type == Byte::class.javaPrimitiveType -> 1.toByte()
            type.isEnum -> type.enumConstants.first()
            type.isInterface -> Proxy.newProxyInstance(type.classLoader, arrayOf(type)) { _, _, _ -> "an app's object" }
            WalletException::class.java.isAssignableFrom(type) -> WalletException.App(Fault::class.java.sample() as Fault)
            // Sealed: any of its cases that has members.
            Modifier.isAbstract(type.modifiers) -> type.declaredClasses.firstOrNull { it.isCase() }?.sample()
            type.isCase() -> type.sample()
            AutoCloseable::class.java.isAssignableFrom(type) -> type.getConstructor(NoHandle::class.java).newInstance(NoHandle)
            // Boxed, and may be absent.
            else -> null
        }

    private fun Class<*>.isCase() = declaredMethods.any { it.name.startsWith("component1") }
}
