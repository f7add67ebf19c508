//! A backtest as JSON, as `schemas/backtest-prices.json` says.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use spotmanager_backtest::cost::{Average, Outcome};
use spotmanager_decision::price::Pool;

use super::{Backtested, Compared, figures::Cost};

/// Every setting with what it came to.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    source: String,
    product_description: &'a str,
    records: u64,
    rejected_records: u64,
    /// UTC.
    start: Timestamp,
    end: Timestamp,
    on_demand_price_usd: Decimal,
    always_on_demand_usd: Decimal,
    pools: &'a [Pool],
    settings: Vec<Replayed<'a>>,
}

#[derive(Debug, Serialize)]
struct Replayed<'a> {
    name: String,
    maximum_price_usd: Decimal,
    safety_margin_percent: Decimal,
    limit_usd: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_percent_of_on_demand: Option<Decimal>,
    price_window_seconds: u32,
    average: &'static str,
    /// Absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<&'a Pool>,
    spot_seconds: Decimal,
    on_demand_seconds: Decimal,
    cost_usd: Decimal,
    saving_usd: Decimal,
    saving_percent: Decimal,
    switches: u64,
    interruptions: u64,
    failed_launches: u64,
    decisions: u64,
}

impl<'a> Document<'a> {
    pub(super) fn of(backtested: &'a Backtested) -> Self {
        let Backtested {
            source,
            product_description,
            records,
            rejected,
            compared,
            question,
            answer,
            ..
        } = backtested;
        let settings = compared.iter().zip(&answer.outcomes);
        Self {
            version: "1",
            source: source.name(),
            product_description,
            records: *records,
            rejected_records: *rejected,
            start: question.period.start,
            end: question.period.end,
            on_demand_price_usd: question.on_demand.usd,
            always_on_demand_usd: answer.on_demand_usd.round_dp(2),
            pools: &question.pools,
            settings: settings
                .map(|(compared, outcome)| replayed(compared, outcome, Cost::of(outcome, answer)))
                .collect(),
        }
    }
}

fn replayed<'a>(compared: &'a Compared, outcome: &Outcome, cost: Cost) -> Replayed<'a> {
    let setting = &compared.setting;
    Replayed {
        name: compared.to_string(),
        maximum_price_usd: compared.maximum_price,
        safety_margin_percent: setting.terms.safety_margin_percent,
        limit_usd: compared.limit_usd(),
        maximum_percent_of_on_demand: setting.terms.maximum_percent_of_on_demand,
        price_window_seconds: setting.window_seconds,
        average: match setting.average {
            Average::TimeWeighted => "time_weighted",
            Average::PlainMean => "plain_mean",
        },
        pool: compared.pool.as_ref(),
        spot_seconds: outcome.spot_seconds.normalize(),
        on_demand_seconds: outcome.on_demand_seconds.normalize(),
        cost_usd: cost.usd,
        saving_usd: cost.saving_usd,
        saving_percent: cost.saving_percent,
        switches: outcome.switches,
        interruptions: outcome.interruptions,
        failed_launches: outcome.failed_launches,
        decisions: outcome.decisions,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::backtested, *};

    #[test]
    fn the_document_is_as_its_schema_says() {
        let backtested = backtested();
        let document = serde_json::to_value(Document::of(&backtested)).unwrap();
        for (pointer, expected) in [
            ("/records", json!(4)),
            ("/rejected_records", json!(1)),
            ("/start", json!("2026-01-01T00:00:00Z")),
            ("/settings/0/average", json!("time_weighted")),
            ("/settings/1/average", json!("plain_mean")),
            ("/settings/4/pool/availability_zone", json!("eu-west-1a")),
        ] {
            assert_eq!(document.pointer(pointer), Some(&expected), "{pointer}");
        }
        let schema = include_str!("../../../../../schemas/backtest-prices.json");
        let schema = serde_json::from_str(schema).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
