//! What *discover* would refuse, with which every execution would fail.

use spotmanager_domain::ErrorName;

use crate::{Finding, Refusal, Rule, Snapshot};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let findings = snapshot.refusals.iter().map(|refusal| {
        let (rule, fix) = remedy(refusal);
        Finding::new(rule, &snapshot.stack_name, &refusal.message, fix)
    });
    findings.collect()
}

fn remedy(refusal: &Refusal) -> (Rule, &'static str) {
    match refusal.error {
        ErrorName::StackNotFound => (
            Rule::StackNotFound,
            "Give the name that `aws cloudformation list-stacks` shows, and its region with --region.",
        ),
        ErrorName::ResourceNotFound
        | ErrorName::AmbiguousResource
        | ErrorName::WrongResourceType => (
            Rule::ResourceNotFound,
            "Set SpotManager's parameter of that name, and the option here, to the logical id or its path.",
        ),
        ErrorName::GroupNotFound => (
            Rule::GroupNotFound,
            "Update the stack so that CloudFormation makes the group again, or name another one.",
        ),
        ErrorName::PolicyNotFound => (
            Rule::PolicyNotFound,
            "Hang a policy on the group that adds one instance, or set ScaleUpPolicyNameContains to a part of the name of the one that is there.",
        ),
        ErrorName::PolicyOnOtherGroup => (
            Rule::PolicyOnOtherGroup,
            "Set AutoScalingGroupName of one of these policies to the group that has none.",
        ),
        ErrorName::AmbiguousPolicy => (
            Rule::AmbiguousPolicy,
            "Set ScaleUpPolicyNameContains to what only one policy's name contains on each group, or delete the others.",
        ),
        ErrorName::UnusablePolicy => (
            Rule::UnusablePolicy,
            "Make it an enabled SimpleScaling or StepScaling policy that adds capacity.",
        ),
        _ => (
            Rule::InvalidSetting,
            "Set SpotManager's parameter of that name, or the option here, to what is expected.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{found, snapshot};

    #[test]
    fn each_refusal_has_its_rule() {
        for (error, rule) in [
            (ErrorName::StackNotFound, Rule::StackNotFound),
            (ErrorName::AmbiguousResource, Rule::ResourceNotFound),
            (ErrorName::WrongResourceType, Rule::ResourceNotFound),
            (ErrorName::GroupNotFound, Rule::GroupNotFound),
            (ErrorName::PolicyNotFound, Rule::PolicyNotFound),
            (ErrorName::PolicyOnOtherGroup, Rule::PolicyOnOtherGroup),
            (ErrorName::AmbiguousPolicy, Rule::AmbiguousPolicy),
            (ErrorName::UnusablePolicy, Rule::UnusablePolicy),
            (ErrorName::InvalidInput, Rule::InvalidSetting),
        ] {
            let mut snapshot = snapshot();
            let message = "It is so.".into();
            snapshot.refusals = vec![Refusal { error, message }];
            assert_eq!(found(check, &snapshot), [rule]);
        }
    }
}
