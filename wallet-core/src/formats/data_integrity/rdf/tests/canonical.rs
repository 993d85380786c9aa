//! What holds of every canonical form, and how much work it may take.

use crate::formats::data_integrity::rdf::limits::MAX_QUADS;
use crate::formats::data_integrity::rdf::rdfc10::canonicalize;
use crate::formats::data_integrity::rdf::{Quad, RdfError, parse};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A place: a blank node, or an IRI.
fn place(number: usize, label: impl Fn(usize) -> String) -> String {
    match number {
        6 => "<a:one>".to_owned(),
        7 => "<a:two>".to_owned(),
        blank => format!("_:{}", label(blank)),
    }
}

/// Lines of a small graph; many of its blank nodes are alike.
fn graph(
    triples: &[(usize, bool, usize, Option<usize>)],
    label: impl Fn(usize) -> String,
) -> Vec<Quad> {
    let lines = triples.iter().map(|(subject, which, object, graph)| {
        let predicate = if *which { "<a:p>" } else { "<a:q>" };
        let graph = graph.map(|graph| place(graph, &label)).unwrap_or_default();
        format!(
            "{} {predicate} {} {graph} .\n",
            place(*subject, &label),
            place(*object, &label)
        )
    });
    parse(&lines.collect::<String>()).unwrap()
}

proptest! {
    #[test]
    fn neither_labels_nor_order_matter(
        triples in prop::collection::vec((0..8usize, any::<bool>(), 0..8usize, prop::option::weighted(0.2, 0..8usize)), 0..14),
        shift in 0..6usize,
        seed in any::<u64>(),
    ) {
        let quads = graph(&triples, |blank| format!("x{blank}"));
        let mut shuffled = triples;
        shuffled.sort_by_key(|triple| (triple.0 as u64 * 31 + triple.2 as u64 * 17 + u64::from(triple.1)).wrapping_mul(seed | 1));
        // Not in the order of the labels above, and labels that look canonical.
        let others = graph(&shuffled, |blank| format!("c14n{}", 5 - (blank + shift) % 6));
        if let (Ok(one), Ok(other)) = (canonicalize(&quads), canonicalize(&others)) {
            prop_assert_eq!(&one.n_quads, &other.n_quads);
            let labels: BTreeSet<_> = one.labels.values().cloned().collect();
            let expected: BTreeSet<_> = (0..one.labels.len()).map(|number| format!("c14n{number}")).collect();
            prop_assert_eq!(labels, expected);
            let again = canonicalize(&parse(&one.n_quads.concat()).unwrap());
            prop_assert_eq!(again.map(|again| again.n_quads), Ok(one.n_quads));
        }
    }

    #[test]
    fn a_graph_that_says_something_else_has_another_form(
        triples in prop::collection::vec((0..8usize, any::<bool>(), 0..8usize, prop::option::weighted(0.2, 0..8usize)), 1..14),
        at in any::<prop::sample::Index>(),
    ) {
        let quads = graph(&triples, |blank| format!("x{blank}"));
        let mut changed = quads.clone();
        changed[at.index(quads.len())].predicate = "a:other".to_owned();
        if let (Ok(one), Ok(other)) = (canonicalize(&quads), canonicalize(&changed)) {
            prop_assert_ne!(one.n_quads, other.n_quads);
        }
    }
}

#[test]
fn a_quad_that_stands_twice_counts_once() {
    let quads = parse("_:a <a:p> _:b .\n_:a <a:p> _:b .\n").unwrap();
    let canonical = canonicalize(&quads).unwrap();
    assert_eq!(canonical.n_quads, ["_:c14n1 <a:p> _:c14n0 .\n"]);
}

#[track_caller]
fn too_much_work(lines: impl Iterator<Item = String>) {
    let quads = parse(&lines.collect::<String>()).unwrap();
    assert_eq!(canonicalize(&quads).map(drop), Err(RdfError::TooMuchWork));
}

#[test]
fn poison_graphs_are_refused() {
    // Every node linked with every other.
    let clique = |size: usize| {
        (0..size * size).map(move |pair| format!("_:n{} <a:p> _:n{} .\n", pair / size, pair % size))
    };
    too_much_work(clique(8));
    too_much_work(clique(100));
    // Two nodes, each with many that are alike.
    too_much_work((0..1000).map(|n| format!("_:hub{} <a:p> _:n{n} .\n", n % 2)));
    // A ring: each told by the next.
    too_much_work((0..5000).map(|n| format!("_:n{n} <a:p> _:n{} .\n", (n + 1) % 5000)));
    // Many small ones, each cheap by itself.
    too_much_work((0..2000).flat_map(|n| {
        [
            format!("_:a{n} <a:p> _:b{n} .\n"),
            format!("_:b{n} <a:p> _:a{n} .\n"),
        ]
    }));
}

#[test]
fn long_names_count_as_work() {
    // A few small rings, whose nodes are told apart by their predicates' hashes over and over.
    let rings = |predicate: &str| {
        let ring = |ring: usize| {
            let quad = move |n: usize| {
                format!(
                    "_:r{ring}n{n} <a:{predicate}> _:r{ring}n{} .\n",
                    (n + 1) % 6
                )
            };
            (0..6).map(quad)
        };
        (0..10).flat_map(ring).collect::<String>()
    };
    assert!(canonicalize(&parse(&rings("p")).unwrap()).is_ok());
    too_much_work(std::iter::once(rings(&"p".repeat(60_000))));
}

#[test]
fn what_credentials_look_like_takes_little_work() {
    // A list of objects that differ, whatever their number.
    let list = (0..2000).flat_map(|n| {
        [
            format!("<a:s> <a:p> _:n{n} .\n"),
            format!("_:n{n} <a:q> \"{n}\" .\n"),
        ]
    });
    assert!(canonicalize(&parse(&list.collect::<String>()).unwrap()).is_ok());
    // Objects that do not, a few.
    let alike = (0..20).flat_map(|n| {
        [
            format!("_:s <a:p> _:n{n} .\n"),
            format!("_:n{n} <a:q> \"x\" .\n"),
        ]
    });
    assert!(canonicalize(&parse(&alike.collect::<String>()).unwrap()).is_ok());
}

#[test]
fn the_number_of_quads_is_bounded() {
    let line = "<a:s> <a:p> <a:o> .\n";
    let mut quads = parse(&line.repeat(MAX_QUADS)).unwrap();
    assert!(canonicalize(&quads).is_ok());
    quads.push(quads[0].clone());
    assert_eq!(canonicalize(&quads).map(drop), Err(RdfError::TooLarge));
}
