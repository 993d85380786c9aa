//! Whom the citizen meets, and what comes of it.

use super::other;
use crate::failure::Failure;
use crate::output::paths_text;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::presentation::{Choice, ConsentPlan, Proposal, UserAuth};
use wallet_core::wallet::{Outcome, Wallet};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::data_integrity::{CITIZEN_ID as CITIZEN_ID_TYPE, CREDENTIAL};
use wallet_parties::verifier::{PresentationResult, RequestOptions};

/// What the citizen does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Shows what the plan says.
    Show,
    /// Takes the verifier's own option that reveals least.
    ShowLeast,
    /// Says no.
    Refuse,
    /// Has no card to show: the issuer has withdrawn it.
    Withdrawn,
}

/// The citizen ID as W3C credential.
pub(super) const CITIZEN_ID: &str = "citizen_id_bbs";

/// A verifier and its request.
pub(crate) struct Stop {
    pub(crate) who: &'static str,
    name: &'static str,
    card: &'static str,
    claims: Vec<Value>,
    /// Indexes into `claims`, in the verifier's order of preference.
    claim_sets: Option<Vec<Vec<usize>>>,
    decision: Decision,
}

impl Stop {
    fn at(who: &'static str, name: &'static str, claims: Vec<Value>, decision: Decision) -> Self {
        Self {
            who,
            name,
            card: "resident_card",
            claims,
            claim_sets: None,
            decision,
        }
    }
}

/// Until noon.
pub(crate) fn morning() -> Vec<Stop> {
    vec![
        Stop::at(
            "a bar",
            "bar",
            vec![json!(["age_equal_or_over", "19"])],
            Decision::Show,
        ),
        Stop::at(
            "a bank",
            "bank",
            vec![
                json!(["name"]),
                json!(["address", "region"]),
                json!(["address", "locality"]),
                json!(["address", "street_address"]),
            ],
            Decision::Show,
        ),
        Stop::at(
            "a voting office",
            "voting-office",
            vec![json!(["address", "locality"])],
            Decision::Show,
        ),
    ]
}

/// After it.
pub(crate) fn afternoon() -> Vec<Stop> {
    vec![
        Stop::at(
            "an over-asking shop",
            "shop",
            vec![
                json!(["name"]),
                json!(["resident_registration_number"]),
                json!(["address"]),
                json!(["portrait"]),
            ],
            Decision::Refuse,
        ),
        Stop {
            claim_sets: Some(vec![vec![0, 1, 2], vec![2]]),
            ..Stop::at(
                "the same shop, which also takes less",
                "shop",
                vec![
                    json!(["resident_registration_number"]),
                    json!(["name"]),
                    json!(["age_equal_or_over", "19"]),
                ],
                Decision::ShowLeast,
            )
        },
        Stop {
            card: "driving_licence",
            ..Stop::at(
                "a car rental",
                "car-rental",
                vec![json!(["licence_number"]), json!(["classes", null, "code"])],
                Decision::Show,
            )
        },
    ]
}

/// With a card that leaves nothing to recognise its holder by.
pub(super) fn evening() -> Vec<Stop> {
    let of_citizen = |name: &str| json!(["credentialSubject", name]);
    vec![Stop {
        card: CITIZEN_ID,
        ..Stop::at(
            "a cinema, by a proof of bbs-2023",
            "cinema",
            vec![of_citizen("age_over_19")],
            Decision::Show,
        )
    }]
}

/// After the issuer revoked the licence.
pub(crate) fn after_the_revocation() -> Stop {
    Stop {
        card: "driving_licence",
        ..Stop::at(
            "another car rental",
            "car-rental",
            vec![json!(["licence_number"]), json!(["classes", null, "code"])],
            Decision::Withdrawn,
        )
    }
}

/// After the holder moved, and the card was issued again.
pub(super) fn new_office() -> Stop {
    let claims = vec![json!(["address", "locality"])];
    Stop::at(
        "the voting office of the new district",
        "voting-office",
        claims,
        Decision::Show,
    )
}

/// What came of a stop.
pub(crate) struct Visit {
    pub(super) who: &'static str,
    pub(super) asked: Vec<Value>,
    pub(super) learned: Vec<Value>,
    pub(super) withheld: Vec<Value>,
    /// The holder keys it saw: what it could recognise the holder by.
    pub(super) keys: Vec<Value>,
    pub(super) accepted: bool,
    pub(crate) ending: &'static str,
}

impl Visit {
    pub(crate) fn row(&self) -> Vec<String> {
        let texts = |paths: &[Value]| match paths.len() {
            0 => "nothing".to_owned(),
            _ => paths_text(paths),
        };
        vec![
            self.who.to_owned(),
            texts(&self.asked),
            texts(&self.learned),
            texts(&self.withheld),
            self.ending.to_owned(),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "verifier": self.who,
            "asked": self.asked,
            "disclosed": self.learned,
            "withheld": self.withheld,
            "accepted": self.accepted,
        })
    }
}

/// The citizen, out and about.
pub(crate) struct Day<'a> {
    pub(crate) wallet: &'a Wallet,
    pub(crate) parties: &'a Parties,
}

