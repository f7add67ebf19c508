//! The price of every pool against the limit.

use comfy_table::{CellAlignment, Table};
use console::style;
use rust_decimal::Decimal;
use spotmanager_contract::EvaluateOutput;
use spotmanager_decision::{price::PoolPrice, verdict::ReasonCode};

/// Whether prices mattered: without room in the spot group none is asked for.
pub(crate) fn were_asked_for(evaluated: &EvaluateOutput) -> bool {
    !matches!(
        evaluated.evaluation.verdict.reason,
        ReasonCode::SpotGroupFull | ReasonCode::SpotGroupStarved | ReasonCode::BothGroupsFull
    )
}

/// One row per pool, prices in USD per instance-hour.
pub(crate) fn table(evaluated: &EvaluateOutput) -> Table {
    let limit = evaluated.evaluation.limit.as_ref();
    let mut table = crate::story::table(&[
        "Availability Zone",
        "instance type",
        "average",
        "latest",
        "records",
        "against the limit",
    ]);
    for pool in &evaluated.evaluation.pools {
        table.add_row([
            pool.pool.availability_zone.clone(),
            pool.pool.instance_type.clone(),
            usd(pool.average_usd),
            usd(pool.latest_usd),
            pool.sample_count.to_string(),
            against(pool, limit.map(|limit| limit.limit_usd)),
        ]);
    }
    for index in 2..=4 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn usd(price: Option<Decimal>) -> String {
    price.map_or_else(|| "—".to_owned(), |usd| format!("{usd:.4}"))
}

fn against(pool: &PoolPrice, limit: Option<Decimal>) -> String {
    if let Some(failure) = &pool.launch_failure {
        let left_out = format!("left out: a launch failed at {:.0}", failure.at);
        return style(left_out).yellow().to_string();
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
