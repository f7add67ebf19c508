//! A backtest, to be read.

use std::fmt;

use console::style;
use rust_decimal::Decimal;

use super::{
    Backtested,
    figures::{Cost, hours},
};
use crate::story::{align_figures, table};

/// Every setting beside the others, and always on-demand.
#[derive(Debug)]
pub(super) struct Report<'a>(pub(super) &'a Backtested);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Backtested {
            source,
            product_description,
            records,
            rejected,
            other_products,
            compared,
            question,
            answer,
        } = self.0;
        let period = question.period;
        writeln!(
            f,
            "{records} prices of {product_description} from {}, {:.0} to {:.0}",
            source.name(),
            period.start,
            period.end
        )?;
        if *rejected > 0 {
            let passed_over = format!("{rejected} records had no time or no credible price");
            writeln!(f, "{}", style(passed_over).yellow())?;
        }
        if !other_products.is_empty() {
            let others = other_products.join(", ");
            let passed_over = format!("passed over: prices of {others}");
            writeln!(f, "{}", style(passed_over).dim())?;
        }
        for (pool, columns) in question.pools.iter().zip(&answer.prices) {
            let name = format!("{} in {}", pool.instance_type, pool.availability_zone);
            let ranges = columns.iter().filter_map(|column| column.range);
            let range = ranges.reduce(|(low, high), (l, h)| (low.min(l), high.max(h)));
            match range {
                Some((low, high)) => writeln!(f, "{name}: {low:.4} to {high:.4} USD per hour")?,
                None => writeln!(f, "{name}: no price in that time")?,
            }
        }
        let headers = [
            "setting: maximum price less margin",
            "hours on spot",
            "hours on-demand",
            "USD",
            "saving",
            "switches",
            "interruptions",
            "failed launches",
        ];
        let mut table = table(&headers);
        let length = Decimal::from(period.end.duration_since(period.start).as_secs());
        table.add_row([
            "always on-demand".to_owned(),
            "0".to_owned(),
            hours(length).to_string(),
            answer.on_demand_usd.round_dp(2).to_string(),
        ]);
        for (compared, outcome) in compared.iter().zip(&answer.outcomes) {
            let cost = Cost::of(outcome, answer);
            table.add_row([
                compared.to_string(),
                hours(outcome.spot_seconds).to_string(),
                hours(outcome.on_demand_seconds).to_string(),
                cost.usd.to_string(),
                format!("{} %", cost.saving_percent),
                outcome.switches.to_string(),
                outcome.interruptions.to_string(),
                outcome.failed_launches.to_string(),
            ]);
        }
        align_figures(&mut table, 1..headers.len());
        writeln!(f, "{}", table.trim_fmt())?;
        let hint = "one instance all the time; that a price was there does not say that capacity was: `spotmanager backtest availability`";
        writeln!(f, "{}", style(hint).dim())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::backtested, *};

    #[test]
    fn prices_and_every_setting_are_told() {
        let told = Report(&backtested()).to_string();
        let told = console::strip_ansi_codes(&told).into_owned();
        for part in [
            "4 prices of Linux/UNIX from -, 2026-01-01T00:00:00Z to 2026-01-03T00:00:00Z",
            "1 records had no time",
            "g4dn.xlarge in eu-west-1a: 0.2000 to 0.4500",
            "always on-demand",
            "27.79",
            "the original's plain mean",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
