//! What was assumed, as `schemas/init.json` says.

use serde::Serialize;

use super::{assumption::Assumption, report::Report};

/// What was assumed of a stack, and where it was written.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    stack_name: &'a str,
    file: String,
    assumptions: &'a [Assumption],
}

impl<'a> Document<'a> {
    pub(super) fn of(report: &Report<'a>) -> Self {
        Self {
            version: "1",
            stack_name: report.stack_name,
            file: report.file.display().to_string(),
            assumptions: report.assumptions,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_is_told_with_its_basis_as_the_schema_says() {
        let report = Report {
            stack_name: "farm",
            file: Path::new("parameters.json"),
            next: Default::default(),
            assumptions: &[Assumption::found(
                "QueueLogicalId",
                "jobs",
                "the only queue",
            )],
        };
        let document = serde_json::to_value(Document::of(&report)).unwrap();
        let expected = json!({
            "parameter": "QueueLogicalId", "value": "jobs", "basis": "found",
            "because": "the only queue",
        });
        assert_eq!(document["assumptions"], json!([expected]));
        let schema = include_str!("../../../../schemas/init.json");
        let schema = serde_json::from_str(schema).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
