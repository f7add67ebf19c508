//! Which call goes wrong, and how.

use std::fmt;

use spotmanager_fake_aws::Fault;

use crate::scenario::Scenario;

/// What a call is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// A list that may come in pages.
    Pages,
    /// A list that comes at once.
    List,
    /// Pages about an instance that EC2 takes: no answer about it is an answer too, and by the time
    /// that the SDK gives up on a reply, some minutes of the local AWS, it is gone.
    PagesInTime,
    /// That it was done.
    Done,
}

use Answer::{Done, List, Pages, PagesInTime};
use Scenario::{
    Alarm, AlarmByLaunches, AlarmByPolicy, AnotherLeads, Interruption, NextToAnother,
    NoSpotCapacity, Recommendation, ReturnToSpot,
};

/// Calls of a function to a service that are answered alike.
type Calls = (
    Scenario,
    &'static str,
    &'static str,
    Answer,
    &'static [&'static str],
);

/// Every call of every function; `permissions` in the end-to-end tests holds the page that is made
/// of it against the calls that it sees.
#[rustfmt::skip]
const CALLS: &[Calls] = &[
    (Alarm, "start", "cloudwatch", List, &["ListTagsForResource"]),
    (Alarm, "start", "states", Done, &["StartExecution"]),
    (Interruption, "start", "autoscaling", PagesInTime,
        &["DescribeAutoScalingInstances", "DescribeAutoScalingGroups"]),
    (Alarm, "discover", "cloudformation", Pages, &["ListStackResources"]),
    (Alarm, "discover", "autoscaling", Pages,
        &["DescribeAutoScalingGroups", "DescribePolicies", "DescribeLaunchConfigurations"]),
    (Alarm, "discover", "ec2", Pages, &["DescribeLaunchTemplateVersions", "DescribeSubnets"]),
    (Alarm, "discover", "sqs", List, &["GetQueueAttributes"]),
    (Alarm, "discover", "states", Pages, &["ListExecutions"]),
    (AnotherLeads, "discover", "states", Done, &["DescribeExecution"]),
    (Alarm, "evaluate", "ec2", Pages, &["DescribeSpotPriceHistory", "GetSpotPlacementScores"]),
    (Alarm, "evaluate", "pricing", Pages, &["GetProducts"]),
    (Alarm, "evaluate", "autoscaling", Pages, &["DescribeScalingActivities"]),
    (Alarm, "evaluate", "events", List, &["PutEvents"]),
    (Alarm, "scale", "autoscaling", Pages, &["DescribeAutoScalingGroups"]),
    (Alarm, "scale", "autoscaling", Done, &["SetDesiredCapacity"]),
    (AlarmByPolicy, "scale", "autoscaling", Pages,
        &["DescribeAutoScalingGroups", "DescribeScalingActivities"]),
    (AlarmByPolicy, "scale", "autoscaling", Done, &["ExecutePolicy"]),
    (AlarmByLaunches, "scale", "autoscaling", Done, &["LaunchInstances"]),
    (NoSpotCapacity, "scale", "autoscaling", Done, &["SetDesiredCapacity"]),
    (Interruption, "scale", "autoscaling", Done, &["DetachInstances"]),
    (ReturnToSpot, "scale", "autoscaling", Done, &["SetDesiredCapacity"]),
    (Alarm, "verify", "autoscaling", Pages,
        &["DescribeAutoScalingGroups", "DescribeScalingActivities"]),
    (Alarm, "verify", "events", List, &["PutEvents"]),
    (Recommendation, "verify", "autoscaling", Done, &["DescribeAutoScalingInstances"]),
    (NoSpotCapacity, "verify", "states", Pages, &["ListExecutions"]),
    (NextToAnother, "verify", "states", Done, &["DescribeExecution"]),
];

/// For each function its scenario, and the calls before and at whose end it is killed: for one
/// that changes something that is the change, for the others their first and their last call.
const KILLED: &[(Scenario, &str, &str, &str)] = &[
    (Alarm, "start", "StartExecution", "StartExecution"),
    (Alarm, "discover", "ListStackResources", "DescribeSubnets"),
    (Alarm, "evaluate", "DescribeSpotPriceHistory", "PutEvents"),
    (Alarm, "scale", "SetDesiredCapacity", "SetDesiredCapacity"),
    (AlarmByPolicy, "scale", "ExecutePolicy", "ExecutePolicy"),
    (
        AlarmByLaunches,
        "scale",
        "LaunchInstances",
        "LaunchInstances",
    ),
    (
        NoSpotCapacity,
        "scale",
        "SetDesiredCapacity",
        "SetDesiredCapacity",
    ),
    (Interruption, "scale", "DetachInstances", "DetachInstances"),
    (
        ReturnToSpot,
        "scale",
        "SetDesiredCapacity",
        "SetDesiredCapacity",
    ),
    (Alarm, "verify", "DescribeAutoScalingGroups", "PutEvents"),
];

