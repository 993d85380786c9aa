//! What a plan would show, with its values: for the holder's eyes before approving.

use super::Wallet;
use super::cards::{self, CardClaim};
use super::records::{CopyRecord, CredentialRecord, RecordName};
use super::store::{self, Stored};
use crate::error::{ErrorCode, WalletError};
use crate::formats::claim_path::{ClaimPath, PathSegment};
use crate::issuance::DisplaySnapshot;
use crate::order;
use crate::presentation::Showing;
use serde_json::Value;

impl Wallet {
    /// Every claim a showing reveals, with its value in the very copy that would be sent: an issuer may have put other
    /// values into other copies. What is withheld inside a revealed claim is left out of its value.
    ///
    /// # Errors
    /// `not_found` if the copy was deleted meanwhile, `consent_mismatch` if it is not the one of the plan, `locked` and
    /// those of the store.
    pub fn revealed<S: AsRef<str>>(
        &self,
        showing: &Showing,
        locales: &[S],
    ) -> Result<Vec<CardClaim>, WalletError> {
        self.with_store(|db| {
            let copy: Stored<CopyRecord> = store::get(db, &RecordName::parse(&showing.copy.0)?)?;
            let card: Stored<CredentialRecord> = store::get(db, &copy.value.credential)?;
            let display: DisplaySnapshot = store::get(db, &card.value.display)?.value;
            let credential = cards::open_copy(db, &card.value, &copy.value)?;
            if *credential.digest() != showing.copy_digest {
                return Err(ErrorCode::ConsentMismatch.into());
            }
            let is_revealed = |claim: &CardClaim| {
                let path = &claim.path;
                showing.disclosed.contains(path) || showing.always_disclosed.contains(path)
            };
            let mut claims = cards::claims(&credential, &display, locales);
            claims.retain(is_revealed);
            for claim in &mut claims {
                withhold(claim, &showing.withheld);
            }
            Ok(claims)
        })
    }
}

/// Takes what is withheld out of the value of a claim.
fn withhold(claim: &mut CardClaim, withheld: &[ClaimPath]) {
    let mut inside: Vec<&ClaimPath> = withheld
        .iter()
        .filter(|path| path.starts_with(&claim.path))
        .collect();
    // From the end, so that no index moves before its turn.
    order::sort(&mut inside);
    for path in inside.into_iter().rev() {
        let below = claim.path.segments().len();
        remove(
            &mut claim.value,
            path.segments().get(below..).unwrap_or_default(),
        );
    }
}

fn remove(root: &mut Value, path: &[PathSegment]) {
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let mut parent = root;
    for segment in parents {
        let child = match (segment, parent) {
            (PathSegment::Key(name), Value::Object(members)) => members.get_mut(name),
            (PathSegment::Index(at), Value::Array(elements)) => usize::try_from(*at)
                .ok()
                .and_then(|at| elements.get_mut(at)),
            _ => None,
        };
        let Some(child) = child else { return };
        parent = child;
    }
    match (last, parent) {
        (PathSegment::Key(name), Value::Object(members)) => {
            members.shift_remove(name);
        }
        (PathSegment::Index(at), Value::Array(elements)) => {
            if let Ok(at) = usize::try_from(*at)
                && at < elements.len()
            {
                elements.remove(at);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn withheld_members_and_elements_are_not_in_the_value_of_what_surrounds_them() {
        let path = |json: Value| ClaimPath::from_json(&json).unwrap();
        let mut claim = CardClaim {
            path: path(json!(["a"])),
            label: None,
            value: json!({"b": [0, 1, {"c": 2, "d": 3}, 4], "e": 5, "f": 6}),
            is_disclosable: true,
        };
        let withheld = [
            json!(["a", "b", 0]),
            json!(["a", "b", 2, "c"]),
            json!(["a", "b", 3]),
            json!(["a", "e"]),
            json!(["a", "gone"]),
            json!(["g"]),
        ];
        withhold(&mut claim, &withheld.map(path));
        assert_eq!(claim.value, json!({"b": [1, {"d": 3}], "f": 6}));
    }
}
