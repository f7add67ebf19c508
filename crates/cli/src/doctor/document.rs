//! The findings as JSON, as `schemas/doctor.json` says.

use serde::Serialize;
use spotmanager_doctor::{Finding, Link, NotChecked, Severity};

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    stack_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    spotmanager_stack: Option<&'a str>,
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
    pub(super) fn of(
        stack_name: &'a str,
        spotmanager_stack: Option<&'a str>,
        findings: &'a [Finding],
    ) -> Self {
        Self {
            version: "2",
            stack_name,
            spotmanager_stack,
            counts: Counts::of(findings),
            findings,
            chain: &[],
            not_checked: &[],
        }
    }

    /// With the links of the chain, and what could not be checked.
    pub(super) fn with_chain(self, chain: &'a [Link], not_checked: &'a [NotChecked]) -> Self {
        Self {
            chain,
            not_checked,
            ..self
        }
    }
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
        };
        let findings = [finding];
        let link = |state, missing_action| Link {
            link: LinkName::Permission,
            state,
            subject: "arn:function".into(),
            detail: "lambda:GetPolicy was refused".into(),
            missing_action,
        };
        let chain = [
            link(LinkState::NotChecked, Some("lambda:GetPolicy".to_owned())),
            link(LinkState::Ok, None),
        ];
        let not_checked = [NotChecked {
            what: "the permission of the topic".into(),
            why: "lambda:GetPolicy was refused".into(),
            missing_action: Some("lambda:GetPolicy".into()),
        }];
        let document = Document::of("farm", None, &findings).with_chain(&chain, &not_checked);
        let document = serde_json::to_value(document).unwrap();
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
