//! RDF Dataset Canonicalization, RDFC-1.0 (W3C Recommendation of 21 May 2024). Functions are named after its algorithms.

use super::limits::{MAX_CHAIN, MAX_PERMUTATIONS, MAX_QUADS, MAX_WORK};
use super::{Quad, RdfError};
use crate::order;
use std::collections::BTreeMap;
use wallet_primitives::hash::sha256;

/// A hash function, to lower case hexadecimal digits.
pub(crate) type Hash = fn(&[u8]) -> String;

/// A dataset in its one form.
#[derive(Clone)]
pub struct Canonical {
    /// The lines of canonical N-Quads, each with its line feed, in code point order.
    pub n_quads: Vec<String>,
    /// The canonical label of each blank node, by the label it came with.
    pub labels: BTreeMap<String, String>,
}

/// What a look at a quad takes besides its predicate: the hash of a blank node in it, and a place in a map.
const PER_QUAD: usize = 256;

/// What a blank node takes in a path or an issuer.
const PER_NODE: usize = 32;

pub(crate) const SHA_256: Hash = |bytes| hex(&sha256(&[bytes]));

/// The canonical form of these quads under SHA-256. Their order does not matter, and a quad that stands twice counts once.
///
/// # Errors
/// [`RdfError::TooLarge`], [`RdfError::TooMuchWork`].
pub fn canonicalize(quads: &[Quad]) -> Result<Canonical, RdfError> {
    canonicalize_with(quads, SHA_256)
}

/// [`canonicalize`] with another hash function: ecdsa-rdfc-2019 has SHA-384 with P-384.
pub(crate) fn canonicalize_with(quads: &[Quad], hash: Hash) -> Result<Canonical, RdfError> {
    if quads.len() > MAX_QUADS {
        return Err(RdfError::TooLarge);
    }
    let quads: Vec<&Quad> = order::set(quads).into_iter().collect();
    let labels = BlankNodes::of(&quads).label(hash)?;
    let name = |label| labels.get(label).map_or(label, String::as_str);
    let mut n_quads: Vec<_> = quads.iter().map(|quad| quad.line(name)).collect();
    order::sort(&mut n_quads);
    Ok(Canonical { n_quads, labels })
}

/// The blank nodes of a dataset, numbered, and the quads they stand in.
struct BlankNodes<'a> {
    labels: Vec<&'a str>,
    numbers: BTreeMap<&'a str, usize>,
    /// By blank node; a quad comes once, whatever number of places the node has in it.
    quads: Vec<Vec<&'a Quad>>,
}

impl<'a> BlankNodes<'a> {
    fn of(quads: &[&'a Quad]) -> Self {
        let mut nodes = Self {
            labels: Vec::new(),
            numbers: BTreeMap::new(),
            quads: Vec::new(),
        };
        for quad in quads {
            let distinct = order::set(quad.blank_nodes().map(|(_, label)| label));
            for label in distinct {
                let number = *nodes.numbers.entry(label).or_insert(nodes.labels.len());
                if number == nodes.labels.len() {
                    nodes.labels.push(label);
                    nodes.quads.push(Vec::new());
                }
                nodes.quads[number].push(quad);
            }
        }
        nodes
    }

    /// 4.4.3, Canonicalization Algorithm: the canonical label of each.
    fn label(&self, hash: Hash) -> Result<BTreeMap<String, String>, RdfError> {
        let first_degree: Vec<_> = (0..self.labels.len())
            .map(|node| self.hash_first_degree_quads(node, hash))
            .collect();
        let mut alike = BTreeMap::<&str, Vec<usize>>::new();
        for (node, hash) in first_degree.iter().enumerate() {
            alike.entry(hash).or_default().push(node);
        }
        let mut state = State {
            nodes: self,
            hash,
            first_degree: &first_degree,
            canonical: Issuer::new("c14n"),
            work: Work::new(),
        };
        for nodes in alike.values() {
            if let [node] = **nodes {
                state.canonical.issue(node);
            }
        }
        for nodes in alike.values() {
            state.label_alike(nodes)?;
        }
        let labelled = state.canonical.order.iter().map(|node| {
            let canonical = state.canonical.get(*node).unwrap_or_default();
            (self.labels[*node].to_owned(), canonical)
        });
        Ok(order::map(labelled))
    }

    /// 4.6.3, Hash First Degree Quads.
    fn hash_first_degree_quads(&self, node: usize, hash: Hash) -> String {
        let name = |label: &str| if label == self.labels[node] { "a" } else { "z" };
        let lines = self.quads[node].iter().map(|quad| quad.line(name));
        let mut lines: Vec<_> = lines.collect();
        order::sort(&mut lines);
        hash(lines.concat().as_bytes())
    }
}

/// 4.5, an identifier issuer. Clones are small: only alike blank nodes are ever in one but the canonical.
#[derive(Clone)]
struct Issuer {
    prefix: &'static str,
    /// In the order they were issued.
    order: Vec<usize>,
    numbers: BTreeMap<usize, usize>,
}

impl Issuer {
    const fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            order: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    fn get(&self, node: usize) -> Option<String> {
        let number = self.numbers.get(&node)?;
        Some(format!("{}{number}", self.prefix))
    }

    /// 4.5.2, Issue Identifier Algorithm. Whether it is a new one.
    fn issue(&mut self, node: usize) -> bool {
        let number = self.order.len();
        let is_new = *self.numbers.entry(node).or_insert(number) == number;
        if is_new {
            self.order.push(node);
        }
        is_new
    }
}

/// What may still be spent.
struct Work {
    permutations: u32,
    bytes: usize,
}

impl Work {
    const fn new() -> Self {
        Self {
            permutations: MAX_PERMUTATIONS,
            bytes: MAX_WORK,
        }
    }

