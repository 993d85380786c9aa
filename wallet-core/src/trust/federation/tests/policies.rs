//! Metadata policies: the example of the specification, each operator, and what contradicts.

use crate::trust::federation::FederationError;
use crate::trust::federation::metadata_policy::MetadataPolicy;
use serde_json::{Value, json};

/// The metadata after these policies, the anchor's first.
fn resolved(policies: &[Value], metadata: &Value) -> Result<Value, FederationError> {
    let mut policy = MetadataPolicy::default();
    for below in policies {
        policy.merge(below.as_object().unwrap())?;
    }
    let mut metadata = metadata.as_object().unwrap().clone();
    policy.apply(&mut metadata)?;
    Ok(Value::Object(metadata))
}

/// The example of section 6.1.5 of the specification.
#[test]
fn the_example_of_the_specification_is_resolved() {
    let anchor = json!({
        "grant_types": {"default": ["authorization_code"], "subset_of": ["authorization_code", "refresh_token"],
            "superset_of": ["authorization_code"]},
        "token_endpoint_auth_method": {"one_of": ["private_key_jwt", "self_signed_tls_client_auth"], "essential": true},
        "token_endpoint_auth_signing_alg": {"one_of": ["PS256", "ES256"]},
        "subject_type": {"value": "pairwise"},
        "contacts": {"add": ["helpdesk@federation.example.org"]},
    });
    let organisation = json!({
        "grant_types": {"subset_of": ["authorization_code"]},
        "token_endpoint_auth_method": {"one_of": ["self_signed_tls_client_auth"]},
        "contacts": {"add": ["helpdesk@org.example.org"]},
    });
    let metadata = json!({
        "redirect_uris": ["https://rp.example.org/callback"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "contacts": ["rp_admins@rp.example.org"],
    });
    let expected = json!({
        "redirect_uris": ["https://rp.example.org/callback"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "contacts": ["rp_admins@rp.example.org", "helpdesk@federation.example.org", "helpdesk@org.example.org"],
        "grant_types": ["authorization_code"],
        "subject_type": "pairwise",
    });
    assert_eq!(
        resolved(&[anchor, organisation], &metadata).unwrap(),
        expected
    );
}

#[test]
fn each_operator_does_what_it_says() {
    let (one, two) = (json!({"a": ["x"]}), json!({"a": ["x", "y"]}));
    for (operators, metadata, expected) in [
        (json!({"value": "v"}), json!({"a": 1}), json!({"a": "v"})),
        (json!({"value": "v"}), json!({}), json!({"a": "v"})),
        (json!({"value": null}), json!({"a": 1}), json!({})),
        (json!({"add": ["x", "y"]}), one.clone(), two.clone()),
        (json!({"add": ["x"]}), json!({}), one.clone()),
        (json!({"default": ["x"]}), json!({}), one.clone()),
        (json!({"default": ["x"]}), two.clone(), two.clone()),
        (
            json!({"one_of": ["x", "y"]}),
            json!({"a": "y"}),
            json!({"a": "y"}),
        ),
        (json!({"one_of": ["x"]}), json!({}), json!({})),
        (json!({"subset_of": ["x", "z"]}), two.clone(), one.clone()),
        (json!({"subset_of": ["x"]}), json!({}), json!({})),
        (json!({"superset_of": ["x"]}), two.clone(), two.clone()),
        (json!({"essential": true}), one.clone(), one.clone()),
        (json!({"essential": false}), json!({}), json!({})),
        (json!({"unknown": 7}), one.clone(), one.clone()),
        (json!({"default": ["x"], "essential": true}), json!({}), one),
    ] {
        let policy = json!({"a": operators});
        assert_eq!(
            resolved(core::slice::from_ref(&policy), &metadata).unwrap(),
            expected,
            "{policy}"
        );
    }
}

#[test]
fn metadata_that_do_not_obey_are_refused() {
    for (operators, metadata) in [
        (json!({"one_of": ["x"]}), json!({"a": "y"})),
        (json!({"one_of": ["x"]}), json!({"a": ["x"]})),
        (json!({"subset_of": ["x"]}), json!({"a": ["y"]})),
        (json!({"subset_of": []}), json!({"a": ["y"]})),
        (json!({"subset_of": ["x"]}), json!({"a": "x"})),
        (json!({"superset_of": ["x", "z"]}), json!({"a": ["x"]})),
        (json!({"superset_of": ["x"]}), json!({"a": "x"})),
        (json!({"add": ["x"]}), json!({"a": "y"})),
        (json!({"essential": true}), json!({})),
    ] {
        let policy = json!({"a": operators});
        let error = resolved(core::slice::from_ref(&policy), &metadata).unwrap_err();
        assert_eq!(error, FederationError::PolicyBroken, "{policy}");
    }
}

#[test]
fn a_subordinate_may_narrow_but_not_loosen() {
    for (above, below, metadata, expected) in [
        (
            json!({"one_of": ["x", "y"]}),
            json!({"one_of": ["y", "z"]}),
            json!({"a": "y"}),
            Ok(()),
        ),
        (
            json!({"one_of": ["x", "y"]}),
            json!({"one_of": ["y", "z"]}),
            json!({"a": "z"}),
            Err(FederationError::PolicyBroken),
        ),
        (
            json!({"one_of": ["x"]}),
            json!({"one_of": ["z"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": 1}),
            json!({"value": 2}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (json!({"value": 1}), json!({"value": 1}), json!({}), Ok(())),
        (
            json!({"default": 1}),
            json!({"default": 2}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"essential": true}),
            json!({"essential": false}),
            json!({}),
            Err(FederationError::PolicyBroken),
        ),
        (
            json!({"subset_of": ["x", "y"]}),
            json!({"subset_of": ["y", "z"]}),
            json!({"a": ["x"]}),
            Err(FederationError::PolicyBroken),
        ),
        (
            json!({"superset_of": ["x"]}),
            json!({"superset_of": ["y"]}),
            json!({"a": ["x"]}),
            Err(FederationError::PolicyBroken),
        ),
        (
            json!({"subset_of": ["x"]}),
            json!({"add": ["y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"subset_of": ["x"]}),
            json!({"value": ["x", "y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"subset_of": ["x"]}),
            json!({"superset_of": ["y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": ["x"]}),
            json!({"add": ["y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": ["x"]}),
            json!({"superset_of": ["y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": "x"}),
            json!({"one_of": ["y"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": null}),
            json!({"essential": true}),
            json!({}),
            Err(FederationError::Policy),
        ),
        // What is to go may not come back as a list of nothing.
        (
            json!({"value": null}),
            json!({"add": []}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"value": null}),
            json!({"default": 1}),
            json!({}),
            Err(FederationError::Policy),
        ),
        (
            json!({"one_of": ["x"]}),
            json!({"subset_of": ["x"]}),
            json!({}),
            Err(FederationError::Policy),
        ),
    ] {
        let policies = [json!({"a": above}), json!({"a": below})];
        let result = resolved(&policies, &metadata).map(|_| ());
        assert_eq!(result, expected, "{policies:?} {metadata}");
    }
}

#[test]
fn an_operator_of_a_wrong_type_is_refused() {
    for operators in [
        json!(7),
        json!([]),
        json!({"add": "x"}),
        json!({"one_of": "x"}),
        json!({"subset_of": {}}),
        json!({"superset_of": 1}),
        json!({"essential": "true"}),
        json!({"default": null}),
    ] {
        let policy = json!({"a": operators});
        assert_eq!(
            resolved(core::slice::from_ref(&policy), &json!({})),
            Err(FederationError::Policy),
            "{policy}"
        );
    }
}
