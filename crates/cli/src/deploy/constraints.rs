//! What the template's parameters may hold, read from the template and checked before anything is
//! uploaded, as CloudFormation checks it afterwards.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use regex_lite::Regex;
use rust_decimal::Decimal;
use serde::Deserialize;
use spotmanager_domain::SettingError;

use crate::deployed::Parameters;

/// The parameters of a template by their names.
#[derive(Debug, Deserialize)]
pub(super) struct Constraints {
    #[serde(rename = "Parameters", default)]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    r#type: String,
    default: Option<String>,
    #[serde(default)]
    allowed_values: Vec<String>,
    allowed_pattern: Option<String>,
    /// Characters.
    min_length: Option<usize>,
    /// Characters.
    max_length: Option<usize>,
    min_value: Option<Decimal>,
    max_value: Option<Decimal>,
}

impl Constraints {
    /// Reads them from a template in YAML.
    ///
    /// # Errors
    /// When the parameters are malformed.
    pub(super) fn read(template: &str) -> Result<Self> {
        serde_saphyr::from_str(&section(template))
            .context("the template's parameters are malformed")
    }

    /// Checks each value, and that none is missing which has no default.
    ///
    /// # Errors
    /// [`SettingError`] names the parameter, its value, and what it should be; another error if the
    /// template has a pattern that cannot be read.
    pub(super) fn check(&self, values: &Parameters) -> Result<()> {
        for (key, parameter) in &self.parameters {
            let Some(value) = values.get(key) else {
                if parameter.default.is_none() {
                    return Err(SettingError::new(key, "missing", "given").into());
                }
                continue;
            };
            if let Some(expected) = parameter.refusal(key, value)? {
                return Err(SettingError::new(key, value, expected).into());
            }
        }
        Ok(())
    }
}

impl Parameter {
    /// What a value should be that CloudFormation would refuse.
    fn refusal(&self, key: &str, value: &str) -> Result<Option<String>> {
        if !self.allowed_values.is_empty() && !self.allowed_values.iter().any(|one| one == value) {
            return Ok(Some(format!("one of {}", self.allowed_values.join(", "))));
        }
        if let Some(pattern) = &self.allowed_pattern
            && !matches(key, pattern, value)?
        {
            return Ok(Some(format!("a text that matches {pattern}")));
        }
        let length = value.chars().count();
        if !is_within(&length, self.min_length.as_ref(), self.max_length.as_ref()) {
            let range = range(self.min_length, self.max_length);
            return Ok(Some(format!("a text{range} characters")));
        }
        if self.r#type == "Number" {
            let (least, most) = (self.min_value, self.max_value);
            let fits =
                number(value).is_some_and(|it| is_within(&it, least.as_ref(), most.as_ref()));
            if !fits {
                return Ok(Some(format!("a number{}", range(least, most))));
            }
        }
        Ok(None)
    }
}

/// Whether the pattern matches the whole value.
fn matches(key: &str, pattern: &str, value: &str) -> Result<bool> {
    let whole = Regex::new(&format!("^(?:{pattern})$"));
    let whole = whole.with_context(|| format!("cannot read the AllowedPattern of {key}"))?;
    Ok(whole.is_match(value))
}

/// An integer or a float; a separator between digits, which the decimal's own reader takes, is none.
fn number(value: &str) -> Option<Decimal> {
    let value = value.trim();
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.');
    value
        .chars()
        .all(is_part)
        .then(|| value.parse().ok())
        .flatten()
}

fn is_within<T: PartialOrd>(value: &T, least: Option<&T>, most: Option<&T>) -> bool {
    least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
}

/// A range in words, a space before it.
fn range<T: std::fmt::Display>(least: Option<T>, most: Option<T>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" of at least {least}"),
        (None, Some(most)) => format!(" of at most {most}"),
        (None, None) => String::new(),
    }
}

