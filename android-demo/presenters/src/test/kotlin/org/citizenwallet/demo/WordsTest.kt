package org.citizenwallet.demo

import java.time.Instant
import java.time.ZoneId
import java.util.Locale
import kotlin.time.Duration.Companion.seconds
import org.citizenwallet.CardAnchor
import org.citizenwallet.ClaimValue
import org.citizenwallet.DatedDidEvidence
import org.citizenwallet.DidEvidence
import org.citizenwallet.ErrorCode
import org.citizenwallet.Fault
import org.citizenwallet.LedgerAnchor
import org.citizenwallet.LedgerBlock
import org.citizenwallet.Linkability
import org.citizenwallet.PathSegment
import org.citizenwallet.PseudonymShowing
import org.citizenwallet.ShowingNote
import org.citizenwallet.WalletException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** How things are put into words. */
class WordsTest {
    private val texts = Texts(Locale.ENGLISH, ZoneId.of("Asia/Seoul")) { key ->
        mapOf(
            "wait" to "in %1\$s", "seconds" to "%1\$s s", "minutes" to "%1\$s min", "hours" to "%1\$s h",
            "list_separator" to ", ", "consent_title" to "%1\$s asks", "point_in_time" to "%1\$s",
        )[key]
    }

    @Test
    fun `a wait is never told shorter than it is`() {
        for ((wait, words) in listOf(0 to "in 0 s", 59 to "in 59 s", 60 to "in 1 min", 61 to "in 2 min", 3599 to "in 60 min", 3601 to "in 2 h")) {
            assertEquals(words, texts.of(Phrase.WAIT(wait.seconds)))
        }
    }

    @Test
    fun `words of strangers are no format and do not turn the text around them`() {
        assertEquals("\u2068100%s \u202eevil\u2069 asks", texts.of(Phrase.CONSENT_TITLE(Text.Given("100%s \u202eevil"))))
        assertEquals("%1\$s", texts.of(Text.Given("%1\$s")))
    }

    @Test
    fun `a pseudonym is told with what it is for, and with care where a person may have more of them`() {
        fun told(isOnePerPerson: Boolean) = pseudonym(PseudonymShowing("vote 2026", "scope", isOnePerPerson))
        assertEquals(PseudonymView(Text.Given("vote 2026"), Fact(Phrase.PSEUDONYM_ONE(), Tone.PLAIN)), told(true))
        assertEquals(PseudonymView(Text.Given("vote 2026"), Fact(Phrase.PSEUDONYM_NAME(), Tone.CAUTION)), told(false))
    }

    @Test
    fun `each reason and each note has a text of its own`() {
        val reasons = listOf(
            Linkability.IssuerSignature, Linkability.HolderKey, Linkability.StatusReference, Linkability.StatementOrder,
            Linkability.CredentialId, Linkability.Dates, Linkability.AlwaysDisclosedValues, Linkability.DisclosedValues,
            Linkability.Pseudonym, Linkability.AnchorProof, Linkability.CopyShownBefore, Linkability.Other("new"),
        )
        assertEquals(reasons.size, linkability(reasons).size)
        val notes = listOf(
            ShowingNote.HeaderUnchecked, ShowingNote.ReplayProtectionOnly, ShowingNote.LinkSecret, ShowingNote.NotBound,
            ShowingNote.Other("new"),
        )
        assertEquals(notes.size, notes(notes).distinct().size)
    }

    @Test
    fun `what shows a DID's key is told with care where it is not proven for now`() {
        val block = LedgerBlock(11uL, 7uL, ByteArray(32))
        val proven = LedgerAnchor.Checkpoint(2u, 3u)
        val tones = listOf(
            DidEvidence.SelfCertifying to Tone.PLAIN,
            DidEvidence.LedgerProof(block, proven) to Tone.GOOD,
            DidEvidence.LedgerProof(block, LedgerAnchor.StateSeals(2u, 3u)) to Tone.CAUTION,
            DidEvidence.VerifiedAt(block, proven) to Tone.CAUTION,
            DidEvidence.TransportOnly("issuer.example") to Tone.CAUTION,
            DidEvidence.Stale(block) to Tone.BAD,
            DidEvidence.Unverified("no_proof") to Tone.BAD,
            DidEvidence.Other("new") to Tone.BAD,
        )
        val told = tones.map { (shown, tone) -> evidence(DatedDidEvidence(shown, Instant.EPOCH)).also { assertEquals(tone, it.tone) } }
        assertEquals(tones.size, told.distinct().size)
        val undated = evidence(DatedDidEvidence(DidEvidence.VerifiedAt(block, LedgerAnchor.StateSeals(2u, 3u)), null))
        assertEquals(Tone.CAUTION, undated.tone)
        assertEquals(Phrase.DID_VERIFIED_AT(Text.Given("7"), Phrase.DID_TIME_UNKNOWN()), undated.text)
    }

