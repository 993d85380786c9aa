//! Argon2id (RFC 9106) with one lane: bounds, calibration, wiped memory.

use super::derive::bug;
use super::error::VaultError;
use crate::clock::Clock;
use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use core::time::Duration;
use zeroize::Zeroize as _;

const MIB: u32 = 1024;
/// Below this a store is neither written nor opened.
const FLOOR: KdfParams = KdfParams {
    memory_kib: 19 * MIB,
    passes: 3,
};
/// Above this nothing is allocated: a foreign file must not exhaust the phone.
const CEILING: KdfParams = KdfParams {
    memory_kib: 1024 * MIB,
    passes: 64,
};

/// The work of one key derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
}

impl KdfParams {
    /// `memory_kib` KiB and `passes` passes.
    ///
    /// # Errors
    /// `kdf_params_out_of_range` outside 19 MiB to 1 GiB and 3 to 64 passes.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, VaultError> {
        let params = Self { memory_kib, passes };
        let allowed = (FLOOR.memory_kib..=CEILING.memory_kib).contains(&memory_kib)
            && (FLOOR.passes..=CEILING.passes).contains(&passes);
        if allowed || params.is_for_tests() {
            Ok(params)
        } else {
            Err(VaultError::KdfParamsOutOfRange)
        }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    #[cfg(any(test, feature = "test-doubles"))]
    fn is_for_tests(self) -> bool {
        self == FOR_TESTS
    }

    #[cfg(not(any(test, feature = "test-doubles")))]
    const fn is_for_tests(self) -> bool {
        false
    }
}

/// The one set of parameters below the floor, known to test builds only.
#[cfg(any(test, feature = "test-doubles"))]
const FOR_TESTS: KdfParams = KdfParams {
    memory_kib: 8,
    passes: 1,
};

/// How the work is chosen when a slot is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfProfile(Choice);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Calibrated { memory_kib: u32 },
    Fixed(KdfParams),
}

/// How long one derivation should take on the device that enrols.
const TARGET: Duration = Duration::from_millis(350);

impl KdfProfile {
    /// 64 MiB; passes so that a derivation takes about 350 ms, 3 to 8. Less memory and more passes if there is none.
    pub const MOBILE: Self = Self(Choice::Calibrated {
        memory_kib: 64 * MIB,
    });
    /// 32 MiB, 6 to 16 passes: for app extensions with little memory.
    pub const LOW_MEMORY: Self = Self(Choice::Calibrated {
        memory_kib: 32 * MIB,
    });

    /// Always these parameters.
    #[must_use]
    pub const fn fixed(params: KdfParams) -> Self {
        Self(Choice::Fixed(params))
    }

    /// Next to no work at all.
    #[cfg(any(test, feature = "test-doubles"))]
    #[must_use]
    pub const fn fast_for_tests() -> Self {
        Self(Choice::Fixed(FOR_TESTS))
    }

    /// The parameters for a slot written now.
    ///
    /// # Errors
    /// `kdf_memory_unavailable` if not even 19 MiB can be had.
    pub(crate) fn choose(self, clock: &dyn Clock) -> Result<KdfParams, VaultError> {
        let wanted = match self.0 {
            Choice::Fixed(params) => return Ok(params),
            Choice::Calibrated { memory_kib } => memory_kib,
        };
        let sizes = [64 * MIB, 32 * MIB, FLOOR.memory_kib];
        for memory_kib in sizes.into_iter().filter(|size| *size <= wanted) {
            match time_one_pass(memory_kib, clock) {
                Ok(pass) => {
                    // The same product of memory and passes as 64 MiB and 3 to 8 passes.
                    let fewest = (3 * 64 * MIB).div_ceil(memory_kib);
                    let most = (8 * 64 * MIB).div_ceil(memory_kib);
                    let fitting = TARGET.as_micros() / pass.as_micros().max(1);
                    let passes = u32::try_from(fitting).unwrap_or(most).clamp(fewest, most);
                    return KdfParams::new(memory_kib, passes);
                }
                Err(VaultError::KdfMemoryUnavailable) => {}
                Err(error) => return Err(error),
            }
        }
        Err(VaultError::KdfMemoryUnavailable)
    }
}

impl Default for KdfProfile {
    fn default() -> Self {
        Self::MOBILE
    }
}

fn time_one_pass(memory_kib: u32, clock: &dyn Clock) -> Result<Duration, VaultError> {
    let once = KdfParams {
        memory_kib,
        passes: 1,
    };
    let start = clock.monotonic()?;
    derive(b"calibration", &[0; 32], once)?;
    Ok(clock.monotonic()?.saturating_sub(start))
}

/// Argon2id version 1.3, one lane, 32 bytes.
///
/// # Errors
/// `kdf_memory_unavailable`
pub(crate) fn derive(
    secret: &[u8],
    salt: &[u8; 32],
    params: KdfParams,
) -> Result<Secret<32>, VaultError> {
    let work = Params::new(params.memory_kib, params.passes, 1, Some(32)).map_err(|_| bug())?;
    let mut memory = Memory::allocate(work.block_count())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, work);
    Secret::try_with(|key| {
        argon2.hash_password_into_with_memory(secret, salt, key, &mut memory.0[..])
    })
    .map_err(|_| bug())
}

