//! A backtest as one page that needs nothing else: no script, no font, no network.

mod axis;
mod band;
mod labels;
mod levels;
mod picture;
mod scale;
mod table;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use spotmanager_backtest::cost::Replayed;

use super::{
    Backtested,
    rows::{self, Row},
};
use axis::{Axis, minute};

const STYLE: &str = include_str!("page.css");
/// More bands than these are folded away below the best one.
const MOST_BANDS: usize = 6;

/// The whole page.
pub(super) fn page(backtested: &Backtested) -> Markup {
    let Backtested {
        question, answer, ..
    } = backtested;
    let period = question.period;
    let rows = rows::of(backtested);
    let axis = Axis {
        period,
        columns: question.columns,
    };
    let title = format!(
        "Spot backtest {} to {}",
        minute(period.start),
        minute(period.end)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (heading(backtested, &rows))
                (table::of(&rows))
                section {
                    h2 { "Who served" }
                    p class="legend" {
                        span { span class="key spot" {} "spot" }
                        span { span class="key on-demand" {} "on-demand, hatched" }
                        span { span class="key interruption" {} "spot instance taken back" }
                    }
                    p class="note" {
                        "A column is " (axis.column_length()) " long. If both served in it, spot's part is as high as its share. "
                        "Point at a band for its times."
                    }
                    (bands(backtested, &rows, &axis))
                }
                section {
                    h2 { "Prices, USD per instance-hour" }
                    p class="legend" {
                        span { span class="key average" {} "average of a column" }
                        span { span class="key range" {} "lowest to highest" }
                        span { span class="key limit" {} "limit" }
                        span { span class="key alternative" {} "on-demand" }
                    }
                    @for (index, columns) in answer.prices.iter().enumerate() {
                        (picture::of(backtested, index, columns, &axis))
                    }
                }
                footer {
                    "One instance, all the time; an instance serves "
                    (question.cadence.run_seconds) " s until the next alarm decides anew. "
                    "A price does not mean that there was capacity."
                }
            }
        }
    }
}

fn heading(backtested: &Backtested, rows: &[Row<'_>]) -> Markup {
    let Backtested {
        source,
        product_description,
        records,
        on_demand,
        notes,
        question,
        ..
    } = backtested;
    html! {
        header {
            h1 { "What would it have cost?" }
            p {
                (minute(question.period.start)) " to " (minute(question.period.end)) " UTC, "
                (records) " prices of " (product_description) " from " (source.name()) "."
            }
            p { (on_demand.sentence()) }
            @for note in notes {
                p class="note" { (note) }
            }
            p class="best" { strong { (rows::headline(rows)) } }
        }
    }
}

/// The best setting's band, then the others', folded away if they are many.
fn bands(backtested: &Backtested, rows: &[Row<'_>], axis: &Axis) -> Markup {
    let replayed = &backtested.answer.settings;
    let settings = rows
        .iter()
        .filter_map(|row| Some((row, replayed.get(row.index?)?)));
    let (best, others): (Vec<_>, Vec<_>) = settings.partition(|(row, _)| row.is_best);
    let of = |drawn: &[(&Row<'_>, &Replayed)]| {
        html! {
            @for (row, replayed) in drawn {
                (band::of(row, replayed, &backtested.question, axis))
            }
        }
    };
    html! {
        (of(&best))
        @if others.len() < MOST_BANDS {
            (of(&others))
            (axis.times())
        } @else {
            (axis.times())
            details {
                summary { "The other " (others.len()) " settings" }
                (of(&others))
                (axis.times())
            }
        }
    }
}

#[cfg(test)]
mod tests;
