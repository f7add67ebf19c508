//! Launching at once, zone by zone: what a plan asks for next, and what came of it.
//!
//! The plan is fixed when the round is decided. Each call has a token, so that it launches once,
//! however often it is sent. *scale* first says what the plan's tokens have launched before, and then
//! asks for the rest.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Capacity, ClientToken, Market};

/// After so long a plan is not sent any more, seconds: AWS forgets a token after eight hours, and a
/// call with it would launch again.
pub const MOST_PLAN_SECONDS: u32 = 900;
/// The most units that one call asks for. It launches at most 100 instances, and each is a unit at
/// least.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
const MOST_OF_A_CALL: i32 = 100;

/// The most attempts in a zone for its share, and as many for what others did not bring.
const MOST_ATTEMPTS: u32 = 100;

/// What was launched under each token, in instances or units.
pub type Tokens = BTreeMap<ClientToken, i32>;

/// What is to be launched: fixed when the round is decided, and never computed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPlan {
    /// When it was made, UTC.
    pub planned_at: Timestamp,
    /// How many instances or units both groups together are asked for.
    pub units: i32,
    /// The groups, in the order in which they are asked.
    pub groups: Vec<GroupLaunches>,
}

/// What one group is to launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLaunches {
    /// The group's market.
    pub market: Market,
    /// What it had as discovered, in instances or units.
    pub from: i32,
    /// The most that it is asked for in addition, in instances or units.
    pub most: i32,
    /// Whether what the group asks for beyond `from` is another's, so that it is not counted on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub adds: bool,
    /// The zones, the best first.
    pub places: Vec<LaunchPlace>,
}

// By reference, as serde calls it.
fn is_false(value: &bool) -> bool {
    !*value
}

/// A zone that a group launches in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPlace {
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// How many instances or units it is asked for at first.
    pub units: i32,
    /// Of which each attempt's token is made.
    pub token: ClientToken,
}

impl LaunchPlan {
    /// Whether it is too old to be sent at `now`.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.planned_at);
        age > SignedDuration::from_secs(MOST_PLAN_SECONDS.into())
    }

    /// What the group on this market is to launch.
    #[must_use]
    pub fn of(&self, market: Market) -> Option<&GroupLaunches> {
        self.groups.iter().find(|group| group.market == market)
    }

    /// Every token that it may send.
    #[must_use]
    pub fn tokens(&self) -> Vec<ClientToken> {
        self.groups.iter().flat_map(GroupLaunches::tokens).collect()
    }
}

impl GroupLaunches {
    /// How much of it `found` is, in instances or units.
    #[must_use]
    pub fn came_of(&self, found: &Tokens) -> i32 {
        self.tokens()
            .filter_map(|token| found.get(&token))
            .fold(0, |sum, units| sum.saturating_add(*units))
    }

    fn tokens(&self) -> impl Iterator<Item = ClientToken> {
        self.places.iter().flat_map(|place| {
            let attempts = 0..place.attempts(self.most);
            attempts.map(|attempt| place.token.attempt(attempt))
        })
    }
}

impl LaunchPlace {
    /// How many attempts its share takes.
    fn first_attempts(&self) -> u32 {
        calls(self.units)
    }

    /// How many attempts it may be asked in: its share, and what other zones did not bring.
    fn attempts(&self, most: i32) -> u32 {
        self.first_attempts().saturating_add(calls(most))
    }
}

/// How many calls so many units take, up to a number that no group needs.
fn calls(units: i32) -> u32 {
    let calls = u32::try_from(units).unwrap_or_default().div_ceil(100);
    calls.min(MOST_ATTEMPTS)
}

/// A call that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchAsked {
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// How many instances or units.
    pub units: i32,
    /// Its token.
    pub token: ClientToken,
}

/// Where the walk through a group's zones is.
#[derive(Clone, Copy, Debug)]
enum At {
    /// Each zone is asked for its share.
    Shares { place: usize, attempt: u32 },
    /// Zones that brought all are asked for what others did not bring.
    Rest { place: usize, attempt: u32 },
}

/// A group that launches: each call in turn, until it has what it is asked for or no zone is left.
#[derive(Clone, Debug)]
pub struct Launching<'a> {
    launches: &'a GroupLaunches,
    found: &'a Tokens,
    before: Capacity,
    /// How much is asked for.
    need: i32,
    /// How much of it came.
    came: i32,
    /// How much of it the group asks for without a call.
    asks: i32,
    /// What DesiredCapacity should be after the calls so far.
    desired: i32,
    /// How much the last call should have raised it by, if the group was not looked at since.
    raised: i32,
    /// How much the last call did not bring, if the group was not looked at since.
    shortfall: i32,
    /// Of each place, whether it brought less than it was asked for.
    is_short: Vec<bool>,
    at: At,
}

impl<'a> Launching<'a> {
    /// A group that is like `before` now and is to bring `need` of the plan, of which `found` is what
    /// its tokens have launched already.
    #[must_use]
    pub fn new(
        launches: &'a GroupLaunches,
        need: i32,
        before: Capacity,
        found: &'a Tokens,
    ) -> Self {
        let need = need.min(launches.most).max(0);
        let came = launches.came_of(found);
        let missing = need.saturating_sub(came).max(0);
        // What it asks for beyond that it goes on trying to launch by itself.
        let asks = if launches.adds {
            0
        } else {
            let beyond = before.desired_capacity.saturating_sub(launches.from);
            beyond.saturating_sub(came).clamp(0, missing)
        };
        Self {
            launches,
            found,
            before,
            need,
            came,
            asks,
            desired: before.desired_capacity,
            raised: 0,
            shortfall: 0,
            is_short: vec![false; launches.places.len()],
            at: At::Shares {
                place: 0,
                attempt: 0,
            },
        }
    }

