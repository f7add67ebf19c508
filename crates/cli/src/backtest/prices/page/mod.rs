//! A backtest as one page that needs nothing beside it: no script, no font, no network.

mod band;
mod picture;
mod scale;

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::Period;

use super::{
    Backtested,
    figures::{Cost, hours},
};
use scale::Scale;

const STYLE: &str = include_str!("page.css");
/// Between how many times the axis of time is divided.
const PARTS: i32 = 4;

/// The whole page.
pub(super) fn page(backtested: &Backtested) -> Markup {
    let Backtested {
        compared,
        question,
        answer,
        ..
    } = backtested;
    let limits = picture::limits(compared);
    let scale = Scale::of(&answer.prices, &limits, question.on_demand.usd);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Spot backtest " (date(question.period.start)) " to " (date(question.period.end)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (heading(backtested))
                (table(backtested))
                section {
                    h2 { "Who served" }
                    p class="legend" {
                        span class="key spot" {} "spot"
                        span class="key on-demand" {} "on-demand"
                    }
                    @for (compared, shares) in compared.iter().zip(&answer.shares) {
                        (band::of(&compared.to_string(), shares))
                    }
                    (times(question.period))
                }
                section {
                    h2 { "Prices" }
                    p class="legend" {
                        span class="key average" {} "average"
                        span class="key range" {} "lowest to highest"
                        span class="key limit" {} "limit"
                        span class="key alternative" {} "on-demand"
                    }
                    @for (pool, columns) in question.pools.iter().zip(&answer.prices) {
                        (picture::of(pool, columns, &scale, &limits, question.on_demand.usd))
                        (times(question.period))
                    }
                }
                footer {
                    "One instance, all the time; an instance serves "
                    (question.cadence.run_seconds) " s until the next alarm decides anew. "
                    "That a price was there does not say that capacity was."
                }
            }
        }
    }
}

fn heading(backtested: &Backtested) -> Markup {
    let Backtested {
        source,
        product_description,
        records,
        question,
        answer,
        compared,
        ..
    } = backtested;
    let costs = answer
        .outcomes
        .iter()
        .map(|outcome| Cost::of(outcome, answer));
    let best = compared.iter().zip(costs).min_by_key(|(_, cost)| cost.usd);
    html! {
        header {
            h1 { "What would it have cost?" }
            p {
                (date(question.period.start)) " to " (date(question.period.end)) ", "
                (records) " prices of " (product_description) " from " (source.name()) "."
            }
            @if let Some((compared, cost)) = best {
                p class="best" {
                    strong { (cost.saving_percent) " % less" }
                    " than always on-demand with " (compared) ": "
                    (cost.usd) " USD in place of " (answer.on_demand_usd.round_dp(2)) "."
                }
            }
        }
    }
}

fn table(backtested: &Backtested) -> Markup {
    let Backtested {
        compared, answer, ..
    } = backtested;
    html! {
        div class="wide" {
            table {
                thead {
                    tr {
                        th { "maximum price less margin" }
                        th { "hours on spot" }
                        th { "hours on-demand" }
                        th { "USD" }
                        th { "saving" }
                        th { "switches" }
                        th { "interruptions" }
                    }
                }
                tbody {
                    @for (compared, outcome) in compared.iter().zip(&answer.outcomes) {
                        @let cost = Cost::of(outcome, answer);
                        tr {
                            th scope="row" { (compared) }
                            td { (hours(outcome.spot_seconds)) }
                            td { (hours(outcome.on_demand_seconds)) }
                            td { (cost.usd) }
                            td { (cost.saving_percent) " %" }
                            td { (outcome.switches) }
                            td { (outcome.interruptions) }
                        }
                    }
                }
            }
        }
    }
}

/// The axis of time under a picture.
fn times(period: Period) -> Markup {
    let length = period.end.duration_since(period.start);
    let at = |part| period.start.checked_add(length / PARTS * part).ok();
    let is_short = length.as_hours() <= 24 * i64::from(PARTS);
    html! {
        div class="times" aria-hidden="true" {
            @for at in (0..=PARTS).filter_map(at) {
                span {
                    (at.strftime("%b %-d"))
                    @if is_short { (at.strftime(" %H:%M")) }
                }
            }
        }
    }
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A price as it is written beside a picture.
fn usd(usd: Decimal) -> String {
    usd.round_dp(4).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::backtested, *};

    #[test]
    fn the_page_has_every_setting_pool_and_limit_and_needs_nothing_beside_it() {
        let page = page(&backtested()).into_string();
        for part in [
            "<!DOCTYPE html>",
            "0.4 less 15 % over 3600 s",
            "g4dn.xlarge in eu-west-1b",
            "limit 0.34",
            "on-demand 0.579",
            "Jan 1 12:00",
            "prefers-color-scheme: dark",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        for part in ["<script", "http:", "https:", "url("] {
            assert!(!page.contains(part), "{part}");
        }
        // What is left open swallows what follows it.
        assert_eq!(
            page.matches("<path").count(),
            page.matches("</path>").count()
        );
        // Four settings of all pools and two of each alone; two pools.
        assert_eq!(page.matches("class=\"band\"").count(), 8);
        assert_eq!(page.matches("class=\"picture\"").count(), 2);
    }
}
