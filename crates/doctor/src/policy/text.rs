//! The texts of a policy: one or several, with wildcards and variables.

use serde_json::Value;
use wildmatch::WildMatch;

/// The texts of a value that may be a list; numbers and booleans count as their text.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// Whether a text has a variable, which IAM replaces and this crate does not.
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
pub(super) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// Whether an ARN is like a pattern, part by part: a wildcard does not reach over a colon of the
/// first five.
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>.
pub(super) fn is_arn_like(arn: &str, pattern: &str) -> bool {
    let parts = |text: &str| -> Vec<String> { text.splitn(6, ':').map(str::to_owned).collect() };
    let (arn, pattern) = (parts(arn), parts(pattern));
    arn.len() == 6
        && pattern.len() == 6
        && arn
            .iter()
            .zip(&pattern)
            .all(|(part, pattern)| WildMatch::new(pattern).matches(part))
}
