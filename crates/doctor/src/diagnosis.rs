//! Every pair of groups, examined: what was found, what was looked at, and what was not.

use serde::Serialize;

use crate::{
    Finding, Link, NotChecked, Severity, Snapshot, SpotManagerStack, links, not_checked,
    not_checked::without_spotmanager, rules,
};

/// What came of looking at one pair or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The pairs, in the order in which they were examined.
    pub pairs: Vec<Pair>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// The links of every pair's chain.
    pub chain: Vec<Link>,
    /// What was not looked at.
    pub not_checked: Vec<NotChecked>,
}

/// A pair that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The stack and the spot group's logical id.
    pub name: String,
    /// The CloudFormation stack of the workers.
    pub stack_name: String,
    /// The spot group's logical id; absent if it was not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_group: Option<String>,
    /// The on-demand group's logical id; absent if it was not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_group: Option<String>,
    /// How many checks found nothing.
    pub checks_passed: usize,
    /// How many checks could look at all that they look at.
    pub checks_done: usize,
    /// How many checks there are.
    pub checks: usize,
}

impl Diagnosis {
    /// Whether everything was looked at, and nothing found that keeps SpotManager from working.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let mut severities = self.findings.iter().map(|finding| finding.severity);
        !self.pairs.is_empty()
            && self.not_checked.is_empty()
            && severities.all(|severity| severity == Severity::Note)
    }
}

/// Examines every pair. What is found alike for all of them is listed once, and names no pair.
#[must_use]
pub fn examine(snapshots: &[Snapshot]) -> Diagnosis {
    let of_pairs = |snapshot: &Snapshot| snapshot.pair_name();
    let names: Vec<_> = snapshots.iter().map(of_pairs).collect();
    let mut findings = merged(&names, snapshots, rules::diagnose, |finding, pair| {
        finding.pair = Some(pair);
    });
    findings.sort();
    Diagnosis {
        pairs: snapshots.iter().map(pair).collect(),
        findings,
        chain: merged(&names, snapshots, links, |link, pair| {
            link.pair = Some(pair)
        }),
        not_checked: merged(&names, snapshots, not_checked, |one, pair| {
            one.pair = Some(pair);
        }),
    }
}

/// What can be said of a deployment whose pairs are not known.
#[must_use]
pub fn examine_stack(stack: &SpotManagerStack) -> Diagnosis {
    Diagnosis {
        pairs: Vec::new(),
        findings: rules::of_stack(stack),
        chain: Vec::new(),
        not_checked: without_spotmanager(stack).into_iter().collect(),
    }
}

fn pair(snapshot: &Snapshot) -> Pair {
    let id = |group: &Option<crate::WorkerGroup>| {
        group.as_ref().map(|group| group.read.logical_id.clone())
    };
    let counted = rules::count(snapshot);
    Pair {
        name: snapshot.pair_name(),
        stack_name: snapshot.stack_name.clone(),
        spot_group: id(&snapshot.spot_group),
        on_demand_group: id(&snapshot.on_demand_group),
        checks_passed: counted.passed,
        checks_done: counted.done,
        checks: counted.all,
    }
}

/// What is read of each pair: once without a pair if it is alike for all, and else with the pair's
/// name.
fn merged<T: Clone + PartialEq>(
    names: &[String],
    snapshots: &[Snapshot],
    read: fn(&Snapshot) -> Vec<T>,
    name: fn(&mut T, String),
) -> Vec<T> {
    let of_pairs: Vec<_> = snapshots.iter().map(read).collect();
    let is_of_all = |one: &T| of_pairs.iter().all(|of_pair| of_pair.contains(one));
    let mut all: Vec<T> = Vec::new();
    for (of_pair, pair) in of_pairs.iter().zip(names) {
        for one in of_pair {
            let mut one = one.clone();
            if !is_of_all(&one) {
                name(&mut one, pair.clone());
            }
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkName, Rule, testing::snapshot};

    fn two() -> [Snapshot; 2] {
        let mut second = snapshot();
        second.spot_group.as_mut().unwrap().read.logical_id = "bigSpot".into();
        [snapshot(), second]
    }

    #[test]
    fn one_pair_is_not_named_and_is_well() {
        let diagnosis = examine(&[snapshot()]);
        assert!(diagnosis.is_well(), "{diagnosis:#?}");
        assert!(diagnosis.chain.iter().all(|link| link.pair.is_none()));
        let [pair] = &diagnosis.pairs[..] else {
            panic!("not one pair");
        };
        assert_eq!(pair.name, "farm/asgGPUSpot");
        assert_eq!(pair.checks_passed, pair.checks);
    }

    #[test]
    fn what_concerns_one_pair_names_it_and_what_concerns_all_does_not() {
        let mut pairs = two();
        pairs[1]
            .spot_group
            .as_mut()
            .unwrap()
            .read
            .facts
            .capacity
            .max_size = 0;
        for pair in &mut pairs {
            pair.settings.dry_run = true;
        }
        let diagnosis = examine(&pairs);
        let found = |rule| {
            let mut findings = diagnosis.findings.iter();
            let found = findings.find(|finding| finding.rule == rule);
            found.map(|finding| finding.pair.as_deref())
        };
        assert_eq!(found(Rule::MaxSizeZero), Some(Some("farm/bigSpot")));
        assert_eq!(found(Rule::DryRun), Some(None));
        let machines = diagnosis.chain.iter();
        let machines = machines.filter(|link| link.link == LinkName::StateMachine);
        assert_eq!(machines.count(), 1);
        let passed: Vec<_> = diagnosis
            .pairs
            .iter()
            .map(|pair| pair.checks_passed)
            .collect();
        assert_eq!(passed[0], passed[1] + 2, "size and sizes that differ");
    }

    #[test]
    fn without_a_pair_nothing_is_well() {
        let missing = examine_stack(&SpotManagerStack::Missing("sm".into()));
        assert!(!missing.is_well());
        assert_eq!(missing.not_checked.len(), 1, "{missing:?}");
        let rules: Vec<_> = missing.findings.iter().map(|one| one.rule).collect();
        assert_eq!(rules, [Rule::SpotmanagerNotFound]);
        assert!(!examine(&[]).is_well());
    }

    #[test]
    fn a_warning_or_something_not_looked_at_is_not_well() {
        let mut warned = snapshot();
        warned.settings.dry_run = true;
        assert!(!examine(&[warned]).is_well());
        let mut alone = snapshot();
        alone.spotmanager = SpotManagerStack::NotAsked;
        alone.chain = None;
        let diagnosis = examine(&[alone]);
        assert_eq!(diagnosis.findings, []);
        assert!(!diagnosis.is_well());
        let [pair] = &diagnosis.pairs[..] else {
            panic!("not one pair");
        };
        assert!(pair.checks_done < pair.checks, "{pair:?}");
    }
}
