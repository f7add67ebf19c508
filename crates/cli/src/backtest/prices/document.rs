//! A backtest as JSON, as `schemas/backtest-prices.json` says.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use spotmanager_backtest::cost::Average;
use spotmanager_domain::price::Pool;

use super::{
    Backtested, Compared,
    on_demand::PriceFrom,
    rows::{self, Row},
};

/// Every row with what it came to.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    source: String,
    product_description: &'a str,
    records: u64,
    rejected_records: u64,
    notes: &'a [String],
    /// UTC.
    start: Timestamp,
    end: Timestamp,
    on_demand: String,
    on_demand_instance_type: &'a str,
    on_demand_prices: Vec<TypePrice<'a>>,
    headline: String,
    always_on_demand: Vec<Always<'a>>,
    pools: &'a [Pool],
    settings: Vec<Replayed<'a>>,
}

#[derive(Debug, Serialize)]
struct TypePrice<'a> {
    instance_type: &'a str,
    usd: Decimal,
    source: PriceFrom,
}

#[derive(Debug, Serialize)]
struct Always<'a> {
    instance_type: &'a str,
    on_demand_seconds: Decimal,
    cost_usd: Decimal,
    cost_usd_per_month: Decimal,
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
    on_demand_instance_type: &'a str,
    is_best: bool,
    spot_seconds: Decimal,
    spot_seconds_of_pools: Vec<Decimal>,
    on_demand_seconds: Decimal,
    cost_usd: Decimal,
    cost_usd_per_month: Decimal,
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
            on_demand,
            notes,
            question,
            ..
        } = backtested;
        let rows = rows::of(backtested);
        let prices = on_demand.prices.iter();
        let always = rows.iter().filter(|row| row.setting.is_none());
        let settings = rows.iter().filter_map(|row| Some((row, row.setting?)));
        Self {
            version: "2",
            source: source.name(),
            product_description,
            records: *records,
            rejected_records: *rejected,
            notes,
            start: question.period.start,
            end: question.period.end,
            on_demand: on_demand.sentence(),
            on_demand_instance_type: &on_demand.instance_type,
            on_demand_prices: prices
                .map(|(instance_type, (usd, source))| TypePrice {
                    instance_type,
                    usd: usd.normalize(),
                    source: *source,
                })
                .collect(),
            headline: rows::headline(&rows),
            always_on_demand: always
                .map(|row| Always {
                    instance_type: row.on_demand_type,
                    on_demand_seconds: row.on_demand_seconds.normalize(),
                    cost_usd: row.usd,
                    cost_usd_per_month: row.usd_per_month,
                })
                .collect(),
            pools: &question.pools,
            settings: settings
                .map(|(row, compared)| replayed(backtested, row, compared))
                .collect(),
        }
    }
}

fn replayed<'a>(backtested: &Backtested, row: &Row<'a>, compared: &'a Compared) -> Replayed<'a> {
    let setting = &compared.setting;
    let replayed = row
        .index
        .and_then(|index| backtested.answer.settings.get(index));
    let of_pools = replayed.map(|replayed| replayed.spot_seconds.iter());
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
        on_demand_instance_type: row.on_demand_type,
        is_best: row.is_best,
        spot_seconds: row.spot_seconds.normalize(),
        spot_seconds_of_pools: of_pools
            .into_iter()
            .flatten()
            .map(Decimal::normalize)
            .collect(),
        on_demand_seconds: row.on_demand_seconds.normalize(),
        cost_usd: row.usd,
        cost_usd_per_month: row.usd_per_month,
        saving_usd: row.saving_usd,
        saving_percent: row.saving_percent,
        switches: row.switches,
        interruptions: row.interruptions,
        failed_launches: row.failed_launches,
        decisions: row.decisions,
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
            ("/start", json!("2026-01-01T01:00:00Z")),
            ("/on_demand_prices/0/source", json!("option")),
            ("/always_on_demand/0/cost_usd", json!("27.21")),
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
