package org.citizenwallet.demo

import org.citizenwallet.Image

/** What is to be seen. Everything a screen draws is in here; it asks nobody. */
sealed interface Screen {
    /** The store is being looked for. */
    data object Starting : Screen

    data object Welcome : Screen

    /** The app's own keys. */
    data class Keys(
        val title: Text,
        val advice: Text,
        val pad: Pad,
        /** How many characters were typed. */
        val typed: Int = 0,
        /** What was wrong with the last try. */
        val notice: Text? = null,
        val canCheckHolder: Boolean = false,
        val otherWay: Text? = null,
        /** For a holder who has neither. */
        val lastWay: Text? = null,
        val canLeave: Boolean = false,
    ) : Screen

    /** The recovery code, in groups. It is told once. */
    class RecoveryCode(val groups: List<CharArray>) : Screen, AutoCloseable {
        override fun close() = groups.forEach { it.fill(' ') }
    }

    data class Cards(
        val cards: List<CardFace>,
        /** What should be done, the most urgent first. */
        val due: List<DueLine>,
        /** Cards that are still to come. */
        val promised: List<PromisedLine>,
        /** What the last action came to. */
        val notice: Text? = null,
    ) : Screen

    /** A place for a link. */
    data class AddCard(val canScan: Boolean, val notice: Text? = null) : Screen

    /** A question with two answers. */
    data class Question(val title: Text, val lines: List<Text>, val yes: Text, val no: Text) : Screen

    /** Something takes a while. */
    data class Working(val what: Text, val canCancel: Boolean = true) : Screen

    data class Offer(val issuer: Text, val proof: Fact, val cards: List<OfferedFace>, val needsCode: Boolean, val inBrowser: Boolean) :
        Screen

    /** A code of letters that the issuer sent. */
    data class TextCode(val advice: Text, val notice: Text? = null) : Screen

    /** A card that came and is not kept yet. */
    class Received(
        val face: CardFace,
        val signer: Fact,
        val claims: ClaimLines,
        /** For one that takes the place of an older one. */
        val changes: List<ChangeLine>? = null,
        /** Cards whose place it may take. */
        val older: List<OlderCard> = emptyList(),
        val notice: Text? = null,
    ) : Screen, AutoCloseable {
        override fun close() = claims.close()
    }

    class Card(
        val face: CardFace,
        val facts: List<Fact>,
        val claims: ClaimLines,
        /** What makes any showing of it recognisable; none if nothing does. */
        val linkability: List<Text>,
        val canRenew: Boolean,
    ) : Screen, AutoCloseable {
        override fun close() = claims.close()
    }

    class Consent(
        val verifier: VerifierFace,
        val showings: List<ShowingView>,
        /** Other ways to answer, where there are any. */
        val choices: List<ChoiceLine>,
        /** What this verifier was shown before, the newest first. */
        val before: List<Text>,
        val needsPin: Boolean,
    ) : Screen, AutoCloseable {
        override fun close() = showings.forEach { it.claims.close() }
    }

    /** Nothing the holder has answers the request. */
    data class NothingFits(val verifier: VerifierFace) : Screen

    data class Done(val outcome: Fact, val lines: List<Text>, val canResend: Boolean, val page: Text?) : Screen

    data class History(val entries: List<Entry>, val isIntact: Boolean) : Screen

    /** What the holder may do with the wallet as a whole. */
    data class Settings(val lines: List<SettingLine>) : Screen

    /** Something went wrong. */
    data class Trouble(val problem: Problem, val canRepeat: Boolean) : Screen
}

/** Which keys there are. */
enum class Pad(
    val keys: String,
    /** How many characters may be typed. */
    val most: Int,
) {
    PIN("1234567890", 12),
    CODE("1234567890", 32),

    /** The letters and digits of a recovery code. */
    RECOVERY("234567890ACDEFGHJKLMNPQRSTUVWXYZ", 80),
}

/** Whether something is good news. Screens say it in words and with a sign, never by colour alone. */
enum class Tone { GOOD, PLAIN, CAUTION, BAD }

/** Something that is the case. */
data class Fact(val text: Text, val tone: Tone = Tone.PLAIN)

/** A card as its issuer wants it to look. */
data class CardFace(
    val id: String,
    val name: Text,
    val issuer: Text,
    /** `#rrggbb`, or null. */
    val background: String?,
    val foreground: String?,
    val logo: Image?,
    val logoText: String?,
    val state: Fact,
)

data class OfferedFace(
    val name: Text,
    val description: Text?,
    val background: String?,
    val foreground: String?,
    /** What it will say. */
    val claims: List<Text>,
    /** Why it cannot be received. */
    val problem: Text?,
)

/** Something that should be done, and the [action] that does it. */
data class DueLine(val text: Text, val tone: Tone, val action: Action, val doIt: Text)

/** A card that an issuer promised. */
data class PromisedLine(val id: String, val text: Text)

/** A card whose place a new one may take. */
data class OlderCard(val id: String, val replace: Text)

/** What the holder may do, and what that means. */
data class SettingLine(val title: Text, val advice: Text, val action: Action)

/** Who asks, and how that was proven. */
data class VerifierFace(val name: Text, val facts: List<Fact>, val destination: Text)

/** What one card would show. */
class ShowingView(
    val card: Text,
    val state: Fact,
    /** Each claim the verifier would see, with its value. */
    val claims: ClaimLines,
    val private: List<Text>,
    /** What makes this showing recognisable. */
    val linkability: List<Text>,
    /** What protects it from being shown again by others, and what does not. */
    val notes: List<Fact>,
    /** What the verifier knows the holder by, if it asks for that. */
    val pseudonym: PseudonymView?,
    val transactions: List<TransactionView>,
    /** What the verifier wants to keep. */
    val retained: List<Text>,
)

/** A pseudonym: what for, in the verifier's own words, and whether it is one per person. */
data class PseudonymView(val service: Text, val kind: Fact)

data class TransactionView(val kind: Text, val lines: List<Pair<Text, Text>>)

data class ChoiceLine(val text: Text, val isChosen: Boolean)

/** Something that happened. [tone] is that of the first of the [lines]. */
data class Entry(val id: String, val at: java.time.Instant, val what: Text, val lines: List<Text>, val tone: Tone)

class ChangeLine(val label: Text, val kind: Text, val before: () -> Value?, val after: () -> Value?)

/** What went wrong, in plain words. */
data class Problem(val title: Text, val advice: Text, val code: String, val isRetryable: Boolean)
