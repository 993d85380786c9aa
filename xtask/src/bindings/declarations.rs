//! The public declarations in Kotlin sources, each as one line. It reads what UniFFI 0.32 and this project's formatting write,
//! not all of Kotlin.

use std::collections::BTreeSet;

/// Types of UniFFI's own machinery, by how their names begin.
const MACHINERY: [&str; 9] = [
    "Uniffi",
    "FfiConverter",
    "RustBuffer",
    "ForeignBytes",
    "IntegrityChecking",
    "NoHandle",
    "Disposable",
    "uniffi",
    "JavaLang",
];

/// In place of a type's name that apps cannot name: like machinery.
const HIDDEN: &str = MACHINERY[0];

/// The declarations of generated code: functions, types, their members and variants.
pub(super) fn generated(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut owner, mut variant, mut depth) = (None::<String>, String::new(), 0);
    for line in without_comments(source).lines() {
        let text = line.trim().replace('`', "");
        let was_outside = depth == 0;
        depth += line.matches('{').count();
        depth = depth.saturating_sub(line.matches('}').count());
        if was_outside && !line.starts_with([' ', '}', ')']) {
            if let Some(name) = type_name(&text) {
                let name = match text.starts_with("internal ") {
                    true => HIDDEN,
                    false => name.trim_end_matches("Interface"),
                };
                owner = Some(name.to_owned());
                variant.clear();
            }
        } else if depth == 0 && line.contains('}') {
            owner = None;
        }
        let is_machinery = |name: &str| MACHINERY.iter().any(|prefix| name.starts_with(prefix));
        let path = match &owner {
            Some(owner) if is_machinery(owner) => continue,
            Some(owner) => format!("{owner}."),
            None => String::new(),
        };
        let text = text
            .split_once("@Throws(")
            .map_or(text.as_str(), |(_, rest)| {
                rest.split_once(") ").map_or("", |(_, rest)| rest)
            });
        if let Some(name) = nested(line, text) {
            found.insert(format!("{path}{name}"));
            variant = format!("{name}.");
        } else if let Some(rest) = text.strip_prefix("val ").filter(|rest| is_member(rest)) {
            let rest = rest.split(") :").next().unwrap_or(rest);
            let rest = rest.trim_end_matches([',', ' ']);
            found.insert(format!("{path}{variant}{rest}"));
        } else if let Some(function) = function(text).filter(|_| !is_machinery(text)) {
            let signature = function.0.trim_end_matches(['{', '=', ' ']);
            found.insert(format!("{}fun {path}{signature}", function.1));
        } else if owner.is_some() && line.starts_with("    ") && is_constant(text) {
            found.insert(format!("{path}{}", text.trim_end_matches([',', ';'])));
        }
        if line == "){" || line == ")" {
            // Members of a record end here.
            variant = "\0".into();
        }
    }
    found.retain(|line| {
        !line.contains('\0') && !line.contains("uniffi") && !line.contains("Uniffi")
    });
    found
}

/// The declarations a hand-written source makes `public`.
pub(super) fn declared(source: &str) -> BTreeSet<String> {
    let source = without_comments(source);
    let mut lines = source.lines().peekable();
    let mut found = BTreeSet::new();
    let mut owner = String::new();
    let mut is_enum = false;
    while let Some(line) = lines.next() {
        let Some(start) = line.trim_start().strip_prefix("public ") else {
            let constant = line.trim().trim_end_matches([',', ';']);
            if is_enum && is_constant(constant) {
                found.insert(format!("{owner}{constant}"));
            }
            continue;
        };
        let mut text = start.to_owned();
        while text.matches('(').count() > text.matches(')').count() {
            let Some(next) = lines.next() else { break };
            text = format!("{text} {}", next.trim());
        }
        let text = head(&text);
        match type_name(&text) {
            Some(name) if !line.starts_with(' ') => {
                owner = format!("{name}.");
                is_enum = text.starts_with("enum ");
                found.insert(text);
            }
            _ if line.starts_with(' ') => {
                found.insert(owned(&owner, &text));
            }
            _ => {
                found.insert(text);
            }
        }
    }
    found
}

/// A member's declaration with the name of its type before its own.
fn owned(owner: &str, text: &str) -> String {
    let words = ["fun ", "val ", "var ", "object ", "class "];
    match words
        .iter()
        .find_map(|word| Some(text.find(word)? + word.len()))
    {
        Some(place) => format!("{}{owner}{}", &text[..place], &text[place..]),
        None => format!("{owner}{text}"),
    }
}

/// A declaration up to its body, without what is only layout.
fn head(text: &str) -> String {
    let mut depth = 0_i32;
    let mut end = text.len();
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '{' | '=' if depth == 0 => {
                end = place;
                break;
            }
            _ => {}
        }
    }
    let words: Vec<&str> = text[..end].split_whitespace().collect();
    let text = words.join(" ").replace("( ", "(").replace(", )", ")");
    without_hidden_constructor(text.split(" : this(").next().unwrap_or(&text))
}

