//! The other side of an `x5c` header: is there a path to an anchor? Issued-by, signature, dates and the authority bit;
//! enough for a party of the tests, not for production.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde_json::Value;
use x509_cert::certificate::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::BasicConstraints;

use crate::encoding::from_base64;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// The leaf's key, if `x5c` leads to one of the DER certificates in `anchors`.
pub fn trusted_key(x5c: &Value, anchors: &[Vec<u8>], at: u64) -> Result<VerificationKey> {
    let texts = x5c.as_array().or_refuse("x5c is not an array")?;
    ensure(texts.len() <= 4, "the chain is too long")?;
    let mut chain = Vec::new();
    for text in texts {
        chain.push(parse(&from_base64(text.as_str().or_refuse("x5c")?)?)?);
    }
    let leaf = chain.first().or_refuse("x5c is empty")?;
    for (index, certificate) in chain.iter().enumerate() {
        check_dates(certificate, at)?;
        ensure(
            is_authority(certificate)? == (index > 0),
            "an authority and a leaf changed places",
        )?;
        for anchor in anchors {
            let anchor = parse(anchor)?;
            if signed_by(certificate, &anchor) {
                return key(leaf).map(VerificationKey::P256);
            }
        }
        let next = chain
            .get(index + 1)
            .or_refuse("no path to a trust anchor")?;
        ensure(signed_by(certificate, next), "the chain is broken")?;
    }
    Err(Refused::because("no path to a trust anchor"))
}

fn parse(der: &[u8]) -> Result<Certificate> {
    Certificate::from_der(der).or_refuse("not a certificate")
}

fn key(certificate: &Certificate) -> Result<VerifyingKey> {
    let public = certificate.tbs_certificate().subject_public_key_info();
    let der = public.to_der().or_refuse("public key")?;
    VerifyingKey::from_public_key_der(&der).or_refuse("not a P-256 key")
}

fn check_dates(certificate: &Certificate, at: u64) -> Result<()> {
    let validity = certificate.tbs_certificate().validity();
    let from = validity.not_before.to_unix_duration().as_secs();
    let until = validity.not_after.to_unix_duration().as_secs();
    ensure((from..=until).contains(&at), "a certificate is out of date")
}

fn is_authority(certificate: &Certificate) -> Result<bool> {
    let constraints = certificate
        .tbs_certificate()
        .get_extension::<BasicConstraints>();
    Ok(constraints
        .or_refuse("basic constraints")?
        .is_some_and(|(_, c)| c.ca))
}

fn signed_by(certificate: &Certificate, authority: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    let (Ok(key), Ok(bytes), Ok(signature)) = (
        key(authority),
        tbs.to_der(),
        DerSignature::try_from(certificate.signature().raw_bytes()),
    ) else {
        return false;
    };
    tbs.issuer() == authority.tbs_certificate().subject() && key.verify(&bytes, &signature).is_ok()
}
