//! Which group scales up, and why.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::{
    Group,
    backlog::Backlog,
    left_out::{self, LeftOut, Terms},
    price::PoolPrice,
};

/// What the limit is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The group's maximum price, USD per instance-hour, or per unit-hour where the group weighs.
    pub maximum_price_usd: Decimal,
    /// How far below the maximum price the average must lie, percent.
    pub safety_margin_percent: Decimal,
    /// `maximum_price_usd * (1 - safety_margin_percent / 100)`, USD per instance-hour.
    pub limit_usd: Decimal,
}

impl Limit {
    /// The limit below `maximum_price_usd` with a margin of `safety_margin_percent`.
    ///
    /// ```
    /// # use spotmanager_decision::verdict::Limit;
    /// let limit = Limit::new("0.50".parse()?, "15".parse()?);
    /// assert_eq!(limit.limit_usd, "0.425".parse()?);
    /// # Ok::<(), rust_decimal::Error>(())
    /// ```
    #[must_use]
    pub fn new(maximum_price_usd: Decimal, safety_margin_percent: Decimal) -> Self {
        let share = Decimal::ONE - safety_margin_percent / Decimal::ONE_HUNDRED;
        Self {
            maximum_price_usd,
            safety_margin_percent,
            limit_usd: (maximum_price_usd * share).round_dp(6).normalize(),
        }
    }
}

/// The group that scales up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The spot group.
    Spot,
    /// The on-demand group.
    OnDemand,
    /// Neither.
    Nothing,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Why, as a code that stays the same for alarms and queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonCode {
    /// The cheapest pool's average is at or below the limit.
    SpotWithinLimit,
    /// The group sets no maximum price, so EC2 charges at most the on-demand price.
    NoMaximumPrice,
    /// The cheapest pool's average is above the limit.
    SpotAboveLimit,
    /// No pool of the group had a price in the window.
    NoPriceSamples,
    /// A launch failed of late in the cheapest pool's zone, none succeeded since, and no other pool
    /// is a choice.
    RecentLaunchFailures,
    /// The cheapest pool's placement score is below the least, and no other pool is a choice.
    PlacementScoreTooLow,
    /// The cheapest pool's average is above its share of the on-demand price.
    SpotAboveOnDemandShare,
    /// The limit is a share of the on-demand price, which is not known.
    OnDemandPriceUnknown,
    /// EC2 has just taken an instance back from the only pools that have a price.
    PoolsInterrupted,
    /// The spot group lacks an instance that it cannot launch; it may have a little more time.
    SpotLaunchFailed,
    /// The spot group, which could not launch an instance, lacks none any more.
    SpotGroupServed,
    /// The on-demand group has no instance in service that spot could take over from.
    NothingOnDemand,
    /// The spot group's maximum price or instance types cannot be read, or it does not buy spot, so
    /// on-demand is asked for.
    UnusableLaunchSource,
    /// The evaluation failed, so on-demand is asked for, or spot where on-demand is full; given by
    /// the state machine itself.
    EvaluationFailed,
    /// Another execution, begun before, already answers for the stack.
    AnotherExecutionLeads,
    /// Capacity came, and no job waits any more.
    QueueEmpty,
    /// Capacity came, and no more jobs wait for each instance than may.
    BacklogAtTarget,
    /// The spot group is at its MaxSize, all in service or launching, and more jobs wait for each
    /// instance than may.
    BacklogAboveTarget,
    /// The spot group is at its MaxSize, with all of its instances in service or launching.
    SpotGroupFull,
    /// The spot group is at its MaxSize and lacks instances that EC2 does not give it.
    SpotGroupStarved,
    /// The on-demand group is at its MaxSize, and spot is above the limit.
    OnDemandGroupFull,
    /// No price is known, or launches failed of late, and on-demand is full: spot is tried, under
    /// EC2's own price cap.
    PriceUnknownOnDemandFull,
    /// Both groups are at their MaxSize.
    BothGroupsFull,
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The choice with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The group that scales up.
    pub choice: Choice,
    /// The reason's stable code.
    pub reason: ReasonCode,
    /// The reason as a sentence, with the figures that decided.
    pub sentence: String,
}

