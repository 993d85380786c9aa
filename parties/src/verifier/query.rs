//! What a DCQL query asked for, and whether what came answers it (OpenID4VP 1.0 sections 6 and 7).

use serde_json::Value;

use crate::refused::{OrRefuse, Result, ensure};
use crate::sd_jwt::Path;

/// The concrete places `pointer` selects in `claims`; empty if it selects nothing (section 7.1.1).
pub(super) fn select(claims: &Value, pointer: &[Value]) -> Vec<Path> {
    let mut found: Vec<(Path, &Value)> = vec![(Vec::new(), claims)];
    for segment in pointer {
        let mut next = Vec::new();
        for (path, value) in found {
            let below: Vec<(Value, &Value)> = match (segment, value) {
                (Value::String(name), Value::Object(object)) => {
                    let member = object.get(name).map(|v| (segment.clone(), v));
                    member.into_iter().collect()
                }
                (Value::Number(index), Value::Array(array)) => {
                    let index = index.as_u64().and_then(|i| usize::try_from(i).ok());
                    let element = index.and_then(|i| array.get(i));
                    element.map(|v| (segment.clone(), v)).into_iter().collect()
                }
                (Value::Null, Value::Array(array)) => array
                    .iter()
                    .enumerate()
                    .map(|(i, v)| (i.into(), v))
                    .collect(),
                _ => Vec::new(),
            };
            next.extend(below.into_iter().map(|(segment, value)| {
                let mut path = path.clone();
                path.push(segment);
                (path, value)
            }));
        }
        found = next;
    }
    found.into_iter().map(|(path, _)| path).collect()
}

fn value_at<'a>(claims: &'a Value, path: &[Value]) -> Option<&'a Value> {
    path.iter()
        .try_fold(claims, |value, segment| match segment {
            Value::String(name) => value.get(name),
            Value::Number(index) => value.get(usize::try_from(index.as_u64()?).ok()?),
            _ => None,
        })
}

/// The credential query with this identifier.
pub(super) fn credential_query<'a>(query: &'a Value, id: &str) -> Result<&'a Value> {
    let all = query["credentials"]
        .as_array()
        .or_refuse("no credentials in the query")?;
    let found = all.iter().find(|q| q["id"].as_str() == Some(id));
    found.or_refuse("an answer to a question nobody asked")
}

/// Checks that `claims` of a presented `dc+sd-jwt` answer its credential query.
pub(super) fn check_answer(query: &Value, claims: &Value) -> Result<()> {
    let types = query["meta"]["vct_values"].as_array();
    let fits = types.is_none_or(|types| types.contains(&claims["vct"]));
    ensure(fits, "a credential of another type")?;
    check_claims(query, claims)
}

/// Checks that `claims` of a presented credential have what was asked for, in any format.
pub(super) fn check_claims(query: &Value, claims: &Value) -> Result<()> {
    let Some(asked) = query["claims"].as_array() else {
        return Ok(());
    };
    let answered = |claim: &Value| {
        let pointer = claim["path"].as_array().map_or(&[][..], Vec::as_slice);
        let places = select(claims, pointer);
        let wanted = |path: &Path| match claim["values"].as_array() {
            None => true,
            Some(values) => value_at(claims, path).is_some_and(|v| values.contains(v)),
        };
        places.iter().any(wanted)
    };
    let satisfied = match query["claim_sets"].as_array() {
        None => asked.iter().all(answered),
        Some(sets) => sets.iter().any(|set| {
            let ids = set.as_array().map_or(&[][..], Vec::as_slice);
            ids.iter().all(|id| {
                asked
                    .iter()
                    .any(|claim| claim["id"] == *id && answered(claim))
            })
        }),
    };
    ensure(satisfied, "a claim that was asked for is missing")
}

/// Checks that the credentials answered (by query id) fulfil the query as a whole (section 6.4.2).
pub(super) fn check_complete(query: &Value, answered: &[&str]) -> Result<()> {
    let has = |id: &Value| id.as_str().is_some_and(|id| answered.contains(&id));
    let complete = match query["credential_sets"].as_array() {
        None => {
            let all = query["credentials"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            all.iter().all(|credential| has(&credential["id"]))
        }
        Some(sets) => sets.iter().all(|set| {
            let options = set["options"].as_array().map_or(&[][..], Vec::as_slice);
            let fulfilled = options.iter().any(|option| {
                let ids = option.as_array().map_or(&[][..], Vec::as_slice);
                ids.iter().all(has)
            });
            fulfilled || set["required"] == Value::Bool(false)
        }),
    };
    ensure(complete, "the answer is not complete")
}

/// Of the `disclosed` places those that no claim of the query selects, leads to, or lies above.
pub(super) fn unrequested(query: &Value, claims: &Value, disclosed: &[Path]) -> Vec<Path> {
    let asked = query["claims"].as_array().map_or(&[][..], Vec::as_slice);
    let pointers = asked.iter().filter_map(|claim| claim["path"].as_array());
    let requested: Vec<Path> = pointers
        .flat_map(|pointer| select(claims, pointer))
        .collect();
    let covered = |path: &&Path| {
        let related = |r: &Path| r.starts_with(path) || path.starts_with(r);
        !requested.iter().any(related)
    };
    disclosed.iter().filter(covered).cloned().collect()
}
