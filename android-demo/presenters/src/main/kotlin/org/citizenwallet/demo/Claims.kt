package org.citizenwallet.demo

import java.time.DateTimeException
import java.time.Instant
import java.time.OffsetDateTime
import org.citizenwallet.ClaimInfo
import org.citizenwallet.ClaimValue
import org.citizenwallet.Claims
import org.citizenwallet.PathSegment
import org.citizenwallet.WalletException

/** What a claim says. A screen asks for it when it draws and keeps it no longer than that. */
sealed interface Value {
    class Words(val words: String) : Value
    class Said(val text: Text) : Value
    class Picture(val bytes: ByteArray) : Value
}

/** One claim. */
class ClaimLine internal constructor(
    val label: Text,
    /** Whether it is visible whenever the card is shown. */
    val isAlways: Boolean,
    private val read: () -> Value,
) {
    /** Its value; null when the screen it was on is gone. */
    fun value(): Value? = orGone(read)
}

/** What [read] finds in the library; null where the screen it was for is gone between two frames. */
internal fun orGone(read: () -> Value?): Value? =
    try {
        read()
    } catch (_: IllegalStateException) {
        null
    } catch (_: WalletException) {
        null
    }

/** Claims in the library, by [labels] or their own. [always] is what a plan says is visible in any case. Closed when their screen is left. */
class ClaimLines internal constructor(
    private val claims: Claims,
    labels: Labels? = null,
    always: Set<List<PathSegment>>? = null,
) : AutoCloseable {
    val lines: List<ClaimLine>

    init {
        val infos = claims.list()
        val names = labels ?: Labels(infos)
        lines = infos.mapIndexed { place, info ->
            val isAlways = if (always == null) !info.isDisclosable else info.path in always
            ClaimLine(names.of(info.path), isAlways) { value(info.path, claims.value(place.toUInt())) }
        }
    }

    override fun close() = claims.close()
}

internal fun value(path: List<PathSegment>, value: ClaimValue): Value {
    val name = (path.singleOrNull() as? PathSegment.Name)?.name
    return when (value) {
        is ClaimValue.Text ->
            if (name in TECHNICAL) Value.Said(Phrase.TECHNICAL_VALUE())
            else date(name, value.text)?.let { Value.Said(Phrase.POINT_IN_TIME(it)) } ?: Value.Words(value.text)
        is ClaimValue.Number -> time(name, value.text)?.let { Value.Said(Phrase.POINT_IN_TIME(it)) } ?: Value.Words(value.text)
        is ClaimValue.Boolean -> Value.Said(if (value.value) Phrase.YES() else Phrase.NO())
        is ClaimValue.Structure -> if (name in TECHNICAL) Value.Said(Phrase.TECHNICAL_VALUE()) else Value.Words(readable(value.json))
        is ClaimValue.Picture -> Value.Picture(value.bytes)
        is ClaimValue.Empty -> Value.Said(Phrase.EMPTY_VALUE())
    }
}

/** Claims of the format itself that are numbers of seconds (RFC 7519). */
private val TIMES = setOf("iat", "nbf", "exp")

/** Claims of the format itself that say nothing to a person: the copy's key, a checksum, a place in a list. */
private val TECHNICAL = setOf("cnf", "vct#integrity", "status")

/** Until the end of the year 9999: what lies beyond cannot be told as a date. */
private val CALENDAR = 0..253_402_300_799

private fun time(name: String?, number: String): Instant? {
    val seconds = number.toLongOrNull() ?: return null
    return if (name in TIMES && seconds in CALENDAR) Instant.ofEpochSecond(seconds) else null
}

/** Claims of a W3C card itself that are times (VC Data Model 2.0 section 4.9). */
private val DATES = setOf("validFrom", "validUntil")

private fun date(name: String?, text: String): Instant? {
    if (name !in DATES) return null
    return try {
        OffsetDateTime.parse(text).toInstant().takeIf { it.epochSecond in CALENDAR }
    } catch (_: DateTimeException) {
        null
    }
}

/** Names of claims, as their issuer has them: the label of a claim, or of what it is inside of. */
internal class Labels(infos: List<ClaimInfo>) {
    private val known: Map<List<PathSegment>, String> =
        infos.mapNotNull { info -> info.label?.let { info.path to it } }.toMap()

    private val isW3c = infos.any { it.path.firstOrNull() == SUBJECT }

    fun of(path: List<PathSegment>): Text {
        val depth = (path.size downTo 1).firstOrNull { path.take(it) in known } ?: 0
        // A W3C card says everything of its holder inside this: it tells nobody anything.
        val frame = if (depth == 0 && path.size > 1 && path.first() == SUBJECT) 1 else 0
        val own = (path.singleOrNull() as? PathSegment.Name)?.let { W3C[it.name] }
        if (isW3c && depth == 0 && own != null) return own()
        val words = listOfNotNull(known[path.take(depth)]?.let { Text.Given(it) }) + path.drop(depth + frame).map(::word)
        return words.reduceOrNull { outer, inner -> Phrase.CLAIM_WITHIN(outer, inner) } ?: Text.Given("")
    }

    fun of(paths: Collection<List<PathSegment>>): List<Text> = paths.map(::of).distinct()

    private fun word(segment: PathSegment): Text =
        when (segment) {
            is PathSegment.Name -> COMMON[segment.name]?.invoke() ?: Text.Given(segment.name.replace('_', ' '))
            is PathSegment.Index -> Text.Given((segment.index + 1uL).toString())
            is PathSegment.All -> Text.Given("*")
        }

    private companion object {
        val SUBJECT = PathSegment.Name("credentialSubject")

        /** Claims that issuers seldom have a label for. */
        val COMMON = mapOf(
            "iss" to Phrase.CLAIM_ISS, "vct" to Phrase.CLAIM_VCT, "vct#integrity" to Phrase.CLAIM_VCT_INTEGRITY,
            "iat" to Phrase.CLAIM_IAT, "nbf" to Phrase.CLAIM_NBF, "exp" to Phrase.CLAIM_EXP, "cnf" to Phrase.CLAIM_CNF,
            "status" to Phrase.CLAIM_STATUS, "age_equal_or_over" to Phrase.CLAIM_AGE,
            "issuing_authority" to Phrase.CLAIM_AUTHORITY, "date_of_issue" to Phrase.CLAIM_DATE_OF_ISSUE,
            "sex" to Phrase.CLAIM_SEX, "country" to Phrase.CLAIM_COUNTRY,
        )

        /** What a W3C card says of itself. */
        val W3C = mapOf(
            "type" to Phrase.CLAIM_VCT, "issuer" to Phrase.CLAIM_ISS, "validFrom" to Phrase.CLAIM_NBF, "validUntil" to Phrase.CLAIM_EXP,
        )
    }
}
