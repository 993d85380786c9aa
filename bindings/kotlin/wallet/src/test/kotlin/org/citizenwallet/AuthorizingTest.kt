package org.citizenwallet

import java.time.Instant
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The holder answers in the browser, which `wallet-parties browse` plays. */
class AuthorizingTest {
    private val inBrowser = "\"grant\":\"authorization_code\""

    @Test
    fun `the process may die while the holder is in the browser, and each answer is taken once`() = receiving {
        val offer = wallet.offer(issuer.offer(inBrowser).link)
        val details = offer.details()
        assertTrue(details.canBeAuthorized)
        assertFalse(details.isPreAuthorized)
        val begun = wallet.authorize(offer)
        assertTrue(begun.expiresAt > Instant.now())
        assertFalse(begun.url in begun.toString(), "it belongs to this issuance and not into logs")
        offer.close()
        wallet.close()
        place.openUnlocked().use { again ->
            val back = parties.browse(begun.url)
            val authorized = again.resume(back)
            again.keep(again.order(authorized, authorized.orders().single(), copies = 2).here())
            assertEquals(2u, again.list().single().copies)
            failing(ErrorCode.AUTHORIZATION_RESPONSE_INVALID) { again.resume(back) }
        }
    }

    @Test
    fun `a wallet that comes by itself chooses among what the issuer has`() = receiving {
        val offer = wallet.discover(issuer.identifier, listOf("resident_card", "driving_licence"))
        assertEquals(2, offer.details().cards.size)
        val begun = wallet.authorize(offer, listOf("driving_licence"))
        val authorized = wallet.resume(parties.browse(begun.url))
        assertEquals(listOf("driving_licence"), authorized.orders().map { it.configurationId })
        wallet.keep(wallet.order(authorized, authorized.orders().single()).here())
        assertEquals(issuer.type("driving_licence"), wallet.list().single().credentialType)
    }

    @Test
    fun `a link that answers nothing of ours changes nothing`() = receiving {
        val begun = wallet.authorize(wallet.offer(issuer.offer(inBrowser).link))
        for (link in listOf("", "https://wallet.example/cb", "https://wallet.example/cb?code=a&state=b")) {
            failing(ErrorCode.AUTHORIZATION_RESPONSE_INVALID) { wallet.resume(link) }
        }
        assertEquals(1, wallet.resume(parties.browse(begun.url)).orders().size)
    }

    @Test
    fun `a holder who does not consent is told apart from an issuer that fails`() = receiving {
        val denied = issuer.offer("$inBrowser,\"fault\":\"authorization_denied\"")
        val begun = wallet.authorize(wallet.offer(denied.link))
        val back = parties.browse(begun.url)
        failing(ErrorCode.AUTHORIZATION_REFUSED) { wallet.resume(back) }
        failing(ErrorCode.AUTHORIZATION_RESPONSE_INVALID) { wallet.resume(back) }
        assertEquals(emptyList<CardOverview>(), wallet.list())
    }
}
