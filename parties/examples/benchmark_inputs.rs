//! Makes `benchmarks/common/sd-jwt.json`, the credentials that the SD-JWT benchmarks of all peers work on. Run once:
//! `cargo run -p wallet-parties --example benchmark_inputs > benchmarks/common/sd-jwt.json`

use p256::pkcs8::DecodePrivateKey;
use serde_json::{Map, Value, json};
use wallet_parties::sd_jwt::SdJwtDraft;
use wallet_parties::{EcKey, base64url};

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Claims of an identity card, and after them some of other registers.
const CLAIMS: [(&str, &str); 30] = [
    ("given_name", "Erika"),
    ("family_name", "Mustermann"),
    ("birth_family_name", "Gabler"),
    ("birthdate", "1963-08-12"),
    ("place_of_birth", "Berlin"),
    ("street_address", "Heidestraße 17"),
    ("locality", "Köln"),
    ("postal_code", "51147"),
    ("country", "DE"),
    ("document_number", "L01X00T471"),
    ("administrative_number", "DE-1963-081200-Q"),
    ("issuing_authority", "Stadt Köln"),
    ("issuing_jurisdiction", "DE-NW"),
    ("issuing_country", "DE"),
    ("date_of_issuance", "2026-03-02"),
    ("date_of_expiry", "2036-03-01"),
    ("sex", "2"),
    ("email", "erika.mustermann@mail.example"),
    ("phone_number", "+49 221 000000"),
    ("occupation", "Engineer"),
    ("employer", "Beispiel Werke AG"),
    ("tax_number", "02 476 291 358"),
    ("social_insurance_number", "15 120863 M 105"),
    ("health_insurer", "Krankenkasse Beispiel"),
    ("driving_licence_number", "N0704578035"),
    ("vehicle_categories", "A1, AM, B, L"),
    ("blood_group", "A+"),
    ("organ_donor", "yes"),
    ("library_card", "KLN-000-118-237"),
    ("residence_since", "1999-10-01"),
];

fn credential(issuer: &EcKey, holder: &EcKey, count: usize) -> Outcome<String> {
    let mut claims = json!({
        "iss": "https://issuer.example",
        "vct": "https://issuer.example/types/card",
        "iat": 1_790_000_000,
        "exp": 4_000_000_000_u64,
    });
    let names: Vec<&str> = CLAIMS.iter().take(count).map(|claim| claim.0).collect();
    for (name, value) in CLAIMS.iter().take(count) {
        claims[*name] = json!(value);
    }
    let mut draft = SdJwtDraft::new(claims)?;
    for name in names {
        draft = draft.disclosable(json!([name]))?;
    }
    Ok(draft
        .bound_to(&holder.public_jwk())
        .issue_with_key(issuer)?)
}

fn main() -> Outcome<()> {
    let (issuer, holder) = (EcKey::generate()?, EcKey::generate()?);
    let holder_pem = holder.pkcs8_pem()?;
    let secret = p256::SecretKey::from_pkcs8_pem(&holder_pem)?.to_bytes();
    let mut credentials = Map::new();
    for count in [10, 30] {
        let names: Vec<&str> = CLAIMS.iter().take(count).map(|claim| claim.0).collect();
        let text = credential(&issuer, &holder, count)?;
        credentials.insert(count.to_string(), json!({"claims": names, "text": text}));
    }
    let inputs: Value = json!({
        "comment": "TEST KEYS: thrown away, never to be used. Made by parties/examples/benchmark_inputs.rs.",
        "issuer_jwk": issuer.public_jwk(),
        "holder_secret": base64url(&secret),
        "holder_pkcs8_pem": holder_pem,
        "credentials": credentials,
    });
    println!("{}", serde_json::to_string_pretty(&inputs)?);
    Ok(())
}
