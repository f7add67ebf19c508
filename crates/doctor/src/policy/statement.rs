//! A statement of a policy: its effect, and what it is about.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use wildmatch::WildMatch;

use super::{
    ServiceCall,
    condition::{self, Condition, Obstacle},
    matches::Matches,
    one_or_many::one_or_many,
    text::{has_variable, texts},
};

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    #[serde(default)]
    pub(super) sid: Option<String>,
    effect: String,
    #[serde(default)]
    principal: Option<Value>,
    #[serde(default)]
    not_principal: Option<Value>,
    #[serde(default, deserialize_with = "one_or_many")]
    action: Vec<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    not_action: Vec<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    resource: Vec<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    not_resource: Vec<String>,
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Statement {
    pub(super) fn is_deny(&self) -> bool {
        self.effect == "Deny"
    }

    /// Whether it is about the call, its conditions included.
    pub(super) fn matches(&self, call: &ServiceCall<'_>) -> Matches {
        let conditions = self.conditions().map(|condition| condition.holds(call));
        Matches::all(std::iter::once(self.is_about(call)).chain(conditions.collect::<Vec<_>>()))
    }

    /// The conditions that keep it from applying to a call that it is otherwise about.
    pub(super) fn obstacles(&self, call: &ServiceCall<'_>) -> Vec<Obstacle> {
        if self.is_about(call) != Matches::Yes {
            return Vec::new();
        }
        let failing = self
            .conditions()
            .filter(|condition| condition.holds(call) == Matches::No);
        failing
            .map(|condition| condition.obstacle(self.sid.clone(), call))
            .collect()
    }

    fn conditions(&self) -> impl Iterator<Item = Condition<'_>> {
        condition::of(&self.condition)
    }

    fn is_about(&self, call: &ServiceCall<'_>) -> Matches {
        Matches::all([
            self.is_for(call.service),
            self.names_action(call.action),
            self.names_resource(call.resource),
        ])
    }

    /// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
    fn is_for(&self, service: &str) -> Matches {
        if self.not_principal.is_some() {
            return Matches::Unknown("NotPrincipal".into());
        }
        let is_all = |value: &Value| texts(value).iter().any(|text| text == "*");
        Matches::of(match &self.principal {
            Some(Value::Object(kinds)) => kinds.iter().any(|(kind, value)| match kind.as_str() {
                "Service" => texts(value)
                    .iter()
                    .any(|text| text == service || text == "*"),
                "AWS" => is_all(value),
                _ => false,
            }),
            Some(value) => is_all(value),
            None => false,
        })
    }

    fn names_action(&self, action: &str) -> Matches {
        let action = action.to_lowercase();
        let is_named = |patterns: &[String]| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| WildMatch::new(&pattern.to_lowercase()).matches(&action))
        };
        Matches::of(if self.not_action.is_empty() {
            is_named(&self.action)
        } else {
            !is_named(&self.not_action)
        })
    }

    fn names_resource(&self, resource: &str) -> Matches {
        let mut all = self.resource.iter().chain(&self.not_resource);
        if all.any(|pattern| has_variable(pattern)) {
            return Matches::Unknown("a policy variable in Resource".into());
        }
        let is_named = |patterns: &[String]| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| WildMatch::new(pattern).matches(resource))
        };
        Matches::of(if self.not_resource.is_empty() {
            is_named(&self.resource)
        } else {
            !is_named(&self.not_resource)
        })
    }
}
