//! The price of every pool, drawn as a bar against the limit.

use console::{Style, style};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use spotmanager_domain::{price::PoolPrice, verdict::Evaluation};

/// How many characters the dearest price or the limit takes.
const WIDTH: usize = 40;
/// What an eighth, two eighths … of a character look like.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A line per pool that has a price, and one that says what the mark is; none where no pool has
/// one. Where the group weighs its types the bars are prices of a unit, as the limit is.
pub(crate) fn lines(evaluation: &Evaluation) -> Vec<String> {
    let priced: Vec<_> = evaluation
        .pools
        .iter()
        .filter_map(|pool| Some((pool, pool.usd_per_unit()?)))
        .collect();
    let limit = evaluation.limit.as_ref().map(|limit| limit.limit_usd);
    let prices = priced.iter().map(|(_, usd)| *usd);
    let Some(longest) = prices.chain(limit).max().filter(|usd| !usd.is_zero()) else {
        return Vec::new();
    };
    let mark = limit.and_then(|limit| Some(eighths(limit, longest)? / 8));
    let mut lines: Vec<_> = priced
        .iter()
        .filter_map(|(pool, usd)| {
            let bar = bar(eighths(*usd, longest)?, mark, &colour(pool, *usd, limit));
            let of = &pool.pool;
            let name = format!("{} {}", of.availability_zone, of.instance_type);
            Some(format!("    {name:<30} {bar} {usd:.4}"))
        })
        .collect();
    if let (Some(limit), false) = (limit, lines.is_empty()) {
        let label = style(format!("│ limit {limit}")).dim();
        lines.push(format!("    {:<30} {label}", ""));
    }
    lines
}

fn eighths(usd: Decimal, longest: Decimal) -> Option<usize> {
    let cells = Decimal::from(WIDTH * 8);
    (usd.checked_div(longest)? * cells).round().to_usize()
}

fn colour(pool: &PoolPrice, usd: Decimal, limit: Option<Decimal>) -> Style {
    if pool.excluded().is_some() {
        Style::new().yellow()
    } else if limit.is_some_and(|limit| usd > limit) {
        Style::new().red()
    } else {
        Style::new().green()
    }
}

/// A bar of so many eighths of a character, with the mark over it.
fn bar(eighths: usize, mark: Option<usize>, colour: &Style) -> String {
    let mut cells = vec!['█'; eighths / 8];
    let part = (eighths % 8).checked_sub(1);
    cells.extend(part.and_then(|index| PARTS.get(index)));
    cells.resize(WIDTH + 1, ' ');
    let paint = |cells: &[char]| colour.apply_to(cells.iter().collect::<String>());
    match mark.and_then(|mark| Some((cells.get(..mark)?, cells.get(mark + 1..)?))) {
        Some((before, after)) => format!("{}│{}", paint(before), paint(after)),
        None => paint(&cells).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::evaluated;
    use serde::Deserialize;
    use serde_json::{Value, json};

    fn drawn(evaluated: &Value) -> Vec<String> {
        let evaluation = Evaluation::deserialize(evaluated).unwrap();
        let lines = lines(&evaluation);
        lines
            .iter()
            .map(|line| console::strip_ansi_codes(line).into_owned())
            .collect()
    }

    fn length(line: &str) -> usize {
        line.chars().filter(|letter| *letter == '█').count()
    }

    #[test]
    fn a_bar_is_as_long_as_its_price_and_the_mark_stands_at_the_limit() {
        let lines = drawn(&evaluated());
        // One pool has a price, of 0.2 against a limit of 0.425.
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(length(&lines[0]), 18, "{lines:?}");
        assert!(lines[0].ends_with("│ 0.2000"), "{lines:?}");
        assert!(lines[0].contains("eu-west-1a g4dn.xlarge"), "{lines:?}");
        assert!(lines[1].contains("│ limit 0.425"), "{lines:?}");
    }

    #[test]
    fn a_price_above_the_limit_passes_the_mark() {
        let mut evaluated = evaluated();
        evaluated["pools"][0]["average_usd"] = json!("0.85");
        let lines = drawn(&evaluated);
        let after = lines[0].split('│').nth(1).unwrap();
        // The mark takes one character of the bar's second half.
        assert_eq!(length(after), 19, "{lines:?}");
        assert_eq!(length(&lines[0]), 39, "{lines:?}");
    }

    #[test]
    fn a_weighed_price_is_one_of_a_unit() {
        let mut evaluated = evaluated();
        evaluated["pools"][0]["weighted_capacity"] = json!(2);
        assert!(drawn(&evaluated)[0].ends_with("0.1000"));
    }

    #[test]
    fn without_a_limit_there_is_no_mark_and_without_prices_no_chart() {
        let mut evaluated = evaluated();
        evaluated["limit"] = Value::Null;
        let lines = drawn(&evaluated);
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].contains('│'), "{lines:?}");
        evaluated["pools"] = json!([]);
        assert!(drawn(&evaluated).is_empty());
    }
}
