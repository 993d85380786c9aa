//! What leaks on purpose, and has to be found.

use std::hint::black_box;

use blst::*;
use wallet_bbs::{PseudonymRevision, Suite};

use crate::works::Nym;
use crate::{Measuring, Secrets, one, random_scalar};

/// Doublings of a point where the secret is odd: one or two hundredths of the whole.
const DOUBLINGS: usize = 16;

pub fn measure(measuring: &Measuring) {
    let secrets = Secrets::new(one(), random_scalar);
    measuring.work("leaking_multiple", &secrets, |scalar| *scalar, multiple);

    // A small leak: a pseudonym, and a little more for every odd secret. Those that are always the same are odd.
    let nym = Nym::<1>::new(Suite::Sha256, PseudonymRevision::Draft01);
    let read = |secret: &[[u8; 32]; 1]| (nym.read(secret), secret[0][31] & 1 == 1);
    let secrets = Nym::<1>::secrets();
    measuring.work("leaking_branch", &secrets, read, |(secrets, is_odd)| {
        nym.pseudonym(secrets);
        if black_box(*is_odd) {
            let mut point = generator();
            (0..DOUBLINGS).for_each(|_| point = doubled(&point));
            black_box(point);
        }
    });
}

/// A multiple as it is taught: an addition for each bit that is set.
fn multiple(scalar: &[u8; 32]) {
    let mut product = blst_p1::default();
    for bit in (0..256).map(|bit| scalar[bit / 8] >> (7 - bit % 8) & 1) {
        product = doubled(&product);
        if bit == 1 {
            let before = product;
            // SAFETY: of blst's own types; the output is exclusive.
            unsafe { blst_p1_add_or_double(&mut product, &before, &generator()) };
        }
    }
    black_box(product);
}

fn generator() -> blst_p1 {
    // SAFETY: blst's own constant.
    unsafe { *blst_p1_generator() }
}

fn doubled(point: &blst_p1) -> blst_p1 {
    let mut double = blst_p1::default();
    // SAFETY: of blst's own types; the output is exclusive.
    unsafe { blst_p1_double(&mut double, point) };
    double
}
