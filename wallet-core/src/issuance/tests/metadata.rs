//! Metadata of issuers and authorization servers (OpenID4VCI 1.0 12.2, 12.3, RFC 8414).

use super::issuer::World;
use super::{code, example};
use crate::error::{ErrorCode, WalletError};
use crate::formats::CredentialFormat;
use crate::issuance::authorization_server::{AuthorizationServer, ClientMethod};
use crate::issuance::{AllowLoopbackHttp, IssuerIdentifier, IssuerMetadata, NotIssuable};
use crate::issuance::{IssuanceError, ProofRequirement};
use crate::jose::Algorithm;
use proptest::prelude::*;
use serde_json::{Value, json};

const HTTPS_ONLY: AllowLoopbackHttp = AllowLoopbackHttp(false);

fn identifier(text: &str) -> IssuerIdentifier {
    IssuerIdentifier::parse(text, HTTPS_ONLY).unwrap()
}

fn parse(metadata: &Value) -> Result<IssuerMetadata, IssuanceError> {
    let issuer = identifier(super::issuer::ISSUER);
    IssuerMetadata::parse(metadata.to_string().as_bytes(), &issuer, HTTPS_ONLY)
}

fn good() -> Value {
    World::new().metadata
}

fn with_configuration(change: impl FnOnce(&mut Value)) -> Result<(), NotIssuable> {
    let mut world = World::new();
    change(world.configuration());
    let metadata = parse(&world.metadata).unwrap();
    metadata.configuration("card").map(|_| ())
}

// shows: VCI 12 (vector)
#[test]
fn the_long_example_is_read_and_what_we_cannot_do_is_said() {
    let issuer = identifier("https://credential-issuer.example.com");
    let text = example("credential_issuer_metadata_sd_jwt_long.json");
    let metadata = IssuerMetadata::parse(text.as_bytes(), &issuer, HTTPS_ONLY).unwrap();
    assert_eq!(metadata.batch_size(), 10);
    assert!(metadata.encrypts_answers());
    let card = metadata
        .configuration("SD_JWT_VC_example_in_OpenID4VCI")
        .unwrap();
    assert!(matches!(card.proof(), ProofRequirement::AttestedJwt { .. }));
    let servers = metadata.authorization_servers(None).unwrap();
    assert_eq!(servers, [identifier("https://server.example.com")]);
}

// shows: VCI 3, VCI 12
#[test]
fn one_unknown_or_broken_configuration_does_not_harm_the_others() {
    let mut metadata = good();
    let configurations = metadata["credential_configurations_supported"]
        .as_object_mut()
        .unwrap();
    for name in ["jwt_vc_json", "ldp_vc", "mso_mdoc"] {
        let text = example(&format!("credential_metadata_{name}.json"));
        let example: Value = serde_json::from_str(&text).unwrap();
        let theirs = example["credential_configurations_supported"]
            .as_object()
            .unwrap();
        configurations.extend(theirs.clone());
    }
    for (id, broken) in [
        ("null", json!(null)),
        ("list", json!([])),
        ("empty", json!({})),
        ("format", json!({ "format": 1 })),
    ] {
        configurations.insert(id.to_owned(), broken);
    }
    let parsed = parse(&metadata).unwrap();
    let card = parsed.configuration("card").unwrap();
    assert_eq!(card.credential_type(), super::issuer::VCT);
    let algorithms = vec![Algorithm::Es256, Algorithm::EdDsa];
    assert_eq!(*card.proof(), ProofRequirement::Jwt { algorithms });
    assert_eq!(
        parsed.configuration("org.iso.18013.5.1.mDL").unwrap_err(),
        NotIssuable::UnknownFormat
    );
    for id in ["null", "list", "empty", "format"] {
        assert_eq!(
            parsed.configuration(id).unwrap_err(),
            NotIssuable::Malformed
        );
    }
    assert_eq!(
        parsed.configuration("other").unwrap_err(),
        NotIssuable::UnknownConfiguration
    );
}

