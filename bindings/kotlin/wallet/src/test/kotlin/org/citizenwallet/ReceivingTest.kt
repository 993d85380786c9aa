package org.citizenwallet

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** From an offer to cards that are kept, by a pre-authorized code. */
class ReceivingTest {
    private val english = listOf("en")

    @Test
    fun `the holder sees who offers what before agreeing`() = receiving {
        val offer = wallet.offer(issuer.offer("$BOTH,\"tx_code\":true").link)
        val details = offer.details(english)
        assertEquals(issuer.identifier, details.issuer)
        assertNotNull(details.issuerLook.name)
        assertNull(details.metadataSignedBy)
        assertTrue(details.isPreAuthorized)
        assertFalse(details.canBeAuthorized)
        assertFalse(details.addressesChecked, "the JDK does not tell what address a name led to")
        assertEquals(TxCode(TxCodeInput.NUMERIC, 6u, "문자로 받은 번호"), details.txCode)
        assertEquals(listOf("Resident card", "Driving licence"), details.cards.map { it.look.name })
        val card = details.cards.first()
        assertEquals(issuer.type("resident_card"), card.credentialType)
        assertNull(card.problem)
        assertNull(card.look.logo?.image, "no picture is fetched before the holder agrees")
        assertTrue("Date of birth" in card.claims.map { it.label })
        assertEquals(listOf(PathSegment.Name("name")), card.claims.single { it.label == "Name" }.path)
        assertEquals("이름", offer.details(listOf("ko-KR")).cards.first().claims.first { it.path.last() == name() }.label)
    }

    @Test
    fun `a card on offer that cannot be received says why, the others can be`() = receiving {
        val details = wallet.offer(issuer.offer(BOTH).link.replace("driving_licence", "library_card")).details(english)
        assertEquals(listOf(null, "unknown_configuration"), details.cards.map { it.problem })
        assertNull(details.cards.last().credentialType)
    }

    @Test
    fun `several cards in copies are looked at, kept, told to the issuer and there after a restart`() = receiving {
        val handed = issuer.offer("$BOTH,\"tx_code\":true")
        val authorized = wallet.accept(wallet.offer(handed.link), handed.typed())
        assertEquals(listOf("resident_card", "driving_licence"), authorized.orders().map { it.configurationId })
        assertTrue(authorized.mostCopies() >= 3u)
        for (order in authorized.orders()) {
            val card = wallet.order(authorized, order, copies = 3).here()
            assertEquals(order.credentialType, card.credentialType())
            assertEquals(3u, card.copies())
            assertNotNull(card.signedBy())
            assertNotNull(card.look(english).logo?.image, "now the pictures are here")
            assertEquals("홍길동", card.claims(english).text("Name"))
            val kept = wallet.keep(card, KeepPolicy(reuse = ReusePolicy.OnceOnly))
            assertEquals(3u to Notified.SENT, kept.copies to kept.notified)
            assertEquals(order.credentialType, kept.credentialType)
        }
        assertEquals(List(2) { "credential_accepted" }, issuer.told())
        wallet.close()
        place.openUnlocked().use { again ->
            val cards = again.list(english)
            assertEquals(listOf("Resident card", "Driving licence"), cards.map { it.name })
            assertTrue(cards.all { it.usableCopies == 3u && it.validity == Validity.Valid })
            again.detail(cards.first().id, english).use { assertEquals("홍길동", it.claims.text("Name")) }
        }
    }

    @Test
    fun `all of an offer is received in one call`() = receiving {
        val handed = issuer.offer("$BOTH,\"tx_code\":true")
        val kept = wallet.receive(handed.link, handed.typed(), copies = 2)
        assertEquals(listOf(2u, 2u), kept.map { it.copies })
        assertEquals(kept.map { it.id }, wallet.list(english).map { it.id })
    }

    @Test
    fun `after a wrong transaction code the right one is taken`() = receiving {
        val handed = issuer.offer("\"tx_code\":true")
        val offer = wallet.offer(handed.link)
        val missing = failing(ErrorCode.TX_CODE_REQUIRED) { wallet.accept(offer) }
        assertInstanceOf(WalletException.Holder::class.java, missing)
        for ((typed, why) in listOf("12345" to "length", "12345a" to "input_mode")) {
            val error = failing(ErrorCode.TX_CODE_REQUIRED) { wallet.accept(offer, secret(typed)) }
            assertEquals(why, error.subject)
        }
        val notText = Secret.of(byteArrayOf(-1, -2, -3, -4, -5, -6))
        assertEquals("input_mode", failing(ErrorCode.TX_CODE_REQUIRED) { wallet.accept(offer, notText) }.subject)
        val wrong = if (handed.code == "000000") "000001" else "000000"
        failing(ErrorCode.GRANT_REFUSED) { wallet.accept(offer, secret(wrong)) }
        assertEquals(1, wallet.accept(offer, handed.typed()).orders().size)
    }

    @Test
    fun `a transaction code is wiped by the call it is given to`() = receiving {
        val offer = wallet.offer(issuer.offer().link)
        val code = secret("123456")
        failing(ErrorCode.TX_CODE_NOT_EXPECTED) { wallet.accept(offer, code) }
        failing(ErrorCode.USED_UP) { wallet.accept(offer, code) }
    }

    @Test
    fun `an offer can be accepted once`() = receiving {
        val offer = wallet.offer(issuer.offer().link)
        wallet.accept(offer)
        failing(ErrorCode.ISSUANCE_EXPIRED) { wallet.accept(offer) }
    }

