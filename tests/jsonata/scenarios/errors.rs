//! Every task with every error: which retrier takes it, and where its Catch leads.

use serde_json::json;
use spotmanager_domain::{
    LossKind, Purpose,
    ScaleOutcome::{Scaled, StoodDown},
    capacity::CapacityStatus::{Arrived, NoCapacity},
    verdict::failed_evaluation,
};

use crate::{
    arguments::MOST_CHARACTERS,
    samples::{self, *},
    scenario::Scenario,
    steps::*,
};

type Errors = Vec<&'static str>;

const THROTTLED: &[&str] = &["SpotManager.Throttled", "Lambda.TooManyRequestsException"];
const BUSY: &[&str] = &["SpotManager.ScalingInProgress"];
/// Errors after which nobody knows whether the call took effect.
const TRANSIENT: &[&str] = &[
    "SpotManager.Transient",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
];
const REFUSED: &[&str] = &["SpotManager.AccessDenied"];
/// What a notification may fail with.
const ANY: &[&str] = &["EventBridge.AccessDeniedException", "States.Timeout"];

/// A task that fails, after these steps, with the errors of each retrier, and with others.
struct Row {
    task: &'static str,
    before: Steps,
    after: Steps,
    retried: Vec<Errors>,
    not_retried: Errors,
    /// Whether the execution fails with the error.
    fails: bool,
}

impl Row {
    fn scenarios(&self) -> impl Iterator<Item = Scenario> + '_ {
        let retried = self.retried.iter().enumerate();
        let retried = retried.map(|(i, errors)| (errors, vec![format!("{}/Retry/{i}", self.task)]));
        retried
            .chain([(&self.not_retried, Vec::new())])
            .flat_map(|(errors, by)| errors.iter().map(move |error| (*error, by.clone())))
            .map(|(error, retriers)| self.scenario(error, retriers))
    }

    fn scenario(&self, error: &str, retriers: Vec<String>) -> Scenario {
        // Step Functions gives no cause for a task's timeout.
        let cause = (error != "States.Timeout").then_some("why");
        let scenario = Scenario::new(
            format!("{} fails with {error}", self.task),
            [
                self.before.clone(),
                failed(self.task, error, cause),
                self.after.clone(),
            ],
        )
        .retried_by(retriers);
        let cause = cause.unwrap_or_default();
        let failure = json!({"error": error, "cause": cause, "state": self.task});
        let reaches = |state| self.after.iter().any(|step| step.state == state);
        match self.task {
            _ if self.fails => scenario
                .fails(error, cause)
                .sends("NotifyFailure", "/Subject", subject(error, self.task))
                .sends("TellFailure", "/failure", failure),
            "Evaluate" => scenario.leaves("Evaluate", "/cause", cause).sends(
                "TellDecision",
                "/sentence",
                failed_evaluation(found(|_| ()).if_evaluation_fails(1), error)
                    .verdict
                    .sentence,
            ),
            "StandDownSpot" => scenario
                .sends(
                    "NotifyStandDownFailed",
                    "/Subject",
                    cut(format!(
                        "SpotManager could not stand the spot group down for render-farm: {}",
                        error.trim_start_matches("SpotManager.")
                    )),
                )
                .leaves("NotifyStandDownFailed", "", json!({"outcome": "failed"})),
            "NotifyStandDownFailed" => scenario
                .leaves(self.task, "", json!({"outcome": "failed"}))
                .sends("TellFallback", "/stood_down", false),
            _ if reaches("TellFallback") && reaches("StandDownSpot") => scenario
                .sends("TellFallback", "/failure", failure)
                .sends("StandDownSpot", "/baseline_capacity", self.baseline(error)),
            _ => scenario,
        }
    }

    /// What standing down after the error goes back to: an attempt that was refused asked for
    /// nothing.
    fn baseline(&self, error: &str) -> i32 {
        let refused = THROTTLED.contains(&error) || BUSY.contains(&error);
        let capacity = found(|_| ()).spot_group.capacity;
        match self.task {
            "ScaleUp" if refused => capacity.max_size,
            _ => capacity.desired_capacity,
        }
    }
}

