package org.citizenwallet.android

/** Whether new keys go to the phone's StrongBox, a chip of its own, rather than to the trusted execution environment. */
public enum class StrongBox {
    /**
     * Never. StrongBoxes are slow, some lose operations, and the trusted execution environment protects keys against
     * everything but an attack on the chip itself.
     */
    NEVER,

    /** If there is one and it passes a timed self-test when the key is made; else the trusted execution environment. */
    IF_QUICK,
}

/** Tries a StrongBox out before a key that must work for years is put into it. */
internal class StrongBoxTrial(
    private val access: KeystoreAccess,
    private val device: Device,
    private val nanoTime: () -> Long,
) {
    /** Whether a key of this kind can be made there, answers rightly and answers in time. The trial's key is deleted. */
    fun passes(kind: KeyKind): Boolean {
        if (!device.hasStrongBox) return false
        return try {
            access.once(ALIAS) { it.create(ALIAS, KeyRules(kind, isInStrongBox = true)) }
            isQuickAndRight(kind)
        } catch (_: KeystoreFailed) {
            // Whatever it is, the wallet's key had better not meet it.
            false
        } finally {
            try {
                access.steadily(ALIAS) { it.delete(ALIAS) }
            } catch (_: KeystoreFailed) {
                // The next trial replaces it.
            }
        }
    }

    private fun isQuickAndRight(kind: KeyKind): Boolean {
        val message = ByteArray(32) { it.toByte() }
        val start = nanoTime()
        val answers = List(USES) {
            val answer = access.once(ALIAS) { it.begin(ALIAS).finish(message) }
            if (nanoTime() - start > BUDGET_NANOS) return false
            answer
        }
        // A MAC is the same each time; a signature never is.
        return kind != KeyKind.MAC || answers.all { it.contentEquals(answers[0]) && it.size == 32 }
    }

    internal companion object {
        const val ALIAS: String = "org.citizenwallet.trial"
        const val USES: Int = 4

        /** For all uses together. */
        const val BUDGET_NANOS: Long = 1_200_000_000
    }
}
