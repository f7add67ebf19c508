//! What a stack's status says, and what to do about it.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>.

use crate::{Finding, Rule, Severity};

/// Whether a stack of this status has its resources, and may be looked at.
#[must_use]
pub fn is_in_use(status: &str) -> bool {
    ["UPDATE", "IMPORT"].iter().any(|of| status.starts_with(of)) || status == "CREATE_COMPLETE"
}

/// What a stack's status says, if it says something.
pub(super) fn check(rule: Rule, stack: &str, status: &str) -> Option<Finding> {
    let (severity, meaning, fix) = match status {
        "CREATE_COMPLETE"
        | "UPDATE_COMPLETE"
        | "UPDATE_ROLLBACK_COMPLETE"
        | "IMPORT_COMPLETE"
        | "IMPORT_ROLLBACK_COMPLETE" => return None,
        "REVIEW_IN_PROGRESS" => (
            Severity::Error,
            "a change set was made and never executed, so that the stack has no resources",
            delete(stack),
        ),
        "ROLLBACK_COMPLETE" => (
            Severity::Error,
            "its first deployment failed and was rolled back; such a stack can only be deleted",
            delete(stack),
        ),
        "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED" => (
            Severity::Error,
            "a part of its resources is there; `aws cloudformation describe-stack-events` says what failed",
            delete(stack),
        ),
        "DELETE_IN_PROGRESS" => (
            Severity::Error,
            "it is being deleted",
            format!(
                "aws cloudformation wait stack-delete-complete --stack-name {stack} # then deploy it again, if that is wanted"
            ),
        ),
        "CREATE_IN_PROGRESS" => (
            Severity::Warning,
            "CloudFormation still makes it",
            format!(
                "aws cloudformation wait stack-create-complete --stack-name {stack} # then run doctor again"
            ),
        ),
        "UPDATE_ROLLBACK_FAILED" => (
            Severity::Error,
            "an update failed, and so did taking it back; no further update is possible",
            format!("aws cloudformation continue-update-rollback --stack-name {stack}"),
        ),
        status if status.ends_with("_IN_PROGRESS") => (
            Severity::Warning,
            "CloudFormation still changes it",
            "Run doctor again once CloudFormation is done.".to_owned(),
        ),
        _ => (
            Severity::Error,
            "`aws cloudformation describe-stack-events` says what failed",
            "Deploy it again.".to_owned(),
        ),
    };
    let problem = format!("Its status is {status}: {meaning}.");
    let finding = Finding::new(rule, stack, problem, fix);
    Some(match severity {
        Severity::Error => finding,
        _ => finding.milder(),
    })
}

fn delete(stack: &str) -> String {
    format!(
        "aws cloudformation delete-stack --stack-name {stack} && aws cloudformation wait stack-delete-complete --stack-name {stack} # then deploy it again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_meaning_and_its_fix() {
        for (status, severity, in_use, fix) in [
            ("CREATE_COMPLETE", None, true, ""),
            ("UPDATE_COMPLETE", None, true, ""),
            ("UPDATE_ROLLBACK_COMPLETE", None, true, ""),
            (
                "UPDATE_IN_PROGRESS",
                Some(Severity::Warning),
                true,
                "again once",
            ),
            (
                "UPDATE_FAILED",
                Some(Severity::Error),
                true,
                "Deploy it again",
            ),
            (
                "UPDATE_ROLLBACK_FAILED",
                Some(Severity::Error),
                true,
                "continue-update-rollback --stack-name sm",
            ),
            (
                "REVIEW_IN_PROGRESS",
                Some(Severity::Error),
                false,
                "delete-stack --stack-name sm",
            ),
            (
                "ROLLBACK_COMPLETE",
                Some(Severity::Error),
                false,
                "delete-stack --stack-name sm",
            ),
            (
                "CREATE_FAILED",
                Some(Severity::Error),
                false,
                "delete-stack --stack-name sm",
            ),
            (
                "DELETE_IN_PROGRESS",
                Some(Severity::Error),
                false,
                "wait stack-delete-complete",
            ),
            (
                "CREATE_IN_PROGRESS",
                Some(Severity::Warning),
                false,
                "wait stack-create-complete",
            ),
        ] {
            let finding = check(Rule::SpotmanagerNotReady, "sm", status);
            assert_eq!(
                finding.as_ref().map(|found| found.severity),
                severity,
                "{status}"
            );
            assert_eq!(is_in_use(status), in_use, "{status}");
            if let Some(finding) = finding {
                assert!(finding.fix.contains(fix), "{fix} in {finding:?}");
                assert!(finding.problem.contains(status), "{finding:?}");
            }
        }
    }
}
