//! Numbers and JSON as literals.

use super::{credential, lines};
use crate::formats::data_integrity::json_ld::JsonLdError;
use crate::formats::data_integrity::json_ld::jcs::canonical;
use crate::formats::data_integrity::json_ld::to_rdf;
use serde_json::{Value, json};

/// The literal that `value` becomes under a term without a type.
#[track_caller]
fn literal(value: Value) -> String {
    let document = credential(json!({"sex": value}));
    let line = lines(&document)
        .into_iter()
        .find(|line| line.contains("vocab#sex"));
    let literal = line.unwrap();
    literal
        .split_once("sex> ")
        .unwrap()
        .1
        .trim_end_matches(" .")
        .to_owned()
}

#[test]
fn numbers_have_the_canonical_form_of_their_datatype() {
    let integer = |text| format!("\"{text}\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    let double = |text| format!("\"{text}\"^^<http://www.w3.org/2001/XMLSchema#double>");
    for (number, text) in [
        (json!(0), "0"),
        (json!(-7), "-7"),
        (json!(7.0), "7"),
        (json!(-0.0), "0"),
        (json!(9_007_199_254_740_991_i64), "9007199254740991"),
        (json!(-9_007_199_254_740_991_i64), "-9007199254740991"),
        (json!(1e15), "1000000000000000"),
    ] {
        assert_eq!(literal(number), integer(text));
    }
    for (number, text) in [
        (json!(5.5), "5.5E0"),
        (json!(-0.1), "-1.0E-1"),
        (json!(1e-7), "1.0E-7"),
        (json!(123.456), "1.23456E2"),
        (json!(1e-300), "1.0E-300"),
    ] {
        assert_eq!(literal(number), double(text));
    }
}

#[test]
fn a_number_that_would_not_be_kept_is_refused() {
    for number in [
        json!(9_007_199_254_740_992_i64),
        json!(-9_007_199_254_740_992_i64),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e21),
        // Rounded by 15 fractional digits.
        json!(0.1 + 0.2),
        json!(2_251_799_813_685_248.5),
    ] {
        let document = credential(json!({"sex": number}));
        assert_eq!(to_rdf(&document).map(drop), Err(JsonLdError::Number));
    }
}

#[test]
fn booleans_and_texts_have_their_datatypes() {
    let boolean = "\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>";
    assert_eq!(literal(json!(true)), boolean);
    assert_eq!(
        literal(json!("a\"b\\c\n\u{1}홍")),
        "\"a\\\"b\\\\c\\n\\u0001홍\""
    );
    assert_eq!(
        literal(json!({"@value": "안녕", "@language": "ko-KR"})),
        "\"안녕\"@ko-kr"
    );
    let typed = json!({"@value": 5, "type": "https://example.com/t"});
    assert_eq!(literal(typed), "\"5\"^^<https://example.com/t>");
    let text = json!({"@value": "x", "@type": "http://www.w3.org/2001/XMLSchema#string"});
    assert_eq!(literal(text), "\"x\"");
    let double = json!({"@value": 5, "@type": "http://www.w3.org/2001/XMLSchema#double"});
    assert_eq!(
        literal(double),
        "\"5.0E0\"^^<http://www.w3.org/2001/XMLSchema#double>"
    );
}

/// The example of RFC 8785 3.2.4 but for its numbers, and those of appendix B that JSON-LD can hold.
#[test]
fn json_literals_are_canonical_as_in_rfc_8785() {
    let value = json!({
        "1": {"f": {"f": "hi", "F": 5}, "\n": 56.0},
        "10": {},
        "": "empty",
        "a": {},
        "111": [{"e": "yes", "E": "no"}],
        "A": {}
    });
    let text = r#"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#;
    assert_eq!(canonical(&value).unwrap(), text);
    // By UTF-16 code units: a surrogate comes before U+FB33.
    let names = json!({"\u{FB33}": 1, "\u{1F600}": 2, "\u{20AC}": 3, "\r": 4, "\u{80}": 5, "\u{F6}": 6, "1": 7});
    let text = "{\"\\r\":4,\"1\":7,\"\u{80}\":5,\"\u{F6}\":6,\"\u{20AC}\":3,\"\u{1F600}\":2,\"\u{FB33}\":1}";
    assert_eq!(canonical(&names).unwrap(), text);
    let string = json!("\u{20AC}$\u{F}\nA'B\"\\\\\"/\u{7F}\u{8}\t\u{C}\r");
    let text = "\"\u{20AC}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7F}\\b\\t\\f\\r\"";
    assert_eq!(canonical(&string).unwrap(), text);
    for (number, text) in [
        (json!(0.0), "0"),
        (json!(-0.0), "0"),
        (json!(5e-324), "5e-324"),
        (json!(-5e-324), "-5e-324"),
        (json!(1e-6), "0.000001"),
        (json!(1e-7), "1e-7"),
        (json!(1.5e-10), "1.5e-10"),
        (json!(0.002), "0.002"),
        (json!(4.5), "4.5"),
        (json!(333_333.333_333_333_3), "333333.3333333333"),
        (json!(true), "true"),
        (json!(null), "null"),
    ] {
        assert_eq!(canonical(&number).unwrap(), text);
    }
    for number in [
        json!(1e30),
        json!(9_007_199_254_740_993_u64),
        json!(f64::MAX),
    ] {
        assert_eq!(canonical(&number), Err(JsonLdError::Number));
    }
}