    fn permutation(&mut self) -> Result<(), RdfError> {
        let left = self.permutations.checked_sub(1);
        self.permutations = left.ok_or(RdfError::TooMuchWork)?;
        Ok(())
    }

    fn write(&mut self, bytes: usize) -> Result<(), RdfError> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or(RdfError::TooMuchWork)?;
        Ok(())
    }
}

/// 4.3, the canonicalization state.
struct State<'a> {
    nodes: &'a BlankNodes<'a>,
    hash: Hash,
    first_degree: &'a [String],
    canonical: Issuer,
    work: Work,
}

impl State<'_> {
    /// 4.4.3 step 5, for blank nodes of the same first degree hash.
    fn label_alike(&mut self, nodes: &[usize]) -> Result<(), RdfError> {
        let mut paths = Vec::new();
        for node in nodes {
            if self.canonical.numbers.contains_key(node) {
                continue;
            }
            let mut issuer = Issuer::new("b");
            issuer.issue(*node);
            paths.push(self.hash_n_degree_quads(*node, issuer, 0)?);
        }
        order::sort_by(&mut paths, |(one, _), (other, _)| one.cmp(other));
        for node in paths.iter().flat_map(|(_, issuer)| &issuer.order) {
            self.canonical.issue(*node);
        }
        Ok(())
    }

    /// 4.7.3, Hash Related Blank Node.
    fn hash_related_blank_node(
        &self,
        related: usize,
        quad: &Quad,
        issuer: &Issuer,
        place: char,
    ) -> String {
        let mut input = String::from(place);
        if place != 'g' {
            input.extend(["<", &quad.predicate, ">"]);
        }
        match self.canonical.get(related).or_else(|| issuer.get(related)) {
            Some(label) => input.extend(["_:", &label]),
            None => input.push_str(&self.first_degree[related]),
        }
        (self.hash)(input.as_bytes())
    }

    /// 4.8.3, Hash N-Degree Quads.
    fn hash_n_degree_quads(
        &mut self,
        node: usize,
        mut issuer: Issuer,
        chain: usize,
    ) -> Result<(String, Issuer), RdfError> {
        if chain > MAX_CHAIN {
            return Err(RdfError::TooMuchWork);
        }
        let nodes = self.nodes;
        let mut related_by_hash = BTreeMap::<String, Vec<usize>>::new();
        for quad in &nodes.quads[node] {
            self.work.write(PER_QUAD + quad.predicate.len())?;
            for (place, label) in quad.blank_nodes() {
                let related = nodes.numbers[label];
                if related != node {
                    let hash = self.hash_related_blank_node(related, quad, &issuer, place);
                    related_by_hash.entry(hash).or_default().push(related);
                }
            }
        }
        let mut data = String::new();
        for (hash, mut related) in related_by_hash {
            data.push_str(&hash);
            order::sort(&mut related);
            let mut chosen: Option<(String, Issuer)> = None;
            loop {
                self.work.permutation()?;
                let shortest = chosen.as_ref().map(|(path, _)| path.as_str());
                if let Some(better) = self.path(&related, issuer.clone(), shortest, chain)? {
                    chosen = Some(better);
                }
                if !next_permutation(&mut related) {
                    break;
                }
            }
            if let Some((path, its_issuer)) = chosen {
                data.push_str(&path);
                issuer = its_issuer;
            }
        }
        Ok(((self.hash)(data.as_bytes()), issuer))
    }

    /// 4.8.3 step 5.4: the path of one order of related blank nodes, unless `chosen` is as good or better.
    fn path(
        &mut self,
        order: &[usize],
        mut issuer: Issuer,
        chosen: Option<&str>,
        chain: usize,
    ) -> Result<Option<(String, Issuer)>, RdfError> {
        let is_worse =
            |path: &str| chosen.is_some_and(|best| path.len() >= best.len() && path > best);
        // The caller copied the issuer.
        self.work
            .write(PER_NODE * (order.len() + issuer.order.len()))?;
        let mut path = String::new();
        let mut recursion = Vec::new();
        for node in order {
            let label = self.canonical.get(*node).unwrap_or_else(|| {
                if issuer.issue(*node) {
                    recursion.push(*node);
                }
                issuer.get(*node).unwrap_or_default()
            });
            path.extend(["_:", &label]);
            if is_worse(&path) {
                return Ok(None);
            }
        }
        for node in recursion {
            self.work.write(PER_NODE * issuer.order.len())?;
            let (hash, its_issuer) = self.hash_n_degree_quads(node, issuer.clone(), chain + 1)?;
            let label = issuer.get(node).unwrap_or_default();
            path.extend(["_:", &label, "<", &hash, ">"]);
            issuer = its_issuer;
            if is_worse(&path) {
                return Ok(None);
            }
        }
        let is_chosen = chosen.is_none_or(|best| path.as_str() < best);
        Ok(is_chosen.then_some((path, issuer)))
    }
}

/// Puts `items` into the next order; `false` after the last.
fn next_permutation(items: &mut [usize]) -> bool {
    let Some(at) = items.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    let (head, tail) = items.split_at_mut(at + 1);
    if let Some(larger) = tail.iter().rposition(|item| *item > head[at]) {
        core::mem::swap(&mut head[at], &mut tail[larger]);
    }
    tail.reverse();
    true
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
