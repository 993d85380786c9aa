//! The fixed points of a suite: `P1`; `Q1` for the domain and `H1`, `H2`, … one for each message; and of what the signer is
//! not shown `Q2` for what blinds it and `J1`, `J2`, … one for each message.
//!
//! They depend on nothing else and are endless lists, so each point is made once in a process and kept: making them takes
//! longer than signing.

use std::sync::OnceLock;

use crate::curve::{Affine, Table};
use crate::suite::{Draft, Interface};
use crate::{MAX_MESSAGES, Suite};

/// Points made at a time.
const BLOCK: usize = 16;
/// Blocks for `Q1` and as many messages as are supported.
const BLOCKS: usize = (1 + MAX_MESSAGES).div_ceil(BLOCK);

/// What was made so far of a list: room for all blocks.
type Made = Vec<OnceLock<Block>>;

struct Block {
    points: Vec<Affine>,
    /// The points as they are written, one after the other.
    octets: Vec<u8>,
    /// What the next points are made from.
    seed: [u8; 48],
    /// 3 KB for each point: made when something is signed or proven, not for those who only verify proofs.
    tables: OnceLock<Vec<Table>>,
}

/// A list of points: what of an interface, and of messages that the signer sees or not.
#[derive(Clone, Copy)]
struct List {
    interface: Interface,
    /// Nothing, or `BLIND_`.
    prefix: &'static str,
}

impl List {
    fn tag(self, purpose: &str) -> Vec<u8> {
        [self.prefix.as_bytes(), &self.interface.tag(purpose)].concat()
    }

    /// What was made of it.
    fn made(self) -> &'static Made {
        static MADE: [[[OnceLock<Made>; 2]; 2]; Draft::COUNT] =
            [const { [const { [const { OnceLock::new() }; 2] }; 2] }; Draft::COUNT];
        let Interface { suite, draft } = self.interface;
        let made = &MADE[draft as usize][suite as usize][usize::from(!self.prefix.is_empty())];
        made.get_or_init(|| (0..BLOCKS).map(|_| OnceLock::new()).collect())
    }

    /// `create_generators` of the draft: the points from number `first` on, and the seed of those after them.
    fn create(self, first: usize, count: usize, mut seed: [u8; 48]) -> (Vec<Affine>, [u8; 48]) {
        let suite = self.interface.suite;
        let seed_tag = self.tag("SIG_GENERATOR_SEED_");
        let tag = self.tag("SIG_GENERATOR_DST_");
        let points = (first..first + count)
            .map(|number| {
                let input = [&seed[..], &(number as u64).to_be_bytes()].concat();
                suite.expand(&input, &seed_tag, &mut seed);
                suite.hash_to_point(&seed, &tag)
            })
            .collect();
        (points, seed)
    }

    /// The seed of the first point.
    fn seed(self, name: &str) -> [u8; 48] {
        let mut seed = [0; 48];
        self.interface
            .suite
            .expand(&self.tag(name), &self.tag("SIG_GENERATOR_SEED_"), &mut seed);
        seed
    }
}

impl Block {
    fn new(list: List, index: usize, seed: [u8; 48]) -> Self {
        let (points, seed) = list.create(index * BLOCK + 1, BLOCK, seed);
        Self {
            octets: points.iter().flat_map(|point| point.to_bytes()).collect(),
            points,
            seed,
            tables: OnceLock::new(),
        }
    }

    fn tables(&self) -> &[Table] {
        let make = || self.points.iter().map(Table::new).collect();
        self.tables.get_or_init(make)
    }
}

/// The first points of a list.
pub(crate) struct Points {
    /// Of these and more.
    blocks: Vec<&'static Block>,
    count: usize,
}

impl Points {
    /// `Q1`, `H1`, … for a number of messages.
    fn known(interface: Interface, messages: usize) -> Self {
        let prefix = "";
        Self::new(List { interface, prefix }, 1 + messages)
    }

    /// `Q2`, `J1`, … for a number of messages that the signer is not shown.
    pub(crate) fn committed(interface: Interface, messages: usize) -> Self {
        let prefix = "BLIND_";
        Self::new(List { interface, prefix }, 1 + messages)
    }