impl Day<'_> {
    /// A visit, with the time it took.
    pub(super) async fn visit_in(
        &self,
        stop: &Stop,
        steps: &mut Vec<(String, Duration)>,
    ) -> Result<Visit, Failure> {
        let start = Instant::now();
        let visit = self.visit(stop).await?;
        steps.push((format!("{} {}", stop.who, visit.ending), start.elapsed()));
        Ok(visit)
    }

    pub(crate) async fn visit(&self, stop: &Stop) -> Result<Visit, Failure> {
        let link = self
            .parties
            .verifier
            .request(&self.request(stop))
            .map_err(other)?;
        let mut plan = match self.wallet.request(&link.uri).await? {
            Proposal::Plan(plan) => plan,
            unavailable @ Proposal::Unavailable(_) if stop.decision == Decision::Withdrawn => {
                self.wallet.refuse(unavailable).await?;
                return self.unanswered(stop, &link.session);
            }
            Proposal::Unavailable(_) => {
                return Err(WalletError::new(ErrorCode::ClaimsNotAvailable).into());
            }
        };
        if stop.decision == Decision::ShowLeast {
            self.choose_least(&mut plan)?;
        }
        if stop.decision == Decision::Refuse {
            let withheld = all_claims(&plan);
            self.wallet.refuse(Proposal::Plan(plan)).await?;
            let learned = self.parties.verifier.result(&link.session).map_err(other)?;
            return Ok(Visit {
                who: stop.who,
                asked: stop.claims.clone(),
                learned: leaves(
                    learned
                        .disclosed()
                        .into_iter()
                        .map(|path| json!(path))
                        .collect(),
                ),
                withheld,
                keys: holder_keys(&learned),
                accepted: learned.accepted,
                ending: "was refused",
            });
        }
        let withheld = paths(plan.showings().iter().flat_map(|showing| &showing.withheld));
        let hash = *plan.hash();
        let approved = self
            .wallet
            .approve(*plan, &hash, UserAuth::None)
            .map_err(WalletError::from)?;
        let presented = self.wallet.present(approved).await?;
        // What the verifier itself says it learned, not what the wallet believes it sent.
        let learned = self.parties.verifier.result(&link.session).map_err(other)?;
        Ok(Visit {
            who: stop.who,
            asked: stop.claims.clone(),
            learned: leaves(
                learned
                    .disclosed()
                    .into_iter()
                    .map(|path| json!(path))
                    .collect(),
            ),
            withheld,
            keys: holder_keys(&learned),
            accepted: learned.accepted && presented.outcome == Outcome::Accepted,
            ending: if learned.accepted {
                "was answered"
            } else {
                "did not accept the answer"
            },
        })
    }

    /// The issuer withdrew the card and the wallet has heard of it: the verifier learns nothing, not even that.
    fn unanswered(&self, stop: &Stop, session: &str) -> Result<Visit, Failure> {
        let learned = self.parties.verifier.result(session).map_err(other)?;
        Ok(Visit {
            who: stop.who,
            asked: stop.claims.clone(),
            learned: learned
                .disclosed()
                .into_iter()
                .map(|path| json!(path))
                .collect(),
            withheld: stop.claims.clone(),
            keys: holder_keys(&learned),
            accepted: learned.accepted,
            ending: "got no card: the issuer had revoked it",
        })
    }

    fn choose_least(&self, plan: &mut ConsentPlan) -> Result<(), Failure> {
        // The plan lists its alternatives with the least disclosure first.
        let least = plan.alternatives().into_iter().next();
        if let Some((least, claim_set)) =
            least.and_then(|least| least.claim_set.map(|set| (least, set)))
        {
            let choice = Choice::ClaimSet {
                query: least.query,
                credential: least.credential,
                claim_set,
            };
            self.wallet.select(plan, &choice)?;
        }
        Ok(())
    }

    fn request(&self, stop: &Stop) -> RequestOptions {
        let claims: Vec<Value> = stop
            .claims
            .iter()
            .enumerate()
            .map(|(number, path)| json!({ "id": format!("c{number}"), "path": path }))
            .collect();
        let mut query = match self.parties.issuer.vct(stop.card) {
            Some(vct) => json!({ "format": "dc+sd-jwt", "meta": { "vct_values": [vct] } }),
            None => json!({
                "format": "ldp_vc",
                "meta": { "type_values": [[CREDENTIAL, CITIZEN_ID_TYPE]] },
                // It is bound to no key.
                "require_cryptographic_holder_binding": false,
            }),
        };
        query["id"] = "card".into();
        query["claims"] = claims.into();
        if let (Some(sets), Some(members)) = (&stop.claim_sets, query.as_object_mut()) {
            let named = |set: &Vec<usize>| {
                set.iter()
                    .map(|number| format!("c{number}"))
                    .collect::<Vec<_>>()
            };
            members.insert(
                "claim_sets".to_owned(),
                json!(sets.iter().map(named).collect::<Vec<_>>()),
            );
        }
        RequestOptions::new(stop.name, json!({ "credentials": [query] }))
    }
}

/// Of each card that was shown and is bound to one.
pub(super) fn holder_keys(result: &PresentationResult) -> Vec<Value> {
    let shown = result.learned.iter();
    let keys = shown.map(|learned| learned.claims["cnf"]["jwk"].clone());
    keys.filter(|key| !key.is_null()).collect()
}

/// Without the containers that are opened only to show what is in them.
pub(super) fn leaves(paths: Vec<Value>) -> Vec<Value> {
    let holds = |outer: &Value, inner: &Value| match (outer.as_array(), inner.as_array()) {
        (Some(outer), Some(inner)) => outer.len() < inner.len() && inner.starts_with(outer),
        _ => false,
    };
    let is_leaf = |path: &&Value| !paths.iter().any(|other| holds(path, other));
    paths.iter().filter(is_leaf).cloned().collect()
}

fn all_claims(plan: &ConsentPlan) -> Vec<Value> {
    paths(
        plan.showings()
            .iter()
            .flat_map(|showing| showing.disclosed.iter().chain(&showing.withheld)),
    )
}

pub(super) fn paths<'p>(paths: impl Iterator<Item = &'p ClaimPath>) -> Vec<Value> {
    leaves(paths.map(ClaimPath::to_json).collect())
}
