//! The findings as JSON, as `schemas/doctor.json` says.

use serde::Serialize;
use spotmanager_doctor::{Diagnosis, Finding, Link, NotChecked, Pair, Severity};

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    /// The stack of the pairs, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spotmanager_stack: Option<&'a str>,
    pairs: &'a [Pair],
    counts: Counts,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    chain: &'a [Link],
    not_checked: &'a [NotChecked],
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) error: usize,
    pub(super) warning: usize,
    pub(super) note: usize,
}

impl Counts {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let count = |severity| {
            let alike = findings.iter().filter(|found| found.severity == severity);
            alike.count()
        };
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            note: count(Severity::Note),
        }
    }
}

impl<'a> Document<'a> {
    pub(super) fn of(spotmanager_stack: Option<&'a str>, diagnosis: &'a Diagnosis) -> Self {
        Self {
            version: "4",
            stack_name: stack_name(diagnosis),
            spotmanager_stack,
            pairs: &diagnosis.pairs,
            counts: Counts::of(&diagnosis.findings),
            findings: &diagnosis.findings,
            chain: &diagnosis.chain,
            not_checked: &diagnosis.not_checked,
        }
    }
}

/// The stack of all pairs; nothing if they lie in several.
pub(super) fn stack_name(diagnosis: &Diagnosis) -> Option<&str> {
    let mut names = diagnosis.pairs.iter().map(|pair| pair.stack_name.as_str());
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use spotmanager_doctor::{LinkName, LinkState, Rule};
    use strum::VariantArray;

    use super::*;

    const SCHEMA: &str = include_str!("../../../../schemas/doctor.json");

    #[test]
    fn findings_are_listed_and_counted_as_the_schema_says() {
        let finding = Finding {
            severity: Severity::Warning,
            rule: Rule::OneZone,
            subject: "asgGPUSpot".into(),
            problem: "It launches into one zone.".into(),
            fix: "Add subnets.".into(),
            pair: Some("farm/asgGPUSpot".into()),
        };
        let link = |state, missing_action| Link {
            link: LinkName::Permission,
            state,
            subject: "arn:function".into(),
            detail: "lambda:GetPolicy was refused".into(),
            missing_action,
            pair: None,
        };
        let chain = vec![
            link(LinkState::NotChecked, Some("lambda:GetPolicy".to_owned())),
            link(LinkState::Ok, None),
        ];
        let not_checked = vec![NotChecked {
            what: "the permission of the topic".into(),
            why: "lambda:GetPolicy was refused".into(),
            missing_action: Some("lambda:GetPolicy".into()),
            pair: Some("farm/asgGPUSpot".into()),
        }];
        let pair = |stack_name: &str| Pair {
            name: format!("{stack_name}/asgGPUSpot"),
            stack_name: stack_name.into(),
            spot_group: Some("asgGPUSpot".into()),
            on_demand_group: None,
            checks_passed: 15,
            checks_done: 16,
            checks: 17,
        };
        let mut diagnosis = Diagnosis {
            pairs: vec![pair("farm")],
            findings: vec![finding],
            chain,
            not_checked,
        };
        assert_eq!(stack_name(&diagnosis), Some("farm"));
        diagnosis.pairs.push(pair("mill"));
        assert_eq!(stack_name(&diagnosis), None);
        let document = Document::of(None, &diagnosis);
        let document = serde_json::to_value(document).unwrap();
        assert_eq!(document["pairs"][1]["name"], "mill/asgGPUSpot");
        assert_eq!(document["chain"][0]["state"], "not_checked");
        assert_eq!(
            document["not_checked"][0]["missing_action"],
            "lambda:GetPolicy"
        );
        let counts = json!({"error": 0, "warning": 1, "note": 0});
        assert_eq!(document["counts"], counts);
        assert_eq!(document["findings"][0]["severity"], "warning");
        assert_eq!(document["findings"][0]["fix"], "Add subnets.");
        let schema = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }

    #[test]
    fn the_schema_has_every_rule_link_and_state() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let values = |list: &str, field: &str| {
            schema["properties"][list]["items"]["properties"][field]["enum"].clone()
        };
        assert_eq!(values("findings", "rule"), json!(Rule::VARIANTS));
        assert_eq!(values("chain", "link"), json!(LinkName::VARIANTS));
        assert_eq!(values("chain", "state"), json!(LinkState::VARIANTS));
    }
}
