//! RDFC-1.0 against crate sophia_c14n, on random graphs whose blank nodes are much alike.
//!
//! Its limit, kept to here: a blank node that stands twice in one quad counts the quad twice, unlike in RDFC-1.0 4.4.3
//! step 2.1 and in the npm package rdf-canonize.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sophia_api::quad::Spog;
use sophia_api::term::{BnodeId, IriRef, SimpleTerm};
use std::cell::Cell;
use std::collections::HashSet;
use wallet_core::formats::data_integrity::rdf::parse;
use wallet_core::formats::data_integrity::rdf::rdfc10::canonicalize;

const CASES: u32 = 2000;

/// Subject, predicate, object, graph, by number.
type Statement = (u8, u8, u8, Option<u8>);

const LITERAL: &str = "a \"literal\"\n\\";

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let graph = prop::option::weighted(0.2, 0..8u8);
    let statement = (0..9u8, 0..2u8, 0..10u8, graph);
    let is_simple = |(subject, _, object, graph): &Statement| {
        subject != object && *graph != Some(*subject) && *graph != Some(*object)
    };
    prop::collection::vec(statement.prop_filter("a node twice", is_simple), 1..16)
}

fn iri(text: String) -> SimpleTerm<'static> {
    SimpleTerm::Iri(IriRef::new(text.into()).unwrap())
}

/// Numbers below 7 are blank nodes, those from there on IRIs.
fn term(number: u8) -> SimpleTerm<'static> {
    if number < 7 {
        SimpleTerm::BlankNode(BnodeId::new(format!("n{number}").into()).unwrap())
    } else {
        iri(format!("https://example.com/{number}"))
    }
}

fn theirs(statements: &[Statement]) -> Option<String> {
    let dataset: HashSet<Spog<SimpleTerm<'static>>> = statements
        .iter()
        .map(|(subject, predicate, object, graph)| {
            let object = if *object == 9 {
                let string = "http://www.w3.org/2001/XMLSchema#string";
                SimpleTerm::LiteralDatatype(LITERAL.into(), IriRef::new(string.into()).unwrap())
            } else {
                term(*object)
            };
            let predicate = iri(format!("https://example.com/p{predicate}"));
            ([term(*subject), predicate, object], graph.map(term))
        })
        .collect();
    let mut text = Vec::new();
    sophia_c14n::rdfc10::normalize_with::<sophia_c14n::hash::Sha256, _, _>(
        &dataset, &mut text, 8.0, 8,
    )
    .ok()?;
    Some(String::from_utf8(text).unwrap())
}

fn ours(statements: &[Statement]) -> Option<String> {
    let place = |number: u8| match number {
        0..7 => format!("_:n{number}"),
        9 => format!("{LITERAL:?}"),
        _ => format!("<https://example.com/{number}>"),
    };
    let lines = statements
        .iter()
        .map(|(subject, predicate, object, graph)| {
            let graph = graph.map(place).unwrap_or_default();
            let (subject, object) = (place(*subject), place(*object));
            format!("{subject} <https://example.com/p{predicate}> {object} {graph} .\n")
        });
    let quads = parse(&lines.collect::<String>()).unwrap();
    canonicalize(&quads)
        .ok()
        .map(|canonical| canonical.n_quads.concat())
}

#[test]
fn the_canonical_form_is_sophias() {
    let compared = Cell::new(0);
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let outcome = runner.run(&statements(), |statements| {
        if let (Some(ours), Some(theirs)) = (ours(&statements), theirs(&statements)) {
            compared.set(compared.get() + 1);
            prop_assert_eq!(ours, theirs);
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(compared.get() > CASES * 9 / 10, "{}", compared.get());
}
