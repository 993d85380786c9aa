//! Points of G1.

use blst::{
    BLST_ERROR, blst_fp, blst_fp_mul, blst_fp_sqr, blst_p1, blst_p1_add_or_double, blst_p1_affine,
    blst_p1_affine_compress, blst_p1_affine_in_g1, blst_p1_affine_is_inf, blst_p1_cneg,
    blst_p1_from_affine, blst_p1_uncompress, blst_sign_pk_in_g2,
};

use zeroize::Zeroize;

use super::Scalar;
use crate::Fault;
use crate::published::published;

/// A point in the coordinates sums are made in. May be the point at infinity.
#[derive(Clone, Copy, Default)]
pub(crate) struct Point(pub(super) blst_p1);

/// A point with the coordinates it is written with; of the prime-order subgroup and not at infinity.
#[derive(Clone, Copy)]
pub(crate) struct Affine(pub(super) blst_p1_affine);

impl Point {
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut sum = blst_p1::default();
        // SAFETY: of blst's own types; the output is exclusive.
        unsafe { blst_p1_add_or_double(&mut sum, &self.0, &other.0) };
        Self(sum)
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut negated = *other;
        // SAFETY: as above.
        unsafe { blst_p1_cneg(&mut negated.0, true) };
        self.plus(&negated)
    }

    /// The multiple by a secret, in constant time.
    ///
    /// This is blst's signing: `blst_p1_mult` asks first whether the scalar is below the order, which it always is here,
    /// and would hide a real leak among the reports of that question.
    pub(crate) fn times(&self, secret: &Scalar) -> Self {
        let mut product = blst_p1::default();
        // SAFETY: as above; the scalar is below the order.
        unsafe { blst_sign_pk_in_g2(&mut product, &self.0, &secret.integer()) };
        Self(product)
    }
}

impl Affine {
    /// Reads a compressed point and checks the curve, the subgroup and that it is not at infinity.
    pub(crate) fn read(bytes: &[u8; 48]) -> Result<Self, Fault> {
        let mut point = blst_p1_affine::default();
        // SAFETY: exactly the 48 bytes blst reads.
        match unsafe { blst_p1_uncompress(&mut point, bytes.as_ptr()) } {
            BLST_ERROR::BLST_SUCCESS => {}
            BLST_ERROR::BLST_POINT_NOT_ON_CURVE => return Err(Fault::NotOnCurve),
            BLST_ERROR::BLST_POINT_NOT_IN_GROUP => return Err(Fault::NotInSubgroup),
            _ => return Err(Fault::Encoding),
        }
        // SAFETY: of blst's own type.
        let (is_identity, is_in_group) =
            unsafe { (blst_p1_affine_is_inf(&point), blst_p1_affine_in_g1(&point)) };
        match (is_identity, is_in_group) {
            (true, _) => Err(Fault::Identity),
            (false, false) => Err(Fault::NotInSubgroup),
            (false, true) => Ok(Self(point)),
        }
    }

    /// The compressed form.
    pub(crate) fn to_bytes(self) -> [u8; 48] {
        let mut bytes = [0; 48];
        // SAFETY: exactly the 48 bytes blst writes.
        unsafe { blst_p1_affine_compress(bytes.as_mut_ptr(), &self.0) };
        bytes
    }

    pub(crate) fn point(&self) -> Point {
        let mut point = blst_p1::default();
        // SAFETY: of blst's own types; the output is exclusive.
        unsafe { blst_p1_from_affine(&mut point, &self.0) };
        Point(point)
    }

    pub(crate) fn wipe(&mut self) {
        self.0.x.l.zeroize();
        self.0.y.l.zeroize();
    }

    #[cfg(test)]
    pub(crate) fn mark_secret(&mut self) {
        crate::tests::valgrind::mark_secret(&mut self.0.x.l);
        crate::tests::valgrind::mark_secret(&mut self.0.y.l);
    }
}

/// Points as they are written, with one inversion for all, in constant time. What comes out is as secret as the points are,
/// but says nothing of how they were computed, as the coordinates that go in do.
///
/// `None` if one of them is at infinity, which the caller learns.
pub(crate) fn normalise<const N: usize>(points: [Point; N]) -> Option<[Affine; N]> {
    // 1, z0, z0·z1, …: what stands before each point, and the product of all (Montgomery's trick).
    let mut product = ONE;
    let before = points.map(|point| {
        let before = product;
        product = multiply(&product, &point.0.z);
        before
    });
    let is_zero = product.l.iter().fold(0, |all, limb| all | limb) == 0;
    // Whether there is a result at all.
    if published(is_zero) {
        return None;
    }
    let mut rest = invert(&product);
    let mut affine = points.map(|_| Affine(blst_p1_affine::default()));
    for ((point, before), affine) in points.iter().zip(&before).zip(&mut affine).rev() {
        let inverse = multiply(&rest, before);
        rest = multiply(&rest, &point.0.z);
        let square = multiply(&inverse, &inverse);
        affine.0.x = multiply(&point.0.x, &square);
        affine.0.y = multiply(&point.0.y, &multiply(&square, &inverse));
    }
    Some(affine)
}

/// The field's one, in the form blst computes in (Montgomery's: 2^384 modulo p).
const ONE: blst_fp = blst_fp {
    l: [
        0x7609_0000_0002_fffd,
        0xebf4_000b_c40c_0002,
        0x5f48_9857_53c7_58ba,
        0x77ce_5853_7052_5745,
        0x5c07_1a97_a256_ec6d,
        0x15f6_5ec3_fa80_e493,
    ],
};

/// p - 2, the least significant word first.
const EXPONENT: [u64; 6] = [
    0xb9fe_ffff_ffff_aaa9,
    0x1eab_fffe_b153_ffff,
    0x6730_d2a0_f6b0_f624,
    0x6477_4b84_f385_12bf,
    0x4b1b_a7b6_434b_acd7,
    0x1a01_11ea_397f_e69a,
];

/// `x^(p-2)`, which is one divided by x (Fermat): blst's own inversion ends with a question about its result.
fn invert(value: &blst_fp) -> blst_fp {
    let mut powers = [ONE; 16];
    for index in 1..16 {
        powers[index] = multiply(&powers[index - 1], value);
    }
    let mut result = ONE;
    for word in EXPONENT.iter().rev() {
        for shift in (0..64).step_by(4).rev() {
            for _ in 0..4 {
                result = square(&result);
            }
            result = multiply(&result, &powers[(word >> shift) as usize & 15]);
        }
    }
    result
}

fn multiply(one: &blst_fp, other: &blst_fp) -> blst_fp {
    let mut product = blst_fp::default();
    // SAFETY: of blst's own types; the output is exclusive.
    unsafe { blst_fp_mul(&mut product, one, other) };
    product
}

fn square(value: &blst_fp) -> blst_fp {
    let mut product = blst_fp::default();
    // SAFETY: as above.
    unsafe { blst_fp_sqr(&mut product, value) };
    product
}
