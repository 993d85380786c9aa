//! Two verifiers compare what the same citizens showed each of them.

mod citizens;

use crate::demo::other;
use crate::failure::Failure;
use crate::output::Output;
use citizens::{Citizen, Verifier};
use serde_json::{Value, json};
use wallet_core::random::{OsRandom, make_bytes};
use wallet_parties::Parties;
use wallet_parties::collusion::{Collusion, Traits};

/// So many citizens come to both verifiers each day.
const CITIZENS: usize = 20;
/// Days on which they come.
const DAYS: usize = 50;

/// How well the colluding verifiers guessed.
pub(super) struct Linkability {
    format: &'static str,
    /// Showings at the second verifier, for each of which one at the first was named.
    runs: usize,
    /// How many were named rightly.
    right: usize,
}

impl Linkability {
    /// The part of the runs that was named rightly.
    fn score(&self) -> f64 {
        self.right as f64 / self.runs as f64
    }

    fn chance() -> f64 {
        1.0 / CITIZENS as f64
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "format": self.format, "runs": self.runs, "score": self.score(), "chance": Self::chance(),
        })
    }

    fn row(&self) -> Vec<String> {
        vec![
            self.format.to_owned(),
            self.runs.to_string(),
            format!("{:.1} %", self.score() * 100.0),
            format!("{:.1} %", Self::chance() * 100.0),
        ]
    }
}

/// The citizen ID as an SD-JWT VC and as bbs-2023, to the same citizens.
pub(super) async fn play(parties: &Parties) -> Result<Vec<Linkability>, Failure> {
    let sd_jwt = citizens::with_sd_jwt(parties, CITIZENS).await?;
    let bbs = citizens::with_bbs(parties, CITIZENS)?;
    Ok(vec![
        collude("dc+sd-jwt", &sd_jwt, DAYS).await?,
        collude("bbs-2023", &bbs, DAYS).await?,
    ])
}

/// Every day all `citizens` come to a bar and to a voting office, in an order of their own; then both put together what they
/// have, and say of each who came to the office which of the day's guests of the bar that was.
async fn collude(
    format: &'static str,
    citizens: &[Citizen],
    days: usize,
) -> Result<Linkability, Failure> {
    let (bar, office) = (Verifier::bar(), Verifier::voting_office());
    // What does not hold is nothing to compare. To see that once is enough.
    for citizen in citizens {
        for verifier in [&bar, &office] {
            verifier.verify(citizen, &citizen.show(verifier).await?)?;
        }
    }
    let mut held = Vec::with_capacity(days);
    for _ in 0..days {
        held.push((
            visits(&bar, citizens).await?,
            visits(&office, citizens).await?,
        ));
    }
    let all = held
        .iter()
        .flat_map(|(bar, office)| bar.iter().chain(office));
    let collusion = Collusion::over(all.map(|visit| &visit.traits));
    let mut right = 0;
    for (guests, voters) in &held {
        let candidates: Vec<&Traits> = guests.iter().map(|guest| &guest.traits).collect();
        for voter in voters {
            let named = collusion.link(&voter.traits, &candidates).map_err(other)?;
            right += usize::from(guests[named].citizen == voter.citizen);
        }
    }
    Ok(Linkability {
        format,
        runs: days * citizens.len(),
        right,
    })
}

/// What a verifier holds of one visit. Who it was, the verifier does not know.
struct Visit {
    citizen: usize,
    traits: Traits,
}

async fn visits(verifier: &Verifier, citizens: &[Citizen]) -> Result<Vec<Visit>, Failure> {
    let mut visits = Vec::with_capacity(citizens.len());
    for citizen in in_any_order(citizens.len())? {
        let shown = citizens[citizen].show(verifier).await?;
        visits.push(Visit {
            citizen,
            traits: Traits::of(&shown.presentation),
        });
    }
    Ok(visits)
}

/// The numbers below `count`, by random keys: the order in which they come is nothing to link by.
fn in_any_order(count: usize) -> Result<Vec<usize>, Failure> {
    let mut keyed = Vec::with_capacity(count);
    for index in 0..count {
        keyed.push((make_bytes::<16>(&OsRandom)?, index));
    }
    keyed.sort_unstable();
    Ok(keyed.into_iter().map(|(_, index)| index).collect())
}

/// What a person reads.
pub(super) fn print(output: &Output, all: &[Linkability]) {
    output.line(format!(
        "\nA bar and a voting office compare all they hold of {CITIZENS} citizens who come to both each day, to find who was\n\
         at the other: values, salts, digests, keys, proofs, labels, indexes, dates, and how long and how many they are."
    ));
    let rows = all.iter().map(Linkability::row).collect();
    output.table(
        &["citizen ID as", "showings", "recognised", "by guessing"],
        rows,
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use citizens::signed_by_another;
    use wallet_parties::data_integrity::{LabelOrder, Signing};

    const FEW_DAYS: usize = 15;

    /// How often citizens are recognised whose issuer signs as `alter` says, which knows the citizen's number.
    fn score(alter: impl Fn(usize, &mut Signing)) -> f64 {
        let citizens = signed_by_another(CITIZENS, alter)
            .map_err(|failure| failure.text())
            .unwrap();
        let played = pollster::block_on(collude("bbs-2023", &citizens, FEW_DAYS));
        played.map_err(|failure| failure.text()).unwrap().score()
    }

    /// The standard deviation of as many guesses.
    fn sigma() -> f64 {
        let chance = Linkability::chance();
        (chance * (1.0 - chance) / (FEW_DAYS * CITIZENS) as f64).sqrt()
    }

    #[test]
    fn those_who_compare_notes_find_citizens_by_what_an_issuer_leaves_them() {
        const CREATED: [&str; 4] = [
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            "2026-01-03T00:00:00Z",
            "2026-01-04T00:00:00Z",
        ];
        // Four dates, and as many orders as three labels have: a fifth, and on average more than that, instead of a twentieth.
        let dated = score(|citizen, signing| signing.created = CREATED[citizen % 4]);
        let labelled = score(|_, signing| signing.labels = LabelOrder::Shuffled);
        for (by, found) in [("dates", dated), ("labels", labelled)] {
            assert!(
                found > Linkability::chance() + 3.0 * sigma(),
                "by {by}: {found}"
            );
        }
    }

    #[test]
    fn they_guess_where_an_issuer_leaves_them_nothing() {
        let found = score(|_, _| {});
        assert!(
            (found - Linkability::chance()).abs() < 5.0 * sigma(),
            "{found}"
        );
    }
}
