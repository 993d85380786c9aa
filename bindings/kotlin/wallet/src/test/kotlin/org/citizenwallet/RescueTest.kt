package org.citizenwallet

import java.io.File
import java.io.RandomAccessFile
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A store that is not what it was. */
class RescueTest {
    /** An anchor that can lose everything, as when the files are put on a new phone. */
    private class LosableAnchor : AnchorStore {
        @Volatile private var kept = MemoryAnchor()

        fun lose() {
            kept = MemoryAnchor()
        }

        override fun read(name: String) = kept.read(name)

        override fun write(name: String, bytes: ByteArray) = kept.write(name, bytes)

        override fun delete(name: String) = kept.delete(name)

        override fun isRollbackSafe() = true
    }

    @Test
    fun `a restored store is read only until the holder adopts it, and copies for one showing are burned then`() = waiting {
        val anchor = LosableAnchor()
        Parties.start().use { parties ->
            Place(parties, anchor = anchor).use { place ->
                val new = place.createTelling(Place.pinned())
                val code = new.recoveryCode!!.use { it.chars() }
                new.wallet.use { it.kept(parties, copies = 2, policy = KeepPolicy(reuse = ReusePolicy.OnceOnly)) }
                anchor.lose()
                place.open().use { wallet ->
                    val report = wallet.unlock(UnlockWith.RecoveryCode(Secret.of(code.copyOf())))
                    assertEquals(IntegrityState.ANCHOR_MISSING, report.integrity)
                    assertEquals(2u, wallet.list().single().usableCopies)
                    failing(ErrorCode.ANCHOR_MISSING) { wallet.kept(parties) }

                    wallet.authenticate(UnlockWith.RecoveryCode(Secret.of(code))).use { wallet.adopt(it) }
                    assertEquals(IntegrityState.SOUND, wallet.integrity())
                    assertEquals(0u, wallet.list().single().usableCopies)
                    assertInstanceOf(HistoryEvent.Adopted::class.java, wallet.history().items.last().event)
                    wallet.kept(parties)
                }
            }
        }
    }

    @Test
    fun `adopting a sound store changes nothing`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                wallet.authenticate(pin()).use { wallet.adopt(it) }
                assertEquals(emptyList<HistoryItem>(), wallet.history().items)
            }
        }
    }

    @Test
    fun `what can be read of a store is brought into a new one, and the old one stays`() = waiting {
        val text = "four brown horses under a slow bridge"
        Parties.start().use { parties ->
            Place(parties).use { place ->
                place.create().use { wallet ->
                    val card = wallet.kept(parties)
                    val before = wallet.history().items
                    assertEquals(emptyList<DamagedRecord>(), wallet.damaged())
                    assertTrue(wallet.quarantine().listFiles()!!.isNotEmpty())
                    wallet.lock()

                    val folder = File(place.folder.parentFile, "rescued")
                    val enrolments = Enrolments(passphrase = Passphrase.of(text.toCharArray()), recoveryCode = true)
                    val wrong = Enrolments(passphrase = Passphrase.of(text.toCharArray()))
                    failing(ErrorCode.WRONG_SECRET) { wallet.rescue(pin("739155"), folder, wrong) }
                    val rescued = wallet.rescue(pin(), folder, enrolments)
                    assertNotNull(rescued.recoveryCode)
                    assertEquals(emptyList<LostRecord>(), rescued.report.lost)
                    assertEquals(emptyList<String>(), rescued.report.incomplete)
                    assertTrue(rescued.report.isListVerified)
                    assertTrue(rescued.report.recovered > 0uL)

                    Wallet.open(folder, place.platform, place.policy).use { new ->
                        new.unlock(UnlockWith.Passphrase(Secret.of(text.toCharArray())))
                        assertEquals(card, new.list().single().id)
                        val events = new.history().items
                        assertEquals(before, events.dropLast(1))
                        assertInstanceOf(HistoryEvent.Adopted::class.java, events.last().event)
                    }
                    wallet.unlock(pin())
                    assertEquals(before, wallet.history().items)
                }
            }
        }
    }

    @Test
    fun `of a damaged file all that can be read comes into the new store, and what is lost is named`() = receiving {
        val cards = List(4) { wallet.receive(issuer.offer().link, copies = 2).single().id }
        val names = cards.associateWith { name(wallet, it) }
        wallet.lock()
        wallet.close()
        place.damage()
        place.open().use { broken ->
            failing(ErrorCode.STORE_CORRUPT) { broken.unlock(pin()) }
            val before = place.contents()
            val folder = File(place.folder.parentFile, "rescued")
            val report = broken.rescue(pin(), folder, Place.pinned()).report
            assertEquals(before, place.contents().filterKeys { it in before })
            assertTrue(report.recovered > 10uL, "$report")
            assertTrue(report.lost.isNotEmpty(), "$report")

            Wallet.open(folder, place.platform, place.policy).use { new ->
                new.unlock(pin())
                assertEquals(IntegrityState.SOUND, new.integrity())
                assertEquals(emptyList<DamagedRecord>(), new.damaged())
                val left = new.list().map { it.id }
                assertTrue(left.isNotEmpty() && cards.containsAll(left))
                for (card in left - report.incomplete) assertEquals(names[card], name(new, card))
                assertFalse(new.history().isIntact && left.size == cards.size && report.incomplete.isEmpty())
                new.receive(issuer.offer().link)
            }
        }
    }

    private suspend fun name(wallet: Wallet, card: String) =
        wallet.detail(card, listOf("en")).use { it.claims.text("Name") }

    /** Overwrites the first page of the database, which a locked wallet has closed, where all others are found from, and every seventh after it. */
    private fun Place.damage() {
        val page = 8192
        RandomAccessFile(File(folder, "vault.db"), "rw").use { file ->
            for (start in 0L until file.length() step 7L * page) {
                file.seek(start)
                file.write(ByteArray(page) { 0x55 })
            }
        }
    }

    private fun Place.contents() = folder.listFiles()!!.filter(File::isFile).associate { it.name to it.readBytes().toList() }
}
