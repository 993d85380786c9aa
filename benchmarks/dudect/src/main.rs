//! What dudect compares (Reparaz, Balasch, Verbauwhede 2016): how long wallet-bbs takes with a secret that is always the same,
//! and with random ones. Prints each measurement; `cargo xtask bench dudect` does the statistics.
//!
//! Chance decides which kind is next, so that whatever else the machine does falls on both. Time is that of the thread on
//! the processor: waiting for a turn is no part of it.

mod leaking;
mod works;

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many secrets of each kind there are.
const SECRETS: usize = 256;
/// Calls before the first measurement: tables are made, the processor has seen the code.
const WARM_UP: usize = 50;

/// Measures one work after the other and prints what they took.
struct Measuring {
    /// For each work.
    time: Duration,
}

/// Equally many of the two kinds, in the same places, so that only their values differ.
struct Secrets<S>([Vec<S>; 2]);

impl<S: Copy> Secrets<S> {
    fn new(fixed: S, random: impl FnMut() -> S) -> Self {
        let random = std::iter::repeat_with(random).take(SECRETS).collect();
        Self([vec![fixed; SECRETS], random])
    }
}

impl Measuring {
    /// Times `run` of what `read` makes of secrets, untimed, each time anew in the same place.
    fn work<S: Copy, R>(
        &self,
        name: &str,
        secrets: &Secrets<S>,
        read: impl Fn(&S) -> R,
        run: impl Fn(&R),
    ) {
        for secret in secrets.0.iter().flatten().take(WARM_UP) {
            run(&read(secret));
        }
        let mut measured = Vec::new();
        let begin = Instant::now();
        while begin.elapsed() < self.time {
            let [kind, index] = random::<2>();
            let kind = kind & 1;
            let secret = secrets.0[usize::from(kind)][usize::from(index) % SECRETS];
            let ready = black_box(read(&secret));
            let before = processor();
            run(&ready);
            measured.push((kind, (processor() - before).as_nanos()));
        }
        let mut lines = String::new();
        for (kind, nanoseconds) in measured {
            writeln!(lines, "{name} {kind} {nanoseconds}").expect("into a string");
        }
        print!("{lines}");
        eprintln!("{name}");
    }
}

/// The thread's time on the processor.
fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

/// A random scalar, below the order because it is short of it by a bit.
fn random_scalar() -> [u8; 32] {
    let mut bytes = random();
    bytes[0] &= 0x3f;
    bytes
}

/// The smallest secret there is: where numbers are not treated alike, this one is the easiest.
const fn one() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = 1;
    bytes
}

fn main() {
    let seconds = std::env::args().nth(1);
    let seconds = seconds.and_then(|seconds| seconds.parse().ok());
    let measuring = Measuring {
        time: Duration::from_secs(seconds.expect("seconds for each work")),
    };
    leaking::measure(&measuring);
    works::measure(&measuring);
}
