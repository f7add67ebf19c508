//! Which of the two groups scales up.

use super::{
    Choice, Demand, Evaluation, Limit, ReasonCode, Terms, Verdict, demand::waiting, excluded, say,
};
use crate::{
    Group,
    backlog::Backlog,
    price::{Exclusion, PoolPrice},
};

/// Decides which of the two groups scales up.
///
/// Doubt never makes a job wait: without a price the on-demand group scales up, and where that
/// one is full the spot group does, which EC2 itself keeps from paying more than its maximum.
pub(super) fn decide(
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
        price.excluded = excluded::rule(price, terms);
    }
    let choices = pools.iter().filter(|pool| pool.excluded.is_none());
    let cheapest = cheapest_of(choices).cloned();
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
        .and_then(|price| {
            let on_demand = price.on_demand.as_ref()?;
            on_demand.usd.checked_sub(price.average_usd?)
        });
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
        if let Some(verdict) = all_excluded(on_demand, pools, terms) {
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

/// The pool with the lowest average for a unit of capacity. A pool whose instances are no unit of
/// capacity has no price for one.
fn cheapest_of<'a>(pools: impl IntoIterator<Item = &'a PoolPrice>) -> Option<&'a PoolPrice> {
    let priced = pools
        .into_iter()
        .filter(|pool| pool.usd_per_unit().is_some());
    priced.min_by(|a, b| (a.usd_per_unit(), &a.pool).cmp(&(b.usd_per_unit(), &b.pool)))
}

/// The verdict if every pool that has a price is excluded: the cheapest one says why.
fn all_excluded(on_demand: &Group, pools: &[PoolPrice], terms: &Terms) -> Option<Verdict> {
    let cheapest = cheapest_of(pools)?;
    let rule = cheapest.excluded?;
    let sentence = format!(
        "{} in {}, the cheapest at {} USD per hour, is excluded because {}, and no other pool with a \
         price is a choice",
        cheapest.pool.instance_type,
        cheapest.pool.availability_zone,
        cheapest.usd_per_unit().unwrap_or_default(),
        excluded::why(cheapest, rule, terms)
    );
    let reason = match rule {
        Exclusion::LaunchFailed => ReasonCode::RecentLaunchFailures,
        Exclusion::Interrupted => ReasonCode::PoolsInterrupted,
        Exclusion::PlacementScoreTooLow => ReasonCode::PlacementScoreTooLow,
        Exclusion::OnDemandPriceUnknown => ReasonCode::OnDemandPriceUnknown,
        // No doubt about it: spot is too dear.
        Exclusion::AboveOnDemandShare if on_demand.capacity.has_room() => {
            return Some(say(
                Choice::OnDemand,
                ReasonCode::SpotAboveOnDemandShare,
                format!("{sentence}."),
            ));
        }
        Exclusion::AboveOnDemandShare => {
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

pub(super) fn full(group: &Group) -> String {
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
