//! The region of the prices: a group launches in one.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use spotmanager_domain::price::Pool;

/// The region of all pools.
///
/// # Errors
/// When there are several, or prices there are not in USD.
pub(super) fn of(pools: &[Pool]) -> Result<String> {
    let zones = pools.iter().map(|pool| pool.availability_zone.as_str());
    let regions: BTreeSet<_> = zones.map(region_of).collect();
    let names = || regions.iter().cloned().collect::<Vec<_>>().join(", ");
    ensure!(
        regions.len() <= 1,
        "the prices are of {}; a group launches in one region: name its zones with --availability-zone",
        names()
    );
    // See <https://www.amazonaws.cn/en/ec2/pricing/>.
    ensure!(
        !regions.iter().any(|region| region.starts_with("cn-")),
        "prices in {} are in CNY; they should be in USD, as every figure here is",
        names()
    );
    Ok(regions.into_iter().next().unwrap_or_default())
}

/// What is to be said of zones that are not the region's own, if there are some.
pub(super) fn note(pools: &[Pool]) -> Option<String> {
    let zones = pools.iter().map(|pool| pool.availability_zone.as_str());
    let others: BTreeSet<_> = zones.filter(|zone| is_local(zone)).collect();
    let others: Vec<_> = others.into_iter().collect();
    (!others.is_empty()).then(|| {
        format!(
            "the on-demand prices are those of the region; in {} they differ: --on-demand-price",
            others.join(", ")
        )
    })
}

/// Whether it is a Local Zone or a Wavelength Zone.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>.
fn is_local(availability_zone: &str) -> bool {
    availability_zone != region_of(availability_zone)
        && !availability_zone
            .strip_prefix(&region_of(availability_zone))
            .is_some_and(|letter| letter.len() == 1 || letter.starts_with("-az"))
}

/// `eu-west-1` of `eu-west-1a`, `use1` of the zone id `use1-az1`, and `us-west-2` of a Local Zone such as `us-west-2-lax-1a`.
fn region_of(availability_zone: &str) -> String {
    if let Some((region, _)) = availability_zone.split_once("-az") {
        return region.to_owned();
    }
    let mut region = Vec::new();
    for part in availability_zone.split('-') {
        if part.starts_with(|first: char| first.is_ascii_digit()) {
            region.push(part.trim_end_matches(|letter: char| letter.is_ascii_lowercase()));
            break;
        }
        region.push(part);
    }
    region.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools(zones: &[&str]) -> Vec<Pool> {
        let pool = |zone: &&str| Pool {
            instance_type: "g4dn.xlarge".to_owned(),
            availability_zone: (*zone).to_owned(),
        };
        zones.iter().map(pool).collect()
    }

    #[test]
    fn a_region_is_its_zones() {
        for (zones, region) in [
            (&["eu-west-1a", "eu-west-1b"][..], "eu-west-1"),
            (&["us-west-2a", "us-west-2-lax-1a"], "us-west-2"),
            (&["us-gov-east-1c"], "us-gov-east-1"),
            (&["use1-az1", "use1-az2"], "use1"),
            (&[], ""),
        ] {
            assert_eq!(of(&pools(zones)).unwrap(), region);
        }
    }

    #[test]
    fn zones_with_prices_of_their_own_are_named() {
        assert_eq!(note(&pools(&["us-west-2a", "use1-az1", "a"])), None);
        let told = note(&pools(&["us-west-2a", "us-west-2-lax-1a"])).unwrap();
        assert!(told.contains("in us-west-2-lax-1a they differ"), "{told}");
    }

    #[test]
    fn several_regions_and_other_money_are_refused() {
        for (zones, part) in [
            (&["eu-west-1a", "us-east-1a"][..], "eu-west-1, us-east-1"),
            (&["cn-north-1b"], "CNY"),
        ] {
            let error = of(&pools(zones)).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
