//! BBS side by side: what the curve takes (the draft's algebra on `blst`, variable time, generators made beforehand), ours,
//! and the crates that speak the draft. One thread, its time on the processor, in turns; the least of all rounds counts.

mod limit;
mod peers;

use std::time::Duration;

use limit::Limit;
use peers::{Affinidi, Ours, Peer, Zkryptium};

const ROUNDS: usize = 9;
const WORKS: [&str; 4] = ["sign", "verify", "prove", "verify_proof"];

/// What is signed and shown: `count` messages of 20 bytes, every second one disclosed.
pub struct Input {
    pub messages: Vec<Vec<u8>>,
    pub disclosed: Vec<usize>,
    pub shown: Vec<Vec<u8>>,
}

impl Input {
    fn new(count: usize) -> Self {
        let messages: Vec<_> = (0..count).map(|index| vec![index as u8; 20]).collect();
        let disclosed: Vec<_> = (0..count).step_by(2).collect();
        let shown = disclosed.iter().map(|index| messages[*index].clone());
        Self {
            shown: shown.collect(),
            disclosed,
            messages,
        }
    }
}

fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Milliseconds of one call; short ones are repeated.
fn time(work: &mut dyn FnMut()) -> f64 {
    let (begin, mut times) = (processor(), 0);
    loop {
        work();
        times += 1;
        let passed = processor() - begin;
        if passed > Duration::from_millis(15) {
            return passed.as_secs_f64() * 1000.0 / f64::from(times);
        }
    }
}

/// The calls of a peer, in the order of [`WORKS`].
fn works<P: Peer>(input: &Input) -> [Box<dyn FnMut() + '_>; 4] {
    let signature = P::sign(input);
    let proof = P::prove(&signature, input);
    [
        Box::new(|| _ = std::hint::black_box(P::sign(input))),
        Box::new(move || assert!(P::verify(&signature, input))),
        Box::new(move || _ = std::hint::black_box(P::prove(&signature, input))),
        Box::new(move || assert!(P::verify_proof(&proof, input))),
    ]
}

/// What issue 6 asks for: most times the limit, least times faster than the fastest other.
fn goal(work: &str, count: usize) -> (Option<f64>, Option<f64>) {
    match (work, count) {
        ("prove", 0..=30) => (Some(1.15), Some(7.0)),
        ("prove", _) => (Some(1.2), Some(7.0)),
        ("verify_proof", _) => (Some(1.1), None),
        _ => (None, None),
    }
}

fn main() {
    println!(
        "{ROUNDS} rounds in turn; milliseconds of one thread on the processor, the least of all rounds; SHA-256 suite,"
    );
    println!("half of the messages disclosed. In brackets: times the limit.\n");
    println!("messages work         limit  ours           zkryptium       affinidi-bbs    to hold");
    for count in [10, 30, 100] {
        let input = Input::new(count);
        let limit = Limit::new(count, input.disclosed.len());
        let mut all = [
            limit.works(),
            works::<Ours>(&input),
            works::<Zkryptium>(&input),
            works::<Affinidi>(&input),
        ];
        let mut least = [[f64::MAX; 4]; 4];
        for _ in 0..ROUNDS {
            for (works, least) in all.iter_mut().zip(&mut least) {
                for (work, least) in works.iter_mut().zip(least) {
                    *least = least.min(time(work));
                }
            }
        }
        for (place, work) in WORKS.iter().enumerate() {
            let [limit, ours, zkryptium, affinidi] = least.map(|peer| peer[place]);
            let cell = |time: f64| format!("{time:.3} ({:.2}x)", time / limit);
            let (most, faster) = goal(work, count);
            let ratio = zkryptium.min(affinidi) / ours;
            let most = most.map(|most| verdict(format!("≤ {most}x"), ours / limit <= most));
            let faster = faster
                .map(|least| verdict(format!("≥ {least}x faster: {ratio:.1}x"), ratio >= least));
            let verdicts: Vec<_> = most.into_iter().chain(faster).collect();
            println!(
                "{count:>8} {work:<12} {limit:.3}  {:<14} {:<15} {:<15} {}",
                cell(ours),
                cell(zkryptium),
                cell(affinidi),
                verdicts.join("; ")
            );
        }
    }
}

fn verdict(goal: String, is_held: bool) -> String {
    match is_held {
        true => format!("{goal} held"),
        false => format!("{goal} NOT HELD"),
    }
}
