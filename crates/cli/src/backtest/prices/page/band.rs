//! Who served over time under a setting.

use std::fmt::Write;

use maud::{Markup, html};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::ShareColumn;

/// A band that is on-demand's, with spot's share of each column over it.
pub(super) fn of(name: &str, shares: &[ShareColumn]) -> Markup {
    html! {
        figure class="band" {
            figcaption { (name) }
            svg viewBox={ "0 0 " (shares.len()) " 100" } preserveAspectRatio="none" role="img"
                aria-label={ "Who served with " (name) } {
                rect class="on-demand" width=(shares.len()) height="100" {}
                path class="spot" d=(path(shares)) {}
            }
        }
    }
}

/// A column's share from the bottom up; columns alike are drawn as one.
fn path(shares: &[ShareColumn]) -> String {
    let mut path = String::new();
    let mut from = 0;
    for alike in shares.chunk_by(|a, b| percent(a) == percent(b)) {
        let to = from + alike.len();
        if let Some(percent) = alike
            .first()
            .map(percent)
            .filter(|percent| !percent.is_zero())
        {
            let top = Decimal::ONE_HUNDRED - percent;
            // Writing to a string does not fail.
            let _ = write!(path, "M{from} 100V{}H{to}V100Z", top.normalize());
        }
        from = to;
    }
    path
}

fn percent(column: &ShareColumn) -> Decimal {
    let share = column.spot().unwrap_or_default();
    (share * Decimal::ONE_HUNDRED).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_where_spot_did_not_serve() {
        assert_eq!(path(&[ShareColumn::default(); 3]), "");
    }
}