    /// The next call; `None` if nothing is left to ask for, or nobody to ask.
    pub fn next_call(&mut self) -> Option<LaunchAsked> {
        loop {
            let left = self.left();
            if left <= 0 {
                return None;
            }
            let (index, attempt, units) = match self.at {
                At::Shares { place, attempt } => {
                    let Some(at) = self.launches.places.get(place) else {
                        self.at = self.rest_at(0);
                        continue;
                    };
                    if self.is_short(place) || attempt >= at.first_attempts() {
                        self.at = At::Shares {
                            place: place.saturating_add(1),
                            attempt: 0,
                        };
                        continue;
                    }
                    self.at = At::Shares {
                        place,
                        attempt: attempt.saturating_add(1),
                    };
                    let asked = i32::try_from(attempt).unwrap_or(i32::MAX);
                    let asked = asked.saturating_mul(MOST_OF_A_CALL);
                    (place, attempt, at.units.saturating_sub(asked))
                }
                At::Rest { place, attempt } => {
                    let at = self.launches.places.get(place)?;
                    if self.is_short(place) || attempt >= at.attempts(self.launches.most) {
                        self.at = self.rest_at(place.saturating_add(1));
                        continue;
                    }
                    self.at = At::Rest {
                        place,
                        attempt: attempt.saturating_add(1),
                    };
                    (place, attempt, left)
                }
            };
            let place = self.launches.places.get(index)?;
            let token = place.token.attempt(attempt);
            let units = units.min(MOST_OF_A_CALL).min(left);
            match self.found.get(&token) {
                // It was asked before, and what came of it counts already.
                Some(came) if *came < units => self.mark_short(index),
                Some(_) => {}
                None => {
                    return Some(LaunchAsked {
                        availability_zone: place.availability_zone.clone(),
                        units,
                        token,
                    });
                }
            }
        }
    }

    /// How much is still to be asked for.
    fn left(&self) -> i32 {
        let room = self.before.max_size.saturating_sub(self.desired);
        let counted = self.came.saturating_add(self.asks);
        self.need.saturating_sub(counted).min(room)
    }

    /// Of a call that was made, so many units came.
    pub fn came(&mut self, call: &LaunchAsked, units: i32) {
        let units = units.max(0);
        let asked_for = units.min(call.units);
        self.came = self.came.saturating_add(units);
        self.desired = self.desired.saturating_add(asked_for);
        self.raised = asked_for;
        if asked_for < call.units {
            self.shortfall = call.units.saturating_sub(asked_for);
            self.mark_short_zone(call);
        }
    }

    /// A call's token was used for another number before, under which so many units came. It is not
    /// sent again.
    pub fn was_asked_otherwise(&mut self, call: &LaunchAsked, units: i32) {
        self.came = self.came.saturating_add(units.max(0));
        self.mark_short_zone(call);
    }

    /// The group is like `after` since the last call, which an earlier attempt may have made already: then
    /// DesiredCapacity did not rise again, and what came was counted as asked for.
    pub fn may_be_repeated(&mut self, after: Capacity) {
        let missing = self.desired.saturating_sub(after.desired_capacity);
        let repeated = missing.clamp(0, self.raised);
        self.asks = self.asks.saturating_sub(repeated).max(0);
        self.desired = self.desired.saturating_sub(repeated);
        self.raised = 0;
    }

    /// Whether the last call brought less than it asked for, so that the group has to be looked at before
    /// the next one.
    #[must_use]
    pub const fn is_to_be_seen_again(&self) -> bool {
        self.shortfall > 0
    }

    /// What DesiredCapacity is to be lowered to if the group is like `after` now; `None` if it did not
    /// rise beyond what came. What others ask for stays: a failure raises it by exactly what did not
    /// come, or not at all. What the group has launched of it by itself counts.
    pub fn lower_to(&mut self, after: Capacity) -> Option<i32> {
        let shortfall = std::mem::take(&mut self.shortfall);
        let excess = after.desired_capacity.saturating_sub(self.desired);
        let mut to = after.desired_capacity;
        if shortfall > 0 && excess >= shortfall {
            let by = after.lacks().min(shortfall);
            self.came = self.came.saturating_add(shortfall.saturating_sub(by));
            to = to.saturating_sub(by).max(after.min_size);
        }
        self.desired = to;
        self.before.max_size = after.max_size;
        (to < after.desired_capacity).then_some(to)
    }

    /// DesiredCapacity without what is counted on, in instances or units.
    #[must_use]
    pub fn baseline(&self) -> i32 {
        if self.launches.adds {
            let came = self.launches.came_of(self.found);
            self.before.desired_capacity.saturating_sub(came)
        } else {
            self.launches.from
        }
    }

    /// How much of what it was to bring came, or the group asks for, in instances or units. An
    /// instance that weighs more than was missing counts for what was missing.
    #[must_use]
    pub fn asked(&self) -> i32 {
        self.came.saturating_add(self.asks).min(self.need)
    }

    fn rest_at(&self, place: usize) -> At {
        let at = self.launches.places.get(place);
        At::Rest {
            place,
            attempt: at.map_or(0, LaunchPlace::first_attempts),
        }
    }

    fn is_short(&self, place: usize) -> bool {
        self.is_short.get(place).copied().unwrap_or_default()
    }

    fn mark_short(&mut self, place: usize) {
        if let Some(is_short) = self.is_short.get_mut(place) {
            *is_short = true;
        }
    }

    fn mark_short_zone(&mut self, call: &LaunchAsked) {
        let mut places = self.launches.places.iter();
        let place = places.position(|place| place.availability_zone == call.availability_zone);
        if let Some(place) = place {
            self.mark_short(place);
        }
    }
}

#[cfg(test)]
mod tests;