    /// Makes what is missing. `count` is at most one more than [`MAX_MESSAGES`].
    fn new(list: List, count: usize) -> Self {
        let mut blocks: Vec<&Block> = Vec::new();
        let wanted = &list.made()[..count.div_ceil(BLOCK)];
        for (index, block) in wanted.iter().enumerate() {
            let seed = || match blocks.last() {
                Some(block) => block.seed,
                None => list.seed("MESSAGE_GENERATOR_SEED"),
            };
            blocks.push(block.get_or_init(|| Block::new(list, index, seed())));
        }
        Self { blocks, count }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn point(&self, index: usize) -> &'static Affine {
        &self.blocks[index / BLOCK].points[index % BLOCK]
    }

    pub(crate) fn table(&self, index: usize) -> &'static Table {
        &self.blocks[index / BLOCK].tables()[index % BLOCK]
    }

    /// As they are written, one after the other.
    pub(crate) fn write_to(&self, octets: &mut Vec<u8>) {
        let end = octets.len() + self.count * 48;
        for block in &self.blocks {
            octets.extend_from_slice(&block.octets);
        }
        octets.truncate(end);
    }
}

/// The points of a signature: those of messages that the signer sees, then, if it is blind, `Q2` and those of the others.
pub(crate) struct Generators {
    pub(crate) interface: Interface,
    known: Points,
    committed: Option<Points>,
}

impl Generators {
    /// For a number of messages, all of which the signer sees.
    pub(crate) fn plain(suite: Suite, messages: usize) -> Self {
        let interface = suite.interface(Draft::Plain);
        Self {
            interface,
            known: Points::known(interface, messages),
            committed: None,
        }
    }

    /// For messages that the signer sees and others.
    pub(crate) fn blind(interface: Interface, known: usize, committed: usize) -> Self {
        Self {
            interface,
            known: Points::known(interface, known),
            committed: Some(Points::committed(interface, committed)),
        }
    }

    /// How many scalars are signed: messages, and what blinds those the signer is not shown.
    pub(crate) fn messages(&self) -> usize {
        self.known.count - 1 + self.committed.as_ref().map_or(0, Points::count)
    }

    /// `P1`, which is that of the suite in every interface.
    pub(crate) fn base(&self) -> &'static Affine {
        static MADE: [OnceLock<Affine>; 2] = [const { OnceLock::new() }; 2];
        let interface = self.interface.suite.interface(Draft::Plain);
        MADE[interface.suite as usize].get_or_init(|| {
            let prefix = "";
            let list = List { interface, prefix };
            let (points, _) = list.create(1, 1, list.seed("BP_MESSAGE_GENERATOR_SEED"));
            points[0]
        })
    }

    /// `Q1`.
    pub(crate) fn domain(&self) -> &'static Affine {
        self.known.point(0)
    }

    /// The table of `Q1`.
    pub(crate) fn domain_table(&self) -> &'static Table {
        self.known.table(0)
    }

    /// The point of the scalar with this index.
    pub(crate) fn message(&self, index: usize) -> &'static Affine {
        let (points, index) = self.place(index);
        points.point(index)
    }

    /// The table of that point.
    pub(crate) fn message_table(&self, index: usize) -> &'static Table {
        let (points, index) = self.place(index);
        points.table(index)
    }

    fn place(&self, index: usize) -> (&Points, usize) {
        match (&self.committed, (index + 1).checked_sub(self.known.count)) {
            (Some(committed), Some(index)) => (committed, index),
            _ => (&self.known, index + 1),
        }
    }

    /// All but `P1` as they are written, one after the other.
    pub(crate) fn write_to(&self, octets: &mut Vec<u8>) {
        self.known.write_to(octets);
        if let Some(committed) = &self.committed {
            committed.write_to(octets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Draft, List, Points};
    use crate::Suite;

    const DRAFTS: &[Draft] = &[
        Draft::Plain,
        Draft::Blind,
        #[cfg(feature = "draft-pseudonym")]
        Draft::Pseudonym,
    ];

    #[test]
    fn blocks_are_the_one_list_of_the_draft() {
        for suite in [Suite::Sha256, Suite::Shake256] {
            for interface in DRAFTS.iter().map(|draft| suite.interface(*draft)) {
                for prefix in ["", "BLIND_"] {
                    let list = List { interface, prefix };
                    let count = 2 * BLOCK + 8;
                    let (points, _) = list.create(1, count, list.seed("MESSAGE_GENERATOR_SEED"));
                    let expected: Vec<u8> =
                        points.iter().flat_map(|point| point.to_bytes()).collect();
                    let mut octets = Vec::new();
                    Points::new(list, count).write_to(&mut octets);
                    assert_eq!(octets, expected);
                }
            }
        }
    }
}