/// The verdict together with the figures that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// What to do and why.
    pub verdict: Verdict,
    /// The price that spot must not exceed; absent where the group sets no maximum price.
    pub limit: Option<Limit>,
    /// The pool with the lowest average, of those without a failed launch of late.
    pub cheapest: Option<PoolPrice>,
    /// Every pool that the group can launch into.
    pub pools: Vec<PoolPrice>,
    /// What the cheapest pool costs less than on-demand, USD per instance-hour, where spot is chosen
    /// and the on-demand price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving_usd_per_hour: Option<Decimal>,
    /// The jobs that wait, where the queue is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backlog: Option<Backlog>,
}

/// What asks for capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// An alarm told of jobs; the queue may be known beside it.
    Alarm(Option<Backlog>),
    /// Capacity came, and the backlog says whether more is needed.
    Backlog(Backlog),
}

impl Demand {
    fn backlog(&self) -> Option<&Backlog> {
        match self {
            Self::Alarm(backlog) => backlog.as_ref(),
            Self::Backlog(backlog) => Some(backlog),
        }
    }

    /// Why there is no demand any more.
    fn met(&self) -> Option<Verdict> {
        // In the first round the alarm is the authority: the queue's figure is approximate.
        let Self::Backlog(backlog) = self else {
            return None;
        };
        if backlog.is_above_target() {
            return None;
        }
        let (reason, sentence) = if backlog.visible_messages == 0 {
            (ReasonCode::QueueEmpty, "No job waits any more.".to_owned())
        } else {
            (
                ReasonCode::BacklogAtTarget,
                format!(
                    "{}, and {} may.",
                    waiting(backlog),
                    backlog.target_per_instance
                ),
            )
        };
        Some(say(Choice::Nothing, reason, sentence))
    }
}

/// Decides whether spot takes over from an on-demand instance: only where nothing speaks against
/// spot, for on-demand serves already.
#[must_use]
pub fn decide_return(
    spot: &Group,
    on_demand: &Group,
    terms: &Terms,
    pools: Vec<PoolPrice>,
) -> Evaluation {
    let demand = Demand::Alarm(None);
    let mut evaluation = decide(spot, on_demand, terms, pools, demand);
    let on_demand_capacity = on_demand.capacity;
    if !on_demand_capacity.can_give() {
        evaluation.verdict = say(
            Choice::Nothing,
            ReasonCode::NothingOnDemand,
            format!(
                "{} has {} in service and a MinSize of {}: there is nothing to return from.",
                on_demand.auto_scaling_group_name,
                on_demand_capacity.in_service,
                on_demand_capacity.min_size
            ),
        );
    } else if !matches!(
        evaluation.verdict.reason,
        ReasonCode::SpotWithinLimit | ReasonCode::NoMaximumPrice
    ) {
        // The reasons that speak for on-demand, or for neither, leave it as it is.
        let verdict = &mut evaluation.verdict;
        verdict.choice = Choice::Nothing;
        verdict.sentence = format!(
            "On-demand goes on serving; of a scale-up it would be said: {}",
            verdict.sentence
        );
    }
    if evaluation.verdict.choice == Choice::Nothing {
        evaluation.saving_usd_per_hour = None;
    }
    evaluation
}

/// Decides what becomes of a spot group that could not launch an instance: nothing where it has
/// all that it asks for, else it is waited for as after a scale-up.
#[must_use]
pub fn decide_after_failed_launch(spot: &Group) -> Evaluation {
    let capacity = spot.capacity;
    let name = &spot.auto_scaling_group_name;
    let verdict = if capacity.in_service >= capacity.desired_capacity {
        say(
            Choice::Nothing,
            ReasonCode::SpotGroupServed,
            format!("{name} has all {} in service.", capacity.desired_capacity),
        )
    } else {
        say(
            Choice::Spot,
            ReasonCode::SpotLaunchFailed,
            format!(
                "{name} has {} of {} in service: on-demand scales up unless Auto Scaling launches it.",
                capacity.in_service, capacity.desired_capacity
            ),
        )
    };
    without_prices(verdict)
}

