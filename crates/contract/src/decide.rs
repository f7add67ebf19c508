//! What a discovery leads to: whether prices matter and of which pools, and the verdict on them.

use spotmanager_decision::{
    backlog::Backlog,
    left_out::Terms,
    price::{Pool, PoolPrice},
    verdict::{
        Demand, Evaluation, another_leads, decide, decide_after_failed_launch, decide_return,
    },
};

use crate::{Discovery, LossKind, Purpose};

impl Discovery {
    /// Whether anything of the market may change the verdict: not where another execution leads,
    /// where the group is only waited for, where nothing is to return from, and without a pool or
    /// room for an instance.
    #[must_use]
    pub fn asks_for_prices(&self) -> bool {
        let nothing_to_return_from =
            self.purpose == Purpose::ReturnToSpot && !self.on_demand_group.capacity.can_give();
        self.leader.is_none()
            && !self.waits_for_the_group()
            && !nothing_to_return_from
            && self.spot_group.capacity.has_room()
            && self.pools().next().is_some()
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

    /// The verdict on `pools`, with what AWS told of each, in the execution's round `round`.
    #[must_use]
    pub fn decide(&self, round: u32, mut pools: Vec<PoolPrice>) -> Evaluation {
        for price in &mut pools {
            self.note(price);
        }
        let (spot, on_demand) = (&self.spot_group, &self.on_demand_group);
        let settings = &self.settings;
        let terms = Terms {
            safety_margin_percent: settings.safety_margin_percent,
            minimum_placement_score: settings.minimum_placement_score,
            maximum_percent_of_on_demand: settings.maximum_percent_of_on_demand,
        };
        if let Some(leader) = &self.leader {
            another_leads(&leader.execution_name)
        } else if self.purpose == Purpose::ReturnToSpot {
            decide_return(spot, on_demand, &terms, pools)
        } else if self.waits_for_the_group() {
            decide_after_failed_launch(spot)
        } else {
            decide(spot, on_demand, &terms, pools, self.demand(round))
        }
    }

    /// What the discovery itself tells of a pool.
    fn note(&self, price: &mut PoolPrice) {
        let weights = &self.spot_group.weighted_capacities;
        price.weighted_capacity = weights.get(&price.pool.instance_type).copied();
        price.interrupted_at = self
            .loss
            .as_ref()
            .filter(|loss| loss.pool.as_ref() == Some(&price.pool))
            .map(|loss| loss.time);
    }

    /// Whether the group itself is to bring the instance that it lacks.
    fn waits_for_the_group(&self) -> bool {
        let kind = self.loss.as_ref().map(|loss| loss.kind);
        matches!(
            kind,
            Some(LossKind::LaunchUnsuccessful | LossKind::InstanceGone)
        )
    }

    /// In the first round an alarm asks; in every further one the queue does.
    fn demand(&self, round: u32) -> Demand {
        let groups = [self.spot_group.capacity, self.on_demand_group.capacity];
        let target = self.settings.target_backlog_per_instance;
        let backlog = self.queue.as_ref();
        match backlog.map(|queue| Backlog::of(queue, target, groups)) {
            Some(backlog) if round > 1 => Demand::Backlog(backlog),
            backlog => Demand::Alarm(backlog),
        }
    }
}
