//! The price of every pool against the limit.

use console::style;
use rust_decimal::Decimal;
use spotmanager_domain::{
    price::{Exclusion, PoolPrice},
    verdict::{Evaluation, ReasonCode},
};

use crate::table::{self, Table, align_figures};

/// Whether prices mattered: without room in the spot group, or where it is only waited for, none is
/// asked for.
pub(crate) fn were_asked_for(evaluation: &Evaluation) -> bool {
    let has_price = |pool: &PoolPrice| pool.average_usd.is_some();
    evaluation.pools.iter().any(has_price)
        || matches!(
            evaluation.verdict.reason,
            ReasonCode::NoPriceSamples | ReasonCode::PriceUnknownOnDemandFull
        )
}

/// One row per pool, prices in USD per instance-hour.
pub(crate) fn table(evaluation: &Evaluation) -> Table {
    let pools = &evaluation.pools;
    let limit = evaluation.limit.as_ref().map(|limit| limit.limit_usd);
    // Only some deployments ask for these.
    let has_scores = pools.iter().any(|pool| pool.placement_score.is_some());
    let has_on_demand = pools.iter().any(|pool| pool.on_demand.is_some());
    let mut headers = vec![
        "Availability Zone",
        "instance type",
        "average",
        "latest",
        "records",
    ];
    if has_scores {
        headers.push("score");
    }
    if has_on_demand {
        headers.push("on-demand");
    }
    let figures = 2..headers.len();
    headers.push("against the limit");

    let mut table = table::table(&headers);
    for pool in pools {
        let mut row = vec![
            pool.pool.availability_zone.clone(),
            pool.pool.instance_type.clone(),
            usd(pool.average_usd),
            usd(pool.latest_usd),
            pool.sample_count.to_string(),
        ];
        if has_scores {
            let score = pool.placement_score;
            row.push(score.map_or_else(unknown, |score| score.to_string()));
        }
        if has_on_demand {
            row.push(usd(pool.on_demand.as_ref().map(|price| price.usd)));
        }
        row.push(against(pool, limit));
        table.add_row(row);
    }
    align_figures(&mut table, figures);
    table
}

fn usd(price: Option<Decimal>) -> String {
    price.map_or_else(unknown, |usd| format!("{usd:.4}"))
}

fn unknown() -> String {
    "—".to_owned()
}

fn against(pool: &PoolPrice, limit: Option<Decimal>) -> String {
    if let Some(rule) = pool.excluded() {
        let excluded = format!("excluded: {}", why(pool, rule));
        return style(excluded).yellow().to_string();
    }
    let Some(average) = pool.average_usd else {
        return style("no price in the window").yellow().to_string();
    };
    let Some(limit) = limit.filter(|limit| !limit.is_zero()) else {
        return "no maximum price is set".to_owned();
    };
    let percent = ((average - limit) / limit * Decimal::ONE_HUNDRED).round();
    if average <= limit {
        let below = format!("{} % below {limit}", percent.abs());
        style(below).green().to_string()
    } else {
        style(format!("{percent} % above {limit}"))
            .red()
            .to_string()
    }
}

fn why(pool: &PoolPrice, rule: Exclusion) -> String {
    let (what, at) = match rule {
        Exclusion::LaunchFailed => {
            let failure = pool.launch_failure.as_ref();
            ("a launch failed", failure.map(|failure| failure.at))
        }
        Exclusion::Interrupted => ("EC2 takes an instance back", pool.interrupted_at),
        Exclusion::PlacementScoreTooLow => ("its placement score is too low", None),
        Exclusion::AboveOnDemandShare => ("above its share of the on-demand price", None),
        Exclusion::OnDemandPriceUnknown => ("its on-demand price is unknown", None),
    };
    at.map_or_else(|| what.to_owned(), |at| format!("{what} at {at:.0}"))
}
