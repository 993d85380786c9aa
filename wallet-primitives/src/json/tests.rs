#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Value, JsonError> {
    parse(text.as_bytes(), Limits::default())
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + "1" + &close.repeat(depth)
}

// shows: HOSTILE 19
#[test]
fn a_member_named_twice_is_refused_at_every_level() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"a":3}"#,
        r#"{"x":{"a":1,"a":2}}"#,
        r#"[[{"a":1,"a":2}]]"#,
        // Names are compared after their escapes are read.
        r#"{"a":1,"\u0061":2}"#,
        r#"{"":1,"":2}"#,
    ] {
        assert_eq!(read(text), Err(JsonError::DuplicateKey), "{text}");
    }
}

#[test]
fn the_same_name_in_two_objects_is_no_duplicate() {
    assert!(read(r#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#).is_ok());
}

// shows: HOSTILE 19
#[test]
fn depth_32_is_read_and_depth_33_is_refused() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let per_step = open.matches(['[', '{']).count();
        assert!(read(&nested(open, close, 32 / per_step)).is_ok());
        let too_deep = format!("[{}]", nested(open, close, 32 / per_step));
        assert_eq!(read(&too_deep), Err(JsonError::TooDeep));
    }
}

#[test]
fn a_hundred_thousand_open_brackets_use_no_stack() {
    let limits = Limits {
        max_bytes: 1 << 20,
        max_depth: usize::MAX,
    };
    let text = "[".repeat(100_000);
    assert_eq!(parse(text.as_bytes(), limits), Err(JsonError::TooDeep));
}

#[test]
fn a_depth_of_zero_allows_scalars_only() {
    let limits = Limits {
        max_bytes: 10,
        max_depth: 0,
    };
    assert!(parse(b"1", limits).is_ok());
    assert_eq!(parse(b"[]", limits), Err(JsonError::TooDeep));
    assert_eq!(parse(b"{}", limits), Err(JsonError::TooDeep));
}

#[test]
fn as_many_values_as_the_limit_are_read_and_one_more_is_refused() {
    let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|name| format!("\"{name}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for text in [&list as &dyn Fn(usize) -> String, &members] {
        // The outermost value is one.
        let read = |count| parse(text(count).as_bytes(), Limits::bytes(1 << 24));
        assert!(read(MAX_VALUES - 1).is_ok());
        assert_eq!(read(MAX_VALUES), Err(JsonError::TooLarge));
    }
}

// shows: HOSTILE 19
#[test]
fn one_byte_over_the_limit_is_refused_before_anything_is_read() {
    assert!(parse(b"[1]", Limits::bytes(3)).is_ok());
    assert_eq!(parse(b"[1]", Limits::bytes(2)), Err(JsonError::TooLarge));
    assert_eq!(
        parse(b"\xff\xff", Limits::bytes(1)),
        Err(JsonError::TooLarge)
    );
}

#[test]
fn data_after_the_value_is_refused() {
    for text in ["{}{}", "0x10", "[] x", "1 2", "null,", "{}\u{0}"] {
        assert_eq!(read(text), Err(JsonError::TrailingData), "{text:?}");
    }
    assert!(read(" {} \n\t").is_ok());
}

