//! What came of a deployment, as `schemas/deploy.json` says.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Outcome, report::Report};

/// A deployment.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    spotmanager_stack: &'a str,
    account: &'a str,
    region: &'a str,
    makes_stack: bool,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_set_arn: Option<&'a str>,
    changes: Vec<Change<'a>>,
    outputs: &'a BTreeMap<String, String>,
}

/// What is done to a resource.
#[derive(Debug, Serialize)]
struct Change<'a> {
    action: &'a str,
    logical_id: &'a str,
    resource_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(report: &'a Report<'_>) -> Self {
        let changes = report.changes.iter().map(|change| Change {
            action: &change.action,
            logical_id: &change.logical_id,
            resource_type: &change.resource_type,
            replacement: change.replacement.as_deref(),
        });
        Self {
            version: "2",
            spotmanager_stack: report.stack_name,
            account: &report.account.id,
            region: &report.account.region,
            makes_stack: report.makes_stack,
            outcome: report.outcome,
            change_set_arn: report.change_set_arn.as_deref(),
            changes: changes.collect(),
            outputs: &report.outputs,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use spotmanager_aws::change_sets::ResourceChange;

    use super::*;
    use crate::deploy::report::testing::report;

    #[test]
    fn changes_and_outputs_are_told_as_the_schema_says() {
        let change = ResourceChange {
            action: "Add".into(),
            logical_id: "jobsTopic".into(),
            resource_type: "AWS::SNS::Topic".into(),
            replacement: None,
        };
        let mut report = report(Outcome::Executed);
        report.change_set_arn = None;
        report.changes = vec![change];
        let document = serde_json::to_value(Document::of(&report)).unwrap();
        assert_eq!(document["outcome"], "executed");
        assert_eq!(document["account"], "111122223333");
        assert_eq!(document["region"], "eu-west-1");
        let expected = json!([{
            "action": "Add", "logical_id": "jobsTopic", "resource_type": "AWS::SNS::Topic",
        }]);
        assert_eq!(document["changes"], expected);
        let schema = include_str!("../../../../schemas/deploy.json");
        let schema = serde_json::from_str(schema).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
