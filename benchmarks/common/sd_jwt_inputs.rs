// The credentials every SD-JWT peer works on, and how the work is timed. Included by each package.

use crate::workload::{report, start};
use serde_json::Value;

/// How often each work is done in one process; the mean is reported.
pub const TIMES: u32 = 300;
/// What presentations are bound to.
pub const AUDIENCE: &str = "x509_san_dns:verifier.example";
pub const NONCE: &str = "n-0S6_WzA2Mj";

/// A credential of `count` claims, of which the first half is presented.
pub struct Credential {
    pub count: usize,
    pub text: String,
    pub claims: Vec<String>,
}

pub fn inputs() -> Value {
    serde_json::from_str(include_str!("sd-jwt.json")).expect("inputs")
}

pub fn text_of<'a>(inputs: &'a Value, name: &str) -> &'a str {
    inputs[name].as_str().expect("text")
}

pub fn credentials(inputs: &Value) -> Vec<Credential> {
    [10, 30]
        .into_iter()
        .map(|count| {
            let credential = &inputs["credentials"][count.to_string()];
            let claims = credential["claims"].as_array().expect("claims");
            let half = claims.iter().take(count / 2);
            Credential {
                count,
                text: text_of(credential, "text").to_owned(),
                claims: half
                    .map(|claim| claim.as_str().expect("name").to_owned())
                    .collect(),
            }
        })
        .collect()
}

/// Does the work `TIMES` times, after a few that are not counted, and reports the mean.
pub fn repeated<T>(peer: &str, work: &str, mut run: impl FnMut() -> T) -> T {
    for _ in 0..TIMES / 10 {
        run();
    }
    let start = start();
    let mut last = run();
    for _ in 1..TIMES {
        last = run();
    }
    report(peer, work, start, TIMES);
    last
}
