//! Sums of multiples of many points.

use core::hint::black_box;

use blst::{
    blst_fp, blst_fp_cneg, blst_p1, blst_p1_add_or_double_affine, blst_p1_affine, blst_p1_double,
    blst_p1s_mult_pippenger, blst_p1s_mult_pippenger_scratch_sizeof, blst_p1s_to_affine,
};
use zeroize::{Zeroize, Zeroizing};

use super::{Affine, Point, Scalar};

/// Bits of a digit: digits run from -32 to 32, so that a table of 32 multiples does. With 5 bits there are a fifth more
/// additions, with 7 reading the table takes what is won.
const WINDOW: usize = 6;
/// Digits of a scalar of 255 bits, with room for the last carry.
const DIGITS: usize = 43;
const ROWS: usize = 1 << (WINDOW - 1);
/// The largest digit.
const HALF: i32 = ROWS as i32;

/// The multiples of a point by 1 to 32, of 3 KB: what makes its product with a secret fast in constant time.
pub(crate) struct Table([blst_p1_affine; ROWS]);

impl Table {
    pub(crate) fn new(point: &Affine) -> Self {
        let base = point.point();
        let mut next = base;
        let multiples: [Point; ROWS] = core::array::from_fn(|_| {
            let multiple = next;
            next = next.plus(&base);
            multiple
        });
        let pointers = multiples.each_ref().map(|multiple| &raw const multiple.0);
        let mut rows = [blst_p1_affine::default(); ROWS];
        // SAFETY: as many points as pointers and rows; none is at infinity, the order being prime.
        unsafe { blst_p1s_to_affine(rows.as_mut_ptr(), pointers.as_ptr(), ROWS) };
        Self(rows)
    }

    /// What must not be done: reads the row of the lowest digit at once.
    #[cfg(test)]
    pub(crate) fn select_leaking(&self, secret: &Scalar) -> u64 {
        let row = secret.integer().b[0] % ROWS as u8;
        self.0[usize::from(black_box(row))].x.l[0]
    }

    /// The multiple by a digit. Every row is read whatever the digit is; zero gives blst's point at infinity.
    fn select(&self, digit: i8) -> blst_p1_affine {
        let sign = digit >> 7;
        let magnitude = u64::from((digit ^ sign).wrapping_sub(sign) as u8);
        let (mut x, mut y) = ([0; 6], [0; 6]);
        for (index, row) in (1_u64..).zip(&self.0) {
            let difference = magnitude ^ index;
            let is_other = (difference | difference.wrapping_neg()) >> 63;
            // All ones for the row that is wanted. Hidden from the compiler, which could make a branch of it.
            let mask = black_box(is_other.wrapping_sub(1));
            for limb in 0..6 {
                x[limb] |= row.x.l[limb] & mask;
                y[limb] |= row.y.l[limb] & mask;
            }
        }
        let (x, y) = (blst_fp { l: x }, blst_fp { l: y });
        let mut point = blst_p1_affine { x, y };
        // SAFETY: of blst's own types; the output is exclusive. blst takes the flag without a branch.
        unsafe { blst_fp_cneg(&mut point.y, &y, black_box(sign != 0)) };
        point
    }
}

/// A scalar as signed digits, the least significant first.
fn digits(secret: &Scalar) -> Zeroizing<[i8; DIGITS]> {
    let mut integer = secret.integer();
    let mut digits = Zeroizing::new([0; DIGITS]);
    let mut carry = 0;
    for (index, digit) in digits.iter_mut().enumerate() {
        let (byte, shift) = (index * WINDOW / 8, index * WINDOW % 8);
        let at = |place: usize| integer.b.get(place).map_or(0, |byte| i32::from(*byte));
        let bits = (at(byte) | at(byte + 1) << 8) >> shift & (2 * HALF - 1);
        let value = bits + carry;
        // 1 where the value is above half, which then counts that of the next digit less and carries one.
        carry = (HALF - value) >> 31 & 1;
        *digit = (value - (carry << WINDOW)) as i8;
    }
    integer.b.zeroize();
    digits
}

/// The sum of the points' multiples by secrets, in constant time: which points and how many is public.
pub(crate) fn multiply_secret<'a>(terms: impl Iterator<Item = (&'a Table, &'a Scalar)>) -> Point {
    let terms: Vec<_> = terms
        .map(|(table, secret)| (table, digits(secret)))
        .collect();
    let mut sum = blst_p1::default();
    for place in (0..DIGITS).rev() {
        for _ in 0..WINDOW {
            let before = sum;
            // SAFETY: of blst's own types; the output is exclusive.
            unsafe { blst_p1_double(&mut sum, &before) };
        }
        for (table, digits) in &terms {
            let before = sum;
            let multiple = table.select(digits[place]);
            // SAFETY: as above. It takes either point at infinity, and equal ones.
            unsafe { blst_p1_add_or_double_affine(&mut sum, &before, &multiple) };
        }
    }
    Point(sum)
}

/// The sum of the points' multiples. **Not** constant time: for what a verifier sees, and nothing else.
pub(crate) fn multiply_public<'a>(terms: impl Iterator<Item = (&'a Affine, &'a Scalar)>) -> Point {
    let (points, scalars): (Vec<_>, Vec<_>) = terms
        .map(|(point, scalar)| (&raw const point.0, scalar.integer()))
        .unzip();
    let mut sum = blst_p1::default();
    if points.is_empty() {
        return Point(sum);
    }
    let scalars: Vec<_> = scalars.iter().map(|scalar| scalar.b.as_ptr()).collect();
    // SAFETY: a pointer for each point and each scalar of 32 bytes, all borrowed until here; as many words of scratch as
    // blst asks for.
    unsafe {
        let bytes = blst_p1s_mult_pippenger_scratch_sizeof(points.len());
        let mut scratch = vec![0_u64; bytes.div_ceil(8)];
        blst_p1s_mult_pippenger(
            &mut sum,
            points.as_ptr(),
            points.len(),
            scalars.as_ptr(),
            255,
            scratch.as_mut_ptr(),
        );
    }
    Point(sum)
}
