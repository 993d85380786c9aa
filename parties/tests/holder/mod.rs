//! A stand-in holder: just enough of a wallet to check the parties themselves. The real wallet is checked elsewhere.
#![allow(clippy::unwrap_used, missing_docs, dead_code, unreachable_pub)]

use aes_gcm::aead::{Aead, KeyInit, Payload};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use wallet_parties::{EcKey, base64url, from_base64url, jws, sha256, unix_now};

/// Status and JSON body (null if there is none).
pub type Answer = (u16, Value);

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder();
    config
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into()
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let text = response.body_mut().read_to_string().unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (response.status().as_u16(), body)
}

pub fn get(url: &str) -> Answer {
    read(agent().get(url).call().unwrap())
}

pub fn get_bytes(url: &str) -> Vec<u8> {
    agent()
        .get(url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_vec()
        .unwrap()
}

pub fn post_form(url: &str, form: &[(&str, &str)]) -> Answer {
    read(agent().post(url).send_form(form.iter().copied()).unwrap())
}

pub fn post_json(url: &str, token: Option<&str>, body: &Value) -> Answer {
    let mut request = agent().post(url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    read(request.send(body.to_string()).unwrap())
}

/// POST with headers; the answer with the headers the tests look at.
pub fn post_with(
    url: &str,
    headers: &[(&str, String)],
    body: &str,
) -> (Answer, Map<String, Value>) {
    let mut request = agent().post(url);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.send(body.to_owned()).unwrap();
    let seen = |(name, value): (_, &ureq::http::HeaderValue)| {
        (format!("{name}"), value.to_str().unwrap().into())
    };
    let headers = response.headers().iter().map(seen).collect();
    (read(response), headers)
}

pub fn get_accepting(url: &str, accept: &str) -> Answer {
    read(agent().get(url).header("accept", accept).call().unwrap())
}

pub fn form(members: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(members);
    form.finish()
}

/// A DPoP proof (RFC 9449 section 4.2).
pub fn dpop(key: &EcKey, url: &str, token: Option<&str>, nonce: Option<&str>) -> String {
    let mut payload = json!({
        "htm": "POST", "htu": url, "iat": unix_now(), "jti": wallet_parties::random_token().unwrap(),
    });
    if let Some(token) = token {
        payload["ath"] = base64url(&sha256(token.as_bytes())).into();
    }
    if let Some(nonce) = nonce {
        payload["nonce"] = nonce.into();
    }
    let header = json!({"typ": "dpop+jwt", "jwk": key.public_jwk()});
    jws::sign(&object(&header), &object(&payload), key)
}

/// Query parameters of a link.
pub fn parameters(link: &str) -> Map<String, Value> {
    let query = link.split_once('?').unwrap().1;
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    pairs.map(|(name, value)| (name, value.into())).collect()
}

pub fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The holder while receiving.
pub struct Receiving {
    pub issuer: Value,
    pub token_endpoint: String,
    pub offer: Value,
    pub token: Option<String>,
}

impl Receiving {
    pub fn open(link: &str) -> Self {
        let parameters = parameters(link);
        let offer = match parameters.get("credential_offer_uri") {
            Some(uri) => get(uri.as_str().unwrap()).1,
            None => serde_json::from_str(parameters["credential_offer"].as_str().unwrap()).unwrap(),
        };
        let identifier = offer["credential_issuer"].as_str().unwrap();
        let well_known = |name: &str, identifier: &str| {
            let mut url = url::Url::parse(identifier).unwrap();
            let path = format!("/.well-known/{name}{}", url.path().trim_end_matches('/'));
            url.set_path(&path);
            get(url.as_str()).1
        };
        let issuer = well_known("openid-credential-issuer", identifier);
        let server = issuer["authorization_servers"][0].as_str().unwrap();
        let server = well_known("oauth-authorization-server", server);
        let token_endpoint = server["token_endpoint"].as_str().unwrap().to_owned();
        Self {
            issuer,
            token_endpoint,
            offer,
            token: None,
        }
    }

    fn endpoint(&self, name: &str) -> &str {
        self.issuer[name].as_str().unwrap()
    }

    pub fn ask_token(&mut self, tx_code: Option<&str>) -> Answer {
        let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
        let code = self.offer["grants"][grant]["pre-authorized_code"]
            .as_str()
            .unwrap();
        let mut form = vec![("grant_type", grant), ("pre-authorized_code", code)];
        form.extend(tx_code.map(|tx| ("tx_code", tx)));
        let answer = post_form(&self.token_endpoint, &form);
        self.token = answer.1["access_token"].as_str().map(str::to_owned);
        answer
    }

    pub fn nonce(&self) -> String {
        let (status, body) = post_form(self.endpoint("nonce_endpoint"), &[]);
        assert_eq!(status, 200);
        body["c_nonce"].as_str().unwrap().to_owned()
    }

    pub fn proof(&self, key: &EcKey, nonce: &str) -> String {
        let header = json!({"typ": "openid4vci-proof+jwt", "jwk": key.public_jwk()});
        let audience = self.endpoint("credential_issuer");
        let payload = json!({"aud": audience, "iat": unix_now(), "nonce": nonce});
        jws::sign(&object(&header), &object(&payload), key)
    }

    pub fn order(&self, what: (&str, &str), proofs: &[String]) -> Answer {
        self.order_as(&json!({what.0: what.1, "proofs": {"jwt": proofs}}))
    }

    /// Without proofs: bound to nothing.
    pub fn order_unbound(&self, configuration_id: &str) -> Answer {
        self.order_as(&json!({"credential_configuration_id": configuration_id}))
    }

    /// With proofs of any kind.
    pub fn order_with(&self, configuration_id: &str, proofs: &Value) -> Answer {
        self.order_as(&json!({"credential_configuration_id": configuration_id, "proofs": proofs}))
    }

    fn order_as(&self, body: &Value) -> Answer {
        post_json(
            self.endpoint("credential_endpoint"),
            self.token.as_deref(),
            body,
        )
    }

    pub fn notify(&self, id: &str, event: &str) -> Answer {
        let body = json!({"notification_id": id, "event": event});
        post_json(
            self.endpoint("notification_endpoint"),
            self.token.as_deref(),
            &body,
        )
    }
}

/// Keeps of `credential` only the disclosures whose text satisfies `keep`, and binds it.
pub fn present(
    credential: &str,
    key: &EcKey,
    audience: &str,
    nonce: &str,
    keep: impl Fn(&Value) -> bool,
) -> String {
    let mut parts = credential.trim_end_matches('~').split('~');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        if keep(&serde_json::from_slice(&from_base64url(part).unwrap()).unwrap()) {
            text = format!("{text}~{part}");
        }
    }
    text.push('~');
    let hash = base64url(&sha256(text.as_bytes()));
    let payload = json!({"aud": audience, "nonce": nonce, "iat": unix_now(), "sd_hash": hash});
    text + &jws::sign(&object(&json!({"typ": "kb+jwt"})), &object(&payload), key)
}

/// ECDH-ES with A256GCM for the key in a request (RFC 7518 section 4.6), from p256 and sha2 directly.
pub fn encrypt(plaintext: &str, jwk: &Value) -> String {
    let coordinate = |name: &str| from_base64url(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let theirs = p256::PublicKey::from_sec1_bytes(&point).unwrap();
    let own = EcKey::generate().unwrap();
    let pem = own.pkcs8_pem().unwrap();
    let secret: p256::SecretKey = p256::pkcs8::DecodePrivateKey::from_pkcs8_pem(&pem).unwrap();
    let header =
        json!({"alg": "ECDH-ES", "enc": "A256GCM", "kid": jwk["kid"], "epk": own.public_jwk()});
    let header = base64url(header.to_string().as_bytes());
    let mut hash = Sha256::new();
    hash.update([0, 0, 0, 1]);
    hash.update(secret.diffie_hellman(&theirs).raw_secret_bytes());
    hash.update([0, 0, 0, 7]);
    hash.update("A256GCM");
    hash.update([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    let cipher = aes_gcm::Aes256Gcm::new_from_slice(&hash.finalize()).unwrap();
    let payload = Payload {
        msg: plaintext.as_bytes(),
        aad: header.as_bytes(),
    };
    let sealed = cipher
        .encrypt(&aes_gcm::Nonce::from([7; 12]), payload)
        .unwrap();
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    format!(
        "{header}..{}.{}.{}",
        base64url(&[7; 12]),
        base64url(text),
        base64url(tag)
    )
}
