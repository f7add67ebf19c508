//! The limit against what instances cost.

use spotmanager_domain::{price::Pool, verdict::Limit};

use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some(spot) = &snapshot.spot_group else {
        return Vec::new();
    };
    let Some(price) = &spot.read.launch.maximum_price else {
        return Vec::new();
    };
    let limit = Limit::new(price.usd, snapshot.settings.safety_margin_percent);
    let mut findings = above_on_demand(snapshot, spot, &limit);
    findings.extend(below_every_price(snapshot, spot, &limit));
    findings
}

fn above_on_demand(snapshot: &Snapshot, spot: &WorkerGroup, limit: &Limit) -> Vec<Finding> {
    // A share of the on-demand price is the limit then.
    if snapshot.settings.maximum_percent_of_on_demand.is_some() {
        return Vec::new();
    }
    let findings = snapshot.on_demand_prices.iter().filter_map(|(name, usd)| {
        let most = limit.limit_usd.checked_mul(spot.units(name).into())?;
        (most > *usd).then(|| {
            Finding::new(
                Rule::LimitAboveOnDemand,
                &spot.read.logical_id,
                format!(
                    "Spot may cost {most} USD per hour of {name} ({}), which costs {usd} on demand.",
                    made_of(limit)
                ),
                "Lower the maximum spot price, or set MaximumPercentOfOnDemand.",
            )
        })
    });
    findings.collect()
}

fn below_every_price(snapshot: &Snapshot, spot: &WorkerGroup, limit: &Limit) -> Option<Finding> {
    let per_unit = snapshot.lowest_prices.iter().filter_map(|(pool, usd)| {
        let usd = usd.checked_div(spot.units(&pool.instance_type).into())?;
        Some((usd.round_dp(6).normalize(), pool))
    });
    let (usd, pool) = per_unit.min()?;
    let Pool {
        instance_type,
        availability_zone,
    } = pool;
    (usd > limit.limit_usd).then(|| {
        Finding::new(
            Rule::LimitBelowEveryPrice,
            &spot.read.logical_id,
            format!(
                "Its limit of {} USD ({}) is below every price of the last day; the lowest was {usd}, of {instance_type} in {availability_zone}.",
                limit.limit_usd,
                made_of(limit)
            ),
            "Raise the maximum spot price or lower SafetyMarginPercent; until then on-demand is chosen always.",
        )
    })
}

fn made_of(limit: &Limit) -> String {
    format!(
        "{} less {} %",
        limit.maximum_price_usd, limit.safety_margin_percent
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NONE, found, snapshot};

    fn with(maximum: &str) -> Snapshot {
        let mut snapshot = snapshot();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.read.launch.maximum_price.as_mut().unwrap().usd = maximum.parse().unwrap();
        snapshot
    }

    #[test]
    fn the_limit_lies_between_the_lowest_price_and_on_demand() {
        // 0.20 is the lowest price of the day, 0.50 the on-demand price, 15 % the margin.
        for (maximum, expected) in [
            ("0.40", None),
            ("0.58", None),
            ("0.60", Some(Rule::LimitAboveOnDemand)),
            ("0.24", None),
            ("0.23", Some(Rule::LimitBelowEveryPrice)),
        ] {
            let rules = found(check, &with(maximum));
            assert_eq!(rules.first().copied(), expected, "{maximum}");
        }
    }

    #[test]
    fn the_figures_are_told() {
        let findings = check(&with("0.10"));
        for part in ["0.085 USD", "0.10 less 15 %", "0.2, of g4dn.xlarge in"] {
            assert!(findings[0].problem.contains(part), "{part} in {findings:?}");
        }
    }

    #[test]
    fn a_weight_makes_the_limit_one_of_a_unit() {
        let mut snapshot = with("0.10");
        let group = snapshot.spot_group.as_mut().unwrap();
        group.read.launch.weighted_capacities = [("g4dn.xlarge".to_owned(), 4)].into();
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn with_a_share_of_on_demand_the_maximum_may_be_high() {
        let mut snapshot = with("0.60");
        snapshot.settings.maximum_percent_of_on_demand = Some("60".parse().unwrap());
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn without_a_maximum_there_is_no_limit() {
        let mut snapshot = snapshot();
        snapshot
            .spot_group
            .as_mut()
            .unwrap()
            .read
            .launch
            .maximum_price = None;
        assert_eq!(found(check, &snapshot), NONE);
    }
}