#[test]
fn bytes_that_are_not_utf8_are_told_apart_from_bad_json() {
    for bytes in [
        b"\"\xff\"".as_slice(),
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\xfe\xff\x00[",
        b"{\"a\xf8\":1}",
    ] {
        assert_eq!(parse(bytes, Limits::default()), Err(JsonError::InvalidUtf8));
    }
}

// shows: HOSTILE 19
#[test]
fn half_a_surrogate_pair_is_refused() {
    for text in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#"{"\ud83d":1}"#,
    ] {
        assert_eq!(read(text), Err(JsonError::Malformed), "{text}");
    }
    assert_eq!(read(r#""\ud83d\ude00""#), Ok(Value::from("😀")));
}

// shows: HOSTILE 19
#[test]
fn integers_are_kept_exactly_or_refused() {
    for text in [
        "0",
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
    ] {
        assert_eq!(read(text).unwrap().to_string(), text);
    }
    for text in [
        "18446744073709551616",
        "-9223372036854775809",
        "100000000000000000000000000",
        "9007199254740993.0",
        "1e16",
        "-1e300",
        "1e999",
        "-1E+999",
        "[[123456789012345678901234567890]]",
    ] {
        assert_eq!(read(text), Err(JsonError::NumberOutOfRange), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "01",
        "+1",
        ".5",
        "1.",
        "\"\n\"",
        "\"\t\"",
        "\"\\x\"",
        "// c\n1",
        "/**/1",
        "\u{feff}{}",
        "[1 2]",
        "{\"a\" 1}",
        "{1:2}",
        "\"abc",
        "undefined",
        "-",
    ] {
        assert_eq!(read(text), Err(JsonError::Malformed), "{text:?}");
    }
}

#[test]
fn only_an_object_is_an_object() {
    for text in ["[]", "null", "1", "\"{}\"", "true"] {
        assert_eq!(
            parse_object(text.as_bytes(), Limits::default()),
            Err(JsonError::NotAnObject)
        );
    }
    assert!(parse_object(b"{}", Limits::default()).is_ok());
}

#[test]
fn members_keep_their_order() {
    let object = parse_object(br#"{"z":1,"a":2,"m":3}"#, Limits::default()).unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), ["z", "a", "m"]);
}

/// Any JSON tree whose numbers can be kept exactly.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e15..1e15f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn written(text: &str) -> String {
    let mut out = Vec::new();
    write_text(&mut out, text).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_must_be_escaped_is_wherever_it_stands() {
    let others = [
        "a",
        " ",
        "!",
        "#",
        "[",
        "]",
        "~",
        "\u{7f}",
        "\u{80}",
        "\u{e9}",
        "\u{1f600}",
    ];
    for character in (0..0x100).filter_map(char::from_u32) {
        for other in others {
            for (before, after) in (0..18).zip([0, 1, 7, 8, 9].into_iter().cycle()) {
                let text = other.repeat(before) + &character.to_string() + &other.repeat(after);
                assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
            }
        }
    }
    assert_eq!(written(""), "\"\"");
}

proptest! {
    #[test]
    fn a_text_is_written_as_serde_json_does(text in ".{0,40}", plain in "[ -!#-\\[\\]-~é]{0,100}") {
        for text in [&text, &plain, &(plain.clone() + &text)] {
            prop_assert_eq!(written(text), serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn a_tree_without_problems_is_read_as_serde_json_reads_it(tree in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.unwrap();
        let theirs: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(parse(text.as_bytes(), Limits::bytes(usize::MAX)), Ok(theirs));
    }

    #[test]
    fn whatever_is_read_serde_json_reads_the_same(text in r#"[\[\]{}:,"a\\u0-9eE.+\- ntrfalsu]{0,40}"#) {
        match (read(&text), serde_json::from_str::<Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Ok(_), Err(_)) => prop_assert!(false, "serde_json refuses"),
            (Err(error), Ok(_)) => prop_assert!(matches!(
                error,
                JsonError::DuplicateKey | JsonError::NumberOutOfRange | JsonError::TooDeep
            )),
            (Err(_), Err(_)) => {}
        }
    }

    /// The standard library's reading is the correctly rounded one.
    #[test]
    fn a_fraction_is_kept_as_it_was_written(digits in "[1-9][0-9]{0,14}\\.[0-9]{1,6}(e-[0-9]{1,2})?") {
        let exact: f64 = digits.parse().unwrap();
        prop_assert_eq!(read(&digits).unwrap().as_f64(), Some(exact));
    }

    #[test]
    fn any_bytes_end_in_a_value_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, Limits::default());
    }
}
