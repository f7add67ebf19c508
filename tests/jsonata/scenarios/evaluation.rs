//! An evaluation that failed: *discover*'s verdict, once for the event and once for the choice of
//! the group.

use spotmanager_domain::{Discovery, Leader, LossKind, Purpose, Round, verdict::failed_evaluation};

use crate::{samples::*, scenario::Scenario, steps::*};

const ERROR: &str = "SpotManager.Unexpected";

fn undecided(discovery: &Discovery) -> Steps {
    [
        done("Discover", discovery),
        failed("Evaluate", ERROR, Some("no prices")),
        notified("TellDecision"),
        at("ChooseGroup"),
    ]
    .concat()
}

/// What becomes of a discovery in this round, and the choice that is reported. What the command
/// makes of the same failure is the same.
fn case(name: &str, round: u32, discovery: &Discovery, choice: &str) -> Scenario {
    let in_doubt = discovery.if_evaluation_fails(round);
    let discovery = &Discovery {
        if_evaluation_fails: Some(in_doubt.clone()),
        ..discovery.clone()
    };
    let evaluation = failed_evaluation(in_doubt, ERROR);
    let spot = &discovery.spot_group;
    let waited_for = discovery.loss.as_ref().is_some_and(|loss| {
        matches!(
            loss.kind,
            LossKind::LaunchUnsuccessful | LossKind::InstanceGone
        )
    });
    let then = match choice {
        "nothing" => at("NothingToDo"),
        "on_demand" => {
            let up = pretended(&discovery.on_demand_group);
            [at("ChooseOnDemand"), up].concat()
        }
        _ if waited_for => [at("LookForCapacity"), arrives(spot)].concat(),
        _ => pretended(spot),
    };
    let mut input = alarm();
    input.round = (round > 1).then(|| Round {
        number: round,
        first_began_at: STARTED_AT.parse().unwrap(),
        began_at: None,
        looks: None,
    });
    Scenario::new(
        format!("evaluation failed: {name}"),
        [undecided(discovery), then],
    )
    .input(input)
    .sends("TellDecision", "/choice", choice)
    .sends("TellDecision", "/reason", "EVALUATION_FAILED")
    .sends(
        "TellDecision",
        "/sentence",
        evaluation.verdict.sentence.as_str(),
    )
    .sends("TellDecision", "/round", round)
    .omits("TellDecision", "/cheapest")
    .leaves(
        "Evaluate",
        "/verdict",
        serde_json::json!(evaluation.verdict),
    )
    .leaves("Evaluate", "/cause", "no prices")
}

/// *Discover* is older than the definition, as after a rollback.
fn unknown() -> Scenario {
    let mut discovery = found(|_| ());
    discovery.if_evaluation_fails = None;
    let up = pretended(&discovery.on_demand_group);
    Scenario::new(
        "evaluation failed: discover said nothing of it",
        [undecided(&discovery), at("ChooseOnDemand"), up],
    )
    .sends("TellDecision", "/choice", "on_demand")
    .sends("TellDecision", "/reason", "EVALUATION_FAILED")
    .sends(
        "TellDecision",
        "/sentence",
        format!(
            "The evaluation failed with {ERROR}. Discover said nothing of it: on-demand scales up."
        ),
    )
}

fn lost(kind: LossKind) -> Discovery {
    found(|found| found.loss = Some(loss(kind)))
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let usual = found(|_| ());
    // The loss that would be acted on but for the choice.
    let warned = Some(loss(LossKind::InterruptionWarning));
    let returning = found(|found| found.purpose = Purpose::ReturnToSpot);
    let served = found(|found| {
        found.loss = Some(loss(LossKind::LaunchUnsuccessful));
        found.spot_group.capacity.in_service = found.spot_group.capacity.desired_capacity;
    });
    let led = found(|found| {
        found.leader = Some(Leader {
            execution_name: "another".into(),
            started_at: STARTED_AT.parse().unwrap(),
        });
        found.loss = warned.clone();
    });
    // 10 jobs for each of 10 instances: both groups, in service and pending.
    let waiting = |jobs, loss: &Option<_>| {
        found(|found| {
            found.queue = queue(jobs);
            found.loss = loss.clone();
        })
    };
    let no_on_demand = found(|found| fill(&mut found.on_demand_group));
    let full = found(|found| {
        fill(&mut found.on_demand_group);
        fill(&mut found.spot_group);
        found.loss = warned.clone();
    });
    vec![
        case(
            "a return to spot stays on on-demand",
            1,
            &returning,
            "nothing",
        ),
        case("another execution leads", 1, &led, "nothing"),
        case(
            "a rebalance recommendation is no loss yet",
            1,
            &lost(LossKind::RebalanceRecommendation),
            "nothing",
        ),
        case(
            "a group that cannot launch is waited for",
            1,
            &lost(LossKind::LaunchUnsuccessful),
            "spot",
        ),
        case(
            "a group whose instance is gone is waited for",
            1,
            &lost(LossKind::InstanceGone),
            "spot",
        ),
        case(
            "after a failed launch, a group that has all its instances again",
            1,
            &served,
            "nothing",
        )
        .new_path(),
        case(
            "in a further round, jobs at the target",
            2,
            &waiting(100, &warned),
            "nothing",
        ),
        case(
            "in a further round, jobs above it",
            2,
            &waiting(101, &None),
            "on_demand",
        ),
        case("in a further round, no queue", 2, &usual, "on_demand"),
        case(
            "in the first round, no jobs",
            1,
            &waiting(0, &None),
            "on_demand",
        ),
        case("in the first round", 1, &usual, "on_demand"),
        case("on-demand is full", 1, &no_on_demand, "spot"),
        case("both are full", 1, &full, "nothing"),
        unknown(),
    ]
}