    @Test
    fun `entries of copies on a ledger are counted for each ledger, and with care where they are not proven`() {
        fun proven(block: ULong, batchSize: ULong, by: LedgerAnchor = LedgerAnchor.Checkpoint(2u, 3u)) =
            CardAnchor.Proven("city", block, ByteArray(32), by, Instant.ofEpochSecond(block.toLong()), 1uL, true, batchSize)
        val fault = Fault(ErrorCode.NOT_SUPPORTED.text, isRetryable = false, null, null, null, null)
        val unproven = CardAnchor.NotProven(WalletException.App(fault))
        fun line(copies: Int, least: Int, block: Int, tone: Tone): Fact {
            val (size, number) = Text.Given("$least") to Text.Given("$block")
            return Fact(Phrase.CARD_ANCHORED(Text.Given("city"), copies, size, number, Instant.ofEpochSecond(block.toLong())), tone)
        }
        val sealed = proven(7uL, 2uL, LedgerAnchor.StateSeals(2u, 3u))
        val told = anchors(listOf(proven(9uL, 16uL), unproven, sealed, proven(8uL, 4uL), unproven))
        val lost = Fact(Phrase.CARD_ANCHOR_UNPROVEN(2), Tone.CAUTION)
        assertEquals(listOf(line(2, 4, 9, Tone.GOOD), line(1, 2, 7, Tone.CAUTION), lost), told)
        assertEquals(emptyList<Fact>(), anchors(emptyList()))
    }

    @Test
    fun `a time is told where the holder is`() {
        assertTrue("9:30" in texts.of(Phrase.POINT_IN_TIME(Instant.parse("2026-11-22T00:30:00Z"))))
    }

    @Test
    fun `a number beyond the calendar is told as the number it is`() {
        fun told(number: String) = value(listOf(PathSegment.Name("exp")), ClaimValue.Number(number))
        assertTrue("9999" in texts.of((told("253402250000") as Value.Said).text))
        for (number in listOf("253402300800", "${Instant.MAX.epochSecond}", "${Long.MAX_VALUE}", "99999999999999999999", "-1", "1e400")) {
            assertEquals(number, (told(number) as Value.Words).words)
        }
        texts.of((told("253402300799") as Value.Said).text)
    }

    @Test
    fun `a value with parts is told part by part`() {
        val json = """{"region":"가상특별시","lines":["a \"b\"", 1, true],"inner":{"postal_code":"00000","none":null},"e":{},"f":[]}"""
        assertEquals("region: 가상특별시\nlines: a \"b\"\nlines: 1\nlines: true\ninner › postal code: 00000\ninner › none: null", readable(json))
        for (odd in listOf("", "{", "{\"a\"", "[1,", "{\"a\":1}x", "\"a", "{1:2}", "\"\\", "[\"\\u12\"")) assertEquals(odd, readable(odd))
    }

    @Test
    fun `a colour is one of six digits, and what cannot be read on it is not used`() {
        assertEquals(0x0b4f6c, Colours.parse("#0b4f6c"))
        for (odd in listOf(null, "", "red", "#fff", "#0b4f6", "#0b4f6cc", "#-12345", "url(x)")) assertNull(Colours.parse(odd))
        assertEquals(21.0, Colours.contrast(0x000000, 0xFFFFFF), 0.01)
        // 4.54, as the tables of WCAG's authors have it.
        assertEquals(4.54, Colours.contrast(0x767676, 0xFFFFFF), 0.01)
        assertEquals(0xFFFFFF, Colours.readable(0x0b4f6c, 0x0b4f6d))
        assertEquals(0x000000, Colours.readable(0xFFFF00, 0xFFFFFF))
        assertEquals(0xFFEE00, Colours.readable(0x000000, 0xFFEE00))
        for (grey in 0..0xFF) assertTrue(Colours.contrast(grey * 0x010101, Colours.readable(grey * 0x010101, null)) >= Colours.READABLE)
    }
}
