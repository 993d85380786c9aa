import java.io.Console
import org.citizenwallet.ClaimInfo
import org.citizenwallet.ClaimValue
import org.citizenwallet.Claims
import org.citizenwallet.PathSegment

/** What the holder sees and answers: here a terminal, in an app its screens. */
interface Screen {
    fun show(line: String)

    /** Shows characters that must not stay in memory. */
    fun show(secret: CharArray)

    fun agrees(question: String): Boolean

    /** What the holder types. Whoever gets it wipes it. */
    fun secret(question: String): CharArray
}

/** The terminal. Where standard input is a pipe, answers are lines of it. */
class Terminal : Screen {
    private val console: Console? = System.console()

    override fun show(line: String) = println(line)

    override fun show(secret: CharArray) = println(secret)

    override fun agrees(question: String): Boolean {
        print("$question [y/n] ")
        return readlnOrNull() == "y"
    }

    override fun secret(question: String): CharArray {
        print("$question: ")
        return console?.readPassword() ?: checkNotNull(readlnOrNull()) { "no answer" }.toCharArray()
    }
}

/** Claims as lines. Each value is fetched when it is drawn, and none is kept. */
fun Screen.show(claims: Claims) {
    claims.list().forEachIndexed { place, info ->
        show("  ${info.label ?: words(info.path)}: ${text(claims.value(place.toUInt()))}")
    }
}

private fun text(value: ClaimValue): String =
    when (value) {
        is ClaimValue.Text -> value.text
        is ClaimValue.Number -> value.text
        is ClaimValue.Boolean -> if (value.value) "yes" else "no"
        is ClaimValue.Structure -> value.json
        is ClaimValue.Picture -> "a picture"
        else -> "–"
    }

/** Where a claim without a label is, such as `address.locality`. */
fun words(path: List<PathSegment>): String =
    path.joinToString(".") { segment ->
        when (segment) {
            is PathSegment.Name -> segment.name
            is PathSegment.Index -> segment.index.toString()
            is PathSegment.All -> "*"
        }
    }
