//! What a rule finds.

use serde::Serialize;

use crate::{rule::Rule, severity::Severity};

/// Something that was found, with what fixes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The rule that found it.
    pub rule: Rule,
    /// The group, alarm or stack that it is about.
    pub subject: String,
    /// What is so, in a sentence.
    pub problem: String,
    /// What fixes it: a sentence, or a command.
    pub fix: String,
    /// The pair of groups that it is about; absent if it is about the deployment, or about all pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
}

impl Finding {
    /// As severe as the rule is at worst.
    pub(crate) fn new(
        rule: Rule,
        subject: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: rule.severity(),
            rule,
            subject: subject.into(),
            problem: problem.into(),
            fix: fix.into(),
            pair: None,
        }
    }

    /// As severe as the rule is at its mildest.
    pub(crate) fn milder(self) -> Self {
        let mildest = self.rule.severities().last().copied();
        Self {
            severity: mildest.unwrap_or(self.severity),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_reasons_are() {
        assert_eq!(
            Rule::PolicyOnOtherGroup.to_string(),
            "POLICY_ON_OTHER_GROUP"
        );
        assert_eq!(Severity::Error.to_string(), "error");
        let finding = Finding::new(Rule::OneZone, "asgGPUSpot", "One zone.", "Add subnets.");
        let json = serde_json::to_value(finding).unwrap();
        assert_eq!(json["severity"], "warning");
        assert_eq!(json["rule"], "ONE_ZONE");
    }

    #[test]
    fn a_milder_finding_is_as_mild_as_its_rule_can_be() {
        let severity = |rule| Finding::new(rule, "", "", "").milder().severity;
        assert_eq!(severity(Rule::SlowAlarm), Severity::Note);
        assert_eq!(severity(Rule::OneZone), Severity::Warning);
    }

    #[test]
    fn errors_come_first() {
        assert!(Severity::Error < Severity::Warning && Severity::Warning < Severity::Note);
    }
}
