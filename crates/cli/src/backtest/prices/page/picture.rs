//! The price of a pool over time, with the limits and on-demand.

use std::fmt::Write;

use maud::{Markup, html};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::PriceColumn;

use super::{
    super::{Backtested, rows},
    Axis, labels, levels,
    scale::Scale,
};

/// A picture as wide as the screen. What is drawn is stretched to it, and what is written is not:
/// it stands beside the picture, where it covers nothing.
pub(super) fn of(
    backtested: &Backtested,
    pool: usize,
    columns: &[PriceColumn],
    axis: &Axis,
) -> Markup {
    let question = &backtested.question;
    let Some(of_pool) = question.pools.get(pool) else {
        return html! {};
    };
    let rows = rows::of(backtested);
    let lines = levels::of(&rows, question, pool);
    let scale = Scale::of_type(backtested, &rows, &of_pool.instance_type);
    let labelled = levels::labelled(&lines, labels::MOST);
    let wanted: Vec<_> = labelled
        .iter()
        .map(|level| scale.below_top(level.usd))
        .collect();
    let places = labels::spread(&wanted);
    let name = format!("{} in {}", of_pool.instance_type, of_pool.availability_zone);
    let figures = figures(columns);
    let width = columns.len();
    html! {
        figure class="picture" {
            figcaption { (name) span class="figures" { (figures) } }
            div class="plot" {
                div class="ticks" aria-hidden="true" {
                    @for line in scale.lines() {
                        span style={ "top:" (scale.below_top(line)) "%" } { (scale.tick(line)) }
                    }
                }
                svg class="prices" viewBox={ "0 0 " (width) " 100" } preserveAspectRatio="none" role="img"
                    aria-label={ "The price of " (name) " over time: " (figures) } {
                    @for line in scale.lines() {
                        path class="line" d=(level(&scale, line, width)) {}
                    }
                    path class="range" d=(ranges(columns, &scale)) {}
                    path class="average" d=(averages(columns, &scale)) {}
                    @for one in &lines {
                        path class=(one.class) d=(level(&scale, one.usd, width)) {
                            title { (one.name) }
                        }
                    }
                    @for (from, to, column) in runs(columns) {
                        rect class="column" x=(from) y="0" width=(to - from) height="100" {
                            title { (axis.span(from, to)) ": " (value(column)) }
                        }
                    }
                }
                svg class="leaders" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true" {
                    @for ((place, from), one) in places.iter().zip(&wanted).zip(&labelled) {
                        path class=(one.class) d={ "M0 " (from) "L10 " (place) } {}
                    }
                }
                div class="labels" {
                    @for (place, one) in places.iter().zip(&labelled) {
                        span class={ "label " (one.class) } style={ "top:" (place) "%" } { (one.name) }
                    }
                }
            }
            div class="under" { (axis.times()) }
            @if labelled.len() < lines.len() {
                p class="note" {
                    "All " (lines.len()) " lines are drawn. Labels are at the lowest limit, the highest, the best setting's and on-demand; the table has every limit."
                }
            }
        }
    }
}

/// The lowest, average and highest price in words.
fn figures(columns: &[PriceColumn]) -> String {
    let all = PriceColumn::of_all(columns);
    match all.range.zip(all.average()) {
        Some(((low, high), average)) => {
            format!("lowest {low:.4}, average {average:.4}, highest {high:.4} USD")
        }
        None => "no price in that time".to_owned(),
    }
}

/// A column's price in words.
fn value(column: &PriceColumn) -> String {
    match column.range.zip(column.average()) {
        Some(((low, high), average)) if low < high => {
            format!("{average:.4} USD, {low:.4} to {high:.4}")
        }
        Some((_, average)) => format!("{average:.4} USD"),
        None => "no price".to_owned(),
    }
}

/// Columns of the same price, as one: from, to, and the price.
fn runs(columns: &[PriceColumn]) -> Vec<(usize, usize, &PriceColumn)> {
    let alike = |a: &PriceColumn, b: &PriceColumn| value(a) == value(b);
    let mut from = 0;
    let runs = columns.chunk_by(alike).filter_map(|run| {
        let begin = from;
        from += run.len();
        Some((begin, from, run.first()?))
    });
    runs.collect()
}

fn level(scale: &Scale, usd: Decimal, width: usize) -> String {
    format!("M0 {}H{width}", scale.below_top(usd))
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
