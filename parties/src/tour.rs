//! Offers and requests from a second terminal: `serve --dir` writes down where the server is, these commands ask it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wallet_parties::chain::ServedLedger;
use wallet_parties::{Parties, Refused, Result, control};

const SERVER: &str = "server.json";
const SESSION: &str = "session";

/// Writes what the other commands, and a wallet, need.
pub(crate) fn write(dir: &Path, server: &Value, parties: &Parties) -> Result<()> {
    fs::create_dir_all(dir).map_err(refuse)?;
    let anchors = format!(
        "{}{}",
        parties.anchors.issuer_pem, parties.anchors.verifier_pem
    );
    fs::write(dir.join("anchors.pem"), anchors).map_err(refuse)?;
    fs::write(dir.join("web-issuer"), parties.issuer.controller()).map_err(refuse)?;
    fs::write(dir.join(SERVER), server.to_string()).map_err(refuse)
}

/// Writes what an app pins of a ledger, and the DID that cards are signed as.
pub(crate) fn write_ledger(dir: &Path, ledger: &ServedLedger) -> Result<()> {
    for (name, text) in [
        ("ledger-profile.json", &ledger.profile().to_string()),
        ("ledger-checkpoint.json", &ledger.checkpoint().to_string()),
        (
            "ledger-checkpoint-earlier.json",
            &ledger.earlier_checkpoint().to_string(),
        ),
        ("ledger-server", &ledger.server().to_owned()),
        ("ledger-issuer", &ledger.signer().did),
        ("ledger-account", &ledger.account()),
    ] {
        fs::write(dir.join(name), text).map_err(refuse)?;
    }
    Ok(())
}

/// Prints an offer, and its transaction code if there is one.
pub(crate) fn offer(dir: &Path, options: &Value) -> Result<()> {
    let server = Server::read(dir)?;
    let offer = control::post(server.url("issuer", "offer")?, options)?;
    println!("{}", text(&offer, "uri")?);
    if let Some(code) = offer["tx_code"].as_str() {
        println!("{code}");
    }
    Ok(())
}

/// Hands `options` (JSON) to a control endpoint of the issuer.
pub(crate) fn steer(dir: &Path, endpoint: &str, query: &str, options: &str) -> Result<()> {
    let server = Server::read(dir)?;
    let url = format!("{}{query}", server.url("issuer", endpoint)?);
    control::post(&url, &json(options)?).map(drop)
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| Refused::because("the options are not JSON"))
}

/// What is asked of a card.
pub(crate) struct Asked<'a> {
    /// Its configuration.
    pub(crate) card: &'a str,
    /// Such as `name` or `address.locality`.
    pub(crate) claims: &'a [String],
    /// The service that a pseudonym is for.
    pub(crate) pseudonym: Option<&'a str>,
    /// Whether the proof of anchoring is wanted.
    pub(crate) anchor_proof: bool,
}

/// Prints a presentation request and remembers it for [`learned`].
pub(crate) fn ask(dir: &Path, name: &str, asked: &Asked<'_>, options: &str) -> Result<()> {
    let server = Server::read(dir)?;
    let issuer = &server.0["issuer"];
    let types = (
        &issuer["types"][asked.card],
        &issuer["type_values"][asked.card],
    );
    let (format, mut meta, holder) = match types {
        (Value::String(vct), _) => ("dc+sd-jwt", json!({ "vct_values": [vct] }), None),
        (_, Value::Array(types)) => {
            let meta = json!({ "type_values": [types] });
            let is_iri = |one: &Value| one.as_str().is_some_and(|one| one.contains(':'));
            let format = match types.iter().all(is_iri) {
                true => "ldp_vc",
                false => "jwt_vc_json",
            };
            (format, meta, Some("credentialSubject"))
        }
        _ => return Err(Refused::because("no such card")),
    };
    if let Some(service) = asked.pseudonym {
        meta["pseudonym"] = json!({ "service": service });
    }
    if asked.anchor_proof {
        meta["anchor_proof"] = true.into();
    }
    let paths = asked.claims.iter().map(|claim| {
        let path: Vec<&str> = holder.into_iter().chain(claim.split('.')).collect();
        json!({ "path": path })
    });
    let mut credential = json!({
        "id": "card",
        "format": format,
        "meta": meta,
        "claims": paths.collect::<Vec<_>>(),
    });
    if format == "ldp_vc" {
        // It is bound to nothing.
        credential["require_cryptographic_holder_binding"] = false.into();
    }
    let query = json!({ "credentials": [credential] });
    let mut options = json(options)?;
    let members = options.as_object_mut();
    let members = members.ok_or_else(|| Refused::because("the options are not an object"))?;
    members.insert("name".into(), name.into());
    members.insert("query".into(), query);
    let request = control::post(server.url("verifier", "request")?, &options)?;
    fs::write(dir.join(SESSION), text(&request, "session")?).map_err(refuse)?;
    println!("{}", text(&request, "uri")?);
    Ok(())
}

/// Prints what the verifier learned.
pub(crate) fn learned(dir: &Path) -> Result<()> {
    let server = Server::read(dir)?;
    let session = fs::read_to_string(dir.join(SESSION)).map_err(refuse)?;
    let result = control::get(&format!(
        "{}?session={session}",
        server.url("verifier", "result")?
    ))?;
    println!("{result:#}");
    Ok(())
}

/// Where a running server is.
struct Server(Value);

impl Server {
    fn read(dir: &Path) -> Result<Self> {
        let text = fs::read_to_string(dir.join(SERVER)).map_err(refuse)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|_| Refused::because("server.json is not what `serve --dir` wrote"))
    }

    fn url(&self, party: &str, name: &str) -> Result<&str> {
        text(&self.0[party], name)
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    value[name]
        .as_str()
        .ok_or_else(|| Refused::because(format!("the server did not give `{name}`")))
}

fn refuse(error: std::io::Error) -> Refused {
    Refused::because(error.to_string())
}
