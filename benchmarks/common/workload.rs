// The work every store does, and how a figure is printed. Included by each package, so that all do the same.

use std::time::{Duration, Instant};

/// Bytes of one record: about an SD-JWT VC of ten claims.
pub const RECORD_BYTES: usize = 2048;
/// Records of the large store.
pub const LARGE: usize = 10_000;
/// Records in one transaction while inserting them.
pub const PER_TRANSACTION: usize = 1_000;
/// Reads by id.
pub const READS: usize = 1_000;
/// Records of the small store, all listed.
pub const LISTED: usize = 500;
/// Single-record commits, each durable.
pub const DURABLE: usize = 100;

/// A record's content: different for each, not compressible.
fn body(number: usize) -> Vec<u8> {
    let mut state = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..RECORD_BYTES)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        })
        .collect()
}

/// The contents of the first `count` records, made before the clock starts.
pub fn bodies(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(body).collect()
}

/// The records read, spread over the store.
pub fn reads() -> impl Iterator<Item = usize> {
    (0..READS).map(|step| step * 7919 % LARGE)
}

/// A clock that was started: the time on the wall, and the time of this process on all processors.
pub struct Started {
    wall: Instant,
    cpu: Duration,
}

/// Starts the clocks.
pub fn start() -> Started {
    Started {
        wall: Instant::now(),
        cpu: cpu(),
    }
}

fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Prints one figure as a JSON line: the time since `start`, divided by `times`.
pub fn report(peer: &str, work: &str, start: Started, times: u32) {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(times);
    let (wall, cpu) = (each(start.wall.elapsed()), each(cpu() - start.cpu));
    println!("{{\"peer\":\"{peer}\",\"work\":\"{work}\",\"us\":{wall:.1},\"cpu_us\":{cpu:.1}}}");
}

/// Runs and reports.
pub fn timed<T>(peer: &str, work: &str, run: impl FnOnce() -> T) -> T {
    let start = start();
    let value = run();
    report(peer, work, start, 1);
    value
}
