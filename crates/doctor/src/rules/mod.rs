//! The rules, each in a file of its own.

mod cooldown;
mod deployed;
mod differences;
mod held_jobs;
mod jobs_alarm;
mod launch;
mod launch_instances;
mod launch_rights;
mod limit;
mod own_scaling;
mod period;
mod prices;
mod queue_metrics;
mod rebalance;
mod refused;
mod scale_down;
mod size;
mod status;
mod suspended;
pub(crate) mod topics;
mod zones;

use spotmanager_domain::ErrorName;

use crate::{Finding, Part, Refusal, Rule, Snapshot, chain};

pub(crate) use deployed::of_stack;
pub use rebalance::suspend_rebalancing;
pub use status::is_in_use;

/// A check, with what it looks at.
struct Check {
    check: fn(&Snapshot) -> Vec<Finding>,
    needs: &'static [Part],
    /// Whether it looks at both groups, or at the deployment.
    about: About,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Stack,
    Pair,
    Deployment,
}

const fn check(
    check: fn(&Snapshot) -> Vec<Finding>,
    about: About,
    needs: &'static [Part],
) -> Check {
    Check {
        check,
        needs,
        about,
    }
}

const CHECKS: &[Check] = &[
    check(refused::check, About::Stack, &[Part::WorkersStack]),
    check(deployed::check, About::Deployment, &[]),
    check(
        jobs_alarm::check,
        About::Stack,
        &[Part::WorkersStack, Part::Alarms],
    ),
    check(queue_metrics::check, About::Deployment, &[Part::Alarms]),
    check(
        own_scaling::check,
        About::Pair,
        &[Part::Groups, Part::Policies, Part::Alarms],
    ),
    check(
        scale_down::check,
        About::Pair,
        &[Part::Groups, Part::Policies, Part::Alarms],
    ),
    check(
        held_jobs::check,
        About::Pair,
        &[Part::Groups, Part::Policies, Part::Alarms],
    ),
    check(
        launch::check,
        About::Pair,
        &[Part::Groups, Part::LaunchSources],
    ),
    check(
        differences::check,
        About::Pair,
        &[Part::Groups, Part::LaunchSources, Part::Subnets],
    ),
    check(size::check, About::Pair, &[Part::Groups]),
    check(suspended::check, About::Pair, &[Part::Groups]),
    check(rebalance::check, About::Pair, &[Part::Groups]),
    check(
        launch_instances::check,
        About::Pair,
        &[Part::Groups, Part::LaunchSources],
    ),
    check(launch_rights::check, About::Deployment, &[Part::Groups]),
    check(
        zones::check,
        About::Pair,
        &[Part::Groups, Part::Subnets, Part::Zones],
    ),
    check(
        cooldown::check,
        About::Pair,
        &[Part::Groups, Part::Policies, Part::Alarms],
    ),
    check(period::check, About::Stack, &[Part::Alarms]),
    check(
        limit::check,
        About::Pair,
        &[Part::Groups, Part::LaunchSources, Part::Prices],
    ),
    check(
        prices::check,
        About::Pair,
        &[
            Part::Groups,
            Part::LaunchSources,
            Part::Subnets,
            Part::Prices,
        ],
    ),
];

impl Check {
    /// Whether it can look at all that it looks at.
    fn is_done(&self, snapshot: &Snapshot) -> bool {
        self.may_look(snapshot)
            && match self.about {
                About::Stack => true,
                About::Pair => snapshot.pair().is_some(),
                About::Deployment => snapshot.spotmanager.found().is_some(),
            }
    }

    /// Whether nothing that it looks at was refused, so that it finds nothing that is not so.
    fn may_look(&self, snapshot: &Snapshot) -> bool {
        snapshot.unread(self.needs).is_none()
    }
}

/// How many checks there are, how many of them could look, and how many of these found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) passed: usize,
    pub(crate) done: usize,
    pub(crate) all: usize,
}

/// Counts the checks; the links of the chain are not among them.
pub(crate) fn count(snapshot: &Snapshot) -> Counted {
    let done: Vec<_> = if is_missing(snapshot) {
        Vec::new()
    } else {
        let checks = CHECKS.iter();
        checks.filter(|check| check.is_done(snapshot)).collect()
    };
    let passed = done.iter().filter(|done| (done.check)(snapshot).is_empty());
    Counted {
        passed: passed.count(),
        done: done.len(),
        all: CHECKS.len(),
    }
}

/// Whether the stack of the workers is not there, or has no resources yet.
fn is_missing(snapshot: &Snapshot) -> bool {
    let is_missing = |refusal: &Refusal| refusal.error == ErrorName::StackNotFound;
    let status = snapshot.stack_status.as_deref();
    snapshot.refusals.iter().any(is_missing) || status.is_some_and(|status| !is_in_use(status))
}

/// Everything that the rules find, the worst first.
#[must_use]
pub fn diagnose(snapshot: &Snapshot) -> Vec<Finding> {
    let status = snapshot.stack_status.as_deref();
    let stack = snapshot.stack_name.as_str();
    let of_status = status.and_then(|status| status::check(Rule::StackNotReady, stack, status));
    let mut findings: Vec<_> = of_status.into_iter().collect();
    if is_missing(snapshot) {
        // Nothing else can be said of it.
        if findings.is_empty() {
            findings = refused::check(snapshot);
        }
    } else {
        let may_look = CHECKS.iter().filter(|check| check.may_look(snapshot));
        findings.extend(may_look.flat_map(|check| (check.check)(snapshot)));
        findings.extend(chain::check(snapshot));
    }
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
    use crate::{NotRead, Severity, testing::snapshot};

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
    fn of_a_stack_that_is_not_made_only_its_status_is_said() {
        let mut snapshot = snapshot();
        snapshot.alarms.clear();
        snapshot.stack_status = Some("REVIEW_IN_PROGRESS".into());
        let findings = diagnose(&snapshot);
        let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [Rule::StackNotReady]);
        assert_eq!(count(&snapshot).done, 0);
        snapshot.stack_status = Some("UPDATE_IN_PROGRESS".into());
        assert!(diagnose(&snapshot).len() > 1);
    }

    #[test]
    fn what_was_refused_is_no_reason_for_a_finding() {
        let mut snapshot = snapshot();
        snapshot.alarms.clear();
        let refused = || NotRead::because("refused");
        snapshot.unread.insert(Part::Alarms, refused());
        let findings = diagnose(&snapshot);
        assert!(findings.is_empty(), "{findings:#?}");
        let counted = count(&snapshot);
        assert!(counted.done < counted.all, "{counted:?}");
        assert_eq!(counted.passed, counted.done);
        snapshot.unread.insert(Part::WorkersStack, refused());
        snapshot.spot_group = None;
        snapshot.on_demand_group = None;
        let findings = diagnose(&snapshot);
        assert!(findings.is_empty(), "{findings:#?}");
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(list([]), "none");
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b"]), "a and b");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
    }
}
