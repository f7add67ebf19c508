//! What on-demand costs: each type's own price, and what the on-demand group launches.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use rust_decimal::Decimal;
use spotmanager_domain::{
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::Pool,
};

use super::{Source, region};
use crate::{
    arguments::{GivenPrice, Mistaken, Prices},
    on_demand,
};

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PriceFrom {
    Option,
    PriceList,
    StaticTable,
}

impl PriceFrom {
    /// In a few words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Option => "--on-demand-price",
            Self::PriceList => "AWS's price list",
            Self::StaticTable => "the built-in table of 2026-08",
        }
    }
}

/// The on-demand price of every type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OnDemand {
    /// By instance type, USD per instance-hour.
    pub(super) prices: BTreeMap<String, (Decimal, PriceFrom)>,
    /// What the on-demand group launches.
    pub(super) instance_type: String,
    /// Why that one, if it was not the only one.
    pub(super) because: Option<&'static str>,
    /// Why the price list gave nothing.
    pub(super) problem: Option<String>,
}

impl OnDemand {
    /// USD per instance-hour; every type that is replayed has a price.
    pub(super) fn usd(&self, instance_type: &str) -> Decimal {
        let price = self.prices.get(instance_type);
        price.map_or(Decimal::ZERO, |(usd, _)| *usd)
    }

    /// The types with their prices and where these come from.
    pub(super) fn sentence(&self) -> String {
        let types = self.prices.iter().map(|(name, (usd, from))| {
            format!("{name} {} USD per hour ({})", usd.normalize(), from.words())
        });
        let types = types.collect::<Vec<_>>().join(", ");
        let group = match self.because {
            None => String::new(),
            Some(because) => format!(
                "; the on-demand group launches {}, {because}",
                self.instance_type
            ),
        };
        format!("on-demand: {types}{group}")
    }
}

/// The prices that are given, otherwise of AWS's price list if EC2 is asked, otherwise of the table.
///
/// # Errors
/// When a price is not known, or it is not said of which type a given one is.
pub(super) async fn find(source: &Source, wanted: &Prices, pools: &[Pool]) -> Result<OnDemand> {
    let region = region::of(pools)?;
    let types = types_of(wanted, pools);
    let given = given(&wanted.on_demand_price, &types)?;
    let missing = types.iter().filter(|name| !given.contains_key(*name));
    let missing: Vec<_> = missing.cloned().collect();
    let product = &wanted.product_description;
    let found = match source {
        // Nobody who gives the prices has to be allowed to read the list.
        Source::Ec2(config, _) if !missing.is_empty() => {
            Box::pin(on_demand::read(config, &missing, product)).await
        }
        _ => on_demand::OnDemandPrices {
            prices: on_demand::of_table(&region, &missing, product),
            problem: None,
        },
    };
    let mut on_demand = match (of(wanted, given, found.prices, &types), &found.problem) {
        (Err(error), Some(problem)) => {
            bail!("{error}; the price list could not be read: {problem}")
        }
        (on_demand, _) => on_demand?,
    };
    on_demand.problem = found.problem;
    Ok(on_demand)
}

fn of(
    wanted: &Prices,
    given: BTreeMap<String, Decimal>,
    found: BTreeMap<String, OnDemandPrice>,
    types: &BTreeSet<String>,
) -> Result<OnDemand> {
    let found = found.into_iter().map(|(name, price)| {
        let from = match price.source {
            OnDemandPriceSource::PriceList => PriceFrom::PriceList,
            OnDemandPriceSource::StaticTable => PriceFrom::StaticTable,
        };
        (name, (price.usd, from))
    });
    let given = given.into_iter();
    let given = given.map(|(name, usd)| (name, (usd, PriceFrom::Option)));
    let prices: BTreeMap<_, _> = found.chain(given).collect();
    let unknown: Vec<_> = types
        .iter()
        .filter(|name| !prices.contains_key(*name))
        .collect();
    if !unknown.is_empty() {
        let names = unknown.iter().map(|name| name.as_str());
        let options = unknown.iter().map(|name| format!("{name}=USD"));
        bail!(
            "the on-demand price of {} is not known; give --on-demand-price {}, or leave types out with --instance-type",
            names.collect::<Vec<_>>().join(", "),
            options.collect::<Vec<_>>().join(",")
        );
    }
    let cheapest = prices.iter().min_by_key(|(_, (usd, _))| *usd);
    let cheapest = cheapest.map(|(name, _)| name.clone());
    let (instance_type, because) = match &wanted.on_demand_instance_type {
        Some(name) => (name.clone(), Some("as --on-demand-instance-type says")),
        None if types.len() > 1 => (
            cheapest.context("there is no instance type")?,
            Some("which costs least; --on-demand-instance-type names another"),
        ),
        None => (cheapest.context("there is no instance type")?, None),
    };
    Ok(OnDemand {
        prices,
        instance_type,
        because,
        problem: None,
    })
}