// shows: VCI 12
#[test]
fn a_configuration_we_cannot_use_says_why() {
    use NotIssuable as N;
    let refused = |change: fn(&mut Value)| with_configuration(change).unwrap_err();
    assert_eq!(
        refused(|c| c["format"] = json!("vc+sd-jwt")),
        N::UnknownFormat
    );
    assert_eq!(refused(|c| c["vct"] = json!(7)), N::Malformed);
    assert_eq!(refused(|c| c["vct"] = json!("")), N::Malformed);
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!([])),
        N::Malformed
    );
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!({})),
        N::ProofType
    );
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!({ "di_vp": {} })),
        N::ProofType
    );
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!({ "attestation": {} })),
        N::Malformed
    );
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!({ "jwt": [] })),
        N::Malformed
    );
    assert_eq!(
        refused(|c| c["proof_types_supported"] = json!({ "jwt": {} })),
        N::Malformed
    );
    let jwt = |c: &mut Value, value| {
        c["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] = value
    };
    assert_eq!(
        with_configuration(|c| jwt(c, json!("ES256"))),
        Err(N::Malformed)
    );
    assert_eq!(
        with_configuration(|c| jwt(c, json!([1]))),
        Err(N::Malformed)
    );
    assert_eq!(
        with_configuration(|c| jwt(c, json!([]))),
        Err(N::ProofAlgorithm)
    );
    assert_eq!(
        with_configuration(|c| jwt(c, json!(["none", "HS256", "RS256"]))),
        Err(N::ProofAlgorithm)
    );
    for required in [
        json!([]),
        json!(null),
        json!({ "key_storage": [] }),
        json!({ "key_storage": "iso_18045_high" }),
        json!({ "user_authentication": [1] }),
    ] {
        assert_eq!(
            with_configuration(
                |c| c["proof_types_supported"]["jwt"]["key_attestations_required"] = required
            ),
            Err(N::Malformed)
        );
    }
    assert_eq!(
        refused(|c| c["cryptographic_binding_methods_supported"] = json!(["did:key"])),
        N::BindingMethod
    );
    // Binding without a way to prove possession (12.2.4: both members or none).
    assert_eq!(
        refused(|c| {
            c.as_object_mut().unwrap().remove("proof_types_supported");
        }),
        N::Malformed
    );
}

