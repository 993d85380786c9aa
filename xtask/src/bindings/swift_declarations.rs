//! The public declarations in Swift sources, each as one line. It reads what UniFFI 0.32 and this project's formatting write, not
//! all of Swift; what stands for one system only counts as what stands for all.

use std::collections::BTreeSet;

/// Types and functions of UniFFI's own machinery, by how their names begin.
const MACHINERY: [&str; 6] = [
    "Uniffi",
    "uniffi",
    "FfiConverter",
    "RustBuffer",
    "ForeignBytes",
    "InternalError",
];

/// How names of what UniFFI writes beside an object and a trait end.
const BESIDE: [&str; 2] = ["Protocol", "Impl"];

/// Members that are machinery too.
const MEMBERS: [&str; 5] = [
    "init(unsafeFromHandle",
    "init(noHandle",
    "func uniffi",
    "struct NoHandle",
    "var description",
];

/// Words before a declaration that change nothing for who reads it.
const MODIFIERS: [&str; 9] = [
    "public",
    "open",
    "final",
    "convenience",
    "required",
    "override",
    "nonisolated",
    "mutating",
    "indirect",
];

/// The type the lines that follow are in.
struct Owner {
    name: String,
    kind: &'static str,
    is_public: bool,
}

/// The declarations a source makes `public`.
pub(super) fn declared(source: &str) -> BTreeSet<String> {
    let source = without_comments(source);
    let mut lines = source.lines();
    let mut found = BTreeSet::new();
    let (mut owner, mut depth) = (None::<Owner>, 0);
    while let Some(line) = lines.next() {
        let mut text = line.trim().to_owned();
        // So the generator begins enums of errors.
        if text == "public" {
            text = format!("public {}", lines.next().unwrap_or_default());
        }
        while text.matches('(').count() > text.matches(')').count() {
            let Some(next) = lines.next() else { break };
            text = format!("{text} {}", next.trim());
        }
        let at = depth;
        depth += text.matches('{').count();
        depth = depth.saturating_sub(text.matches('}').count());
        if at == 0 {
            owner = type_of(&text);
        }
        let is_type = at == 0 && owner.is_some();
        if is_type && depth == 0 || !is_shown(&text, at, owner.as_ref()) {
            continue;
        }
        let text = head(&text);
        let owner = owner.as_ref().map_or("", |owner| &owner.name);
        let is_own = |own: &&str| text.contains(*own);
        if [owner, name(&text)].into_iter().any(is_machinery) || MEMBERS.iter().any(is_own) {
            continue;
        }
        found.insert(if is_type { text } else { owned(owner, &text) });
    }
    found
}

/// Whether a line at this depth declares something that apps may name.
fn is_shown(text: &str, depth: usize, owner: Option<&Owner>) -> bool {
    match (depth, owner) {
        (0, _) => is_public(text),
        // Their members are as public as they are.
        (1, Some(owner)) if owner.kind == "protocol" => {
            owner.is_public && text.starts_with(|letter: char| letter.is_ascii_lowercase())
        }
        (1, Some(owner)) if owner.kind == "enum" && text.starts_with("case ") => owner.is_public,
        (1, Some(owner)) => is_public(text) && (owner.is_public || owner.kind == "extension"),
        _ => false,
    }
}

fn is_public(text: &str) -> bool {
    text.split(' ')
        .take_while(|word| word.chars().all(char::is_alphanumeric))
        .any(|word| matches!(word, "public" | "open"))
}

/// The type a line begins, such as `Wallet` of `public actor Wallet {`.
fn type_of(text: &str) -> Option<Owner> {
    let kinds = ["class", "struct", "enum", "protocol", "actor", "extension"];
    let mut words = text.split(' ');
    let kind = words.find_map(|word| {
        let is_word = word.chars().all(|letter| letter.is_ascii_lowercase());
        let kind = kinds.into_iter().find(|kind| *kind == word);
        kind.map(Some).or((!is_word).then_some(None))
    })??;
    let name = words.next()?.split([':', '<']).next()?.to_owned();
    let is_public = is_public(text);
    Some(Owner {
        name,
        kind,
        is_public,
    })
}

fn is_machinery(name: &str) -> bool {
    let begins = |prefix: &&str| name.starts_with(*prefix);
    MACHINERY.iter().any(begins) || BESIDE.iter().any(|ending| name.ends_with(ending))
}

/// The declared name: `list` of `func list(locales: [String])`.
fn name(text: &str) -> &str {
    let words = ["func ", "let ", "var ", "case ", "typealias "];
    let start = words
        .iter()
        .find_map(|word| text.find(word).map(|at| at + word.len()));
    let rest = start.map_or(text, |at| &text[at..]);
    rest.split(['(', ':', ' ', '<']).next().unwrap_or(rest)
}