/// An execution that began before and still runs answers for the stack: this one does nothing.
#[must_use]
pub fn another_leads(execution_name: &str) -> Evaluation {
    without_prices(say(
        Choice::Nothing,
        ReasonCode::AnotherExecutionLeads,
        format!("{execution_name} began before and answers for the stack."),
    ))
}

/// Decides which of the two groups scales up.
///
/// Doubt never makes a job wait: without a price the on-demand group scales up, and where that
/// one is full the spot group does, which EC2 itself keeps from paying more than its maximum.
#[must_use]
pub fn decide(
    spot: &Group,
    on_demand: &Group,
    terms: &Terms,
    mut pools: Vec<PoolPrice>,
    demand: Demand,
) -> Evaluation {
    let limit = spot
        .maximum_price
        .as_ref()
        .map(|maximum| Limit::new(maximum.usd, terms.safety_margin_percent));
    for price in &mut pools {
        price.left_out = left_out::rule(price, terms);
    }
    let cheapest = pools
        .iter()
        .filter(|pool| pool.average_usd.is_some() && pool.left_out.is_none())
        .min_by(|a, b| (a.usd_per_unit(), &a.pool).cmp(&(b.usd_per_unit(), &b.pool)))
        .cloned();
    let verdict = demand.met().unwrap_or_else(|| {
        let backlog = demand.backlog();
        judge(
            spot,
            on_demand,
            limit.as_ref(),
            cheapest.as_ref(),
            &pools,
            terms,
            backlog,
        )
    });
    let saving_usd_per_hour = cheapest
        .as_ref()
        .filter(|_| verdict.choice == Choice::Spot)
        .and_then(|price| Some(price.on_demand.as_ref()?.usd - price.average_usd?));
    Evaluation {
        saving_usd_per_hour,
        backlog: demand.backlog().cloned(),
        verdict,
        limit,
        cheapest,
        pools,
    }
}

fn judge(
    spot: &Group,
    on_demand: &Group,
    limit: Option<&Limit>,
    cheapest: Option<&PoolPrice>,
    pools: &[PoolPrice],
    terms: &Terms,
    backlog: Option<&Backlog>,
) -> Verdict {
    let on_demand_has_room = on_demand.capacity.has_room();

    if !spot.capacity.has_room() {
        return if !on_demand_has_room {
            say(
                Choice::Nothing,
                ReasonCode::BothGroupsFull,
                format!(
                    "{} and {}: neither group can grow.",
                    full(spot),
                    full(on_demand)
                ),
            )
        } else if let Some(backlog) = backlog.filter(|backlog| backlog.is_above_target())
            && spot.capacity.is_served()
        {
            say(
                Choice::OnDemand,
                ReasonCode::BacklogAboveTarget,
                format!(
                    "{}, but {}, where {} may, so on-demand scales up.",
                    full(spot),
                    waiting(backlog),
                    backlog.target_per_instance
                ),
            )
        } else if spot.capacity.is_served() {
            say(
                Choice::Nothing,
                ReasonCode::SpotGroupFull,
                format!(
                    "{}, with all of its instances in service or launching.",
                    full(spot)
                ),
            )
        } else {
            say(
                Choice::OnDemand,
                ReasonCode::SpotGroupStarved,
                format!(
                    "{}, but has {} in service and {} launching, so on-demand scales up.",
                    full(spot),
                    spot.capacity.in_service,
                    spot.capacity.pending
                ),
            )
        };
    }
    if let Some(problem) = &spot.launch_problem {
        return in_doubt(
            on_demand,
            ReasonCode::UnusableLaunchSource,
            problem.as_str(),
        );
    }
    let Some((cheapest, average)) =
        cheapest.and_then(|pool| pool.usd_per_unit().map(|average| (pool, average)))
    else {
        if let Some(verdict) = all_left_out(on_demand, pools, terms) {
            return verdict;
        }
        let searched = format!(
            "no spot price of {} in {} was found in the window",
            list(&spot.instance_types),
            list(&spot.availability_zones)
        );
        return in_doubt(on_demand, ReasonCode::NoPriceSamples, &searched);
    };
    let each = match cheapest.weighted_capacity {
        Some(units) => format!(" for each of its {units} units"),
        None => String::new(),
    };
    let pool = format!(
        "{} in {} averaged {average} USD per hour{each}",
        cheapest.pool.instance_type, cheapest.pool.availability_zone
    );
    let Some(limit) = limit else {
        return if let Some(percent) = terms.maximum_percent_of_on_demand {
            say(
                Choice::Spot,
                ReasonCode::SpotWithinLimit,
                format!("{pool}, within {percent} % of the on-demand price."),
            )
        } else {
            say(
                Choice::Spot,
                ReasonCode::NoMaximumPrice,
                format!("{pool}, and no maximum price is set: EC2 caps at the on-demand price."),
            )
        };
    };
    let limit_text = format!(
        "the limit of {} ({} less {} %)",
        limit.limit_usd, limit.maximum_price_usd, limit.safety_margin_percent
    );
    if average <= limit.limit_usd {
        say(
            Choice::Spot,
            ReasonCode::SpotWithinLimit,
            format!("{pool}, within {limit_text}."),
        )
    } else if on_demand_has_room {
        say(
            Choice::OnDemand,
            ReasonCode::SpotAboveLimit,
            format!("{pool}, the cheapest, above {limit_text}."),
        )
    } else {
        say(
            Choice::Nothing,
            ReasonCode::OnDemandGroupFull,
            format!("{pool}, above {limit_text}, and {}.", full(on_demand)),
        )
    }
}

