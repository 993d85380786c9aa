//! Received text for people's eyes: labels and names from issuers, verifiers and certificates.
//!
//! Such text is never trusted. It could reverse the reading order (CVE-2021-42574, "Trojan Source"), hide characters,
//! imitate the app's own words with blank lines, or stack hundreds of accents over a line. What is left after
//! [`display_text`] is one line of visible characters in the order they are stored.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

/// Combining marks kept on one base character. Living scripts need up to three or four.
const MAX_COMBINING_RUN: usize = 4;

/// Stands where text was cut.
const ELLIPSIS: char = '…';

/// `raw` as one line of at most `max_chars` characters, in Unicode normalisation form C (UAX 15).
///
/// Removed: control characters, all bidirectional controls (UAX 9 `Bidi_Control`), zero-width and other invisible
/// format characters, fillers, tags, private-use characters and noncharacters. Any run of white space becomes one
/// space. Cut text ends in `…`, and no base character is separated from its combining marks.
#[must_use]
pub fn display_text(raw: &str, max_chars: usize) -> String {
    let mut line = Line::default();
    // Before composing, so that a long run of marks is never sorted; and after, because some characters are only ever
    // written as a base and a mark (Unicode composition exclusions) and so bring one more.
    for c in tame_combining_marks(nfc(tame_combining_marks(visible(raw)))) {
        line.push(c);
        // One more than fits tells that a cut is needed; the rest need not be read.
        if line.chars > max_chars {
            return line.cut(max_chars);
        }
    }
    line.text
}

/// Whether [`display_text`] shows all of `raw`, but for how much white space there is and of which kind. Joiners and the
/// two selectors of text and picture count as shown: some scripts are written with them, and they say nothing themselves.
pub(crate) fn is_all_shown(raw: &str) -> bool {
    let is_silent = |c: char| {
        c.is_whitespace() || matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}')
    };
    let ink = |text: &str| -> Vec<char> { nfc(text.chars()).filter(|c| !is_silent(*c)).collect() };
    ink(raw) == ink(&display_text(raw, usize::MAX))
}

/// Unicode normalisation form C (UAX 15).
pub(crate) fn nfc(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    ComposingNormalizerBorrowed::new_nfc().normalize_iter(chars)
}

fn is_combining_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Whether `text` is a hexadecimal colour (CSS Color 4, 5.2). Of foreign colours only these are kept: an app would
/// otherwise have to parse CSS of foreign origin.
pub(crate) fn is_hex_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// The characters that may be shown, with white space of every kind as `' '`.
fn visible(raw: &str) -> impl Iterator<Item = char> + '_ {
    raw.chars().filter_map(|c| {
        if c.is_whitespace() {
            Some(' ')
        } else if is_hidden(c) {
            None
        } else {
            Some(c)
        }
    })
}

/// Drops marks at the start, after a space (they would sit on the app's own text), and beyond the allowed run.
fn tame_combining_marks(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    // As if a full run had been read: a mark needs a base character first.
    let mut run = MAX_COMBINING_RUN;
    chars.filter(move |&c| {
        if is_combining_mark(c) {
            run += 1;
            run <= MAX_COMBINING_RUN
        } else {
            run = if c == ' ' { MAX_COMBINING_RUN } else { 0 };
            true
        }
    })
}