/// What `--on-demand-price` says, by type.
fn given(
    options: &[GivenPrice],
    types: &BTreeSet<String>,
) -> Result<BTreeMap<String, Decimal>, Mistaken> {
    let mistaken =
        |found: String, expected: &str| Err(Mistaken::new("--on-demand-price", found, expected));
    let names: Vec<_> = types.iter().map(String::as_str).collect();
    let mut given = BTreeMap::new();
    for GivenPrice { instance_type, usd } in options {
        let name = match (instance_type, names.as_slice()) {
            (Some(name), _) => name.clone(),
            (None, [only]) => (*only).to_owned(),
            (None, names) => {
                let options = names.iter().map(|name| format!("{name}=USD"));
                let options = options.collect::<Vec<_>>().join(",");
                let expected = format!("a price for each of several types, as {options}");
                return mistaken(usd.to_string(), &expected);
            }
        };
        if !types.contains(&name) {
            let expected = format!("the price of one of {}", names.join(", "));
            return mistaken(format!("{name}={usd}"), &expected);
        }
        if let Some(first) = given.insert(name.clone(), *usd) {
            let found = format!("{first} and {usd} for {name}");
            return mistaken(found, "one price for each type");
        }
    }
    Ok(given)
}

/// The types that are replayed, and what the on-demand group launches.
fn types_of(wanted: &Prices, pools: &[Pool]) -> BTreeSet<String> {
    let types = pools.iter().map(|pool| &pool.instance_type);
    types
        .chain(&wanted.on_demand_instance_type)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::wanted, *};

    fn pools(types: &[&str]) -> Vec<Pool> {
        let pool = |instance_type: &&str| Pool {
            instance_type: (*instance_type).to_owned(),
            availability_zone: "us-east-1a".to_owned(),
        };
        types.iter().map(pool).collect()
    }

    fn found(types: &[&str], more: &[&str]) -> Result<OnDemand> {
        let wanted = wanted(more);
        let types = types_of(&wanted, &pools(types));
        let given = given(&wanted.on_demand_price, &types)?;
        let names: Vec<_> = types.iter().cloned().collect();
        let found = on_demand::of_table("us-east-1", &names, "Linux/UNIX");
        of(&wanted, given, found, &types)
    }

    const BOTH: [&str; 2] = ["g4dn.xlarge", "g5.xlarge"];

    #[test]
    fn each_type_has_its_own_price_and_where_it_comes_from() {
        let of_both = found(&BOTH, &["--on-demand-price", "g5.xlarge=1.1"]).unwrap();
        let usd = |name| of_both.usd(name).to_string();
        assert_eq!(
            (usd("g4dn.xlarge"), usd("g5.xlarge")),
            ("0.526".into(), "1.1".into())
        );
        let told = of_both.sentence();
        for part in [
            "g4dn.xlarge 0.526 USD per hour (the built-in table of 2026-08)",
            "g5.xlarge 1.1 USD per hour (--on-demand-price)",
            "launches g4dn.xlarge, which costs least; --on-demand-instance-type names another",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn what_the_group_launches_may_be_named() {
        let option = ["--on-demand-instance-type", "g5.xlarge"];
        let of_both = found(&BOTH, &option).unwrap();
        assert_eq!(of_both.instance_type, "g5.xlarge");
        // It need not be among the types that have spot prices.
        let of_one = found(&["g4dn.xlarge"], &option).unwrap();
        assert_eq!(of_one.prices.len(), 2);
        assert_eq!(found(&["g4dn.xlarge"], &[]).unwrap().because, None);
    }

    #[test]
    fn a_price_of_no_certain_type_is_refused() {
        for (types, options, part) in [
            (
                &BOTH[..],
                &["--on-demand-price", "0.5"][..],
                "g4dn.xlarge=USD,g5.xlarge=USD",
            ),
            (&["a.b"], &[], "the on-demand price of a.b is not known"),
            (&["a.b", "g5.xlarge"], &[], "--on-demand-price a.b=USD"),
            (
                &BOTH,
                &["--on-demand-price", "p3.2xlarge=1"],
                "--on-demand-price is p3.2xlarge=1; it should be the price of one of g4dn.xlarge, g5.xlarge",
            ),
            (
                &["g5.xlarge"],
                &["--on-demand-price", "1,g5.xlarge=2"],
                "--on-demand-price is 1 and 2 for g5.xlarge; it should be one price for each type",
            ),
        ] {
            let error = found(types, options).unwrap_err().to_string();
            assert!(error.contains(part), "{part} in {error}");
        }
        assert_eq!(
            found(&["a.b"], &["--on-demand-price", "1"])
                .unwrap()
                .usd("a.b"),
            Decimal::ONE
        );
    }
}