/// The verdict where every pool that has a price is left out: the cheapest one tells why.
fn all_left_out(on_demand: &Group, pools: &[PoolPrice], terms: &Terms) -> Option<Verdict> {
    let cheapest = pools
        .iter()
        .filter(|price| price.average_usd.is_some())
        .min_by(|a, b| (a.usd_per_unit(), &a.pool).cmp(&(b.usd_per_unit(), &b.pool)))?;
    let rule = cheapest.left_out?;
    let sentence = format!(
        "{} in {}, the cheapest at {} USD per hour, is left out as {}, and no other pool with a \
         price is a choice",
        cheapest.pool.instance_type,
        cheapest.pool.availability_zone,
        cheapest.usd_per_unit().unwrap_or_default(),
        left_out::why(cheapest, rule, terms)
    );
    let reason = match rule {
        LeftOut::LaunchFailed => ReasonCode::RecentLaunchFailures,
        LeftOut::Interrupted => ReasonCode::PoolsInterrupted,
        LeftOut::PlacementScoreTooLow => ReasonCode::PlacementScoreTooLow,
        LeftOut::OnDemandPriceUnknown => ReasonCode::OnDemandPriceUnknown,
        // No doubt about it: spot is too dear.
        LeftOut::AboveOnDemandShare if on_demand.capacity.has_room() => {
            return Some(say(
                Choice::OnDemand,
                ReasonCode::SpotAboveOnDemandShare,
                format!("{sentence}."),
            ));
        }
        LeftOut::AboveOnDemandShare => {
            return Some(say(
                Choice::Nothing,
                ReasonCode::OnDemandGroupFull,
                format!("{sentence}; {}.", full(on_demand)),
            ));
        }
    };
    Some(in_doubt(on_demand, reason, &sentence))
}

/// On-demand in doubt, and spot where on-demand is full: EC2 keeps spot from costing more.
fn in_doubt(on_demand: &Group, reason: ReasonCode, doubt: &str) -> Verdict {
    if on_demand.capacity.has_room() {
        say(
            Choice::OnDemand,
            reason,
            format!("In doubt on-demand: {doubt}."),
        )
    } else {
        say(
            Choice::Spot,
            ReasonCode::PriceUnknownOnDemandFull,
            format!(
                "Spot is tried under EC2's own price cap: {doubt}, but {}.",
                full(on_demand)
            ),
        )
    }
}

