//! The fixed points of a suite: `P1`, `Q1` for the domain, and `H1`, `H2`, … one for each message.
//!
//! They depend on nothing else and are one endless list, so each is made once in a process and kept: making them takes
//! longer than signing.

use std::sync::OnceLock;

use crate::curve::{Affine, Table};
use crate::{MAX_MESSAGES, Suite};

/// Points made at a time.
const BLOCK: usize = 16;
/// Blocks for `Q1` and as many messages as are supported.
const BLOCKS: usize = (1 + MAX_MESSAGES).div_ceil(BLOCK);

/// What was made of a suite's points so far.
struct Made {
    base: OnceLock<Affine>,
    blocks: [OnceLock<Block>; BLOCKS],
}

impl Made {
    const fn nothing() -> Self {
        Self {
            base: OnceLock::new(),
            blocks: [const { OnceLock::new() }; BLOCKS],
        }
    }
}

static SHA_256: Made = Made::nothing();
static SHAKE_256: Made = Made::nothing();

struct Block {
    points: Vec<Affine>,
    /// The points as they are written, one after the other.
    octets: Vec<u8>,
    /// What the next points are made from.
    seed: [u8; 48],
    /// 3 KB for each point: made when something is signed or proven, not for those who only verify proofs.
    tables: OnceLock<Vec<Table>>,
}

/// `create_generators` of the draft: the points from number `first` on, and the seed of those after them.
fn create(suite: Suite, first: usize, count: usize, mut seed: [u8; 48]) -> (Vec<Affine>, [u8; 48]) {
    let seed_tag = suite.tag("SIG_GENERATOR_SEED_");
    let tag = suite.tag("SIG_GENERATOR_DST_");
    let points = (first..first + count)
        .map(|number| {
            let input = [&seed[..], &(number as u64).to_be_bytes()].concat();
            suite.expand(&input, &seed_tag, &mut seed);
            suite.hash_to_point(&seed, &tag)
        })
        .collect();
    (points, seed)
}

/// The seed of the first point of a list.
fn seed(suite: Suite, name: &str) -> [u8; 48] {
    let mut seed = [0; 48];
    suite.expand(
        &suite.tag(name),
        &suite.tag("SIG_GENERATOR_SEED_"),
        &mut seed,
    );
    seed
}

impl Block {
    fn new(suite: Suite, index: usize, seed: [u8; 48]) -> Self {
        let (points, seed) = create(suite, index * BLOCK + 1, BLOCK, seed);
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

/// The points for a number of messages.
pub(crate) struct Generators {
    base: &'static Affine,
    /// Of `Q1`, `H1`, …, and more than were asked for.
    blocks: Vec<&'static Block>,
    messages: usize,
}

impl Generators {
    /// Makes what is missing. `messages` is at most [`MAX_MESSAGES`].
    pub(crate) fn new(suite: Suite, messages: usize) -> Self {
        let made = match suite {
            Suite::Sha256 => &SHA_256,
            Suite::Shake256 => &SHAKE_256,
        };
        let base = made.base.get_or_init(|| {
            let seed = seed(suite, "BP_MESSAGE_GENERATOR_SEED");
            let (points, _) = create(suite, 1, 1, seed);
            points[0]
        });
        let mut blocks: Vec<&Block> = Vec::new();
        let wanted = &made.blocks[..(1 + messages).div_ceil(BLOCK)];
        for (index, block) in wanted.iter().enumerate() {
            let seed = || match blocks.last() {
                Some(block) => block.seed,
                None => seed(suite, "MESSAGE_GENERATOR_SEED"),
            };
            blocks.push(block.get_or_init(|| Block::new(suite, index, seed())));
        }
        Self {
            base,
            blocks,
            messages,
        }
    }

    /// `P1`.
    pub(crate) fn base(&self) -> &'static Affine {
        self.base
    }

    /// `Q1`.
    pub(crate) fn domain(&self) -> &'static Affine {
        &self.blocks[0].points[0]
    }

    /// The table of `Q1`.
    pub(crate) fn domain_table(&self) -> &'static Table {
        &self.blocks[0].tables()[0]
    }

    /// The point of the message with this index.
    pub(crate) fn message(&self, index: usize) -> &'static Affine {
        &self.blocks[(index + 1) / BLOCK].points[(index + 1) % BLOCK]
    }

    /// The table of that point.
    pub(crate) fn message_table(&self, index: usize) -> &'static Table {
        &self.blocks[(index + 1) / BLOCK].tables()[(index + 1) % BLOCK]
    }

    /// `Q1`, `H1`, … as they are written, one after the other.
    pub(crate) fn write_to(&self, octets: &mut Vec<u8>) {
        let end = octets.len() + (1 + self.messages) * 48;
        for block in &self.blocks {
            octets.extend_from_slice(&block.octets);
        }
        octets.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Generators, create, seed};
    use crate::Suite;

    #[test]
    fn blocks_are_the_one_list_of_the_draft() {
        for suite in [Suite::Sha256, Suite::Shake256] {
            let count = 2 * BLOCK + 8;
            let (points, _) = create(suite, 1, count, seed(suite, "MESSAGE_GENERATOR_SEED"));
            let expected: Vec<u8> = points.iter().flat_map(|point| point.to_bytes()).collect();
            let mut octets = Vec::new();
            Generators::new(suite, count - 1).write_to(&mut octets);
            assert_eq!(octets, expected);
        }
    }
}
