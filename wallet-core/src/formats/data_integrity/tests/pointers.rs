//! JSON Pointers and what they select.

use super::*;
use crate::formats::claim_path::MAX_SEGMENTS;
use crate::formats::data_integrity::selection::select;
use serde_json::json;

/// RFC 6901 5.
const EXAMPLE: &str = r#"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6,
    " ": 7, "m~n": 8}"#;

fn value_at<'v>(root: &'v Value, text: &str) -> Option<&'v Value> {
    Pointer::parse(text).unwrap().value_in(root)
}

#[test]
fn the_examples_of_rfc_6901_lead_where_it_says() {
    let root: Value = serde_json::from_str(EXAMPLE).unwrap();
    for (text, expected) in [
        ("", root.clone()),
        ("/foo", json!(["bar", "baz"])),
        ("/foo/0", json!("bar")),
        ("/", json!(0)),
        ("/a~1b", json!(1)),
        ("/c%d", json!(2)),
        ("/e^f", json!(3)),
        ("/g|h", json!(4)),
        ("/i\\j", json!(5)),
        ("/k\"l", json!(6)),
        ("/ ", json!(7)),
        ("/m~0n", json!(8)),
    ] {
        assert_eq!(value_at(&root, text), Some(&expected), "{text}");
        assert_eq!(root.pointer(text), Some(&expected), "{text}");
    }
    for text in [
        "/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/bar", "/foo/0/x", "/x",
    ] {
        assert_eq!(value_at(&root, text), None, "{text}");
    }
}

#[test]
fn what_is_no_pointer_is_refused() {
    let deep = "/a".repeat(MAX_SEGMENTS + 1);
    for text in ["foo", "foo/bar", "#/foo", "/~", "/~2", "/a~", &deep] {
        assert_eq!(
            Pointer::parse(text),
            Err(DataIntegrityError::Pointer),
            "{text}"
        );
    }
    assert!(Pointer::parse(&"/a".repeat(MAX_SEGMENTS)).is_ok());
}

#[test]
fn the_pointers_of_the_w3c_lead_to_the_values_beside_them() {
    for (values, document, root) in [
        (
            "vc-di-bbs/addPointerValues.json",
            "vc-di-bbs/windDoc.json",
            "/credentialSubject",
        ),
        (
            "vc-di-bbs/prc/addPointerValues.json",
            "vc-di-bbs/prCredUnsigned.json",
            "",
        ),
        (
            "vc-di-ecdsa/ecdsa-sd-2023/prc/addPointerValues.json",
            "vc-di-ecdsa/prCredUnsigned.json",
            "",
        ),
    ] {
        let document = super::vectors::json(document);
        let root = document.pointer(root).unwrap();
        for entry in super::vectors::json(values).as_array().unwrap() {
            let text = entry["pointer"].as_str().unwrap();
            let value = value_at(root, text).unwrap();
            // One file has 7 where the document has 7.0.
            let said = value.to_string().replace("7.0", "7");
            assert_eq!(said, entry["value"].to_string(), "{document} {text}");
        }
    }
}

fn selected(document: &Value, pointers: &[&str]) -> Value {
    let pointers: Vec<_> = pointers
        .iter()
        .map(|text| Pointer::parse(text).unwrap())
        .collect();
    let selected = select(document.as_object().unwrap(), &pointers).unwrap();
    selected.map_or(Value::Null, Value::Object)
}

#[test]
fn a_selection_has_the_contexts_and_the_identifiers_and_types_on_the_way() {
    let document = json!({
        "@context": ["urn:example:c"],
        "id": "urn:example:root",
        "type": ["A", "B"],
        "list": [{"id": "urn:example:0", "type": "T", "x": 0, "y": 0}, {"id": "_:b", "x": 1, "y": 1}, {"x": 2}],
        "other": true,
    });
    assert_eq!(selected(&document, &[]), Value::Null);
    assert_eq!(selected(&document, &[""]), document);
    let head = |list: Value| json!({"@context": ["urn:example:c"], "id": "urn:example:root", "type": ["A", "B"], "list": list});
    assert_eq!(
        selected(&document, &["/list/1/x", "/list/0/y"]),
        head(json!([{"id": "urn:example:0", "type": "T", "y": 0}, {"x": 1}]))
    );
    assert_eq!(selected(&document, &["/list/2"]), head(json!([{"x": 2}])));
    assert_eq!(
        selected(&document, &["/list/1/x", "/list"]),
        head(document["list"].clone())
    );
    // Types come as a whole.
    let types =
        json!({"@context": ["urn:example:c"], "id": "urn:example:root", "type": ["A", "B"]});
    assert_eq!(selected(&document, &["/type/1"]), types);
}
