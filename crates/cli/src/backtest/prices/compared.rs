//! The settings that are compared: every combination of what is given.

use std::fmt;

use rust_decimal::Decimal;
use spotmanager_backtest::cost::{Average, Setting};
use spotmanager_domain::{
    price::Pool,
    verdict::{Limit, Terms},
};

use super::on_demand::OnDemand;
use crate::arguments::{Mistaken, Prices};

/// More than anybody reads; each holds a picture's columns.
const MOST: usize = 100;
/// What the 2016 original had: 15 % below the maximum price, over an hour.
const ORIGINAL_MARGIN: Decimal = Decimal::from_parts(15, 0, 0, false, 0);
pub(super) const ORIGINAL_WINDOW: u32 = 3_600;

/// A setting, and what it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) maximum_price: Decimal,
    pub(super) setting: Setting,
    /// What the on-demand group launches under it.
    pub(super) on_demand_type: String,
    /// The one pool that it may use, unless it may use all.
    pub(super) pool: Option<Pool>,
}

impl Compared {
    /// What the average must not exceed, USD per instance-hour, whatever on-demand costs.
    pub(super) fn limit_usd(&self) -> Decimal {
        let margin = self.setting.terms.safety_margin_percent;
        Limit::new(self.maximum_price, margin).limit_usd
    }

    pub(super) fn is_original(&self) -> bool {
        self.setting.average == Average::PlainMean
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "maximum {} USD, margin {} %, limit {} USD, window {} s",
            self.maximum_price.normalize(),
            self.setting.terms.safety_margin_percent.normalize(),
            self.limit_usd(),
            self.setting.window_seconds
        )?;
        if self.is_original() {
            write!(f, ", plain mean as in the 2016 original")?;
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

/// Every combination for all pools, then for each pool alone if that is asked for; and the
/// original's rule at each maximum price, if that is.
///
/// A pool alone is compared with its own type on demand, all pools with what the group launches.
///
/// # Errors
/// When they are more than anybody reads.
pub(super) fn all(
    wanted: &Prices,
    on_demand: &OnDemand,
    pools: &[Pool],
) -> Result<Vec<Compared>, Mistaken> {
    let each = pools
        .iter()
        .enumerate()
        .filter(|_| wanted.each_pool && pools.len() > 1)
        .map(|(index, pool)| (vec![index], Some(pool)));
    let choices = [((0..pools.len()).collect(), None)].into_iter().chain(each);
    let mut compared = Vec::new();
    for (pools, pool) in choices {
        let on_demand_type = pool.map_or(&on_demand.instance_type, |pool| &pool.instance_type);
        let on_demand_usd = on_demand.usd(on_demand_type);
        let maximum_prices = match wanted.maximum_spot_price.as_slice() {
            [] => &[on_demand_usd],
            given => given,
        };
        for &maximum_price in maximum_prices {
            let of = |average, terms, window_seconds| Compared {
                maximum_price,
                setting: Setting {
                    maximum_price: Some(maximum_price),
                    on_demand_usd,
                    terms,
                    window_seconds,
                    average,
                    pools: pools.clone(),
                },
                on_demand_type: on_demand_type.clone(),
                pool: pool.cloned(),
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
            if wanted.original && pool.is_none() {
                let terms = Terms::with_margin(ORIGINAL_MARGIN);
                compared.push(of(Average::PlainMean, terms, ORIGINAL_WINDOW));
            }
            if compared.len() > MOST {
                return Err(Mistaken::together(format!(
                    "more than {MOST} settings would be compared; give fewer values, or no --each-pool"
                )));
            }
        }
    }
    Ok(compared)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{
        super::{on_demand::PriceFrom, tests::wanted},
        *,
    };

    fn pools() -> Vec<Pool> {
        let pool = |(instance_type, letter): (&str, char)| Pool {
            instance_type: instance_type.to_owned(),
            availability_zone: format!("eu-west-1{letter}"),
        };
        [("g4dn.xlarge", 'a'), ("g5.xlarge", 'b')].map(pool).into()
    }

    fn on_demand() -> OnDemand {
        let price = |usd: i64| (Decimal::from(usd), PriceFrom::Option);
        OnDemand {
            prices: BTreeMap::from([
                ("g4dn.xlarge".to_owned(), price(1)),
                ("g5.xlarge".to_owned(), price(2)),
            ]),
            instance_type: "g4dn.xlarge".to_owned(),
            because: None,
            problem: None,
        }
    }

    fn compared(more: &[&str]) -> Vec<Compared> {
        all(&wanted(more), &on_demand(), &pools()).unwrap()
    }

    fn names(more: &[&str]) -> Vec<String> {
        compared(more).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn on_demand_s_price_is_the_maximum_if_none_is_given() {
        let expected = ["maximum 1 USD, margin 15 %, limit 0.85 USD, window 3600 s"];
        assert_eq!(names(&[]), expected);
    }

    #[test]
    fn each_pool_alone_is_compared_with_its_own_type_on_demand() {
        let each = compared(&["--each-pool"]);
        let told: Vec<_> = each
            .iter()
            .map(|one| {
                let usd = one.setting.on_demand_usd;
                (one.on_demand_type.as_str(), usd, one.maximum_price)
            })
            .collect();
        let (one, two) = (Decimal::ONE, Decimal::TWO);
        let expected = [
            ("g4dn.xlarge", one, one),
            ("g4dn.xlarge", one, one),
            ("g5.xlarge", two, two),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_original_is_compared_only_if_it_is_asked_for() {
        let is_original = |more: &[&str]| compared(more).iter().any(Compared::is_original);
        assert!(!is_original(&[]));
        assert!(is_original(&["--original"]));
    }

    #[test]
    fn every_combination_is_compared_and_each_pool_if_asked_for() {
        let more = [
            "--maximum-spot-price",
            "0.2,0.3",
            "--safety-margin-percent",
            "0,15",
        ];
        assert_eq!(names(&more).len(), 4);
        let each = names(&[&more[..], &["--each-pool"]].concat());
        assert_eq!(each.len(), 12);
        let last = "maximum 0.3 USD, margin 15 %, limit 0.255 USD, window 3600 s, g5.xlarge in eu-west-1b only";
        assert_eq!(each[11], last);
    }

    #[test]
    fn more_than_anybody_reads_is_refused() {
        let windows: Vec<_> = (60..=60 + MOST)
            .map(|seconds| seconds.to_string())
            .collect();
        let wanted = wanted(&["--price-window-seconds", &windows.join(",")]);
        let error = all(&wanted, &on_demand(), &pools()).unwrap_err();
        assert!(error.to_string().contains("fewer values"), "{error}");
    }
}
