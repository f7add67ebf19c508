//! A backtest, to be read.

use std::fmt;

use console::style;
use spotmanager_backtest::cost::PriceColumn;

use super::{Backtested, cells::Cells, rows};
use crate::table::{align_figures, table};

/// Every setting beside the others, and always on-demand.
#[derive(Debug)]
pub(super) struct Report<'a>(pub(super) &'a Backtested);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Backtested {
            source,
            product_description,
            records,
            on_demand,
            notes,
            question,
            answer,
            ..
        } = self.0;
        let period = question.period;
        writeln!(
            f,
            "{records} prices of {product_description} from {}, {:.0} to {:.0}",
            source.name(),
            period.start,
            period.end
        )?;
        for note in notes {
            writeln!(f, "{}", style(note).yellow())?;
        }
        for (pool, columns) in question.pools.iter().zip(&answer.prices) {
            let name = format!("{} in {}", pool.instance_type, pool.availability_zone);
            let all = PriceColumn::of_all(columns);
            match all.range.zip(all.average()) {
                Some(((low, high), average)) => writeln!(
                    f,
                    "{name}: {low:.4} to {high:.4} USD per hour, on average {average:.4}"
                )?,
                None => writeln!(f, "{name}: no price in that time")?,
            }
        }
        writeln!(f, "{}", on_demand.sentence())?;
        let rows = rows::of(self.0);
        let cells = Cells::of(&rows);
        for line in &cells.lines {
            writeln!(f, "{line}")?;
        }
        let mut table = table(&cells.headers);
        table.add_rows(cells.rows);
        let figures = cells.headers.len() - usize::from(cells.has_remarks);
        align_figures(&mut table, 1..figures);
        writeln!(f, "{}", table.trim_fmt())?;
        writeln!(f, "{}", style(rows::headline(&rows)).bold())?;
        let hint = "one instance all the time; a price does not mean that there was capacity: `spotmanager backtest availability`";
        writeln!(f, "{}", style(hint).dim())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::backtested, *};

    #[test]
    fn prices_and_every_setting_are_shown() {
        let told = Report(&backtested()).to_string();
        let told = console::strip_ansi_codes(&told).into_owned();
        for part in [
            "4 prices of Linux/UNIX from standard input, 2026-01-01T01:00:00Z to 2026-01-03T00:00:00Z",
            "unusable records: 1",
            "history, line 5: SpotPrice is \"cheap\"; it should be",
            "g4dn.xlarge in eu-west-1a: 0.2000 to 0.4500 USD per hour, on average 0.3",
            "on-demand: g4dn.xlarge 0.579 USD per hour (--on-demand-price)",
            "always on-demand",
            "27.21",
            "plain mean, as the 2016 original",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
