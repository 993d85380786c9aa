package org.citizenwallet

import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.lang.reflect.Proxy
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Each function of each trait, where the app's own throws what it did not declare. */
class GuardedTest {
    private val thrown = listOf(IllegalStateException(MARK), AssertionError(MARK), StackOverflowError(MARK))
    private val observers = setOf(ProgressObserver::class.java, LockObserver::class.java)

    @Test
    fun `what any function throws without declaring it is its trait's HostFailed, without the text`() = waiting {
        val told = mutableListOf<String>()
        for (surprise in thrown) {
            for ((trait, guarded) in traits(surprise)) {
                for (function in trait.declaredMethods.filter { Modifier.isAbstract(it.modifiers) }) {
                    val outcome = runCatching { function.call(guarded) }
                    if (trait in observers) {
                        outcome.getOrThrow()
                        continue
                    }
                    val failed = outcome.exceptionOrNull() ?: error("$function: nothing")
                    assertEquals("HostFailed", failed.javaClass.simpleName, "$function: $surprise")
                    assertTrue(MARK !in failed.stackTraceToString(), "$function: $surprise")
                    told += function.name
                }
            }
        }
        // Every function of the six traits, with each of the surprises.
        assertEquals(thrown.size * 20, told.size, "$told")
    }

    /** What the native library gets of an app whose functions all throw this. */
    private fun traits(surprise: Throwable): Map<Class<*>, Any?> {
        fun <T> thrower(trait: Class<T>): T =
            trait.cast(Proxy.newProxyInstance(trait.classLoader, arrayOf(trait)) { _, _, _ -> throw surprise })
        val app =
            Platform(
                thrower(HttpClient::class.java),
                thrower(AnchorStore::class.java),
                thrower(DeviceKey::class.java),
                thrower(KeyStore::class.java),
                thrower(AttestationProvider::class.java),
                thrower(Clock::class.java),
                thrower(ProgressObserver::class.java),
                thrower(LockObserver::class.java),
            )
        val guarded = app.guarded(Watch(app))
        val members = Platform::class.java.declaredFields.filterNot { Modifier.isStatic(it.modifiers) }
        return members.associate { member ->
            member.isAccessible = true
            member.type to member.get(guarded)
        }
    }

    /** Calls the function, which may suspend, with any arguments. */
    private suspend fun Method.call(receiver: Any?): Any? = suspendCoroutineUninterceptedOrReturn { continuation ->
        val arguments =
            genericParameterTypes.mapIndexed { place, type ->
                if (parameterTypes[place] == Continuation::class.java) continuation else Samples.orNull(type)
            }
        try {
            isAccessible = true
            invoke(receiver, *arguments.toTypedArray())
        } catch (error: InvocationTargetException) {
            throw error.targetException
        }
    }
}