/// Whether a character is invisible, changes the order of others, or has no agreed meaning.
fn is_hidden(c: char) -> bool {
    if c.is_control() || is_noncharacter(c) {
        return true;
    }
    matches!(c,
        // Soft hyphen, combining grapheme joiner, Arabic letter mark.
        '\u{AD}' | '\u{34F}' | '\u{61C}'
        // Arabic and Syriac signs that enclose what follows, and other prefixed format characters.
        | '\u{600}'..='\u{605}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{110BD}' | '\u{110CD}'
        // Fillers and vowels that are drawn as nothing; the blank Braille cell.
        | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
        // Mongolian selectors; zero-width space and joiners; LRM, RLM.
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        // Embeddings and overrides; word joiner, invisible operators, isolates, deprecated format characters.
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        // Variation selectors (16 and 240), byte order mark, interlinear annotation, object replacement.
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFC}'
        // Format characters of Egyptian hieroglyphs, shorthand and music; tags and the rest of their plane.
        | '\u{13430}'..='\u{1345F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'
        // Private use.
        | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// U+FDD0 to U+FDEF and the last two code points of every plane (Unicode 23.7).
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Text being built, with its length in characters.
#[derive(Default)]
struct Line {
    text: String,
    chars: usize,
    space_pending: bool,
}

impl Line {
    /// Appends a character; spaces are written only between others.
    fn push(&mut self, c: char) {
        if c == ' ' {
            self.space_pending = !self.text.is_empty();
            return;
        }
        if core::mem::take(&mut self.space_pending) {
            self.text.push(' ');
            self.chars += 1;
        }
        self.text.push(c);
        self.chars += 1;
    }

    /// Shortens to `max_chars` with the ellipsis, never between a base character and its marks.
    fn cut(self, max_chars: usize) -> String {
        let Some(keep) = max_chars.checked_sub(1) else {
            return String::new();
        };
        let mut kept: Vec<char> = self.text.chars().collect();
        let mut end = keep.min(kept.len());
        while end > 0 && kept.get(end).copied().is_some_and(is_combining_mark) {
            end -= 1;
        }
        kept.truncate(end);
        while kept.last() == Some(&' ') {
            kept.pop();
        }
        kept.push(ELLIPSIS);
        kept.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_text_of_many_scripts_is_kept() {
        for text in [
            "Stadt Zürich",
            "주민등록증",
            "運転免許証",
            "بطاقة الهوية",
            "तमिल नाडु",
            "Ελλάδα №1 (a+b) €5",
            "🆔 card",
        ] {
            assert_eq!(display_text(text, 100), text);
        }
    }

    /// The strings of the Trojan Source paper (Boucher, Anderson 2021), figures 1 to 4.
    #[test]
    fn trojan_source_strings_read_in_the_order_they_are_stored() {
        let cases = [
            (
                "/*\u{202E} } \u{2066}if (isAdmin)\u{2069} \u{2066} begin admins only */",
                "/* } if (isAdmin) begin admins only */",
            ),
            (
                "'''Subtract funds \u{2067}''' ;return",
                "'''Subtract funds ''' ;return",
            ),
            (
                "\"user\u{202E} \u{2066}// Check if admin\u{2069} \u{2066}\"",
                "\"user // Check if admin \"",
            ),
            ("say\u{200B}Hello", "sayHello"),
        ];
        for (raw, shown) in cases {
            assert_eq!(display_text(raw, 100), shown);
        }
    }

    /// Unicode PropList.txt, `Bidi_Control`.
    #[test]
    fn every_bidi_control_is_removed() {
        let controls = "\u{061C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert_eq!(display_text(controls, 100), "");
        for c in controls.chars() {
            assert_eq!(display_text(&format!("a{c}b"), 100), "ab");
        }
    }

    #[test]
    fn invisible_characters_are_removed() {
        for c in [
            '\0',
            '\u{7}',
            '\u{1B}',
            '\u{7F}',
            '\u{9B}',
            '\u{AD}',
            '\u{200B}',
            '\u{200C}',
            '\u{200D}',
            '\u{2060}',
            '\u{2064}',
            '\u{FEFF}',
            '\u{3164}',
            '\u{FFA0}',
            '\u{2800}',
            '\u{180E}',
            '\u{E0041}',
            '\u{E0101}',
            '\u{FE0F}',
            '\u{34F}',
            '\u{FFFC}',
        ] {
            assert_eq!(
                display_text(&format!("a{c}b"), 100),
                "ab",
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    #[test]
    fn private_use_and_noncharacters_are_removed() {
        for c in [
            '\u{E000}',
            '\u{F8FF}',
            '\u{F0000}',
            '\u{FFFFD}',
            '\u{10FFFD}',
            '\u{FDD0}',
            '\u{FDEF}',
            '\u{FFFE}',
            '\u{1FFFF}',
            '\u{10FFFF}',
        ] {
            assert_eq!(
                display_text(&format!("a{c}b"), 100),
                "ab",
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    #[test]
    fn white_space_of_every_kind_becomes_one_space_and_ends_are_trimmed() {
        assert_eq!(
            display_text(" \t a\r\n\n b\u{2028}\u{2029}\u{A0}\u{3000}c\u{85} ", 100),
            "a b c"
        );
        assert_eq!(display_text(" \u{200B} \n ", 100), "");
    }

    #[test]
    fn a_removed_character_does_not_split_white_space() {
        assert_eq!(display_text("a \u{202E} b", 100), "a b");
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(display_text("Zu\u{308}rich", 100), "Zürich");
        assert_eq!(display_text("\u{1112}\u{1161}\u{11AB}", 100), "한");
    }

    #[test]
    fn cut_text_ends_in_an_ellipsis_and_has_the_length_asked_for() {
        assert_eq!(display_text("resident card", 13), "resident card");
        assert_eq!(display_text("resident card", 12), "resident ca…");
        assert_eq!(display_text("resident card", 10), "resident…");
        assert_eq!(display_text("resident", 1), "…");
        assert_eq!(display_text("resident", 0), "");
        assert_eq!(display_text("", 0), "");
    }

    #[test]
    fn a_cut_never_leaves_marks_without_their_base() {
        // q with two dots does not compose.
        assert_eq!(display_text("abq\u{323}\u{307}de", 5), "ab…");
        assert_eq!(display_text("abq\u{323}\u{307}de", 6), "abq\u{323}\u{307}…");
    }

    #[test]
    fn marks_are_not_stacked_without_end_and_not_put_on_nothing() {
        let stacked = format!("q{}", "\u{323}".repeat(500));
        assert_eq!(
            display_text(&stacked, 100).chars().count(),
            1 + MAX_COMBINING_RUN
        );
        assert_eq!(display_text("\u{338}a \u{338}b", 100), "a b");
        // Devanagari QA is always written as KA and a nukta (CompositionExclusions.txt).
        let stacked = format!("\u{958}{}", "\u{323}".repeat(9));
        assert_eq!(
            display_text(&stacked, 100).chars().count(),
            1 + MAX_COMBINING_RUN
        );
    }

    #[test]
    fn a_colour_has_as_many_digits_as_css_says() {
        for text in ["#fff", "#FFF8", "#12107c", "#12107C80"] {
            assert!(is_hex_color(text), "{text}");
        }
        for text in [
            "",
            "#",
            "#ff",
            "#12107",
            "#12107c8",
            "#12107c800",
            "fff",
            "#12g",
            "red",
        ] {
            assert!(!is_hex_color(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn shown_text_is_short_clean_and_stable(raw in "\\PC{0,40}|.{0,40}|[\\u{2000}-\\u{2070}a\\u{300}-\\u{310} ]{0,40}", max in 0_usize..30) {
            let shown = display_text(&raw, max);
            prop_assert!(shown.chars().count() <= max);
            let clean = shown.chars().all(|c| c == ' ' || !(c.is_whitespace() || is_hidden(c)));
            prop_assert!(clean);
            prop_assert!(!shown.starts_with(' ') && !shown.ends_with(' ') && !shown.contains("  "));
            prop_assert_eq!(display_text(&shown, max), shown);
        }
    }
}