// shows: VCI 31
#[test]
fn algorithms_we_do_not_have_are_left_out() {
    let mut world = World::new();
    world.configuration()["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] =
        json!(["RS256", "EdDSA", "none", "ES512"]);
    let metadata = parse(&world.metadata).unwrap();
    let algorithms = vec![Algorithm::EdDsa];
    assert_eq!(
        *metadata.configuration("card").unwrap().proof(),
        ProofRequirement::Jwt { algorithms }
    );
}

// shows: VCI 8
#[test]
fn the_metadata_must_be_the_issuers_byte_for_byte() {
    for other in [
        "https://evil.example",
        "https://issuer.example/tenant/",
        "https://issuer.example/Tenant",
        "https://ISSUER.example/tenant",
        "https://issuer.example:443/tenant",
        "https://issuer.example/%74enant",
    ] {
        let mut metadata = good();
        metadata["credential_issuer"] = json!(other);
        let error = WalletError::from(parse(&metadata).unwrap_err());
        assert_eq!(error.code(), ErrorCode::IssuerMismatch, "{other}");
        assert_eq!(error.failed_rule(), Some("OpenID4VCI 1.0 12.2.2"));
    }
}

#[test]
fn issuer_metadata_of_wrong_form_is_refused() {
    for (member, values) in [
        ("credential_issuer", vec![json!(null), json!(1)]),
        (
            "credential_endpoint",
            vec![
                json!(null),
                json!("credential"),
                json!("http://issuer.example/credential"),
                json!("http://localhost/credential"),
                json!("https://user@issuer.example/credential"),
                json!("https://issuer.example/credential#a"),
            ],
        ),
        (
            "nonce_endpoint",
            vec![json!(null), json!("http://issuer.example/nonce")],
        ),
        (
            "notification_endpoint",
            vec![json!(1), json!("ftp://issuer.example")],
        ),
        (
            "authorization_servers",
            vec![
                json!(null),
                json!([]),
                json!("https://a.example"),
                json!([1]),
                json!(["http://a.example"]),
                json!(["https://a.example?b"]),
            ],
        ),
        (
            "batch_credential_issuance",
            vec![
                json!(null),
                json!({}),
                json!({ "batch_size": "2" }),
                json!({ "batch_size": 0 }),
                json!({ "batch_size": -1 }),
            ],
        ),
        (
            "credential_response_encryption",
            vec![
                json!(null),
                json!({}),
                json!({ "encryption_required": "yes" }),
            ],
        ),
        (
            "credential_request_encryption",
            vec![json!({ "encryption_required": 1 })],
        ),
        (
            "credential_configurations_supported",
            vec![json!(null), json!([])],
        ),
    ] {
        for value in values {
            let mut metadata = good();
            metadata[member] = value.clone();
            let error = parse(&metadata).map(|_| ()).unwrap_err();
            assert_eq!(
                code(error),
                ErrorCode::IssuerMetadataInvalid,
                "{member}: {value}"
            );
        }
    }
    for member in [
        "credential_issuer",
        "credential_endpoint",
        "credential_configurations_supported",
    ] {
        let mut metadata = good();
        metadata.as_object_mut().unwrap().remove(member);
        assert_eq!(
            code(parse(&metadata).unwrap_err()),
            ErrorCode::IssuerMetadataInvalid,
            "{member}"
        );
    }
}

// shows: VCI 6
#[test]
fn a_server_named_by_the_offer_must_be_listed() {
    let mut metadata = good();
    metadata["authorization_servers"] = json!(["https://a.example", "https://b.example"]);
    let parsed = parse(&metadata).unwrap();
    let named = parsed
        .authorization_servers(Some("https://b.example"))
        .unwrap();
    assert_eq!(named, [identifier("https://b.example")]);
    assert_eq!(parsed.authorization_servers(None).unwrap().len(), 2);
    for other in [
        "https://c.example",
        "https://b.example/",
        "",
        super::issuer::ISSUER,
    ] {
        let error = parsed.authorization_servers(Some(other)).unwrap_err();
        assert_eq!(code(error), ErrorCode::OfferInvalid, "{other}");
    }
    // Not even the issuer itself, where nothing is listed (4.1.1).
    let unlisted = parse(&good()).unwrap();
    assert!(
        unlisted
            .authorization_servers(Some(super::issuer::ISSUER))
            .is_err()
    );
    assert_eq!(
        unlisted.authorization_servers(None).unwrap(),
        [identifier(super::issuer::ISSUER)]
    );
}

fn server(change: impl FnOnce(&mut Value)) -> Result<AuthorizationServer, IssuanceError> {
    let mut metadata = World::new().server;
    change(&mut metadata);
    let issuer = identifier(super::issuer::ISSUER);
    AuthorizationServer::parse(metadata.to_string().as_bytes(), &issuer, HTTPS_ONLY)
}

// shows: VCI 11
#[test]
fn server_metadata_must_be_of_the_server_asked() {
    let error = server(|m| m["issuer"] = json!("https://evil.example")).unwrap_err();
    let error = WalletError::from(error);
    assert_eq!(error.code(), ErrorCode::IssuerMismatch);
    assert_eq!(error.failed_rule(), Some("RFC 8414 3.3"));
}

#[test]
fn server_metadata_of_wrong_form_is_refused() {
    for (member, value) in [
        ("issuer", json!(null)),
        ("token_endpoint", json!(null)),
        ("token_endpoint", json!("http://issuer.example/token")),
        ("token_endpoint", json!("/token")),
        ("grant_types_supported", json!("authorization_code")),
        ("grant_types_supported", json!([1])),
        ("authorization_endpoint", json!("http://issuer.example/")),
        ("pushed_authorization_request_endpoint", json!(1)),
        ("require_pushed_authorization_requests", json!("true")),
        ("authorization_response_iss_parameter_supported", json!(1)),
        ("code_challenge_methods_supported", json!("S256")),
        ("dpop_signing_alg_values_supported", json!({})),
        ("token_endpoint_auth_methods_supported", json!({})),
        (
            "pre-authorized_grant_anonymous_access_supported",
            json!("true"),
        ),
    ] {
        let error = server(|m| m[member] = value.clone()).unwrap_err();
        assert_eq!(
            code(error),
            ErrorCode::IssuerMetadataInvalid,
            "{member}: {value}"
        );
    }
}

// shows: VCI 22
#[test]
fn the_client_is_anonymous_only_where_the_server_allows_it() {
    let mut world = World::new();
    world.settings.client_id = Some("wallet".to_owned());
    let method = |world: &World, server: &AuthorizationServer| {
        let method = server.pre_authorized_client(&world.ports());
        method.map_err(WalletError::from)
    };
    let anonymous = server(|_| {}).unwrap();
    assert_eq!(method(&world, &anonymous).unwrap(), ClientMethod::Anonymous);
    let named =
        server(|m| m["pre-authorized_grant_anonymous_access_supported"] = json!(false)).unwrap();
    let public = ClientMethod::Public("wallet".to_owned());
    assert_eq!(method(&world, &named).unwrap(), public);
    let attested = server(|m| {
        m["pre-authorized_grant_anonymous_access_supported"] = json!(false);
        m["token_endpoint_auth_methods_supported"] = json!(["attest_jwt_client_auth"]);
    });
    let error = method(&world, &attested.unwrap()).unwrap_err();
    assert_eq!(error.subject(), Some("client_authentication"));
    world.settings.client_id = None;
    let error = method(&world, &named).unwrap_err();
    assert_eq!(
        (error.code(), error.subject()),
        (ErrorCode::NotSupported, Some("client_id"))
    );
}

proptest! {
    #[test]
    fn changed_metadata_never_makes_the_parser_panic(at in any::<usize>(), byte in any::<u8>(), cut in any::<usize>()) {
        let issuer = identifier("https://credential-issuer.example.com");
        let mut bytes = example("credential_issuer_metadata_sd_jwt_long.json").into_bytes();
        let place = at % bytes.len();
        bytes[place] = byte;
        let _ = IssuerMetadata::parse(&bytes, &issuer, HTTPS_ONLY);
        bytes.truncate(cut % bytes.len());
        let _ = IssuerMetadata::parse(&bytes, &issuer, HTTPS_ONLY);
        let _ = AuthorizationServer::parse(&bytes, &issuer, HTTPS_ONLY);
    }
}

/// A configuration of a W3C credential as JWT, with these members added or replaced.
fn jwt_vc(members: Value) -> Result<(String, ProofRequirement), NotIssuable> {
    let mut metadata = good();
    let mut configuration = json!({
        "format": "jwt_vc_json",
        "credential_definition": {"type": ["VerifiableCredential", "UniversityDegreeCredential"]},
        "credential_signing_alg_values_supported": ["ES256K", "RS256"],
        "cryptographic_binding_methods_supported": ["did:example", "did:jwk"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
    });
    let replaced = members.as_object().unwrap().clone();
    configuration.as_object_mut().unwrap().extend(replaced);
    metadata["credential_configurations_supported"]["degree"] = configuration;
    let parsed = parse(&metadata).unwrap();
    let configuration = parsed.configuration("degree")?;
    assert_eq!(configuration.format(), CredentialFormat::JwtVc);
    let credential_type = configuration.credential_type().to_owned();
    Ok((credential_type, configuration.proof().clone()))
}

#[test]
fn a_w3c_credential_as_jwt_is_ordered_by_the_terms_of_its_types() {
    let es256 = ProofRequirement::Jwt {
        algorithms: vec![Algorithm::Es256],
    };
    let degree = "UniversityDegreeCredential".to_owned();
    assert_eq!(jwt_vc(json!({})), Ok((degree.clone(), es256.clone())));
    for fine in [
        json!({"credential_signing_alg_values_supported": ["Ed25519"]}),
        json!({"cryptographic_binding_methods_supported": ["jwk"]}),
        json!({"cryptographic_binding_methods_supported": ["did:key"]}),
        json!({"credential_definition": {"type": ["UniversityDegreeCredential", "VerifiableCredential"]}}),
    ] {
        assert_eq!(jwt_vc(fine), Ok((degree.clone(), es256.clone())));
    }
    for (broken, why) in [
        (json!({"credential_definition": {}}), NotIssuable::Malformed),
        (
            json!({"credential_definition": null}),
            NotIssuable::Malformed,
        ),
        (
            json!({"credential_definition": {"type": ["Other"]}}),
            NotIssuable::Malformed,
        ),
        (
            json!({"credential_definition": {"type": "VerifiableCredential"}}),
            NotIssuable::Malformed,
        ),
        (
            json!({"credential_signing_alg_values_supported": "ES256"}),
            NotIssuable::Malformed,
        ),
        (
            json!({"credential_signing_alg_values_supported": ["RS256"]}),
            NotIssuable::Suite,
        ),
        (
            json!({"cryptographic_binding_methods_supported": ["did:example"]}),
            NotIssuable::BindingMethod,
        ),
        (
            json!({"proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256K"]}}}),
            NotIssuable::ProofAlgorithm,
        ),
    ] {
        assert_eq!(jwt_vc(broken.clone()), Err(why), "{broken}");
    }
}
