//! The rules, each in a file of its own.

mod cooldown;
mod deployed;
mod differences;
mod held_jobs;
mod jobs_alarm;
mod launch;
mod limit;
mod own_scaling;
mod period;
mod prices;
mod queue_metrics;
mod refused;
mod return_to_spot;
mod scale_down;
mod size;
mod suspended;
pub(crate) mod topics;
mod zones;

use spotmanager_contract::ErrorName;

use crate::{Finding, Refusal, Snapshot, chain};

type Check = fn(&Snapshot) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    refused::check,
    deployed::check,
    jobs_alarm::check,
    chain::check,
    queue_metrics::check,
    own_scaling::check,
    scale_down::check,
    held_jobs::check,
    return_to_spot::check,
    launch::check,
    differences::check,
    size::check,
    suspended::check,
    zones::check,
    cooldown::check,
    period::check,
    limit::check,
    prices::check,
];

/// Everything that the rules find, the worst first.
#[must_use]
pub fn diagnose(snapshot: &Snapshot) -> Vec<Finding> {
    let is_missing = |refusal: &Refusal| refusal.error == ErrorName::StackNotFound;
    let mut findings: Vec<_> = if snapshot.refusals.iter().any(is_missing) {
        // Nothing else can be said of it.
        refused::check(snapshot)
    } else {
        CHECKS.iter().flat_map(|check| check(snapshot)).collect()
    };
    findings.sort();
    // One cause, such as a missing stack, may be met for both groups.
    findings.dedup();
    findings
}

/// Names in a sentence: `a`, `a and b`, `a, b and c`.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, testing::snapshot};

    #[test]
    fn a_healthy_stack_has_no_findings() {
        let findings = diagnose(&snapshot());
        assert!(findings.is_empty(), "{findings:#?}");
    }

    #[test]
    fn the_worst_comes_first_and_nothing_twice() {
        let mut snapshot = snapshot();
        let refusal = Refusal {
            error: ErrorName::InvalidInput,
            message: "There is none.".into(),
        };
        snapshot.refusals = vec![refusal.clone(), refusal];
        if let Some(group) = &mut snapshot.spot_group {
            group.image_ids = ["ami-2".to_owned()].into();
        }
        let severities: Vec<_> = diagnose(&snapshot)
            .into_iter()
            .map(|finding| finding.severity)
            .collect();
        assert_eq!(severities, [Severity::Error, Severity::Warning]);
    }

    #[test]
    fn of_a_stack_that_is_not_there_nothing_else_is_said() {
        let mut snapshot = snapshot();
        snapshot.alarms.clear();
        snapshot.refusals = vec![Refusal {
            error: ErrorName::StackNotFound,
            message: "There is none.".into(),
        }];
        let findings = diagnose(&snapshot);
        assert_eq!(findings.len(), 1, "{findings:#?}");
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(list([]), "none");
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b"]), "a and b");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
    }
}
