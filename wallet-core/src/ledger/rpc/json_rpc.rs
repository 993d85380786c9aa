//! JSON-RPC 2.0 over HTTP: several calls in one request, answers matched by their ids.

use super::RpcError;
use crate::http::{Fetcher, Purpose};
use serde_json::{Map, Value, json};
use url::Url;

/// Most calls of one request: what public endpoints take.
pub(super) const MAX_BATCH: usize = 32;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    method: &'static str,
    params: Value,
}

impl Call {
    pub(super) const fn new(method: &'static str, params: Value) -> Self {
        Self { method, params }
    }

    fn to_json(&self, id: usize) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "method": self.method, "params": self.params})
    }
}

/// What came of one call: its result, which may be null, or the endpoint's error.
pub(super) type Answer = Result<Value, RpcError>;

/// Calls one method.
pub(super) async fn call(fetcher: &Fetcher<'_>, url: &Url, one: &Call) -> Answer {
    let body = one.to_json(0);
    let fetched = post(fetcher, url, &body).await?;
    answer(fetched.json_object()?, 0)
}

/// Makes up to [`MAX_BATCH`] calls in one request. The answers stand in the order of the calls.
pub(super) async fn batch(
    fetcher: &Fetcher<'_>,
    url: &Url,
    calls: &[Call],
) -> Result<Vec<Answer>, RpcError> {
    if let [one] = calls {
        return Ok(vec![call(fetcher, url, one).await]);
    }
    if calls.is_empty() || calls.len() > MAX_BATCH {
        return Err(RpcError::Protocol);
    }
    let numbered = calls.iter().enumerate();
    let body: Value = numbered.map(|(id, one)| one.to_json(id)).collect();
    let answered = post(fetcher, url, &body).await?.json()?;
    in_order(answered, calls.len())
}

async fn post(
    fetcher: &Fetcher<'_>,
    url: &Url,
    body: &Value,
) -> Result<crate::http::Fetched, RpcError> {
    let body = body.to_string().into_bytes();
    let sent = fetcher.post(Purpose::Rpc, url.as_str(), &[], "application/json", body);
    Ok(sent.await?.require_success()?)
}

/// Puts a batch's answers into the order of its calls: an endpoint may mix them (JSON-RPC 2.0 6).
fn in_order(answered: Value, count: usize) -> Result<Vec<Answer>, RpcError> {
    let Value::Array(answered) = answered else {
        return Err(RpcError::Protocol);
    };
    if answered.len() != count {
        return Err(RpcError::Protocol);
    }
    let mut answers: Vec<Option<Answer>> = vec![None; count];
    for one in answered {
        let Value::Object(one) = one else {
            return Err(RpcError::Protocol);
        };
        let id = one.get("id").and_then(Value::as_u64);
        let id = id.and_then(|id| usize::try_from(id).ok());
        let place = id.and_then(|id| answers.get_mut(id));
        match (id, place) {
            (Some(id), Some(place)) if place.is_none() => *place = Some(answer(one, id)),
            _ => return Err(RpcError::Protocol),
        }
    }
    answers
        .into_iter()
        .map(|one| one.ok_or(RpcError::Protocol))
        .collect()
}

/// The result in an answer object (JSON-RPC 2.0 5): it has either a result or an error.
fn answer(mut object: Map<String, Value>, id: usize) -> Answer {
    let is_ours = object.get("jsonrpc").and_then(Value::as_str) == Some("2.0")
        && object.get("id").and_then(Value::as_u64) == u64::try_from(id).ok();
    let error = object.shift_remove("error");
    let result = object.shift_remove("result");
    match (error, result) {
        (None, Some(result)) if is_ours => Ok(result),
        // Some endpoints write a null beside the one that counts.
        (Some(Value::Null), Some(result)) if is_ours => Ok(result),
        (Some(error), None | Some(Value::Null)) => {
            let code = error.get("code").and_then(Value::as_i64);
            Err(code.map_or(RpcError::Protocol, RpcError::Refused))
        }
        _ => Err(RpcError::Protocol),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ok(id: usize, result: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "result": result})
    }

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }

    #[test]
    fn the_answers_of_a_batch_may_come_in_any_order() {
        let mixed = json!([ok(2, json!("c")), ok(0, json!("a")), ok(1, json!(null))]);
        let answers = in_order(mixed, 3).unwrap();
        assert_eq!(answers, [Ok(json!("a")), Ok(json!(null)), Ok(json!("c"))]);
    }

    #[test]
    fn a_batch_needs_one_answer_for_each_call() {
        for wrong in [
            json!([ok(0, json!(1))]),
            json!([ok(0, json!(1)), ok(0, json!(1))]),
            json!([ok(0, json!(1)), ok(2, json!(1))]),
            json!([ok(0, json!(1)), ok(1, json!(1)), ok(2, json!(1))]),
            json!([ok(0, json!(1)), 7]),
            json!([ok(0, json!(1)), {"jsonrpc": "2.0", "id": "1", "result": 1}]),
            ok(0, json!(1)),
            json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no batch"}}),
        ] {
            assert_eq!(
                in_order(wrong.clone(), 2),
                Err(RpcError::Protocol),
                "{wrong}"
            );
        }
    }

    #[test]
    fn an_answer_has_a_result_or_an_error_and_our_id() {
        assert_eq!(answer(object(ok(0, json!("x"))), 0), Ok(json!("x")));
        let error = json!({"jsonrpc": "2.0", "id": 0, "error": {"code": -32601, "message": "no"}});
        assert_eq!(answer(object(error), 0), Err(RpcError::Refused(-32601)));
        let lax = json!({"jsonrpc": "2.0", "id": 0, "error": null, "result": 1});
        assert_eq!(answer(object(lax), 0), Ok(json!(1)));
        for wrong in [
            ok(1, json!(1)),
            json!({"jsonrpc": "2.0", "id": 0}),
            json!({"jsonrpc": "1.0", "id": 0, "result": 1}),
            json!({"id": 0, "result": 1}),
            json!({"jsonrpc": "2.0", "id": 0, "result": 1, "error": {"code": 1}}),
            json!({"jsonrpc": "2.0", "id": 0, "error": {"message": "no code"}}),
        ] {
            assert_eq!(
                answer(object(wrong.clone()), 0),
                Err(RpcError::Protocol),
                "{wrong}"
            );
        }
    }
}
