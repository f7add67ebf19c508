//! The lines across a pool's picture: every limit that it is held against, and on-demand.

use std::{cmp::Reverse, collections::BTreeMap};

use rust_decimal::Decimal;
use spotmanager_backtest::cost::Question;

use super::super::{Compared, rows::Row};

/// A line across a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// USD per instance-hour.
    pub(super) usd: Decimal,
    /// The class of line and label.
    pub(super) class: &'static str,
    pub(super) name: String,
    /// Whether it keeps its label if there are too many.
    is_first_choice: bool,
}

/// The lines of the pool's picture, the dearest first.
pub(super) fn of(rows: &[Row<'_>], question: &Question, pool: usize) -> Vec<Level> {
    let on_demand = question.on_demand.get(pool).copied().unwrap_or_default();
    let settings = rows.iter().filter_map(|row| Some((row, row.setting?)));
    let of_pool = settings.filter(|(_, one)| one.setting.pools.contains(&pool));
    let mut limits: BTreeMap<Decimal, bool> = BTreeMap::new();
    let mut shares: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for (row, one) in of_pool {
        *limits.entry(one.limit_usd()).or_default() |= row.is_best;
        if let Some(percent) = share(one) {
            shares.insert(percent, on_demand * percent / Decimal::ONE_HUNDRED);
        }
    }
    let ends = [
        limits.keys().next().copied(),
        limits.keys().next_back().copied(),
    ];
    let limits = limits.iter().map(|(usd, is_best)| Level {
        usd: *usd,
        class: "limit",
        name: format!("limit {usd}"),
        is_first_choice: *is_best || ends.contains(&Some(*usd)),
    });
    let shares = shares.iter().map(|(percent, usd)| Level {
        usd: *usd,
        class: "limit",
        name: format!(
            "{} % of on-demand {}",
            percent.normalize(),
            usd.round_dp(4).normalize()
        ),
        is_first_choice: true,
    });
    let alternative = Level {
        usd: on_demand,
        class: "alternative",
        name: format!("on-demand {}", on_demand.normalize()),
        is_first_choice: true,
    };
    let mut levels: Vec<_> = limits.chain(shares).chain([alternative]).collect();
    levels.sort_by_key(|level| Reverse(level.usd));
    levels
}

fn share(one: &Compared) -> Option<Decimal> {
    one.setting.terms.maximum_percent_of_on_demand
}

/// Those that get a label: all, or if they are more than fit, the lowest, the highest and the best.
pub(super) fn labelled(levels: &[Level], most: usize) -> Vec<&Level> {
    let all = levels.iter();
    if levels.len() <= most {
        return all.collect();
    }
    all.filter(|level| level.is_first_choice).collect()
}