/// As often as the SDK tries, so that the state machine must try again.
const EVERY_ATTEMPT: usize = 3;
/// For good.
const LASTING: usize = usize::MAX;

/// A call that goes wrong on the way through a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Combination {
    pub(crate) scenario: Scenario,
    pub(crate) function: &'static str,
    pub(crate) action: &'static str,
    pub(crate) fault: Fault,
    pub(crate) times: usize,
}

impl Combination {
    /// Whether the end depends on which of two executions looks first, or on how fast the machine is.
    pub(crate) const fn is_a_race(&self) -> bool {
        matches!(self.scenario, NextToAnother | Recommendation)
    }

    /// Whether it never goes right.
    pub(crate) fn lasts(&self) -> bool {
        self.times == LASTING
    }

    /// What goes wrong, and how often, for people.
    pub(crate) fn words(&self) -> (String, String) {
        let often = match self.times {
            1 => "once".to_owned(),
            LASTING => "always".to_owned(),
            times => format!("{times} times"),
        };
        (words(self.fault), often)
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trouble, often) = self.words();
        let Self {
            scenario,
            function,
            action,
            ..
        } = self;
        write!(f, "{scenario}: {function}: {action}: {trouble}, {often}")
    }
}

fn words(fault: Fault) -> String {
    match fault {
        Fault::Throttled(code) => return format!("throttled with {code}"),
        Fault::AccessDenied => "access denied",
        Fault::InternalFailure => "status 500",
        Fault::Unavailable => "status 503",
        Fault::CutBefore => "connection cut before the effect",
        Fault::CutAfter => "connection cut after the effect",
        Fault::AnswerLost => "status 500 after the effect",
        Fault::NoReply => "no reply after the effect",
        Fault::EmptyPage => "an empty page before the others",
        Fault::EmptyAnswer => "an empty answer",
        Fault::KilledBefore => "killed before the effect",
        Fault::KilledDuring => "killed after the effect",
        Fault::KilledAnswering => "killed as it answers",
    }
    .to_owned()
}

/// The codes with which a service asks to call less often.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>.
fn throttling(service: &str) -> &'static [&'static str] {
    match service {
        "ec2" => &["RequestLimitExceeded"],
        "sqs" => &["RequestThrottled", "ThrottlingException"],
        "events" | "states" | "pricing" => &["ThrottlingException"],
        _ => &["Throttling", "ThrottlingException"],
    }
}

/// Every combination, in the order of the page.
pub(crate) fn all() -> Vec<Combination> {
    let calls = CALLS.iter().flat_map(|calls| {
        let (scenario, function, _, _, actions) = *calls;
        actions.iter().flat_map(move |action| {
            let faults = faults(calls).into_iter();
            faults.map(move |(fault, times)| Combination {
                scenario,
                function,
                action,
                fault,
                times,
            })
        })
    });
    let kills = KILLED.iter().flat_map(|(scenario, function, first, last)| {
        [
            (first, Fault::KilledBefore),
            (last, Fault::KilledDuring),
            (last, Fault::KilledAnswering),
        ]
        .map(|(action, fault)| Combination {
            scenario: *scenario,
            function,
            action,
            fault,
            times: 1,
        })
    });
    calls.chain(kills).collect()
}

/// What goes wrong with each of the calls, and how often.
fn faults((scenario, _, service, answer, _): &Calls) -> Vec<(Fault, usize)> {
    let codes = throttling(service).iter();
    let mut faults: Vec<_> = codes
        .map(|code| (Fault::Throttled(code), EVERY_ATTEMPT))
        .collect();
    faults.extend([
        (Fault::InternalFailure, EVERY_ATTEMPT),
        (Fault::InternalFailure, LASTING),
        (Fault::Unavailable, EVERY_ATTEMPT),
        (Fault::CutBefore, EVERY_ATTEMPT),
        (Fault::CutAfter, 1),
        (Fault::AnswerLost, 1),
        (Fault::AccessDenied, LASTING),
    ]);
    // By the time that the SDK gives up on a reply the leader has ended.
    if *answer != PagesInTime && !matches!(scenario, AnotherLeads | NextToAnother) {
        faults.push((Fault::NoReply, 1));
    }
    if matches!(answer, Pages | PagesInTime) {
        faults.push((Fault::EmptyPage, 1));
    }
    if matches!(answer, Pages | List) {
        faults.push((Fault::EmptyAnswer, LASTING));
    }
    faults
}
