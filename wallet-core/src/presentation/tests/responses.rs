//! Answers, taken apart by the independent verifier of `wallet-parties`.

use super::*;
use crate::jose::JwsDraft;
use crate::keys::SigningInput;
use wallet_parties::VerificationKey;
use wallet_parties::sd_jwt::{Audience, IssuerTrust, PresentationCheck, VerifiedPresentation};

struct Answered {
    presentations: Map<String, Value>,
    state: Option<String>,
}

fn approved(proposal: Proposal) -> ApprovedPlan {
    let plan = unwrap_plan(proposal);
    let hash = *plan.hash();
    plan.approve(&hash, UserAuth::None, NOW).unwrap()
}

fn propose(bench: &Bench, copy: &Copy) -> Proposal {
    let request = bench.run().unwrap();
    Proposal::make(request, &[copy.candidate("pid")], NOW, &OsRandom).unwrap()
}

fn form(answer: &Answer) -> HashMap<String, String> {
    let Response::Post { uri, body } = answer.response() else {
        panic!("not posted")
    };
    assert_eq!(uri, RESPONSE_URI);
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// Reads an answer as the verifier does, decrypting it where it is encrypted.
fn read(answer: &Answer, encryption: Option<&EcKey>) -> Answered {
    let mut form = form(answer);
    let Some(key) = encryption else {
        let vp_token = form.remove("vp_token").unwrap();
        let presentations = object(serde_json::from_str(&vp_token).unwrap());
        let state = form.remove("state");
        assert!(form.is_empty());
        return Answered {
            presentations,
            state,
        };
    };
    let (header, plaintext) = wallet_parties::jwe::decrypt(&form["response"], key).unwrap();
    assert_eq!(form.len(), 1);
    assert_eq!(header["alg"], "ECDH-ES");
    assert_eq!(header["enc"], "A256GCM");
    assert_eq!(header["kid"], "e1");
    let payload = object(serde_json::from_slice(&plaintext).unwrap());
    let state = payload
        .get("state")
        .map(|state| state.as_str().unwrap().to_owned());
    Answered {
        presentations: object(payload["vp_token"].clone()),
        state,
    }
}

fn check(text: &str, issuer: &EcKey, audience: Option<&str>) -> VerifiedPresentation {
    let key = VerificationKey::from_jwk(&issuer.public_jwk()).unwrap();
    let check = PresentationCheck {
        trust: IssuerTrust::Key(key),
        key_binding: audience.map(|audience| Audience {
            audience,
            nonce: "n-0S6_WzA2Mj~.",
        }),
        at: u64::try_from(NOW.as_secs()).unwrap(),
    };
    wallet_parties::sd_jwt::verify(text, &check).unwrap()
}

fn shown(presentation: &VerifiedPresentation) -> Vec<String> {
    let mut paths: Vec<_> = presentation
        .disclosed
        .iter()
        .map(|path| Value::from(path.clone()).to_string())
        .collect();
    paths.sort();
    paths
}

// shows: VP 30, VP 31, VP 32, VP 34, VP 37, VP 38
#[test]
fn a_verifier_gets_what_it_asked_for_and_nothing_more() {
    for bench in [Bench::new(), Bench::by_hash(), Bench::unsigned()] {
        let copy = Copy::pid();
        let issuer = copy.issuer.clone();
        let plan = approved(propose(&bench, &copy));
        let planned = texts(&plan.showings()[0].disclosed);
        let is_encrypted = plan.request().encryption_thumbprint().is_some();
        let materials = copy.material("pid");
        let answer = pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap();
        let read = read(&answer, is_encrypted.then_some(&bench.encryption));
        assert_eq!(read.state.as_deref(), Some("state-1"));
        assert_eq!(read.presentations.len(), 1);
        let [text] = read.presentations["pid"].as_array().unwrap().as_slice() else {
            panic!("one presentation");
        };
        let client_id = bench.payload["client_id"].as_str().unwrap();
        let presentation = check(text.as_str().unwrap(), &issuer, Some(client_id));
        assert_eq!(shown(&presentation), planned);
        assert_eq!(presentation.claims["given_name"], "Ada");
        assert_eq!(presentation.claims["address"], json!({"locality": "Köln"}));
        assert!(presentation.claims.get("family_name").is_none());
        assert_eq!(presentation.key_binding.unwrap()["iat"], NOW.as_secs());
    }
}

// shows: VP 39
#[test]
fn where_no_binding_is_asked_there_is_no_proof_of_the_holders_key() {
    let mut bench = Bench::new();
    bench.payload["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] =
        false.into();
    for bound in [true, false] {
        let copy = Copy::issue(pid_claims(), &PID_PATHS, bound);
        let issuer = copy.issuer.clone();
        let plan = approved(propose(&bench, &copy));
        let mut material = copy.material("pid");
        material.values_mut().next().unwrap().key = None;
        let answer = pollster::block_on(plan.respond(&material, NOW, &OsRandom)).unwrap();
        let read = read(&answer, Some(&bench.encryption));
        let text = read.presentations["pid"][0].as_str().unwrap().to_owned();
        assert!(text.ends_with('~'));
        assert!(check(&text, &issuer, None).key_binding.is_none());
    }
}

// shows: VP 25, VP 30
#[test]
fn one_presentation_for_each_card_and_query() {
    let copies = [Copy::pid(), Copy::pid()];
    let mut bench = Bench::new();
    let mut query = pid_query();
    query["credentials"][0]["multiple"] = true.into();
    query["credentials"].as_array_mut().unwrap().push(json!({
        "id": "bare", "format": "dc+sd-jwt", "meta": {}}));
    bench.set("dcql_query", query);
    let candidates = [copies[0].candidate("one"), copies[1].candidate("two")];
    let proposal = Proposal::make(bench.run().unwrap(), &candidates, NOW, &OsRandom).unwrap();
    let mut plan = unwrap_plan(proposal);
    let both = vec![CredentialRef("one".into()), CredentialRef("two".into())];
    plan.select(
        &Choice::Credentials {
            query: "pid".into(),
            credentials: both,
        },
        NOW,
        &OsRandom,
    )
    .unwrap();
    let plan = approved(Proposal::Plan(Box::new(plan)));
    let [one, two] = copies;
    let mut materials = one.material("one");
    materials.extend(two.material("two"));
    let answer = pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap();
    let read = read(&answer, Some(&bench.encryption));
    assert_eq!(read.presentations["pid"].as_array().unwrap().len(), 2);
    let bare = read.presentations["bare"].as_array().unwrap();
    assert_eq!(bare.len(), 1);
    // No claims asked for: issuer JWT, no disclosure, KB-JWT.
    assert_eq!(bare[0].as_str().unwrap().matches('~').count(), 1);
}

// shows: HOSTILE 9
#[test]
fn only_the_very_copy_that_was_approved_is_shown() {
    let bench = Bench::new();
    let copy = Copy::pid();
    let plan = || approved(propose(&bench, &copy));
    let respond = |plan: ApprovedPlan, materials| {
        pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap_err()
    };
    assert_eq!(
        respond(plan(), HashMap::new()),
        PresentationError::WrongCopy
    );
    assert_eq!(
        respond(plan(), Copy::pid().material("pid")),
        PresentationError::WrongCopy
    );
    let none = HashMap::new();
    let late = plan().respond(&none, NOW.saturating_add(301), &OsRandom);
    assert_eq!(
        pollster::block_on(late).unwrap_err(),
        PresentationError::ConsentExpired
    );
    let last = plan();
    let mut without_key = copy.material("pid");
    without_key.values_mut().next().unwrap().key = None;
    assert_eq!(respond(last, without_key), PresentationError::WrongCopy);
}

/// A hardware key that signs something else than it was given.
struct WrongSignature(Arc<SoftwareKey>);

#[async_trait]
impl crate::keys::HolderKey for WrongSignature {
    fn id(&self) -> &crate::keys::KeyId {
        self.0.id()
    }
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }
    async fn sign(&self, input: SigningInput<'_>) -> Result<Vec<u8>, crate::WalletError> {
        let something_else = JwsDraft::new(&Map::new(), &Map::new());
        let input = SigningInput::of(&something_else, input.purpose());
        self.0.sign(input).await
    }
}

// shows: HOSTILE 9
#[test]
fn a_presentation_that_does_not_read_back_as_planned_is_not_sent() {
    let bench = Bench::new();
    let copy = Copy::pid();
    let plan = approved(propose(&bench, &copy));
    let mut materials = copy.material("pid");
    for material in materials.values_mut() {
        let key = SoftwareKey::generate(Algorithm::Es256, KeyPurpose::Holder, &OsRandom).unwrap();
        material.key = Some(Arc::new(key));
    }
    let error = pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap_err();
    assert!(matches!(error, PresentationError::Format(_)));

    let copy = Copy::pid();
    let plan = approved(propose(&bench, &copy));
    let key = Arc::clone(&copy.key);
    let mut materials = copy.material("pid");
    for material in materials.values_mut() {
        material.key = Some(Arc::new(WrongSignature(Arc::clone(&key))));
    }
    let error = pollster::block_on(plan.respond(&materials, NOW, &OsRandom)).unwrap_err();
    assert_eq!(error, PresentationError::PresentationDiffers);
    let error = crate::WalletError::from(error);
    assert_eq!(error.category(), crate::Category::Bug);
}

fn answer() -> Answer {
    let copy = Copy::pid();
    let plan = approved(propose(&Bench::new(), &copy));
    pollster::block_on(plan.respond(&copy.material("pid"), NOW, &OsRandom)).unwrap()
}

fn send(answer: &Answer, server: &Server) -> Result<Outcome, PresentationError> {
    pollster::block_on(answer.send(&Fetcher::new(server, FetchSettings::default()), NOW))
}

// shows: VP 33, HAIP 17
#[test]
fn the_verifiers_word_decides_the_outcome() {
    let answer = answer();
    let accepted = |redirect_uri: Option<&str>| Outcome::Accepted {
        redirect_uri: redirect_uri.map(str::to_owned),
    };
    let example = vector("inline/vp-026.txt");
    let example = example.split_once("\n\n").unwrap().1;
    for (status, body, outcome) in [
        (200, "{}", accepted(None)),
        (200, "", accepted(None)),
        (200, "not json", accepted(None)),
        (200, r#"{"more": 1}"#, accepted(None)),
        (
            200,
            r#"{"redirect_uri": "javascript:alert(1)"}"#,
            accepted(None),
        ),
        (200, r#"{"redirect_uri": 7}"#, accepted(None)),
        (
            200,
            example,
            accepted(Some(
                "https://client.example.org/cb#response_code=091535f699ea575c7937fa5f0f454aee",
            )),
        ),
        (302, "{}", Outcome::Refused),
        (307, "{}", Outcome::Refused),
        (400, r#"{"error": "invalid_request"}"#, Outcome::Refused),
        (404, "", Outcome::Refused),
        (500, "", Outcome::Unknown),
        (503, "", Outcome::Unknown),
    ] {
        let server = Server::answering(status, "application/json", body);
        assert_eq!(send(&answer, &server), Ok(outcome), "{status} {body}");
    }
    for error in [
        HttpError::NotSent,
        HttpError::SentOrUnknown,
        HttpError::HostFailed,
        HttpError::Timeout,
        HttpError::Tls,
    ] {
        assert_eq!(send(&answer, &Server::failing(error)), Ok(Outcome::Unknown));
    }
}

#[test]
fn sending_again_sends_the_same_bytes_until_the_request_ends() {
    let answer = answer();
    let server = Server::failing(HttpError::SentOrUnknown);
    assert_eq!(send(&answer, &server), Ok(Outcome::Unknown));
    assert_eq!(send(&answer, &server), Ok(Outcome::Unknown));
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(asked[0].url, RESPONSE_URI);
    assert_eq!(asked[0].method, Method::Post);
    let content_type = (
        "content-type".to_owned(),
        "application/x-www-form-urlencoded".to_owned(),
    );
    assert!(asked[0].headers.contains(&content_type));
    drop(asked);
    let fetcher = Fetcher::new(&server, FetchSettings::default());
    let late = answer.send(&fetcher, answer.valid_until().saturating_add(1));
    assert_eq!(pollster::block_on(late), Err(PresentationError::Expired));
    assert_eq!(server.asked.lock().unwrap().len(), 2);
}