/// A class without the constructor that only the library itself may call, unless members are declared in it.
fn without_hidden_constructor(text: &str) -> String {
    for hidden in [" private constructor(", " internal constructor("] {
        let Some((before, rest)) = text.split_once(hidden) else {
            continue;
        };
        let mut depth = 1;
        let end = rest.find(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth == 0
        });
        let end = end.unwrap_or(rest.len());
        if !rest[..end].contains("public val ") {
            return format!("{before}{}", rest.get(end + 1..).unwrap_or_default());
        }
    }
    text.to_owned()
}

fn without_comments(source: &str) -> String {
    let mut rest = source;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/**") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept + rest
}

/// The name of the type a line declares.
fn type_name(text: &str) -> Option<&str> {
    let words = ["class ", "interface ", "object "];
    let before_body = text.split(['(', '{', ':']).next()?;
    let rest = words
        .iter()
        .find_map(|word| before_body.split_once(word))?
        .1;
    rest.split([' ', '<'])
        .next()
        .filter(|name| !name.is_empty())
}

/// The name of a variant inside a sealed class.
fn nested<'a>(line: &str, text: &'a str) -> Option<&'a str> {
    let is_inside = line.starts_with("    ") && !line.starts_with("        ");
    let is_variant = ["object ", "data class ", "class "]
        .iter()
        .any(|word| text.starts_with(word));
    (is_inside && is_variant).then(|| type_name(text)).flatten()
}

/// `name: Type` of a record, not a local variable.
fn is_member(rest: &str) -> bool {
    rest.split_once(':')
        .is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric))
}

/// A function's signature, and `suspend ` or nothing.
fn function(text: &str) -> Option<(&str, &'static str)> {
    if let Some(rest) = text.strip_prefix("suspend fun ") {
        return Some((rest, "suspend "));
    }
    text.strip_prefix("fun ").map(|rest| (rest, ""))
}

fn is_constant(text: &str) -> bool {
    let name = text.trim_end_matches([',', ';']);
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter == '_' || letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_tells_functions_members_and_variants_and_no_machinery() {
        let source = "\
internal object UniffiLib {
    fun uniffi_call(`x`: Int): Long
}
internal data class Hidden (
    val `code`: kotlin.String
){
    fun `also`(): Int
}
public interface NativeWalletInterface {
    /**
     * One card: fun not(this): One
     */
    suspend fun `detail`(`id`: kotlin.String): CardDetail
}
data class Fault (
    val `code`: kotlin.String
    ,
    val `rule`: kotlin.String? = null
){
    val local: Int = 3
}
enum class Level {

    HIGH,
    LOW;
}
sealed class Kind {
    object Pin : Kind()
    data class Other(
        val `code`: kotlin.String) : Kind()
    {
    override fun toString(): String {
        return text({
}
    )
    }
    }
    object Last : Kind()
}
    @Throws(WalletException::class) fun `open`(`dir`: kotlin.String): NativeWallet {
    @Throws(WalletException::class) internal fun `hidden`(`dir`: kotlin.String): NativeWallet {
     internal suspend fun `hiddenToo`(`dir`: kotlin.String): NativeWallet {
";
        let found: Vec<String> = generated(source).into_iter().collect();
        let expected = [
            "Fault.code: kotlin.String",
            "Fault.rule: kotlin.String? = null",
            "Kind.Last",
            "Kind.Other",
            "Kind.Other.code: kotlin.String",
            "Kind.Pin",
            "Level.HIGH",
            "Level.LOW",
            "fun open(dir: kotlin.String): NativeWallet",
            "suspend fun NativeWallet.detail(id: kotlin.String): CardDetail",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_hand_written_source_tells_what_is_public_without_its_body() {
        let source = "\
public class Wallet private constructor(private val native: NativeWallet) {
    /** Lists. */
    public suspend fun list(
        locales: List<String> = preferred(),
    ): List<CardOverview> = work { it.list() }
    internal fun hidden() {}
}
public class Client internal constructor(
    private val check: (Host) -> Boolean,
) : HttpClient {
    public constructor(
        agent: String = \"wallet\",
    ) : this({ true })
}
public class New internal constructor(
    public val code: Code?,
)
public enum class Check {
    /** Any. */
    ANY,
}
internal enum class Kind { HIDDEN }
public val WalletException.code: ErrorCode
    get() = code()
";
        let found: Vec<String> = declared(source).into_iter().collect();
        let expected = [
            "Check.ANY",
            "Client.constructor(agent: String = \"wallet\")",
            "class Client : HttpClient",
            "class New internal constructor(public val code: Code?)",
            "class Wallet",
            "enum class Check",
            "suspend fun Wallet.list(locales: List<String> = preferred()): List<CardOverview>",
            "val WalletException.code: ErrorCode",
        ];
        assert_eq!(found, expected);
    }
}
