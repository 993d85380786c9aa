package org.citizenwallet.android

/** How the holder shows to the operating system that it is them. */
public enum class HolderCheck {
    /**
     * A strong biometric, or the screen lock's PIN, pattern or password. Survives a change of the enrolled biometrics.
     *
     * Before Android 11 a key that asks at each use cannot take the screen lock: there it is a biometric, and the key still
     * survives a change of the enrolled ones.
     */
    BIOMETRIC_OR_SCREEN_LOCK,

    /** A strong biometric (class 3) and nothing else. */
    BIOMETRIC,
}

/** The words of the system's prompt, in the holder's language. */
public class PromptText(
    /** What it is about, such as the app's name. */
    public val title: String,
    /** The button that gives up, where the prompt has none of its own. */
    public val cancel: String,
    /** What the holder agrees to, in a line. */
    public val subtitle: String? = null,
)
