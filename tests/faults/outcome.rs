//! What a run ended in.

use std::fmt;

use anyhow::{Result, ensure};
use spotmanager_testbed::GroupSize;

use crate::{combination::Combination, scenario::Scenario};

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) spot: Size,
    pub(crate) on_demand: Size,
}

/// Where a run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// In a state of the machine that is no failure.
    In(String),
    /// In the machine's failure, with its error's name.
    Failed(String),
    /// Lambda gave up on *start*, and kept the event.
    DeadLetterQueue,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In(state) => f.write_str(state),
            Self::Failed(error) => write!(f, "Failed: {error}"),
            Self::DeadLetterQueue => f.write_str("dead-letter queue"),
        }
    }
}

/// A group's size, for people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size(pub(crate) GroupSize);

impl Size {
    /// Instances that are asked for and are not in service.
    fn missing(self) -> i32 {
        let in_service = GroupSize::settled(self.0.in_service).desired;
        self.0.desired - in_service
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.in_service)?;
        match self.missing() {
            0 => Ok(()),
            missing => write!(f, " ({missing} more asked for)"),
        }
    }
}

impl Outcome {
    /// Checks that one instance came, or that the end says why not.
    pub(crate) fn expect_right(&self, combination: &Combination) -> Result<()> {
        let Self {
            ended,
            spot,
            on_demand,
        } = self;
        let in_service = spot.0.in_service + on_demand.0.in_service;
        let right = match (ended, combination.scenario) {
            // A group that keeps its instance replaces it itself, and on-demand bridges the time;
            // and who cannot tell whether another one leads answers for itself.
            // Two that never know of each other may take one's for the other's.
            (
                Ended::In(_),
                Scenario::Interruption | Scenario::AnotherLeads | Scenario::NextToAnother,
            ) if combination.lasts() => (1..=2).contains(&in_service),
            // In doubt it has left its group, and on-demand is asked.
            (Ended::In(_), Scenario::Recommendation) if combination.lasts() => {
                (1..=2).contains(&in_service)
            }
            // One for the alarm, and one instead of the lost one.
            (Ended::In(_), Scenario::NextToAnother) => in_service == 2,
            (Ended::In(_), _) => in_service == 1,
            // Spot came, and on-demand goes only after it.
            (Ended::Failed(_), Scenario::ReturnToSpot | Scenario::Recommendation) => {
                (1..=2).contains(&in_service)
            }
            (Ended::Failed(_), Scenario::NextToAnother) => in_service <= 2,
            (Ended::Failed(_) | Ended::DeadLetterQueue, _) => in_service <= 1,
        };
        // A group without capacity that could not be stood down goes on asking, and is told of.
        let unserved = i32::from(combination.scenario == Scenario::NoSpotCapacity);
        let settled = on_demand.missing() == 0 && (0..=unserved).contains(&spot.missing());
        ensure!(
            right && settled,
            "ended in {ended} with {spot} spot and {on_demand} on-demand"
        );
        Ok(())
    }
}
