//! Points of G2, and the pairing.

use blst::{
    BLS12_381_NEG_G2, BLST_ERROR, blst_final_exp, blst_fp12, blst_fp12_is_one, blst_miller_loop_n,
    blst_p2, blst_p2_affine, blst_p2_affine_compress, blst_p2_affine_in_g2, blst_p2_affine_is_inf,
    blst_p2_to_affine, blst_p2_uncompress, blst_sk_to_pk_in_g2,
};

use super::{Affine, Scalar};
use crate::Fault;
use crate::published::published;

/// A point of G2's prime-order subgroup, not at infinity: a public key.
#[derive(Clone, Copy)]
pub(crate) struct G2(blst_p2_affine);

impl G2 {
    /// Reads a compressed point and checks the curve, the subgroup and that it is not at infinity.
    pub(crate) fn read(bytes: &[u8; 96]) -> Result<Self, Fault> {
        let mut point = blst_p2_affine::default();
        // SAFETY: exactly the 96 bytes blst reads.
        match unsafe { blst_p2_uncompress(&mut point, bytes.as_ptr()) } {
            BLST_ERROR::BLST_SUCCESS => {}
            BLST_ERROR::BLST_POINT_NOT_ON_CURVE => return Err(Fault::NotOnCurve),
            BLST_ERROR::BLST_POINT_NOT_IN_GROUP => return Err(Fault::NotInSubgroup),
            _ => return Err(Fault::Encoding),
        }
        // SAFETY: of blst's own type.
        let (is_identity, is_in_group) =
            unsafe { (blst_p2_affine_is_inf(&point), blst_p2_affine_in_g2(&point)) };
        match (is_identity, is_in_group) {
            (true, _) => Err(Fault::Identity),
            (false, false) => Err(Fault::NotInSubgroup),
            (false, true) => Ok(Self(point)),
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; 96] {
        let mut bytes = [0; 96];
        // SAFETY: exactly the 96 bytes blst writes.
        unsafe { blst_p2_affine_compress(bytes.as_mut_ptr(), &self.0) };
        bytes
    }

    /// The generator's multiple by a secret that is not zero, in constant time.
    pub(crate) fn public_half(secret: &Scalar) -> Self {
        let (mut point, mut affine) = (blst_p2::default(), blst_p2_affine::default());
        // SAFETY: of blst's own types; outputs are exclusive. The first already divides by the last coordinate, so that
        // nothing of the secret but the public key is in the point.
        unsafe {
            blst_sk_to_pk_in_g2(&mut point, &secret.integer());
            point = published(point);
            blst_p2_to_affine(&mut affine, &point);
        }
        Self(affine)
    }
}

/// Whether `e(one, key) = e(other, generator)`: whether `other` is `one` times the secret key. Not constant time.
pub(crate) fn pairings_agree(one: &Affine, key: &G2, other: &Affine) -> bool {
    let mut product = blst_fp12::default();
    let mut result = blst_fp12::default();
    // SAFETY: two pointers to points of each group, borrowed until here; outputs are exclusive. A static of blst's that
    // nobody writes.
    unsafe {
        let keys = [&raw const key.0, &raw const BLS12_381_NEG_G2];
        let points = [&raw const one.0, &raw const other.0];
        blst_miller_loop_n(&mut product, keys.as_ptr(), points.as_ptr(), 2);
        blst_final_exp(&mut result, &product);
        blst_fp12_is_one(&result)
    }
}