/// The template's section of parameters, which has none of CloudFormation's own tags: those are no
/// YAML for anyone else.
fn section(template: &str) -> String {
    let mut is_inside = false;
    let lines = template.lines().filter(|line| {
        let is_key = line.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_key {
            is_inside = line.starts_with("Parameters:");
        }
        is_inside
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../infra/spotmanager.yaml");

    fn refused(template: &str, pairs: &[(&str, &str)]) -> Option<String> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let values = pairs.iter().map(owned).collect();
        let checked = Constraints::read(template).unwrap().check(&values);
        checked.err().map(|error| error.to_string())
    }

    /// With what has no default.
    fn of_spotmanager(key: &str, value: &str) -> Option<String> {
        let own = [("WorkersStackName", "farm"), ("ArtifactBucket", "bucket")];
        refused(TEMPLATE, &[&own[..], &[(key, value)]].concat())
    }

    #[test]
    fn the_template_is_read_whole_and_takes_its_own_defaults() {
        let constraints = Constraints::read(TEMPLATE).unwrap();
        let keys = TEMPLATE
            .lines()
            .filter(|line| line.starts_with("    Type: "));
        assert_eq!(
            constraints.parameters.len(),
            keys.clone().count() - resources()
        );
        for (key, parameter) in &constraints.parameters {
            let kind = parameter.r#type.as_str();
            assert!(
                matches!(kind, "String" | "Number"),
                "{key} is of type {kind}"
            );
            if let Some(default) = &parameter.default {
                assert_eq!(parameter.refusal(key, default).unwrap(), None, "{key}");
            }
        }
        assert_eq!(
            constraints.parameters["ReturnToSpot"].allowed_values[0],
            "off"
        );
        assert_eq!(of_spotmanager("DryRun", "true"), None);
    }

    /// How many of the template's types are a resource's.
    fn resources() -> usize {
        let types = TEMPLATE.lines();
        types
            .filter(|line| line.starts_with("    Type: AWS::"))
            .count()
    }

    #[test]
    fn what_cloudformation_would_refuse_names_the_parameter_and_what_it_takes() {
        for (key, value, expected) in [
            (
                "ReturnToSpot",
                "maybe",
                "one of off, on, maintenance-window",
            ),
            ("ReturnToSpot", "", "one of off, on"),
            ("LogRetentionDays", "31", "one of 1, 3, 5"),
            ("SafetyMarginPercent", "", "a number from 0 to 99"),
            ("SafetyMarginPercent", "99.5", "a number from 0 to 99"),
            ("SafetyMarginPercent", "-1", "a number from 0 to 99"),
            ("SafetyMarginPercent", "1_0", "a number from 0 to 99"),
            (
                "TargetBacklogPerInstance",
                "0.001",
                "a number of at least 0.01",
            ),
            ("KmsKeyArn", "alias/mine", "a text that matches ^(arn:"),
            ("FurtherStacks", "render *", "a text that matches"),
        ] {
            let refused = of_spotmanager(key, value).unwrap();
            let told = format!("{key} is {value:?}; it should be {expected}");
            assert!(refused.starts_with(&told), "{told} in {refused}");
        }
        let missing = refused(TEMPLATE, &[("WorkersStackName", "farm")]).unwrap();
        assert_eq!(
            missing,
            r#"ArtifactBucket is "missing"; it should be given"#
        );
    }

    #[test]
    fn a_pattern_matches_the_whole_value_and_a_length_counts_characters() {
        let template = "Parameters:\n  Name:\n    Type: String\n    AllowedPattern: a|ab\n  Word:\n    Type: String\n    Default: ''\n    MinLength: 2\n    MaxLength: 3\nResources:\n  x: !Ref Name\n";
        assert_eq!(refused(template, &[("Name", "ab"), ("Word", "äöü")]), None);
        assert!(refused(template, &[("Name", "abc")]).is_some());
        for word in ["ä", "äöüß"] {
            let refused = refused(template, &[("Name", "a"), ("Word", word)]).unwrap();
            assert!(
                refused.contains("a text from 2 to 3 characters"),
                "{refused}"
            );
        }
    }
}