/// A member's declaration with the name of its type before its own.
fn owned(owner: &str, text: &str) -> String {
    if owner.is_empty() {
        return text.to_owned();
    }
    let words = ["func ", "let ", "var ", "case ", "typealias "];
    match words
        .iter()
        .find(|word| text.starts_with(**word) || text.starts_with(&format!("static {word}")))
    {
        Some(word) => text.replacen(word, &format!("{word}{owner}."), 1),
        None => format!("{owner}.{text}"),
    }
}

/// Without a body, the modifiers, what a constant is, and what the generator's spaces are.
fn head(text: &str) -> String {
    let mut depth = 0_i32;
    let mut end = text.len();
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '{' if depth == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let spaced = text[..end]
        .replace(")async", ") async")
        .replace(")throws", ") throws")
        .replace("( ", "(")
        .replace(" )", ")");
    let mut words = spaced.split_whitespace().peekable();
    while words.peek().is_some_and(|word| MODIFIERS.contains(word)) {
        words.next();
    }
    let head = words.collect::<Vec<_>>().join(" ");
    let is_value = ["let ", "var ", "static let ", "static var "]
        .iter()
        .any(|word| head.starts_with(word));
    match head.split_once(" = ") {
        Some((constant, _)) if is_value => constant.to_owned(),
        _ => head,
    }
}

/// Without `/** … */` and without what follows `//`, but for the two slashes of an address.
fn without_comments(source: &str) -> String {
    let mut rest = source;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/**") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    let lines = kept
        .lines()
        .map(|line| match line.trim_start().starts_with("//") {
            true => "\n",
            false => line,
        });
    lines.map(|line| line.to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<String> {
        declared(source).into_iter().collect()
    }

    #[test]
    fn a_type_and_its_public_members_are_read_and_no_other() {
        let layer = r#"
/// A wallet.
public actor Wallet {
    nonisolated private let held: Held
    var native: NativeWallet {
        get throws { try held.native }
    }
    public nonisolated var lockState: LockState { watch.lockState }
    /// Opens it.
    public static func open(
        in folder: URL, settings: VaultSettings = VaultSettings()
    ) async throws -> Wallet {
        try await aside { public() }
    }
}
extension Wallet {
    @discardableResult
    public func keep(_ card: RenewedCard) async throws -> Renewed { }
    #if canImport(Security)
        public typealias Check = (String) -> Bool
        public init(accepts: @escaping Check = { _, _ in true }) {
        }
    #endif
}
private struct Hidden {
    public let member: Int
}
"#;
        let expected = [
            "Wallet.init(accepts: @escaping Check = { _, _ in true })",
            "actor Wallet",
            "func Wallet.keep(_ card: RenewedCard) async throws -> Renewed",
            "static func Wallet.open(in folder: URL, settings: VaultSettings = VaultSettings()) async throws -> Wallet",
            "typealias Wallet.Check = (String) -> Bool",
            "var Wallet.lockState: LockState",
        ];
        assert_eq!(lines(layer), expected);
    }

    #[test]
    fn what_the_generator_writes_is_read_without_its_machinery() {
        let generated = r#"
public protocol AnchorStore: AnyObject, Sendable {

    /**
     * Reads.
     */
    func read(name: String) throws  -> Data?

}
open class Claims: ClaimsProtocol, @unchecked Sendable {
    required public init(unsafeFromHandle handle: UInt64) {
    }
    public func uniffiCloneHandle() -> UInt64 {
    }
open func list()throws  -> [ClaimInfo]  {
    return try makeCall {
})
}
    open func value(index: UInt32)async throws  {
    }
}
public enum CardStatus: Equatable, Hashable {
    case valid
    case stale(
        /**
         * When.
         */seenAt: Date
    )
public var description: String {
    return try! lift() {
    }
}
}
#if compiler(>=6)
extension CardStatus: Sendable {}
#endif
public struct FfiConverterTypeCardStatus: FfiConverterRustBuffer {
    public static func read(from buf: inout Data) throws -> CardStatus {
    }
}
package class NativeWallet: X {
    open func list() {
    }
}
public
enum AnchorError: Swift.Error, Equatable {
    case failed
}
public func isGlobalAddress(address: String) -> Bool  {
"#;
        let expected = [
            "case AnchorError.failed",
            "case CardStatus.stale(seenAt: Date)",
            "case CardStatus.valid",
            "class Claims: ClaimsProtocol, @unchecked Sendable",
            "enum AnchorError: Swift.Error, Equatable",
            "enum CardStatus: Equatable, Hashable",
            "func AnchorStore.read(name: String) throws -> Data?",
            "func Claims.list() throws -> [ClaimInfo]",
            "func Claims.value(index: UInt32) async throws",
            "func isGlobalAddress(address: String) -> Bool",
            "protocol AnchorStore: AnyObject, Sendable",
        ];
        assert_eq!(lines(generated), expected);
    }
}
