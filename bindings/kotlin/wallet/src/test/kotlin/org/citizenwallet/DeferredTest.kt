package org.citizenwallet

import java.time.Duration
import kotlinx.coroutines.delay
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Cards that come later. */
class DeferredTest {
    @Test
    fun `a promised card comes after a restart, survives a lock before it is kept, and is given once`() = receiving {
        val promise = promised(interval = 1)
        assertEquals(issuer.identifier to issuer.type("resident_card"), promise.issuer to promise.credentialType)
        assertNull(promise.renews)
        wallet.close()
        place.openUnlocked().use { again ->
            assertEquals(listOf(promise), again.deferred())
            val card = ready(again, promise.id)
            again.lock()
            failing(ErrorCode.LOCKED) { again.keep(card) }
            again.unlock(pin())
            again.keep(card)
            assertEquals(3u, again.list().single().copies)
            assertEquals(emptyList<DeferredCard>(), again.deferred())
            failing(ErrorCode.NOT_FOUND) { again.pollDeferred(promise.id) }
            assertEquals(listOf("credential_accepted"), issuer.told())
        }
    }

    @Test
    fun `it is due when the issuer may be asked, and not asked for before`() = receiving {
        val promise = promised(interval = 3600)
        val early = assertInstanceOf(DeferredPoll.NotYet::class.java, wallet.pollDeferred(promise.id))
        assertEquals(promise.retryAt, early.retryAt)
        assertTrue(Duration.between(promise.since, promise.retryAt) >= Duration.ofHours(1))
        assertEquals(emptyList<Due>(), wallet.due(promise.retryAt.minusSeconds(1)))
        assertEquals(promise.retryAt, wallet.nextDue(promise.since))
        val due = wallet.due(promise.retryAt).single()
        assertEquals(DueWhat.DeferredReady(promise.id, renews = null), due.what)
        assertTrue(due.needsNetwork && !due.needsHolder)
    }

    @Test
    fun `a promise the holder forgets or the issuer breaks is gone`() = receiving {
        val forgotten = promised(interval = 1)
        wallet.forgetDeferred(forgotten.id)
        failing(ErrorCode.NOT_FOUND) { wallet.forgetDeferred(forgotten.id) }
        val broken = promised(interval = 1, fault = ",\"fault\":\"deferred_denied\"")
        val error = failing(ErrorCode.CREDENTIAL_REFUSED) { ready(wallet, broken.id) }
        assertInstanceOf(WalletException.Issuer::class.java, error)
        assertEquals(emptyList<DeferredCard>(), wallet.deferred())
        assertEquals(emptyList<CardOverview>(), wallet.list())
    }

    private suspend fun Receiver.promised(interval: Int, fault: String = ""): DeferredCard {
        val authorized = wallet.accepted(issuer.offer("\"deferred\":{\"interval\":$interval}$fault"))
        val ordered = wallet.order(authorized, authorized.orders().single(), copies = 3)
        return assertInstanceOf(Ordered.Deferred::class.java, ordered).promise
    }

    /** Asks until the issuer has it. The test's own limit ends this. */
    private suspend fun ready(wallet: Wallet, id: String): ReceivedCard {
        while (true) {
            val polled = wallet.pollDeferred(id)
            if (polled is DeferredPoll.Ready) return polled.card
            delay(200)
        }
    }
}
