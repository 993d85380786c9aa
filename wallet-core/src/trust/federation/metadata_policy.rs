//! Metadata policies (OpenID Federation 1.0 6.1): merged from the anchor down, then applied to the verifier's metadata.

use super::FederationError;
use serde_json::{Map, Value};

/// The merged policy of one entity type, by parameter.
#[derive(Debug, Default)]
pub(super) struct MetadataPolicy(Vec<(String, ParameterPolicy)>);

/// The operators on one parameter. Others are ignored, as none may be critical (6.1.3.2).
#[derive(Clone, Debug, Default)]
struct ParameterPolicy {
    value: Option<Value>,
    add: Option<Vec<Value>>,
    default: Option<Value>,
    one_of: Option<Vec<Value>>,
    subset_of: Option<Vec<Value>>,
    superset_of: Option<Vec<Value>>,
    essential: bool,
}

impl MetadataPolicy {
    /// Merges the policy of a subordinate into this one (6.1.4.1).
    pub(super) fn merge(&mut self, below: &Map<String, Value>) -> Result<(), FederationError> {
        for (name, operators) in below {
            let below = ParameterPolicy::parse(operators)?;
            match self.0.iter().position(|(known, _)| known == name) {
                Some(place) => {
                    if let Some((_, policy)) = self.0.get_mut(place) {
                        policy.merge(below)?;
                    }
                }
                None => self.0.push((name.clone(), below)),
            }
        }
        self.0.iter().try_for_each(|(_, policy)| policy.check())
    }

    /// Applies the policy (6.1.4.2): what changes values first, then what checks them.
    pub(super) fn apply(&self, metadata: &mut Map<String, Value>) -> Result<(), FederationError> {
        for (name, policy) in &self.0 {
            match policy.apply(metadata.get(name))? {
                Some(value) => {
                    metadata.insert(name.clone(), value);
                }
                None => {
                    metadata.shift_remove(name);
                }
            }
        }
        Ok(())
    }
}

impl ParameterPolicy {
    fn parse(operators: &Value) -> Result<Self, FederationError> {
        let operators = operators.as_object().ok_or(FederationError::Policy)?;
        let list = |name| match operators.get(name) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list.clone())),
            Some(_) => Err(FederationError::Policy),
        };
        let default = operators.get("default").cloned();
        if default == Some(Value::Null) {
            return Err(FederationError::Policy);
        }
        Ok(Self {
            value: operators.get("value").cloned(),
            add: list("add")?,
            default,
            one_of: list("one_of")?,
            subset_of: list("subset_of")?,
            superset_of: list("superset_of")?,
            essential: match operators.get("essential") {
                None => false,
                Some(essential) => essential.as_bool().ok_or(FederationError::Policy)?,
            },
        })
    }

    fn merge(&mut self, below: Self) -> Result<(), FederationError> {
        same(&mut self.value, below.value)?;
        same(&mut self.default, below.default)?;
        widen(&mut self.add, below.add);
        widen(&mut self.superset_of, below.superset_of);
        narrow(&mut self.subset_of, below.subset_of);
        narrow(&mut self.one_of, below.one_of);
        if self.one_of.as_ref().is_some_and(Vec::is_empty) {
            return Err(FederationError::Policy);
        }
        self.essential |= below.essential;
        Ok(())
    }

    /// Operators that stand together must not contradict one another (6.1.3.1).
    fn check(&self) -> Result<(), FederationError> {
        let value = self.value.as_ref().map(elements);
        let within = |inner: Option<&[Value]>, outer: Option<&[Value]>| match (inner, outer) {
            (Some(inner), Some(outer)) => is_subset(inner, outer),
            _ => true,
        };
        let (add, one_of) = (self.add.as_deref(), self.one_of.as_deref());
        let (subset_of, superset_of) = (self.subset_of.as_deref(), self.superset_of.as_deref());
        let removed = self.value == Some(Value::Null);
        let is_consistent = within(add, value)
            && within(value, subset_of)
            && within(superset_of, value)
            && within(add, subset_of)
            && within(superset_of, subset_of)
            && !(one_of.is_some()
                && (add.is_some() || subset_of.is_some() || superset_of.is_some()))
            && (removed || within(value, one_of))
            && !(removed && (self.essential || self.default.is_some() || add.is_some()));
        if is_consistent {
            Ok(())
        } else {
            Err(FederationError::Policy)
        }
    }

    fn apply(&self, given: Option<&Value>) -> Result<Option<Value>, FederationError> {
        let mut current = match &self.value {
            Some(Value::Null) => None,
            Some(value) => Some(value.clone()),
            None => given.cloned(),
        };
        if let Some(add) = &self.add {
            let mut list = current.as_ref().map_or(Ok(Vec::new()), array)?;
            for value in add {
                if !list.contains(value) {
                    list.push(value.clone());
                }
            }
            current = Some(Value::Array(list));
        }
        let mut current = current.or_else(|| self.default.clone());
        if let Some(value) = &current {
            let broken = Err(FederationError::PolicyBroken);
            if self
                .one_of
                .as_ref()
                .is_some_and(|list| !list.contains(value))
            {
                return broken;
            }
            if let Some(superset) = &self.superset_of
                && !is_subset(superset, &array(value)?)
            {
                return broken;
            }
            if let Some(subset) = &self.subset_of {
                let mut list = array(value)?;
                list.retain(|one| subset.contains(one));
                // Nothing is left that both sides allow. Leaving the parameter out could widen it to its default.
                if list.is_empty() {
                    return broken;
                }
                current = Some(Value::Array(list));
            }
        } else if self.essential {
            return Err(FederationError::PolicyBroken);
        }
        Ok(current)
    }
}

/// Both may say it, if they say the same.
fn same(above: &mut Option<Value>, below: Option<Value>) -> Result<(), FederationError> {
    match (&above, below) {
        (Some(above), Some(below)) if *above != below => Err(FederationError::Policy),
        (None, below) => {
            *above = below;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn widen(above: &mut Option<Vec<Value>>, below: Option<Vec<Value>>) {
    let Some(below) = below else {
        return;
    };
    let list = above.get_or_insert_default();
    for value in below {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

fn narrow(above: &mut Option<Vec<Value>>, below: Option<Vec<Value>>) {
    match (above.as_mut(), below) {
        (Some(list), Some(below)) => list.retain(|value| below.contains(value)),
        (None, below) => *above = below,
        (Some(_), None) => {}
    }
}

fn elements(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or_else(|| core::slice::from_ref(value), Vec::as_slice)
}

fn array(value: &Value) -> Result<Vec<Value>, FederationError> {
    value
        .as_array()
        .cloned()
        .ok_or(FederationError::PolicyBroken)
}

fn is_subset(inner: &[Value], outer: &[Value]) -> bool {
    inner.iter().all(|value| outer.contains(value))
}
