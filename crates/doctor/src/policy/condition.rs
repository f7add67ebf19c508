//! A condition of a statement.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;
use wildmatch::WildMatch;

use super::{
    ServiceCall,
    matches::Matches,
    text::{has_variable, is_arn_like, texts},
};

/// One key of one operator.
#[derive(Clone, Debug)]
pub(super) struct Condition<'a> {
    operator: &'a str,
    key: &'a str,
    wanted: Vec<String>,
}

/// A condition that a call does not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Obstacle {
    /// The `Sid` of its statement, if that has one.
    pub(crate) sid: Option<String>,
    /// Such as `StringEquals`.
    pub(crate) operator: String,
    /// Such as `aws:SourceAccount`, as the policy writes it.
    pub(crate) key: String,
    /// What it wants.
    pub(crate) wanted: Vec<String>,
    /// What the service sends; absent if it sends nothing.
    pub(crate) sent: Option<String>,
}

impl Obstacle {
    /// Whether it is about a key, in whatever case the policy writes it.
    pub(crate) fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = self.sent.as_deref().unwrap_or("nothing");
        if let Some(sid) = &self.sid {
            write!(f, "in its statement {sid} ")?;
        }
        let (operator, key, wanted) = (&self.operator, &self.key, self.wanted.join(" or "));
        write!(f, "{operator} {key} wants {wanted}, and {sent} is sent")
    }
}

/// The conditions of a statement, all of which must hold.
pub(super) fn of(
    block: &BTreeMap<String, BTreeMap<String, Value>>,
) -> impl Iterator<Item = Condition<'_>> {
    block.iter().flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, value)| Condition {
            operator,
            key,
            wanted: texts(value),
        })
    })
}

impl Condition<'_> {
    /// Whether it holds for a call.
    pub(super) fn holds(&self, call: &ServiceCall<'_>) -> Matches {
        let unknown = || Matches::Unknown(format!("a condition {}", self.key));
        if self.wanted.iter().any(|text| has_variable(text)) {
            return unknown();
        }
        let Some(sent) = call.value_of(self.key) else {
            return unknown();
        };
        if self.operator == "Null" {
            let is_null = sent.is_none().to_string();
            return Matches::of(self.wanted.contains(&is_null));
        }
        let (operator, if_exists) = match self.operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (self.operator, false),
        };
        let Some((is_like, is_negated)) = comparison(operator) else {
            return unknown();
        };
        let Some(sent) = sent else {
            // A key that is not sent meets what must not be, and nothing else.
            return Matches::of(is_negated || if_exists);
        };
        let is_any = self.wanted.iter().any(|wanted| is_like(sent, wanted));
        Matches::of(is_any != is_negated)
    }

    pub(super) fn obstacle(&self, sid: Option<String>, call: &ServiceCall<'_>) -> Obstacle {
        Obstacle {
            sid,
            operator: self.operator.to_owned(),
            key: self.key.to_owned(),
            wanted: self.wanted.clone(),
            sent: call.value_of(self.key).flatten().map(str::to_owned),
        }
    }
}

type Compare = fn(&str, &str) -> bool;

/// How an operator compares what is sent with what is wanted, and whether it wants the opposite.
fn comparison(operator: &str) -> Option<(Compare, bool)> {
    let equal: Compare = |sent, wanted| sent == wanted;
    let equal_in_any_case: Compare = |sent, wanted| sent.to_lowercase() == wanted.to_lowercase();
    let like: Compare = |sent, wanted| WildMatch::new(wanted).matches(sent);
    Some(match operator {
        "StringEquals" => (equal, false),
        "StringNotEquals" => (equal, true),
        "StringEqualsIgnoreCase" | "Bool" => (equal_in_any_case, false),
        "StringNotEqualsIgnoreCase" => (equal_in_any_case, true),
        "StringLike" => (like, false),
        "StringNotLike" => (like, true),
        "ArnEquals" | "ArnLike" => (is_arn_like, false),
        "ArnNotEquals" | "ArnNotLike" => (is_arn_like, true),
        _ => return None,
    })
}
