//! Which call goes wrong, and how.

use std::fmt;

use spotmanager_local::Fault;

use crate::scenario::Scenario;

/// A call that a function makes on its way through a scenario.
#[derive(Clone, Copy, Debug)]
struct Call {
    scenario: Scenario,
    function: &'static str,
    service: &'static str,
    action: &'static str,
    answer: Answer,
}

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
use Scenario::{Alarm, AnotherLeads, Interruption, NoSpotCapacity, ReturnToSpot};

const fn call(
    scenario: Scenario,
    function: &'static str,
    service: &'static str,
    action: &'static str,
    answer: Answer,
) -> Call {
    Call {
        scenario,
        function,
        service,
        action,
        answer,
    }
}

/// Every call of every function; `permissions` in the end-to-end tests holds the list against what
/// the roles grant.
const CALLS: &[Call] = &[
    call(Alarm, "start", "cloudwatch", "ListTagsForResource", List),
    call(Alarm, "start", "states", "StartExecution", Done),
    call(
        Interruption,
        "start",
        "autoscaling",
        "DescribeAutoScalingInstances",
        PagesInTime,
    ),
    call(
        Interruption,
        "start",
        "autoscaling",
        "DescribeAutoScalingGroups",
        PagesInTime,
    ),
    call(
        Alarm,
        "discover",
        "cloudformation",
        "ListStackResources",
        Pages,
    ),
    call(
        Alarm,
        "discover",
        "autoscaling",
        "DescribeAutoScalingGroups",
        Pages,
    ),
    call(Alarm, "discover", "autoscaling", "DescribePolicies", Pages),
    call(
        Alarm,
        "discover",
        "autoscaling",
        "DescribeLaunchConfigurations",
        Pages,
    ),
    call(
        Alarm,
        "discover",
        "ec2",
        "DescribeLaunchTemplateVersions",
        Pages,
    ),
    call(Alarm, "discover", "ec2", "DescribeSubnets", Pages),
    call(Alarm, "discover", "sqs", "GetQueueAttributes", List),
    call(Alarm, "discover", "states", "ListExecutions", Pages),
    call(
        AnotherLeads,
        "discover",
        "states",
        "DescribeExecution",
        Done,
    ),
    call(Alarm, "evaluate", "ec2", "DescribeSpotPriceHistory", Pages),
    call(Alarm, "evaluate", "ec2", "GetSpotPlacementScores", Pages),
    call(Alarm, "evaluate", "pricing", "GetProducts", Pages),
    call(
        Alarm,
        "evaluate",
        "autoscaling",
        "DescribeScalingActivities",
        Pages,
    ),
    call(
        Alarm,
        "scale",
        "autoscaling",
        "DescribeAutoScalingGroups",
        Pages,
    ),
    call(
        Alarm,
        "scale",
        "autoscaling",
        "DescribeScalingActivities",
        Pages,
    ),
    call(Alarm, "scale", "autoscaling", "ExecutePolicy", Done),
    call(
        NoSpotCapacity,
        "scale",
        "autoscaling",
        "SetDesiredCapacity",
        Done,
    ),
    call(
        Interruption,
        "scale",
        "autoscaling",
        "DetachInstances",
        Done,
    ),
    call(ReturnToSpot, "scale", "autoscaling", "ExecutePolicy", Done),
    call(
        Alarm,
        "verify",
        "autoscaling",
        "DescribeAutoScalingGroups",
        Pages,
    ),
    call(
        Alarm,
        "verify",
        "autoscaling",
        "DescribeScalingActivities",
        Pages,
    ),
];

/// For each function its scenario, and the calls before and at whose end it is killed: for one
/// that changes something that is the change, for the others their first and their last call.
const KILLED: &[(Scenario, &str, &str, &str)] = &[
    (Alarm, "start", "StartExecution", "StartExecution"),
    (Alarm, "discover", "ListStackResources", "DescribeSubnets"),
    (Alarm, "evaluate", "DescribeSpotPriceHistory", "GetProducts"),
    (Alarm, "scale", "ExecutePolicy", "ExecutePolicy"),
    (
        NoSpotCapacity,
        "scale",
        "SetDesiredCapacity",
        "SetDesiredCapacity",
    ),
    (Interruption, "scale", "DetachInstances", "DetachInstances"),
    (ReturnToSpot, "scale", "ExecutePolicy", "ExecutePolicy"),
    (
        Alarm,
        "verify",
        "DescribeAutoScalingGroups",
        "DescribeAutoScalingGroups",
    ),
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
        "states" | "pricing" => &["ThrottlingException"],
        _ => &["Throttling", "ThrottlingException"],
    }
}

/// Every combination, in the order of the page.
pub(crate) fn all() -> Vec<Combination> {
    let calls = CALLS.iter().flat_map(|call| {
        faults(call).into_iter().map(|(fault, times)| Combination {
            scenario: call.scenario,
            function: call.function,
            action: call.action,
            fault,
            times,
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

fn faults(call: &Call) -> Vec<(Fault, usize)> {
    let codes = throttling(call.service).iter();
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
    if call.answer != PagesInTime {
        faults.push((Fault::NoReply, 1));
    }
    if matches!(call.answer, Pages | PagesInTime) {
        faults.push((Fault::EmptyPage, 1));
    }
    if matches!(call.answer, Pages | List) {
        faults.push((Fault::EmptyAnswer, LASTING));
    }
    faults
}
