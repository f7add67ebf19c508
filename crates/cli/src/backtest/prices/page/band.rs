//! Who served over time under a setting.

use maud::{Markup, html};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::{Question, Replayed, ShareColumn};

use super::{
    super::rows::{Row, hours},
    Axis,
};

/// A band that is on-demand's, with spot's share of each column over it.
pub(super) fn of(row: &Row<'_>, replayed: &Replayed, question: &Question, axis: &Axis) -> Markup {
    let shares = &replayed.shares;
    let name = row.setting.map(ToString::to_string).unwrap_or_default();
    let figures = format!(
        "spot {} h, on-demand {} h, {} switches, {} interruptions, {} failed launches{}",
        hours(row.spot_seconds),
        hours(row.on_demand_seconds),
        row.switches,
        row.interruptions,
        row.failed_launches,
        pools(replayed, question)
    );
    let width = shares.len();
    html! {
        figure class={ "band" @if row.is_best { " best" } } {
            figcaption {
                @if row.is_best { strong { "Best: " } }
                (name)
                span class="figures" { (figures) }
            }
            svg viewBox={ "0 0 " (width) " 100" } preserveAspectRatio="none" role="img"
                aria-label={ "Who served with " (name) ": " (figures) } {
                @for (from, to, percent) in runs(shares) {
                    @let top = Decimal::ONE_HUNDRED - percent;
                    g {
                        title { (axis.span(from, to)) ": " (who(percent)) }
                        rect class="column" x=(from) y="0" width=(to - from) height="100" {}
                        @if !percent.is_zero() {
                            rect class="spot" x=(from) y=(top) width=(to - from) height=(percent) {}
                        }
                    }
                }
                @for (column, count) in interruptions(shares) {
                    path class="interruption" d={ "M" (column) ".5 0V100" } {
                        title { (axis.span(column, column + 1)) ": " (count) " spot instances taken back" }
                    }
                }
            }
        }
    }
}

fn who(percent: Decimal) -> String {
    if percent.is_zero() {
        "on-demand".to_owned()
    } else if percent == Decimal::ONE_HUNDRED {
        "spot".to_owned()
    } else {
        format!("spot {percent} % of the time")
    }
}

/// Columns alike, as one: from, to, and spot's share in percent.
fn runs(shares: &[ShareColumn]) -> Vec<(usize, usize, Decimal)> {
    let mut from = 0;
    let alike = shares.chunk_by(|a, b| percent(a) == percent(b));
    alike
        .map(|alike| {
            let (begin, to) = (from, from + alike.len());
            from = to;
            (begin, to, alike.first().map(percent).unwrap_or_default())
        })
        .collect()
}

fn percent(column: &ShareColumn) -> Decimal {
    let share = column.spot().unwrap_or_default();
    (share * Decimal::ONE_HUNDRED).round()
}

fn interruptions(shares: &[ShareColumn]) -> impl Iterator<Item = (usize, u64)> + '_ {
    let columns = shares.iter().enumerate();
    let columns = columns.map(|(column, share)| (column, share.interruptions));
    columns.filter(|(_, count)| *count > 0)
}

/// Which pools served, if there was a choice.
fn pools(replayed: &Replayed, question: &Question) -> String {
    if question.pools.len() < 2 {
        return String::new();
    }
    let served = question.pools.iter().zip(&replayed.spot_seconds);
    let served = served.filter(|(_, seconds)| !seconds.is_zero());
    let served = served.map(|(pool, seconds)| {
        format!(
            "; {} in {} {} h",
            pool.instance_type,
            pool.availability_zone,
            hours(*seconds)
        )
    });
    served.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_alike_are_one_run() {
        let shares = [ShareColumn::default(); 3];
        assert_eq!(runs(&shares), [(0, 3, Decimal::ZERO)]);
        assert_eq!(interruptions(&shares).count(), 0);
    }

    #[test]
    fn who_served_is_told_in_words() {
        assert_eq!(who(Decimal::ZERO), "on-demand");
        assert_eq!(who(Decimal::from(43)), "spot 43 % of the time");
        assert_eq!(who(Decimal::from(100)), "spot");
    }
}