/// A verdict for which no price was asked.
fn without_prices(verdict: Verdict) -> Evaluation {
    Evaluation {
        verdict,
        limit: None,
        cheapest: None,
        pools: Vec::new(),
        saving_usd_per_hour: None,
        backlog: None,
    }
}

fn say(choice: Choice, reason: ReasonCode, sentence: String) -> Verdict {
    Verdict {
        choice,
        reason,
        sentence,
    }
}

fn waiting(backlog: &Backlog) -> String {
    match backlog.per_instance {
        Some(jobs) => format!(
            "{jobs} jobs wait for each of {} instances",
            backlog.instances
        ),
        None => format!("{} jobs wait without an instance", backlog.visible_messages),
    }
}

fn full(group: &Group) -> String {
    format!(
        "{} is at its MaxSize of {}",
        group.auto_scaling_group_name, group.capacity.max_size
    )
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch_failure::LaunchFailure;
    use crate::{Capacity, Market, MaximumPrice, PriceSource, ScalingPolicy, price::Pool};

    fn margin() -> Terms {
        Terms::with_margin(Decimal::from(15))
    }

    fn group(market: Market, desired_capacity: i32) -> Group {
        Group {
            market,
            logical_id: "asg".into(),
            auto_scaling_group_name: format!("workers-{market}"),
            capacity: Capacity {
                min_size: 0,
                max_size: 1,
                desired_capacity,
                in_service: desired_capacity,
                pending: 0,
            },
            instance_types: vec!["g4dn.xlarge".into()],
            weighted_capacities: std::collections::BTreeMap::new(),
            launch_problem: None,
            maximum_price: (market == Market::Spot).then(|| MaximumPrice {
                usd: "0.5".parse().unwrap(),
                source: PriceSource::LaunchTemplate,
                found_in: "lt-1 version 1".into(),
            }),
            subnet_ids: vec!["subnet-1".into()],
            availability_zones: vec!["eu-west-1a".into()],
            availability_zone_ids: std::collections::BTreeMap::new(),
            scale_up_policy: ScalingPolicy {
                policy_name: "ScaleUp".into(),
                policy_type: "SimpleScaling".into(),
                adjustment_type: "ChangeInCapacity".into(),
                scaling_adjustment: 1,
                min_adjustment_magnitude: None,
            },
            scale_down_policy: None,
        }
    }

    fn pool(zone: &str, average: Option<&str>) -> PoolPrice {
        let average = average.map(|usd| usd.parse().unwrap());
        PoolPrice {
            pool: Pool {
                instance_type: "g4dn.xlarge".into(),
                availability_zone: zone.into(),
            },
            average_usd: average,
            latest_usd: average,
            sample_count: usize::from(average.is_some()),
            covered_seconds: 3600,
            launch_failure: None,
            interrupted_at: None,
            placement_score: None,
            on_demand: None,
            weighted_capacity: None,
            left_out: None,
        }
    }

    #[test]
    fn a_maximum_price_that_cannot_be_read_means_on_demand() {
        let mut spot = group(Market::Spot, 0);
        spot.maximum_price = None;
        spot.launch_problem = Some("the tag SpotPrice is \"cheap\"".into());
        let pools = vec![pool("eu-west-1a", Some("0.1"))];
        let evaluation = decide(
            &spot,
            &group(Market::OnDemand, 0),
            &margin(),
            pools,
            Demand::Alarm(None),
        );
        assert_eq!(evaluation.verdict.choice, Choice::OnDemand);
        assert_eq!(evaluation.verdict.reason, ReasonCode::UnusableLaunchSource);
        assert!(evaluation.verdict.sentence.contains("SpotPrice"));
    }

    fn verdict(spot: i32, on_demand: i32, pools: Vec<PoolPrice>) -> (Choice, ReasonCode) {
        let evaluation = decide(
            &group(Market::Spot, spot),
            &group(Market::OnDemand, on_demand),
            &margin(),
            pools,
            Demand::Alarm(None),
        );
        (evaluation.verdict.choice, evaluation.verdict.reason)
    }

    #[test]
    fn the_cheapest_zone_counts_and_the_limit_itself_still_is_spot() {
        let pools = vec![
            pool("a", Some("0.9")),
            pool("b", Some("0.425")),
            pool("c", None),
        ];
        assert_eq!(
            verdict(0, 0, pools),
            (Choice::Spot, ReasonCode::SpotWithinLimit)
        );
    }

    #[test]
    fn above_the_limit_is_on_demand_even_if_below_the_maximum() {
        assert_eq!(
            verdict(0, 0, vec![pool("a", Some("0.426"))]),
            (Choice::OnDemand, ReasonCode::SpotAboveLimit)
        );
    }

    #[test]
    fn without_prices_on_demand_scales_up() {
        assert_eq!(
            verdict(0, 0, vec![pool("a", None)]),
            (Choice::OnDemand, ReasonCode::NoPriceSamples)
        );
        assert_eq!(
            verdict(0, 0, vec![]),
            (Choice::OnDemand, ReasonCode::NoPriceSamples)
        );
    }

    fn failed(pool: PoolPrice) -> PoolPrice {
        let failure = LaunchFailure {
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            message: "UnfulfillableCapacity".into(),
        };
        PoolPrice {
            launch_failure: Some(failure),
            ..pool
        }
    }

    #[test]
    fn a_pool_whose_launch_failed_of_late_does_not_count_however_cheap() {
        let cheap = || failed(pool("a", Some("0.1")));
        assert_eq!(
            verdict(0, 0, vec![cheap(), pool("b", Some("0.9"))]),
            (Choice::OnDemand, ReasonCode::SpotAboveLimit)
        );
        assert_eq!(
            verdict(0, 0, vec![cheap(), pool("b", Some("0.2"))]),
            (Choice::Spot, ReasonCode::SpotWithinLimit)
        );
        assert_eq!(
            verdict(0, 0, vec![cheap(), pool("b", None)]),
            (Choice::OnDemand, ReasonCode::RecentLaunchFailures)
        );
        // Jobs wait least where spot is tried again.
        assert_eq!(
            verdict(0, 1, vec![cheap()]),
            (Choice::Spot, ReasonCode::PriceUnknownOnDemandFull)
        );
    }

    #[test]
    fn full_groups_are_left_alone() {
        let cheap = || vec![pool("a", Some("0.1"))];
        let dear = || vec![pool("a", Some("9"))];
        assert_eq!(
            verdict(1, 0, cheap()),
            (Choice::Nothing, ReasonCode::SpotGroupFull)
        );
        assert_eq!(
            verdict(1, 1, cheap()),
            (Choice::Nothing, ReasonCode::BothGroupsFull)
        );
        assert_eq!(
            verdict(0, 1, dear()),
            (Choice::Nothing, ReasonCode::OnDemandGroupFull)
        );
        assert_eq!(
            verdict(0, 1, vec![]),
            (Choice::Spot, ReasonCode::PriceUnknownOnDemandFull)
        );
    }

    #[test]
    fn a_full_group_that_lacks_its_instances_gives_way() {
        let mut spot = group(Market::Spot, 1);
        spot.capacity.in_service = 0;
        let choose = |spot: &Group| {
            let pools = vec![pool("a", Some("0.1"))];
            decide(
                spot,
                &group(Market::OnDemand, 0),
                &margin(),
                pools,
                Demand::Alarm(None),
            )
            .verdict
        };
        let verdict = choose(&spot);
        assert_eq!(verdict.choice, Choice::OnDemand);
        assert_eq!(verdict.reason, ReasonCode::SpotGroupStarved);
        spot.capacity.pending = 1;
        assert_eq!(choose(&spot).choice, Choice::Nothing);
    }

    #[test]
    fn without_a_maximum_price_ec2_caps_at_on_demand() {
        let spot = Group {
            maximum_price: None,
            ..group(Market::Spot, 0)
        };
        let evaluation = decide(
            &spot,
            &group(Market::OnDemand, 0),
            &margin(),
            vec![pool("a", Some("9"))],
            Demand::Alarm(None),
        );
        assert_eq!(evaluation.verdict.choice, Choice::Spot);
        assert_eq!(evaluation.verdict.reason, ReasonCode::NoMaximumPrice);
        assert_eq!(evaluation.limit, None);
    }

    #[test]
    fn the_reason_code_prints_as_it_travels() {
        assert_eq!(ReasonCode::SpotAboveLimit.to_string(), "SPOT_ABOVE_LIMIT");
        assert_eq!(
            serde_json::to_value(ReasonCode::SpotAboveLimit).unwrap(),
            "SPOT_ABOVE_LIMIT"
        );
    }

    fn demand(visible_messages: u64, spot: &Group, on_demand: &Group) -> Backlog {
        let queue = crate::backlog::Queue {
            logical_id: "jobsQueue".into(),
            queue_url: "https://sqs/jobs".into(),
            visible_messages,
        };
        Backlog::of(&queue, Decimal::TEN, [spot.capacity, on_demand.capacity])
    }

    #[test]
    fn after_capacity_came_the_backlog_says_whether_more_is_needed() {
        let mut spot = group(Market::Spot, 1);
        spot.capacity.max_size = 5;
        let on_demand = group(Market::OnDemand, 0);
        let again = |jobs| {
            let demand = Demand::Backlog(demand(jobs, &spot, &on_demand));
            let pools = vec![pool("a", Some("0.1"))];
            let verdict = decide(&spot, &on_demand, &margin(), pools, demand).verdict;
            (verdict.choice, verdict.reason)
        };
        assert_eq!(again(0), (Choice::Nothing, ReasonCode::QueueEmpty));
        assert_eq!(again(10), (Choice::Nothing, ReasonCode::BacklogAtTarget));
        assert_eq!(again(11), (Choice::Spot, ReasonCode::SpotWithinLimit));
    }

    #[test]
    fn an_alarm_counts_though_the_queue_reads_empty() {
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
        let demand = Demand::Alarm(Some(demand(0, &spot, &on_demand)));
        let pools = vec![pool("a", Some("0.1"))];
        let verdict = decide(&spot, &on_demand, &margin(), pools, demand).verdict;
        assert_eq!(verdict.reason, ReasonCode::SpotWithinLimit);
    }

    #[test]
    fn a_full_spot_group_with_too_much_before_it_is_helped_by_on_demand() {
        let (spot, on_demand) = (group(Market::Spot, 1), group(Market::OnDemand, 0));
        for (jobs, choice, reason) in [
            (10, Choice::Nothing, ReasonCode::SpotGroupFull),
            (11, Choice::OnDemand, ReasonCode::BacklogAboveTarget),
        ] {
            let demand = Demand::Alarm(Some(demand(jobs, &spot, &on_demand)));
            let verdict = decide(&spot, &on_demand, &margin(), vec![], demand).verdict;
            assert_eq!((verdict.choice, verdict.reason), (choice, reason));
        }
    }

    #[test]
    fn a_pool_that_was_interrupted_is_left_out() {
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
        let mut interrupted = pool("a", Some("0.1"));
        interrupted.interrupted_at = Some("2026-01-01T00:00:00Z".parse().unwrap());
        let choose = |pools| {
            let demand = Demand::Alarm(None);
            let evaluation = decide(&spot, &on_demand, &margin(), pools, demand);
            (
                evaluation
                    .cheapest
                    .map(|price| price.pool.availability_zone),
                evaluation.verdict.reason,
            )
        };
        let (zone, reason) = choose(vec![interrupted.clone(), pool("b", Some("0.2"))]);
        assert_eq!(zone.as_deref(), Some("b"));
        assert_eq!(reason, ReasonCode::SpotWithinLimit);
        let (zone, reason) = choose(vec![interrupted, pool("b", None)]);
        assert_eq!((zone, reason), (None, ReasonCode::PoolsInterrupted));
    }

    #[test]
    fn spot_takes_over_only_where_nothing_speaks_against_it() {
        for (serving, usd, choice, reason) in [
            (1, "0.1", Choice::Spot, ReasonCode::SpotWithinLimit),
            (1, "9", Choice::Nothing, ReasonCode::OnDemandGroupFull),
            (0, "0.1", Choice::Nothing, ReasonCode::NothingOnDemand),
        ] {
            let evaluation = decide_return(
                &group(Market::Spot, 0),
                &group(Market::OnDemand, serving),
                &margin(),
                vec![pool("a", Some(usd))],
            );
            let verdict = evaluation.verdict;
            assert_eq!((verdict.choice, verdict.reason), (choice, reason));
        }
        let on_demand = group(Market::OnDemand, 1);
        let unknown = vec![pool("a", None)];
        let spot = group(Market::Spot, 0);
        let verdict = decide_return(&spot, &on_demand, &margin(), unknown).verdict;
        assert_eq!(verdict.choice, Choice::Nothing);
    }

    #[test]
    fn a_failed_launch_is_waited_for_only_while_an_instance_lacks() {
        let mut spot = group(Market::Spot, 1);
        let reason = |spot: &Group| decide_after_failed_launch(spot).verdict.reason;
        assert_eq!(reason(&spot), ReasonCode::SpotGroupServed);
        spot.capacity.in_service = 0;
        assert_eq!(reason(&spot), ReasonCode::SpotLaunchFailed);
    }

    #[test]
    fn what_spot_saves_is_what_on_demand_costs_more() {
        use crate::on_demand_price::{OnDemandPrice, OnDemandPriceSource};
        let mut price = pool("a", Some("0.2"));
        price.on_demand = Some(OnDemandPrice {
            usd: "0.526".parse().unwrap(),
            source: OnDemandPriceSource::PriceList,
        });
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
        let pools = vec![price];
        let evaluation = decide(&spot, &on_demand, &margin(), pools, Demand::Alarm(None));
        assert_eq!(
            evaluation.saving_usd_per_hour,
            Some("0.326".parse().unwrap())
        );
    }

    #[test]
    fn each_rule_that_leaves_every_pool_out_has_its_reason() {
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
        let reason = |score, percent: Option<i64>| {
            let mut price = pool("a", Some("0.2"));
            price.placement_score = score;
            let terms = Terms {
                minimum_placement_score: 5,
                maximum_percent_of_on_demand: percent.map(Decimal::from),
                ..margin()
            };
            let demand = Demand::Alarm(None);
            let verdict = decide(&spot, &on_demand, &terms, vec![price], demand).verdict;
            assert!(verdict.choice != Choice::Nothing);
            verdict.reason
        };
        assert_eq!(reason(Some(1), None), ReasonCode::PlacementScoreTooLow);
        assert_eq!(reason(None, Some(60)), ReasonCode::OnDemandPriceUnknown);
        assert_eq!(reason(Some(9), None), ReasonCode::SpotWithinLimit);
    }

    #[test]
    fn a_weighted_group_compares_what_a_unit_costs() {
        let mut large = pool("a", Some("1.2"));
        large.weighted_capacity = Some(4);
        let mut small = pool("b", Some("0.35"));
        small.weighted_capacity = Some(1);
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
        let pools = vec![small, large];
        let evaluation = decide(&spot, &on_demand, &margin(), pools, Demand::Alarm(None));
        let cheapest = evaluation.cheapest.unwrap();
        assert_eq!(cheapest.pool.availability_zone, "a");
        assert_eq!(evaluation.verdict.reason, ReasonCode::SpotWithinLimit);
        let sentence = evaluation.verdict.sentence;
        assert!(
            sentence.contains("0.3 USD per hour for each of its 4 units"),
            "{sentence}"
        );
    }
}
