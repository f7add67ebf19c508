//! The scale-down policy that a return to spot executes.

use crate::{Finding, Rule, Snapshot, SpotManagerStack};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some(refusal) = &snapshot.return_refusal else {
        return Vec::new();
    };
    let (rule, fix) = (
        Rule::NoReturnToSpot,
        "Hang a policy on the on-demand group that takes one instance away and whose name contains ScaleDownPolicyNameContains, or set ReturnToSpot to off.",
    );
    let stack_name = &snapshot.stack_name;
    match &snapshot.spotmanager {
        SpotManagerStack::Found(deployment) if !deployment.returns_to_spot => Vec::new(),
        SpotManagerStack::Found(_) => vec![Finding::new(rule, stack_name, refusal, fix)],
        // Whether it is on is not known.
        _ => vec![Finding::new(rule, stack_name, refusal, fix).milder()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Severity,
        testing::{deployment, snapshot},
    };

    #[test]
    fn it_matters_where_spot_is_to_return() {
        let mut snapshot = snapshot();
        snapshot.return_refusal = Some("There is none.".into());
        let severity = |snapshot: &Snapshot| {
            let findings = check(snapshot);
            findings.first().map(|finding| finding.severity)
        };
        assert_eq!(severity(&snapshot), Some(Severity::Error));
        snapshot.spotmanager = SpotManagerStack::NotAsked;
        assert_eq!(severity(&snapshot), Some(Severity::Warning));
        let mut deployment = deployment();
        deployment.returns_to_spot = false;
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        assert_eq!(severity(&snapshot), None);
    }
}