/// The subject of the mail on a failure.
fn subject(error: &str, state: &str) -> String {
    let error = error.trim_start_matches("SpotManager.");
    cut(format!(
        "SpotManager failed for render-farm: {error} in {state}"
    ))
}

fn cut(mut subject: String) -> String {
    subject.truncate(MOST_CHARACTERS);
    subject
}

/// A function that is retried as most of them are.
fn row<const B: usize, const A: usize>(
    task: &'static str,
    before: [Steps; B],
    after: [Steps; A],
) -> Row {
    Row {
        task,
        before: before.concat(),
        after: after.concat(),
        retried: vec![THROTTLED.to_vec(), TRANSIENT.to_vec()],
        not_retried: REFUSED.to_vec(),
        fails: false,
    }
}

fn notification<const B: usize, const A: usize>(
    task: &'static str,
    before: [Steps; B],
    after: [Steps; A],
) -> Row {
    Row {
        retried: vec![ANY.to_vec()],
        not_retried: Vec::new(),
        ..row(task, before, after)
    }
}

fn rows() -> Vec<Row> {
    let usual = found(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    let warned = found(|found| found.loss = Some(loss(LossKind::InterruptionWarning)));
    let returning = found(|found| found.purpose = Purpose::ReturnToSpot);
    let lasting = found(|found| {
        found.queue = queue(300);
        found.settings.rounds_timeout_seconds = 20_000;
    });
    let chosen = decided(&usual, 1, CHEAP);
    let uncertain = [
        chosen.clone(),
        failed("ScaleUp", "SpotManager.Transient", None),
    ]
    .concat();
    let on_spot = [chosen.clone(), scaled(spot)].concat();
    let gave_up = [
        on_spot.clone(),
        looked(spot, NoCapacity),
        at("GiveUpOnGroup"),
    ]
    .concat();
    let refused = failed("StandDownSpot", "SpotManager.AccessDenied", None);
    let bridge = [fell_back(), pretended(on_demand)].concat();
    let undone = [stood_down(spot, StoodDown), bridge.clone()].concat();
    vec![
        Row {
            fails: true,
            ..row("Discover", [], [reported()])
        },
        Row {
            retried: vec![[THROTTLED, TRANSIENT].concat()],
            ..row(
                "Evaluate",
                [done("Discover", &usual)],
                [
                    notified("TellDecision"),
                    at("ChooseGroup ChooseOnDemand"),
                    pretended(on_demand),
                ],
            )
        },
        notification(
            "TellDecision",
            [chosen[..2].to_vec()],
            [at("ChooseGroup"), pretended(spot)],
        ),
        row(
            "DetachInstance",
            [decided(&warned, 1, DEAR)],
            [at("ChooseOnDemand"), pretended(on_demand)],
        ),
        Row {
            retried: vec![BUSY.to_vec(), THROTTLED.to_vec()],
            ..row("ScaleUp", [chosen.clone()], [undone.clone()])
        },
        Row {
            retried: Vec::new(),
            not_retried: TRANSIENT.to_vec(),
            ..row(
                "ScaleUp",
                [chosen],
                [
                    done("ScaleUpAgain", samples::scale(spot, Scaled)),
                    at("LookForCapacity"),
                    arrives(spot),
                ],
            )
        },
        Row {
            retried: vec![BUSY.to_vec(), THROTTLED.to_vec(), TRANSIENT.to_vec()],
            ..row("ScaleUpAgain", [uncertain], [undone.clone()])
        },
        row(
            "VerifyCapacity",
            [on_spot.clone(), at("WaitForCapacity")],
            [undone.clone()],
        ),
        Row {
            retried: vec![THROTTLED.to_vec(), [BUSY, TRANSIENT].concat()],
            ..row(
                "StandDownSpot",
                [gave_up.clone()],
                [
                    notified("NotifyStandDownFailed"),
                    at("CheckStandDown"),
                    bridge.clone(),
                ],
            )
        },
        notification(
            "NotifyStandDownFailed",
            [gave_up, refused],
            [at("CheckStandDown"), bridge],
        ),
        notification(
            "TellFallback",
            [
                on_spot,
                looked(spot, NoCapacity),
                stood_down(spot, StoodDown),
            ],
            [at("ChooseOnDemand"), pretended(on_demand)],
        ),
        Row {
            retried: vec![BUSY.to_vec(), THROTTLED.to_vec(), TRANSIENT.to_vec()],
            fails: true,
            ..row(
                "ScaleDownOnDemand",
                [
                    decided(&returning, 1, CHEAP),
                    scaled(spot),
                    looked(spot, Arrived),
                ],
                [reported()],
            )
        },
        Row {
            fails: true,
            ..notification(
                "ContinueAsNew",
                [
                    decided(&lasting, 1, CHEAP),
                    scaled(spot),
                    took(MORE_THAN_THREE_HOURS, looked(spot, Arrived)),
                    ends(""),
                ],
                [reported()],
            )
        },
    ]
}

/// The ends of an execution that fails, each without one of its two reports.
fn unreported() -> Vec<Scenario> {
    let lost = || failed("Discover", "SpotManager.StackNotFound", Some("no stack"));
    let notify = failed("NotifyFailure", "SNS.NotFoundException", Some("why"));
    let tell = failed("TellFailure", "States.Timeout", None);
    [
        ("NotifyFailure", notify, notified("TellFailure")),
        ("TellFailure", notified("NotifyFailure"), tell),
    ]
    .into_iter()
    .map(|(task, notify, tell)| {
        let name = format!("the error is kept if {task} fails");
        Scenario::new(name, [lost(), notify, tell, at("Failed")])
            .fails("SpotManager.StackNotFound", "no stack")
            .retried_by(vec![format!("{task}/Retry/0")])
    })
    .collect()
}

/// EventBridge takes the call and refuses the event: Step Functions fails the task.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html>.
fn refused_events() -> Vec<Scenario> {
    let usual = found(|_| ());
    let spot = &usual.spot_group;
    let refused = |state| {
        let entry = json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"});
        done(state, json!({"FailedEntryCount": 1, "Entries": [entry]}))
    };
    vec![
        Scenario::new(
            "EventBridge refuses a decision",
            [
                decided(&usual, 1, CHEAP)[..2].to_vec(),
                refused("TellDecision"),
                at("ChooseGroup"),
                pretended(spot),
            ],
        )
        .retried_by(vec!["TellDecision/Retry/0".into()]),
        Scenario::new(
            "EventBridge refuses a fallback",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, NoCapacity),
                stood_down(spot, StoodDown),
                refused("TellFallback"),
                at("ChooseOnDemand"),
                pretended(&usual.on_demand_group),
            ],
        )
        .retried_by(vec!["TellFallback/Retry/0".into()]),
        Scenario::new(
            "EventBridge refuses a failure",
            [
                failed("Discover", "SpotManager.StackNotFound", Some("no stack")),
                notified("NotifyFailure"),
                refused("TellFailure"),
                at("Failed"),
            ],
        )
        .fails("SpotManager.StackNotFound", "no stack")
        .retried_by(vec!["TellFailure/Retry/0".into()]),
    ]
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let rows = rows();
    let of_rows = rows.iter().flat_map(Row::scenarios);
    let nameless = Scenario::new(
        "an execution that was started without a stack",
        [
            failed("Discover", "SpotManager.InvalidInput", Some("why")),
            reported(),
        ],
    )
    .input(json!({}))
    .unreadable("Discover")
    .fails("SpotManager.InvalidInput", "why")
    .omits("TellFailure", "/stack_name");
    let full = found(|found| fill(&mut found.on_demand_group));
    let causeless = Scenario::new(
        "a scale-up fails without a cause",
        [
            decided(&full, 1, CHEAP),
            failed("ScaleUp", "SpotManager.Unexpected", None),
            at("GiveUpOnGroup"),
            reported(),
        ],
    )
    .fails("SpotManager.Unexpected", "");
    of_rows
        .chain(unreported())
        .chain(refused_events())
        .chain([nameless, causeless])
        .collect()
}