    @Test
    fun `a card can be kept once and says so from then on`() = receiving {
        val card = wallet.ordered(issuer.offer())
        wallet.keep(card)
        failing(ErrorCode.USED_UP) { wallet.keep(card) }
        failing(ErrorCode.USED_UP) { wallet.decline(card) }
        failing(ErrorCode.USED_UP) { wallet.giveUp(card) }
        failing(ErrorCode.USED_UP) { wallet.replacing(wallet.list().single().id, card) }
        failing(ErrorCode.USED_UP) { card.credentialType() }
        failing(ErrorCode.USED_UP) { card.claims() }
        assertEquals(listOf("credential_accepted"), issuer.told())
    }

    @Test
    fun `of calls that keep a card at the same time one does`() = receiving {
        val card = wallet.ordered(issuer.offer())
        val calls = List(8) { async { runCatching { wallet.keep(card) } } }.awaitAll()
        val refused = calls.mapNotNull { it.exceptionOrNull() as WalletException? }
        assertEquals(List(7) { ErrorCode.USED_UP }, refused.map { it.code })
        assertEquals(1, wallet.list().size)
    }

    @Test
    fun `a card that was closed is used up`() = receiving {
        val card = wallet.ordered(issuer.offer())
        card.close()
        failing(ErrorCode.USED_UP) { wallet.keep(card) }
        assertEquals(emptyList<CardOverview>(), wallet.list())
    }

    @Test
    fun `a locked wallet gives the card back and keeps it after unlocking`() = receiving {
        val card = wallet.ordered(issuer.offer(), copies = 2)
        wallet.lock()
        failing(ErrorCode.LOCKED) { wallet.keep(card) }
        assertEquals(2u, card.copies())
        wallet.unlock(pin())
        val never = KeepPolicy(reuse = ReusePolicy.Limited(times = 0u))
        failing(ErrorCode.NOT_SUPPORTED) { wallet.keep(card, never) }
        wallet.keep(card, KeepPolicy(ReusePolicy.Limited(times = 3u), UserAuthPolicy.EACH_SHOWING))
        assertEquals(2u, wallet.list().single().usableCopies)
        assertEquals(listOf("credential_accepted"), issuer.told())
    }

    @Test
    fun `a card the holder does not want is told to be deleted, one that cannot be stored to have failed`() = receiving {
        val unwanted = wallet.ordered(issuer.offer())
        val unstorable = wallet.ordered(issuer.offer())
        wallet.lock()
        assertEquals(Notified.SENT, wallet.decline(unwanted))
        assertEquals(Notified.SENT, wallet.giveUp(unstorable))
        assertEquals(listOf("credential_deleted", "credential_failure"), issuer.told())
        wallet.unlock(pin())
        assertEquals(emptyList<CardOverview>(), wallet.list())
    }

    @Test
    fun `nothing is left of a card that was not kept when the wallet was closed`() = receiving {
        val card = wallet.ordered(issuer.offer(), copies = 2)
        assertEquals(2u, card.copies())
        wallet.close()
        place.openUnlocked().use { again ->
            assertEquals(IntegrityState.SOUND, again.integrity())
            assertEquals(emptyList<CardOverview>(), again.list())
            assertEquals(emptyList<String>(), issuer.told())
            again.receive(issuer.offer().link)
            assertEquals(1, again.list().size)
        }
    }

    @Test
    fun `an issuer that breaks a rule is named as the one who can act, and leaves nothing`() = receiving {
        val faults =
            mapOf(
                "bad_signature" to ErrorCode.SIGNATURE_INVALID,
                "one_bad_copy" to ErrorCode.SIGNATURE_INVALID,
                "wrong_key" to ErrorCode.HOLDER_KEY_MISMATCH,
                "wrong_type" to ErrorCode.WRONG_CREDENTIAL_TYPE,
                "untrusted_signer" to ErrorCode.UNTRUSTED_ISSUER,
                "expired" to ErrorCode.CREDENTIAL_EXPIRED,
                "always_stale_nonce" to ErrorCode.NONCE_REFUSED,
            )
        for ((fault, code) in faults) {
            val error = failing(code) { wallet.ordered(issuer.offer("\"fault\":\"$fault\""), copies = 3) }
            assertInstanceOf(WalletException.Issuer::class.java, error, fault)
        }
        assertEquals(emptyList<CardOverview>(), wallet.list())
        wallet.receive(issuer.offer().link)
        assertEquals(1, wallet.list().size)
    }

    @Test
    fun `what is no offer makes no request`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                for (link in listOf("", "https://example.org", "openid-credential-offer://?credential_offer={}")) {
                    failing(ErrorCode.OFFER_INVALID) { wallet.offer(link) }
                }
            }
        }
    }

    private fun name() = PathSegment.Name("name")

    private fun secret(typed: String) = Secret.of(typed.toCharArray())
}

/** An issuer, and an unlocked wallet that trusts it. */
class Receiver(val parties: Parties, val place: Place, val wallet: Wallet, scope: CoroutineScope) : CoroutineScope by scope {
    val issuer = Issuer(parties)
}

/** Runs [test] with an issuer and a wallet of its own. */
fun receiving(place: (Parties) -> Place = { Place(it) }, test: suspend Receiver.() -> Unit) = waiting {
    Parties.start().use { parties ->
        place(parties).use { there ->
            there.create().use { wallet -> Receiver(parties, there, wallet, this).test() }
        }
    }
}
