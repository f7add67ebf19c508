//! The findings as JSON, as `schemas/doctor.json` says.

use serde::Serialize;
use spotmanager_doctor::{Finding, Severity};

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    stack_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    spotmanager_stack: Option<&'a str>,
    counts: Counts,
    findings: &'a [Finding],
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
            version: "1",
            stack_name,
            spotmanager_stack,
            counts: Counts::of(findings),
            findings,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use spotmanager_doctor::Rule;
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
        let document = serde_json::to_value(Document::of("farm", None, &findings)).unwrap();
        let counts = json!({"error": 0, "warning": 1, "note": 0});
        assert_eq!(document["counts"], counts);
        assert_eq!(document["findings"][0]["severity"], "warning");
        assert_eq!(document["findings"][0]["fix"], "Add subnets.");
        let schema = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }

    #[test]
    fn the_schema_has_every_rule() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let rules = &schema["properties"]["findings"]["items"]["properties"]["rule"]["enum"];
        let all: Vec<_> = Rule::VARIANTS.iter().map(Rule::to_string).collect();
        assert_eq!(*rules, json!(all));
    }
}
