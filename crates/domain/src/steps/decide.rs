//! What a discovery leads to: whether prices matter and of which pools, and the verdict on them.

use crate::{
    Discovery, LossKind, Purpose,
    backlog::Backlog,
    price::{Pool, PoolPrice},
    verdict::{Case, Demand, Evaluation, Situation, Terms, Verdict},
};
use jiff::Timestamp;

impl Discovery {
    /// Whether prices may change the verdict in the execution's round `round`.
    #[must_use]
    pub fn asks_for_prices(&self, round: u32) -> bool {
        self.situation(round).asks_for_prices()
    }

    /// Every instance type of the spot group in every zone where the group has a subnet.
    pub fn pools(&self) -> impl Iterator<Item = Pool> + '_ {
        let spot = &self.spot_group;
        spot.instance_types.iter().flat_map(|instance_type| {
            spot.availability_zones
                .iter()
                .map(|availability_zone| Pool {
                    instance_type: instance_type.clone(),
                    availability_zone: availability_zone.clone(),
                })
        })
    }

    /// When EC2 said that it takes an instance back from `pool`, UTC.
    #[must_use]
    pub fn interrupted_at(&self, pool: &Pool) -> Option<Timestamp> {
        let loss = self.loss.as_ref()?;
        (loss.pool.as_ref() == Some(pool)).then_some(loss.time)
    }

    /// How many units of capacity an instance of `pool` is, if the spot group weighs.
    #[must_use]
    pub fn weighted_capacity(&self, pool: &Pool) -> Option<u32> {
        let weights = &self.spot_group.weighted_capacities;
        weights.get(&pool.instance_type).copied()
    }

    /// The verdict on `pools` in the execution's round `round`.
    #[must_use]
    pub fn decide(&self, round: u32, pools: Vec<PoolPrice>) -> Evaluation {
        self.situation(round).decide(pools)
    }

    /// What to do in the execution's round `round` if the evaluation fails.
    #[must_use]
    pub fn if_evaluation_fails(&self, round: u32) -> Verdict {
        self.situation(round).if_evaluation_fails()
    }

    /// What is to be decided in the execution's round `round`.
    fn situation(&self, round: u32) -> Situation<'_> {
        Situation {
            spot: &self.spot_group,
            on_demand: &self.on_demand_group,
            terms: self.terms(),
            case: self.case(round),
        }
    }

    /// What the deployment asks for.
    pub(crate) fn terms(&self) -> Terms {
        let settings = &self.settings;
        Terms {
            safety_margin_percent: settings.safety_margin_percent,
            minimum_placement_score: settings.minimum_placement_score,
            maximum_percent_of_on_demand: settings.maximum_percent_of_on_demand,
            maximum_capacity_of_both_groups: settings.maximum_capacity_of_both_groups,
        }
    }

    fn case(&self, round: u32) -> Case<'_> {
        if let Some(leader) = &self.leader {
            Case::AnotherLeads(&leader.execution_name)
        } else if self.purpose == Purpose::ReturnToSpot {
            Case::ReturnToSpot
        } else if self.waits_for_the_group() {
            Case::SpotLacksInstance
        } else if self.lost(LossKind::RebalanceRecommendation) {
            Case::RebalanceRecommended(self.demand(round))
        } else {
            Case::ScaleUp(self.demand(round))
        }
    }

    /// Whether the group itself is to bring the instance that it lacks.
    fn waits_for_the_group(&self) -> bool {
        self.lost(LossKind::LaunchUnsuccessful) || self.lost(LossKind::InstanceGone)
    }

    fn lost(&self, kind: LossKind) -> bool {
        self.loss.as_ref().is_some_and(|loss| loss.kind == kind)
    }

    /// The jobs that wait, if a queue is named and could be read.
    pub(crate) fn backlog(&self) -> Option<Backlog> {
        let groups = [self.spot_group.capacity, self.on_demand_group.capacity];
        let target = self.settings.target_backlog_per_instance;
        let queue = self.queue.as_ref();
        queue.map(|queue| Backlog::of(queue, target, groups))
    }

    /// In the first round an alarm asks; in every further one the queue does.
    fn demand(&self, round: u32) -> Demand {
        match self.backlog() {
            Some(backlog) if round > 1 => Demand::Backlog(backlog),
            backlog => Demand::Alarm(backlog),
        }
    }
}

#[cfg(test)]
mod tests;
