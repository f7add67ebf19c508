//! What came of a round: how it ended, and who serves.

use spotmanager_domain::{Market, Purpose, capacity::CapacityStatus};

use super::{
    Ending, Outcome, ServedBy, Serving,
    failed::{self, Failed},
    round::Round,
    text,
};

impl Round<'_> {
    /// What came of the round.
    pub(crate) fn outcome(&self) -> Outcome {
        let result = self.ending();
        let (served_by, serving) = self.served(result);
        let saves = matches!(result, Ending::CapacityArrived | Ending::ReturnedToSpot)
            && served_by == ServedBy::Market(Market::Spot);
        let saving_usd_per_hour = if saves { self.promised() } else { None };
        let mut outcome = Outcome {
            result,
            served_by,
            serving,
            sentence: String::new(),
            saving_usd_per_hour,
            doubts: self.doubts(),
        };
        outcome.sentence = text::of_round(self, &outcome);
        outcome
    }

    fn ending(&self) -> Ending {
        let has_failed = self.is_last && self.failed_state() != Some("ContinueAsNew");
        match self.history.status.as_str() {
            "RUNNING" | "PENDING_REDRIVE" if self.is_last => Ending::Running,
            "ABORTED" if self.is_last => Ending::Aborted,
            "TIMED_OUT" if self.is_last => Ending::TimedOut,
            "FAILED" if has_failed => Ending::Failed,
            _ => self.ending_of_states(),
        }
    }

    fn ending_of_states(&self) -> Ending {
        for (state, ending) in [
            ("NothingToDo", Ending::NothingToDo),
            ("DryRunEnded", Ending::DryRun),
            ("ReturnedToSpot", Ending::ReturnedToSpot),
            ("StayedOnDemand", Ending::StayedOnDemand),
            ("NoLongerNeeded", Ending::NoLongerNeeded),
        ] {
            if self.visited(state) {
                return ending;
            }
        }
        if self.kept().is_none() && self.saw(CapacityStatus::Withdrawn) {
            Ending::NoLongerNeeded
        } else {
            Ending::CapacityArrived
        }
    }

    /// On-demand goes on serving in a return to spot that did not succeed.
    fn stays(&self) -> Option<(Market, Serving)> {
        let found = self.found()?;
        let group = found.on_demand_group;
        let capacity = group.capacity;
        let stays = found.purpose == Purpose::ReturnToSpot && capacity.in_service > 0;
        stays.then(|| {
            let serving = Serving {
                group: group.logical_id,
                in_service: capacity.in_service,
                desired_capacity: capacity.desired_capacity,
            };
            (Market::OnDemand, serving)
        })
    }

    pub(super) fn doubts(&self) -> Vec<String> {
        let problem = self.found().and_then(|found| found.queue_problem);
        let queue = problem.map(|problem| text::queue_problem(&problem));
        let stuck = self
            .is_stuck()
            .then(|| "the spot group could not be stood down, and may go on buying".to_owned());
        queue.into_iter().chain(stuck).collect()
    }

    fn served(&self, result: Ending) -> (ServedBy, Option<Serving>) {
        let found = match result {
            Ending::CapacityArrived | Ending::ReturnedToSpot => self.arrived(),
            Ending::StayedOnDemand
            | Ending::NothingToDo
            | Ending::NoLongerNeeded
            | Ending::DryRun => self.stays(),
            Ending::Aborted | Ending::TimedOut | Ending::Running => {
                self.arrived().or_else(|| self.stays())
            }
            Ending::Failed => match Failed::of(self) {
                Failed::BothServe => self.arrived(),
                Failed::Unknown | Failed::Partly => return (ServedBy::Unknown, None),
                Failed::Undecided | Failed::NoCapacity => self.stays(),
            },
        };
        match found {
            Some((market, serving)) => (ServedBy::Market(market), Some(serving)),
            None if failed::returns(self) && self.found().is_none() => (ServedBy::Unknown, None),
            None => (ServedBy::Nobody, None),
        }
    }
}
