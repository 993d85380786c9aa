//! `--select QUERY=ID[/SET]`: which card answers a query, with which of the verifier's own claim sets.

use super::cards::find;
use crate::failure::Failure;
use crate::output::{Output, paths_text};
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::presentation::dcql::CredentialRef;
use wallet_core::presentation::{Alternative, Choice, ConsentPlan, SetAlternative};
use wallet_core::wallet::Wallet;

/// Characters of an id that are printed.
const SHORT_ID: usize = 8;

/// One `--select`.
#[derive(Clone)]
pub(crate) struct Select {
    query: String,
    id: String,
    /// The place in `claim_sets`; written counting from 1.
    claim_set: Option<usize>,
}

/// Reads `QUERY=ID` or `QUERY=ID/SET`.
pub(crate) fn parse(text: &str) -> Result<Select, String> {
    let usage = || "say QUERY=ID or QUERY=ID/SET".to_owned();
    let (query, card) = text.split_once('=').ok_or_else(usage)?;
    let (id, claim_set) = match card.split_once('/') {
        Some((id, set)) => {
            let number: usize = set.parse().map_err(|_| usage())?;
            (id, Some(number.checked_sub(1).ok_or_else(usage)?))
        }
        None => (card, None),
    };
    if query.is_empty() || id.is_empty() {
        return Err(usage());
    }
    Ok(Select {
        query: query.to_owned(),
        id: id.to_owned(),
        claim_set,
    })
}

/// Changes the plan as asked. Several cards for one query are one choice.
pub(crate) fn apply(
    wallet: &Wallet,
    plan: &mut ConsentPlan,
    selects: &[Select],
) -> Result<(), Failure> {
    let mut done: Vec<&str> = Vec::new();
    for first in selects {
        let query = first.query.as_str();
        if done.contains(&query) {
            continue;
        }
        done.push(query);
        let mut credentials: Vec<CredentialRef> = Vec::new();
        let mut claim_sets = Vec::new();
        for select in selects.iter().filter(|select| select.query == query) {
            let card = CredentialRef(find(wallet, &select.id)?.as_str().to_owned());
            if let Some(claim_set) = select.claim_set {
                claim_sets.push((card.clone(), claim_set));
            }
            if !credentials.contains(&card) {
                credentials.push(card);
            }
        }
        if let Some(choice) = option_with(plan, query) {
            wallet.select(plan, &choice)?;
        }
        let query = query.to_owned();
        let choice = Choice::Credentials {
            query: query.clone(),
            credentials,
        };
        wallet.select(plan, &choice)?;
        for (credential, claim_set) in claim_sets {
            let choice = Choice::ClaimSet {
                query: query.clone(),
                credential,
                claim_set,
            };
            wallet.select(plan, &choice)?;
        }
    }
    Ok(())
}

/// The option of a use case that answers this query, if the plan has chosen none that does.
fn option_with(plan: &ConsentPlan, query: &str) -> Option<Choice> {
    if plan.showings().iter().any(|showing| showing.query == query) {
        return None;
    }
    plan.set_alternatives().into_iter().find_map(|use_case| {
        let answers = |(_, queries): &&(usize, Vec<String>)| queries.iter().any(|one| one == query);
        let (option, _) = use_case.options.iter().find(answers)?;
        Some(Choice::SetOption {
            set: use_case.set,
            option: Some(*option),
        })
    })
}

/// Prints what else could be chosen, and how.
pub(crate) fn print_other_ways(output: &Output, plan: &ConsentPlan) {
    for other in plan.alternatives().iter().filter(|other| !other.chosen) {
        output.line(other_way(other));
    }
    for use_case in plan.set_alternatives() {
        print_other_options(output, &use_case);
    }
}

fn other_way(other: &Alternative) -> String {
    let shown: Vec<_> = other.disclosed.iter().map(ClaimPath::to_json).collect();
    let shown = match shown.len() {
        0 => "no claim that can be withheld".to_owned(),
        _ => paths_text(&shown),
    };
    let id: String = other.credential.0.chars().take(SHORT_ID).collect();
    let set = match other.claim_set {
        Some(place) => format!("/{}", place + 1),
        None => String::new(),
    };
    format!(
        "Another way: --select {}={id}{set} would show {shown}",
        other.query
    )
}

fn print_other_options(output: &Output, use_case: &SetAlternative) {
    let chosen = use_case.chosen;
    for (_, queries) in use_case
        .options
        .iter()
        .filter(|(place, _)| Some(*place) != chosen)
    {
        let optional = if use_case.required { "" } else { " (optional)" };
        let queries = queries.join(" and ");
        output.line(format!(
            "Instead or as well: --select for {queries}{optional}"
        ));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_selection_names_a_query_a_card_and_perhaps_a_claim_set() {
        let plain = parse("card=ab12").unwrap();
        assert_eq!(
            (plain.query.as_str(), plain.id.as_str(), plain.claim_set),
            ("card", "ab12", None)
        );
        assert_eq!(parse("card=ab12/2").unwrap().claim_set, Some(1));
        for wrong in [
            "",
            "card",
            "=ab12",
            "card=",
            "card=/1",
            "card=ab12/0",
            "card=ab12/x",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