/// Argon2's memory: had without aborting the process, wiped after use.
struct Memory(Vec<Block>);

impl Memory {
    fn allocate(blocks: usize) -> Result<Self, VaultError> {
        let mut memory = Vec::new();
        let had = memory.try_reserve_exact(blocks).is_ok() && test_limit::allows(blocks);
        if !had {
            return Err(VaultError::KdfMemoryUnavailable);
        }
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Block::zeroize);
    }
}

#[cfg(not(test))]
mod test_limit {
    pub(super) const fn allows(_blocks: usize) -> bool {
        true
    }
}

/// Lets tests run out of memory.
#[cfg(test)]
pub(crate) mod test_limit {
    use std::cell::Cell;

    thread_local! {
        static LIMIT: Cell<usize> = const { Cell::new(usize::MAX) };
    }

    pub(crate) fn set(blocks: usize) {
        LIMIT.set(blocks);
    }

    pub(super) fn allows(blocks: usize) -> bool {
        blocks <= LIMIT.get()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::clock::{SystemClock, UnixTime};
    use crate::error::WalletError;
    use std::sync::Mutex;

    #[test]
    fn parameters_outside_the_bounds_are_refused_before_anything_is_allocated() {
        for (memory_kib, passes) in [
            (0, 0),
            (8, 2),
            (19 * MIB - 1, 3),
            (19 * MIB, 2),
            (1024 * MIB + 1, 3),
            (64 * MIB, 65),
            (u32::MAX, u32::MAX),
        ] {
            assert_eq!(
                KdfParams::new(memory_kib, passes),
                Err(VaultError::KdfParamsOutOfRange)
            );
        }
        KdfParams::new(19 * MIB, 3).unwrap();
        KdfParams::new(1024 * MIB, 64).unwrap();
    }

    /// The reference implementation's test vector for version 0x13: m = 2^16 KiB, t = 2, p = 1 (phc-winner-argon2,
    /// src/test.c).
    #[test]
    fn argon2id_gives_the_reference_vector() {
        let work = KdfParams {
            memory_kib: 65536,
            passes: 2,
        };
        let argon2 = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(work.memory_kib, work.passes, 1, Some(32)).unwrap(),
        );
        let mut memory = Memory::allocate(work.memory_kib as usize).unwrap();
        let mut key = [0; 32];
        argon2
            .hash_password_into_with_memory(b"password", b"somesalt", &mut key, &mut memory.0[..])
            .unwrap();
        assert_eq!(
            key,
            [
                0x09, 0x31, 0x61, 0x15, 0xd5, 0xcf, 0x24, 0xed, 0x5a, 0x15, 0xa3, 0x1a, 0x3b, 0xa3,
                0x26, 0xe5, 0xcf, 0x32, 0xed, 0xc2, 0x47, 0x02, 0x98, 0x7c, 0x02, 0xb6, 0x56, 0x6f,
                0x61, 0x91, 0x3c, 0xf7
            ]
        );
    }

    #[test]
    fn no_memory_is_an_error_and_not_an_abort() {
        test_limit::set(100);
        let refused = derive(b"x", &[0; 32], FLOOR);
        test_limit::set(usize::MAX);
        assert!(matches!(refused, Err(VaultError::KdfMemoryUnavailable)));
    }

    #[test]
    fn calibration_takes_less_memory_and_more_passes_when_memory_is_short() {
        test_limit::set(32 * 1024);
        let chosen = KdfProfile::MOBILE.choose(&SystemClock::default());
        test_limit::set(1024);
        let none = KdfProfile::MOBILE.choose(&SystemClock::default());
        test_limit::set(usize::MAX);
        let chosen = chosen.unwrap();
        assert_eq!(chosen.memory_kib(), 32 * MIB);
        assert!((6..=16).contains(&chosen.passes()));
        assert_eq!(none, Err(VaultError::KdfMemoryUnavailable));
    }

    /// A clock on which one derivation takes as long as the test says.
    struct Stopwatch(Mutex<Duration>, Duration);

    impl Clock for Stopwatch {
        fn now(&self) -> Result<UnixTime, WalletError> {
            Ok(UnixTime::from_secs(0))
        }
        fn monotonic(&self) -> Result<Duration, WalletError> {
            let mut now = self.0.lock().unwrap();
            *now += self.1;
            Ok(*now)
        }
    }

    #[test]
    fn a_fast_device_gets_eight_passes_a_slow_one_three_and_one_between_what_fits_350_ms() {
        for (pass_ms, passes) in [(1, 8), (70, 5), (500, 3)] {
            let clock = Stopwatch(Mutex::default(), Duration::from_millis(pass_ms));
            let chosen = KdfProfile::MOBILE.choose(&clock).unwrap();
            assert_eq!((chosen.memory_kib(), chosen.passes()), (64 * MIB, passes));
        }
    }
}
