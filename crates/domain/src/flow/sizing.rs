//! How much capacity a round asks for, and how.

use super::{Flow, Progress};
use crate::{Market, Purpose, ScaleAction, settings::LaunchBy};

impl Flow<'_> {
    /// How many instances or units the round asks for by DesiredCapacity; `None` if each group's
    /// scale-up policy says it.
    pub(super) fn wanted(self) -> Option<i32> {
        if self.returns() {
            let capacity = self.discovery.on_demand_group.capacity;
            let above = capacity.desired_capacity.saturating_sub(capacity.min_size);
            return Some(above.min(capacity.in_service).max(0));
        }
        // A replacement is wanted in addition to what others ask for, which the same value at each
        // attempt would not be.
        if !self.is_for_alarm() {
            return None;
        }
        let missing = self.missing();
        match self.discovery.settings.launch_by {
            LaunchBy::ScalingPolicy => None,
            LaunchBy::Automatic => missing,
            LaunchBy::DesiredCapacity | LaunchBy::LaunchInstances => Some(missing.unwrap_or(1)),
        }
    }

    /// What the queue says is missing; `None` if none is named or can be read, or if an instance is
    /// replaced or returned from. In the first round an alarm asks: the queue's figure is
    /// approximate, so one is missing at least.
    fn missing(self) -> Option<i32> {
        let backlog = self.discovery.backlog();
        let backlog = backlog.filter(|_| self.is_for_alarm())?;
        Some(backlog.missing().max(1))
    }

    /// Whether nothing is replaced: there is to be more capacity than before.
    pub(super) fn is_for_alarm(self) -> bool {
        self.discovery.purpose == Purpose::ScaleUp && self.discovery.loss.is_none()
    }

    /// Whether it matters how many of those that are wanted arrive.
    pub(super) fn is_sized(self, progress: &Progress) -> bool {
        progress.wanted.is_some() && self.is_for_alarm()
    }

    /// How the group on this market scales up. What it is raised to follows from what was discovered,
    /// so that it is asked for the same at every attempt.
    pub(super) fn scale_up_action(
        self,
        progress: &Progress,
        market: Market,
        unclear: u32,
    ) -> ScaleAction {
        if market == Market::OnDemand && progress.moved > 1 && !self.is_sized(progress) {
            let capacity = self.discovery.on_demand_group.capacity;
            let from = progress
                .on_demand_desired
                .unwrap_or(capacity.desired_capacity);
            let to = from.saturating_add(progress.moved).min(capacity.max_size);
            return ScaleAction::RaiseCapacity { market, from, to };
        }
        if progress.wanted.is_none() {
            return ScaleAction::ScaleUp {
                market,
                honor_cooldown: self.discovery.settings.honor_cooldown
                    && self.discovery.loss.is_none(),
                is_first: unclear == 0,
            };
        }
        let has = self.has(market);
        // A return may have lowered it since.
        let seen = progress
            .on_demand_desired
            .filter(|_| market == Market::OnDemand);
        let from = has.min(seen.unwrap_or(has));
        ScaleAction::RaiseCapacity {
            market,
            from,
            to: from.saturating_add(self.more(progress, market)),
        }
    }

    /// Whether on-demand is to be asked at once for what spot has no room for.
    pub(super) fn wants_on_demand_too(self, progress: &Progress) -> bool {
        let attempt = progress.attempt.as_ref();
        self.is_sized(progress)
            && attempt.is_some_and(|attempt| attempt.market == Market::Spot)
            && self.more(progress, Market::OnDemand) > 0
    }

    /// How many of those that are wanted a group is asked for: on-demand for those that spot is not
    /// asked for or did not bring, each group as far as there is room.
    pub(super) fn more(self, progress: &Progress, market: Market) -> i32 {
        let spot = match &progress.attempt {
            Some(attempt) if attempt.market == Market::Spot => attempt.asked(),
            _ => progress.arrived,
        };
        let wanted = progress.wanted.unwrap_or_default().saturating_sub(spot);
        let max_size = self.group(market).capacity.max_size;
        let room = max_size.saturating_sub(self.has(market));
        wanted.min(room).min(self.room_of_both(market, spot)).max(0)
    }

    /// What a group has as discovered. The queue wants so many in service or launching: if the group
    /// asks for more, for another execution or in vain, then that is part of what is wanted.
    pub(super) fn has(self, market: Market) -> i32 {
        let capacity = self.group(market).capacity;
        // What a return to spot asks for it takes back, or takes from on-demand.
        if self.missing().is_none() || self.discovery.return_runs {
            return capacity.desired_capacity;
        }
        let instances = capacity.in_service.saturating_add(capacity.pending);
        instances.min(capacity.desired_capacity)
    }

    /// How much more than it has a group may ask for, because of what both may have together, if spot
    /// asks for so many of those wanted. A replacement takes the place of what was lost.
    pub(super) fn room_of_both(self, market: Market, spot: i32) -> i32 {
        if !self.is_for_alarm() {
            return i32::MAX;
        }
        let other = match market {
            Market::Spot => self.discovery.on_demand_group.capacity.desired_capacity,
            Market::OnDemand => {
                let asked = self.discovery.spot_group.capacity.desired_capacity;
                asked.max(self.has(Market::Spot).saturating_add(spot))
            }
        };
        let asked = self.has(market).saturating_add(other);
        self.discovery.terms().room_of_both(asked)
    }
}
