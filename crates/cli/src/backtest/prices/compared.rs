//! The settings that are compared: every combination of what is given, and the original's.

use std::fmt;

use anyhow::{Result, ensure};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::{Average, Setting};
use spotmanager_decision::{left_out::Terms, price::Pool, verdict::Limit};

use crate::arguments::Prices;

/// More than anybody reads; each holds a picture's columns.
const MOST: usize = 100;
/// What the 2016 original had: 15 % below the maximum price, over an hour.
const ORIGINAL_MARGIN: Decimal = Decimal::from_parts(15, 0, 0, false, 0);
const ORIGINAL_WINDOW: u32 = 3_600;

/// A setting with what it is called by.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) maximum_price: Decimal,
    pub(super) setting: Setting,
    /// The one pool that it may use, where it is not all.
    pub(super) pool: Option<Pool>,
}

impl Compared {
    /// What the average must not exceed, USD per instance-hour, whatever on-demand costs.
    pub(super) fn limit_usd(&self) -> Decimal {
        let margin = self.setting.terms.safety_margin_percent;
        Limit::new(self.maximum_price, margin).limit_usd
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Setting {
            terms,
            window_seconds,
            average,
            ..
        } = &self.setting;
        write!(
            f,
            "{} less {} %",
            self.maximum_price, terms.safety_margin_percent
        )?;
        match average {
            Average::PlainMean => write!(f, ", the original's plain mean")?,
            Average::TimeWeighted => write!(f, " over {window_seconds} s")?,
        }
        if let Some(percent) = terms.maximum_percent_of_on_demand {
            write!(f, ", at most {percent} % of on-demand")?;
        }
        match &self.pool {
            Some(pool) => write!(
                f,
                ", {} in {} only",
                pool.instance_type, pool.availability_zone
            ),
            None => Ok(()),
        }
    }
}

/// Every combination for all pools, then for each pool alone where that is asked for; and the
/// original's rule at each maximum price.
///
/// # Errors
/// When they are more than anybody reads.
pub(super) fn all(wanted: &Prices, on_demand: Decimal, pools: &[Pool]) -> Result<Vec<Compared>> {
    let given = &wanted.maximum_spot_price;
    let maximum_prices = if given.is_empty() {
        vec![on_demand]
    } else {
        given.clone()
    };
    let each = pools
        .iter()
        .enumerate()
        .map(|(index, pool)| (vec![index], Some(pool.clone())));
    let all = ((0..pools.len()).collect(), None);
    let choices: Vec<(Vec<usize>, Option<Pool>)> = if wanted.each_pool && pools.len() > 1 {
        [all].into_iter().chain(each).collect()
    } else {
        vec![all]
    };
    let mut compared = Vec::new();
    for (pools, pool) in &choices {
        for &maximum_price in &maximum_prices {
            let of = |average, terms, window_seconds| Compared {
                maximum_price,
                setting: Setting {
                    maximum_price: Some(maximum_price),
                    terms,
                    window_seconds,
                    average,
                    pools: pools.clone(),
                },
                pool: pool.clone(),
            };
            for margin in &wanted.safety_margin_percent {
                for window_seconds in &wanted.price_window_seconds {
                    let terms = Terms {
                        maximum_percent_of_on_demand: wanted.maximum_percent_of_on_demand,
                        ..Terms::with_margin(*margin)
                    };
                    compared.push(of(Average::TimeWeighted, terms, *window_seconds));
                }
            }
            if pool.is_none() {
                let terms = Terms::with_margin(ORIGINAL_MARGIN);
                compared.push(of(Average::PlainMean, terms, ORIGINAL_WINDOW));
            }
            ensure!(
                compared.len() <= MOST,
                "more than {MOST} settings would be compared; give fewer values, or leave out --each-pool"
            );
        }
    }
    Ok(compared)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::wanted, *};

    fn pools() -> Vec<Pool> {
        let pool = |letter| Pool {
            instance_type: "g4dn.xlarge".to_owned(),
            availability_zone: format!("eu-west-1{letter}"),
        };
        ["a", "b"].map(pool).into()
    }

    fn names(more: &[&str]) -> Vec<String> {
        let compared = all(&wanted(more), Decimal::ONE, &pools()).unwrap();
        compared.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn on_demand_s_price_is_the_maximum_where_none_is_given() {
        let expected = [
            "1 less 15 % over 3600 s",
            "1 less 15 %, the original's plain mean",
        ];
        assert_eq!(names(&[]), expected);
    }

    #[test]
    fn every_combination_is_compared_and_each_pool_where_asked_for() {
        let more = [
            "--maximum-spot-price",
            "0.2,0.3",
            "--safety-margin-percent",
            "0,15",
        ];
        assert_eq!(names(&more).len(), 6);
        let each = names(&[&more[..], &["--each-pool"]].concat());
        assert_eq!(each.len(), 14);
        assert!(
            each[13].ends_with("0.3 less 15 % over 3600 s, g4dn.xlarge in eu-west-1b only"),
            "{each:?}"
        );
    }

    #[test]
    fn more_than_anybody_reads_is_refused() {
        let windows: Vec<_> = (1..=MOST).map(|seconds| seconds.to_string()).collect();
        let wanted = wanted(&["--price-window-seconds", &windows.join(",")]);
        let error = all(&wanted, Decimal::ONE, &pools()).unwrap_err();
        assert!(error.to_string().contains("fewer values"), "{error}");
    }

    #[test]
    fn the_limit_lies_below_the_maximum_price() {
        let compared = all(&wanted(&[]), Decimal::ONE, &pools()).unwrap();
        assert_eq!(compared[0].limit_usd(), "0.85".parse().unwrap());
    }
}
