//! The form of N-Quads.

use crate::error::WalletError;
use crate::formats::data_integrity::rdf::limits::{MAX_QUADS, MAX_TEXT};
use crate::formats::data_integrity::rdf::{RdfError, parse};

#[track_caller]
fn read(text: &str) -> String {
    let quads = parse(text).unwrap();
    quads.iter().map(ToString::to_string).collect()
}

#[test]
fn any_form_of_a_quad_is_written_in_the_canonical_one() {
    for (text, canonical) in [
        ("<a:s><a:p><a:o>.", "<a:s> <a:p> <a:o> .\n"),
        ("\t<a:s>\t<a:p> _:o.x. # comment", "<a:s> <a:p> _:o.x .\n"),
        (
            "_:1 <a:p> \"x\"@en-GB _:g .",
            "_:1 <a:p> \"x\"@en-GB _:g .\n",
        ),
        ("<a:s> <a:p> \"\" .", "<a:s> <a:p> \"\" .\n"),
        (
            "<a:s> <a:p> \"x\"^^<http://www.w3.org/2001/XMLSchema#string> .",
            "<a:s> <a:p> \"x\" .\n",
        ),
        (
            "<a:\\u0073> <a:p> \"\\U0001F600\\u00e9\\'\" .",
            "<a:s> <a:p> \"\u{1F600}é'\" .\n",
        ),
        (
            "<a:s> <a:p> \"\\t\\b\\n\\r\\f\\\"\\\\\\u0000\\u001f\\u007f\\u0080\" .",
            "<a:s> <a:p> \"\\t\\b\\n\\r\\f\\\"\\\\\\u0000\\u001F\\u007F\u{80}\" .\n",
        ),
        ("<a:s> <a:p> \"\\\\\" .", "<a:s> <a:p> \"\\\\\" .\n"),
        (
            "\n# nothing\r\n  \r<a:s> <a:p> <a:o> .\r\n",
            "<a:s> <a:p> <a:o> .\n",
        ),
        ("", ""),
    ] {
        assert_eq!(read(text), canonical, "{text}");
        assert_eq!(read(canonical), canonical);
    }
}

#[test]
fn what_is_not_n_quads_is_refused() {
    for text in [
        "<a:s> <a:p> <a:o>",
        "<a:s> <a:p> .",
        "<a:s> <a:p> <a:o> . <a:s> <a:p> <a:o> .",
        "<a:s> <a:p> <a:o> <a:g> <a:x> .",
        "<a:s> <a:p> <a:o> ..",
        "<a:s> _:p <a:o> .",
        "\"s\" <a:p> <a:o> .",
        "<a:s> \"p\" <a:o> .",
        "<a:s> <a:p> <a:o> \"g\" .",
        "<s> <a:p> <a:o> .",
        "<> <a:p> <a:o> .",
        "<1:s> <a:p> <a:o> .",
        "<a:s <a:p> <a:o> .",
        "<a: s> <a:p> <a:o> .",
        "<a:s\\u0020> <a:p> <a:o> .",
        "<a:s\\u003E> <a:p> <a:o> .",
        "<a:s\\n> <a:p> <a:o> .",
        "<a:s{> <a:p> <a:o> .",
        "<a:s> <a:p> \"x .",
        "<a:s> <a:p> \"x\\\" .",
        "<a:s> <a:p> \"x\\q\" .",
        "<a:s> <a:p> \"x\\u12\" .",
        "<a:s> <a:p> \"x\\uD800\" .",
        "<a:s> <a:p> \"x\\U00110000\" .",
        "<a:s> <a:p> \"x\\U+0000041\" .",
        "<a:s> <a:p> \"x\ny\" .",
        "<a:s> <a:p> \"x\"@ .",
        "<a:s> <a:p> \"x\"@1 .",
        "<a:s> <a:p> \"x\"@en- .",
        "<a:s> <a:p> \"x\"@en--x .",
        "<a:s> <a:p> \"x\"^^xsd:int .",
        "<a:s> <a:p> \"x\"^<a:t> .",
        "<a:s> <a:p> 'x' .",
        "_: <a:p> <a:o> .",
        "_:- <a:p> <a:o> .",
        "_:. <a:p> <a:o> .",
        "_ :a <a:p> <a:o> .",
        "_:a:b <a:p> <a:o> .",
        "@prefix a: <a:> .",
        "\u{FEFF}<a:s> <a:p> <a:o> .",
        "<a:s> <a:p> <a:o> .\u{A0}",
    ] {
        assert_eq!(parse(text).map(drop), Err(RdfError::Malformed), "{text}");
    }
}

#[test]
fn size_is_bounded() {
    let line = "<a:s> <a:p> <a:o> .\n";
    assert_eq!(parse(&line.repeat(MAX_QUADS)).unwrap().len(), MAX_QUADS);
    let more = line.repeat(MAX_QUADS + 1);
    assert_eq!(parse(&more).map(drop), Err(RdfError::TooLarge));
    let long = "#".repeat(MAX_TEXT + 1);
    assert_eq!(parse(&long).map(drop), Err(RdfError::TooLarge));
}

#[test]
fn each_refusal_has_a_code() {
    for (error, code) in [
        (RdfError::TooLarge, "too_large"),
        (RdfError::TooMuchWork, "too_large"),
        (RdfError::Malformed, "malformed"),
    ] {
        assert_eq!(WalletError::from(error).code().as_str(), code);
    }
}
