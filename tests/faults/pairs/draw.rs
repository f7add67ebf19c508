//! What is drawn.

use std::fmt;

use fastrand::Rng;
use spotmanager_fake_aws::Fault;

/// What happens to a pair of groups at nearly the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    Alarm,
    TwoAlarms,
    Loss,
    Return,
    ReturnThenAlarm,
    LossThenAlarm,
    AlarmThenLoss,
}

impl Events {
    const ALL: [Self; 7] = [
        Self::Alarm,
        Self::TwoAlarms,
        Self::Loss,
        Self::Return,
        Self::ReturnThenAlarm,
        Self::LossThenAlarm,
        Self::AlarmThenLoss,
    ];

    /// How many alarms there are.
    pub(crate) const fn alarms(self) -> i32 {
        match self {
            Self::Loss | Self::Return => 0,
            Self::Alarm | Self::ReturnThenAlarm | Self::LossThenAlarm | Self::AlarmThenLoss => 1,
            Self::TwoAlarms => 2,
        }
    }

    /// Whether a spot instance is lost.
    pub(crate) const fn loses(self) -> bool {
        matches!(self, Self::Loss | Self::LossThenAlarm | Self::AlarmThenLoss)
    }

    /// Whether on-demand serves at the beginning, and spot may take over.
    pub(crate) const fn returns(self) -> bool {
        matches!(self, Self::Return | Self::ReturnThenAlarm)
    }
}

/// A call that goes wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) function: &'static str,
    pub(crate) action: &'static str,
    pub(crate) fault: Fault,
    /// How many calls go right before.
    pub(crate) after: usize,
    pub(crate) times: usize,
}

/// Two faults, and what they meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub(crate) events: Events,
    /// Whether there is spot capacity.
    pub(crate) has_spot: bool,
    /// Whether a queue sizes what alarms ask for, and one alarm's execution leads.
    pub(crate) has_queue: bool,
    /// In which state the first execution is when the second event comes.
    pub(crate) meets_in: &'static str,
    pub(crate) strikes: [Strike; 2],
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            events,
            has_spot,
            has_queue,
            meets_in,
            strikes,
        } = self;
        let spot = if *has_spot { "spot" } else { "no spot" };
        let queue = if *has_queue { "queue" } else { "no queue" };
        write!(f, "{events:?} in {meets_in}, {spot}, {queue}")?;
        for strike in strikes {
            let Strike {
                function,
                action,
                fault,
                after,
                times,
            } = strike;
            write!(f, "; {function} {action} {fault:?} x{times} after {after}")?;
        }
        Ok(())
    }
}

/// The calls that decide what is asked for, waited for and taken back.
const CALLS: &[(&str, &str)] = &[
    ("start", "StartExecution"),
    ("discover", "DescribeAutoScalingGroups"),
    ("discover", "GetQueueAttributes"),
    ("discover", "ListExecutions"),
    ("discover", "DescribeExecution"),
    ("evaluate", "DescribeSpotPriceHistory"),
    ("scale", "DescribeAutoScalingGroups"),
    ("scale", "DescribeScalingActivities"),
    ("scale", "ExecutePolicy"),
    ("scale", "SetDesiredCapacity"),
    ("scale", "DetachInstances"),
    ("verify", "DescribeAutoScalingGroups"),
    ("verify", "DescribeScalingActivities"),
    ("verify", "ListExecutions"),
    ("verify", "DescribeExecution"),
];

/// As often as the SDK tries.
const EVERY_ATTEMPT: usize = 3;

const FAULTS: &[(Fault, usize)] = &[
    (Fault::Throttled("ThrottlingException"), 1),
    (Fault::Throttled("ThrottlingException"), EVERY_ATTEMPT),
    (Fault::InternalFailure, EVERY_ATTEMPT),
    (Fault::InternalFailure, usize::MAX),
    (Fault::Unavailable, EVERY_ATTEMPT),
    (Fault::CutBefore, EVERY_ATTEMPT),
    (Fault::CutAfter, 1),
    (Fault::AnswerLost, 1),
    (Fault::AnswerLost, EVERY_ATTEMPT),
    (Fault::AccessDenied, 1),
    (Fault::KilledBefore, 1),
    (Fault::KilledDuring, 1),
    (Fault::KilledAnswering, 1),
];

const STATES: &[&str] = &["Discover", "Evaluate", "ScaleUp", "WaitForCapacity"];

/// So many, of which the same number of a seed is always the same.
pub(crate) fn draw(pairs: usize, seed: u64) -> Vec<Drawn> {
    let mut rng = Rng::with_seed(seed);
    (0..pairs)
        .map(|_| Drawn {
            events: pick(&mut rng, &Events::ALL),
            has_spot: rng.u8(..) < 128,
            has_queue: rng.u8(..) < 96,
            meets_in: pick(&mut rng, STATES),
            strikes: [strike(&mut rng), strike(&mut rng)],
        })
        .collect()
}

fn strike(rng: &mut Rng) -> Strike {
    let (function, action) = pick(rng, CALLS);
    let (fault, times) = pick(rng, FAULTS);
    Strike {
        function,
        action,
        fault,
        after: rng.usize(..4),
        times,
    }
}

fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())]
}
