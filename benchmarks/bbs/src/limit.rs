//! The draft's algebra and nothing else: no hashing, no parsing of keys, variable-time sums of multiples.

use blst::*;

pub struct Limit {
    points: Vec<blst_p1_affine>,
    scalars: Vec<blst_scalar>,
    compressed: [u8; 48],
    /// Points of the sum over hidden messages.
    hidden: usize,
}

impl Limit {
    pub fn new(messages: usize, disclosed: usize) -> Self {
        let count = messages + 4;
        let mut points = Vec::new();
        let mut scalars = Vec::new();
        for index in 0..count {
            let mut scalar = blst_scalar::default();
            let (mut point, mut affine) = (blst_p1::default(), blst_p1_affine::default());
            let seed = [index as u8 + 1; 48];
            // SAFETY: of blst's own types, read by length.
            unsafe {
                blst_scalar_from_be_bytes(&mut scalar, seed.as_ptr(), seed.len());
                blst_p1_mult(&mut point, blst_p1_generator(), scalar.b.as_ptr(), 255);
                blst_p1_to_affine(&mut affine, &point);
            }
            points.push(affine);
            scalars.push(scalar);
        }
        let mut compressed = [0; 48];
        // SAFETY: exactly the 48 bytes blst writes.
        unsafe { blst_p1_affine_compress(compressed.as_mut_ptr(), &points[0]) };
        Self {
            points,
            scalars,
            compressed,
            hidden: messages - disclosed,
        }
    }

    fn messages(&self) -> usize {
        self.points.len() - 4
    }

    fn sum(&self, count: usize) {
        let points: Vec<_> = self.points[..count]
            .iter()
            .map(std::ptr::from_ref)
            .collect();
        let scalars: Vec<_> = self.scalars[..count]
            .iter()
            .map(|scalar| scalar.b.as_ptr())
            .collect();
        let mut sum = blst_p1::default();
        // SAFETY: a pointer for each point and scalar, scratch as large as blst says.
        unsafe {
            let mut scratch = vec![0_u64; blst_p1s_mult_pippenger_scratch_sizeof(count) / 8 + 1];
            let scratch = scratch.as_mut_ptr();
            blst_p1s_mult_pippenger(
                &mut sum,
                points.as_ptr(),
                count,
                scalars.as_ptr(),
                255,
                scratch,
            );
        }
        std::hint::black_box(sum);
    }

    fn multiply(&self, times: usize) {
        for index in 0..times {
            let (mut point, mut product) = (blst_p1::default(), blst_p1::default());
            // SAFETY: of blst's own types.
            unsafe {
                blst_p1_from_affine(&mut point, &self.points[index % 4]);
                blst_p1_mult(
                    &mut product,
                    &point,
                    self.scalars[index % 4].b.as_ptr(),
                    255,
                );
            }
            std::hint::black_box(product);
        }
    }

    fn decompress(&self, times: usize) {
        for _ in 0..times {
            let mut point = blst_p1_affine::default();
            // SAFETY: exactly the 48 bytes blst reads.
            let is_point = unsafe {
                blst_p1_uncompress(&mut point, self.compressed.as_ptr()) == BLST_ERROR::BLST_SUCCESS
                    && blst_p1_affine_in_g1(&point)
            };
            assert!(is_point);
        }
    }

    fn pair(&self) {
        let (mut product, mut result) = (blst_fp12::default(), blst_fp12::default());
        // SAFETY: two pointers to points of each group.
        unsafe {
            let keys = [blst_p2_affine_generator(), &raw const BLS12_381_NEG_G2];
            let points = [&raw const self.points[0], &raw const self.points[1]];
            blst_miller_loop_n(&mut product, keys.as_ptr(), points.as_ptr(), 2);
            blst_final_exp(&mut result, &product);
            std::hint::black_box(blst_fp12_is_one(&result));
        }
    }

    /// As `crate::works`.
    pub fn works(&self) -> [Box<dyn FnMut() + '_>; 4] {
        let messages = self.messages();
        [
            Box::new(move || {
                self.sum(messages + 1);
                self.multiply(1);
            }),
            Box::new(move || {
                self.sum(messages + 1);
                self.multiply(1);
                self.decompress(1);
                self.pair();
            }),
            Box::new(move || {
                self.sum(messages + 1);
                self.multiply(6);
                self.sum(self.hidden + 1);
                self.decompress(1);
            }),
            Box::new(move || {
                self.sum(3);
                self.sum(messages + 3);
                self.decompress(3);
                self.pair();
            }),
        ]
    }
}
