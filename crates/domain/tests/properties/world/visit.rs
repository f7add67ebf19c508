//! A function's visit: what *evaluate*, *verify* and *scale* do for an execution.

use jiff::Timestamp;
use spotmanager_domain::{
    ScaleAction,
    flow::{Flow, Others, Progress, Replacement, Step},
    testing::machine::Machine,
};

use super::{Call, Fault, Groups};

/// What *verify* finds of other executions.
pub(crate) trait Neighbours {
    /// Those that run for the same pair, or have run next to this one in its round.
    fn others(&self, also_ended: bool) -> Others;
    /// What became of the execution of this name, of a rebalance recommendation.
    fn replacement(&self, name: &str) -> Replacement;
}

pub(crate) fn evaluate(
    groups: &Groups,
    is_cheap: bool,
    flow: Flow<'_>,
    machine: &mut Machine,
    fault: Fault,
) {
    if !matches!(fault, Fault::None | Fault::Repeated) {
        assert!(machine.fails("SpotManager.Unexpected", "no prices"));
        return;
    }
    let round = flow.execution.round;
    let evaluation = flow.discovery.decide(round, groups.prices(is_cheap));
    machine.go_on(flow.decided(&evaluation));
}

pub(crate) fn verify(
    groups: &Groups,
    neighbours: &impl Neighbours,
    flow: Flow<'_>,
    machine: &mut Machine,
    (fault, now): (Fault, Timestamp),
) {
    if !matches!(fault, Fault::None | Fault::Repeated) {
        assert!(machine.fails("SpotManager.Transient", "no answer"));
        return;
    }
    let progress = machine.step.progress().unwrap().clone();
    if let Some(name) = &progress.recommended {
        let replacement = neighbours.replacement(name);
        machine.go_on(flow.after_recommendation(progress, replacement, now));
        return;
    }
    let looked = groups.looks(flow, &progress);
    let looks: Vec<_> = looked.iter().map(super::groups::Looked::look).collect();
    let others = if flow.depends_on_others(&progress, &looks) {
        neighbours.others(is_unclear(&progress))
    } else {
        Others::default()
    };
    let checked = flow.checked(progress, &looks, &others, now);
    if let Some(failure) = checked.failure {
        machine.failure = failure.into();
    }
    machine.go_on(checked.step);
}

/// Whether a check is to see whether a call took effect: also what has ended since may have made the
/// group grow.
fn is_unclear(progress: &Progress) -> bool {
    let attempt = progress.attempt.as_ref();
    let lowering = progress.lowering.as_ref();
    lowering.is_some() || attempt.is_some_and(|attempt| attempt.unclear > 0)
}

pub(crate) fn scale(
    groups: &mut Groups,
    flow: Flow<'_>,
    machine: &mut Machine,
    (fault, now): (Fault, Timestamp),
) -> Option<Call> {
    let (answer, call) = match (fault, &machine.step) {
        // It is killed after the last call, and not at the first.
        (
            Fault::Repeated,
            Step::ScaleUp {
                action: ScaleAction::LaunchInstances { .. },
                ..
            },
        ) => {
            let answer = groups.scale(flow, machine, (fault, true), now);
            let call = answer.call;
            (answer, call)
        }
        // It is not repeated, because it asks for more.
        (Fault::Repeated, Step::ScaleUp { .. }) => {
            let fault = Fault::Lost { took_effect: true };
            let answer = groups.scale(flow, machine, (fault, true), now);
            let call = answer.call;
            (answer, call)
        }
        (Fault::Repeated, _) => {
            let first = groups.scale(flow, machine, (Fault::None, true), now);
            let again = groups.scale(flow, machine, (Fault::None, false), now);
            let call = first.call.or(again.call);
            (again, call)
        }
        _ => {
            let answer = groups.scale(flow, machine, (fault, true), now);
            let call = answer.call;
            (answer, call)
        }
    };
    match answer.result {
        Ok(done) => machine.go_on(done.next(flow, machine, now)),
        Err(error) => {
            let is_lost = matches!(fault, Fault::Lost { .. } | Fault::Repeated);
            if !(is_lost && machine.loses_answer(error, "lost")) {
                assert!(machine.fails(error, "refused"));
            }
        }
    }
    call
}

/// The groups that a check after this progress looks at.
pub(crate) fn looked_at(
    flow: Flow<'_>,
    progress: Option<&Progress>,
) -> Vec<spotmanager_domain::Market> {
    let progress = progress.filter(|progress| progress.recommended.is_none());
    progress.map_or_else(Vec::new, |progress| flow.looks_at(progress).collect())
}
