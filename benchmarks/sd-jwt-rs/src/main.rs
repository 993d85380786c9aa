//! sd-jwt-rs 0.7.1: P-256 is that of ring, through jsonwebtoken.

#[path = "../../common/sd_jwt_inputs.rs"]
mod sd_jwt_inputs;
#[path = "../../common/workload.rs"]
#[allow(dead_code)]
mod workload;

use jsonwebtoken::{DecodingKey, EncodingKey};
use sd_jwt_inputs::*;
use sd_jwt_rs::{SDJWTHolder, SDJWTSerializationFormat, SDJWTVerifier};
use serde_json::{Map, Value};

const PEER: &str = "sd-jwt-rs";

fn verify(text: &str, issuer: &DecodingKey, bound: bool) -> Value {
    let issuer = issuer.clone();
    let audience = bound.then(|| AUDIENCE.to_owned());
    let nonce = bound.then(|| NONCE.to_owned());
    let format = SDJWTSerializationFormat::Compact;
    SDJWTVerifier::new(
        text.to_owned(),
        Box::new(move |_, _| issuer.clone()),
        audience,
        nonce,
        format,
    )
    .expect("verified")
    .verified_claims
}

fn parse(text: &str) -> SDJWTHolder {
    SDJWTHolder::new(text.to_owned(), SDJWTSerializationFormat::Compact).expect("holder")
}

fn main() {
    let inputs = inputs();
    let jwk = &inputs["issuer_jwk"];
    let issuer =
        DecodingKey::from_ec_components(text_of(jwk, "x"), text_of(jwk, "y")).expect("issuer");
    let holder =
        EncodingKey::from_ec_pem(text_of(&inputs, "holder_pkcs8_pem").as_bytes()).expect("holder");
    for credential in credentials(&inputs) {
        let Credential {
            count,
            text,
            claims,
        } = credential;
        let mut parsed = repeated(PEER, &format!("sd_jwt_parse_{count}"), || parse(&text));
        let verified = repeated(PEER, &format!("sd_jwt_verify_{count}"), || {
            verify(&text, &issuer, false)
        });
        assert!(claims.iter().all(|claim| verified.get(claim).is_some()));

        let wish: Map<String, Value> = claims
            .iter()
            .map(|claim| (claim.clone(), Value::Bool(true)))
            .collect();
        let presentation = repeated(PEER, &format!("sd_jwt_present_{count}"), || {
            let (nonce, audience) = (Some(NONCE.to_owned()), Some(AUDIENCE.to_owned()));
            parsed
                .create_presentation(wish.clone(), nonce, audience, Some(holder.clone()), None)
                .expect("presentation")
        });
        let seen = verify(&presentation, &issuer, true);
        assert_eq!(seen.as_object().expect("object").len(), claims.len() + 5);
    }
}
