package org.citizenwallet.android

import android.content.Context
import android.content.ContextWrapper
import org.citizenwallet.android.framework.FrameworkDevice
import org.citizenwallet.android.framework.FrameworkPrompt
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

class ContextTest {
    private val app = ContextWrapper(null)

    private fun kept(holder: Any): Any? = holder.javaClass.declaredFields
        .single { Context::class.java.isAssignableFrom(it.type) }
        .apply { isAccessible = true }
        .get(holder)

    @Test
    fun `an activity is not kept by whoever it was given to`() {
        val activity = object : ContextWrapper(null) {
            override fun getApplicationContext(): Context = app
        }
        assertSame(app, kept(FrameworkDevice(activity)))
        assertSame(app, kept(FrameworkPrompt(activity, 34) { PromptText("a", "b") }))
    }

    @Test
    fun `an app that is only starting has itself for a context`() {
        val starting = object : ContextWrapper(null) {
            override fun getApplicationContext(): Context? = null
        }
        assertSame(starting, kept(FrameworkDevice(starting)))
    }
}
