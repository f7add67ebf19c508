//! The price of a pool over time, with the limits and on-demand.

use std::{collections::BTreeSet, fmt::Write};

use maud::{Markup, html};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::PriceColumn;
use spotmanager_decision::price::Pool;

use super::{super::Compared, Scale, usd};

/// More lines than these nobody tells apart.
const MOST_LIMITS: usize = 4;

/// The limits of all settings, the lowest first.
pub(super) fn limits(compared: &[Compared]) -> Vec<Decimal> {
    let limits: BTreeSet<_> = compared.iter().map(Compared::limit_usd).collect();
    limits.into_iter().take(MOST_LIMITS).collect()
}

/// A picture as wide as the screen. What is drawn is stretched to it, and what is written is not.
pub(super) fn of(
    pool: &Pool,
    columns: &[PriceColumn],
    scale: &Scale,
    limits: &[Decimal],
    on_demand: Decimal,
) -> Markup {
    let name = format!("{} in {}", pool.instance_type, pool.availability_zone);
    let width = columns.len();
    let level = |usd| format!("M0 {}H{width}", scale.below_top(usd));
    html! {
        figure class="picture" {
            figcaption { (name) }
            div class="plot" {
                svg viewBox={ "0 0 " (width) " 100" } preserveAspectRatio="none" role="img"
                    aria-label={ "The price of " (name) " over time" } {
                    @for line in scale.lines() {
                        path class="line" d=(level(line)) {}
                    }
                    path class="range" d=(ranges(columns, scale)) {}
                    path class="average" d=(averages(columns, scale)) {}
                    path class="alternative" d=(level(on_demand)) {}
                    @for limit in limits {
                        path class="limit" d=(level(*limit)) {}
                    }
                }
                @for line in scale.lines() {
                    span class="price" style={ "top:" (scale.below_top(line)) "%" } { (usd(line)) }
                }
                @for limit in limits {
                    span class="label limit" style={ "top:" (scale.below_top(*limit)) "%" } {
                        "limit " (usd(*limit))
                    }
                }
                span class="label alternative" style={ "top:" (scale.below_top(on_demand)) "%" } {
                    "on-demand " (usd(on_demand))
                }
            }
        }
    }
}

/// The averages as steps, with a gap where no price is known.
fn averages(columns: &[PriceColumn], scale: &Scale) -> String {
    let mut path = String::new();
    let mut is_open = false;
    for (index, column) in columns.iter().enumerate() {
        let Some(average) = column.average() else {
            is_open = false;
            continue;
        };
        let y = scale.below_top(average);
        // Writing to a string does not fail.
        let _ = if is_open {
            write!(path, "V{y}H{}", index + 1)
        } else {
            write!(path, "M{index} {y}H{}", index + 1)
        };
        is_open = true;
    }
    path
}

/// From the lowest to the highest price of each column.
fn ranges(columns: &[PriceColumn], scale: &Scale) -> String {
    let mut path = String::new();
    for (index, column) in columns.iter().enumerate() {
        if let Some((low, high)) = column.range.filter(|(low, high)| low < high) {
            let (low, high) = (scale.below_top(low), scale.below_top(high));
            let _ = write!(path, "M{index} {high}h1V{low}h-1Z");
        }
    }
    path
}
