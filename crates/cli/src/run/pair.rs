//! Which of a stack's pairs a decision is made for: of several, the one whose groups are named, and
//! never one group of each.

use spotmanager_discover::workers::Pair;
use spotmanager_domain::{SettingError, Settings, SettingsOverride, WorkerPair};

/// The pair that `given` names, of those that the stack has under the deployment's settings.
///
/// # Errors
/// [`SettingError`] lists the pairs if it is open which is meant, or if `given` names one group that
/// is in none.
pub(super) fn choose(
    stack_name: &str,
    pairs: &[WorkerPair],
    deployed: &Settings,
    given: &SettingsOverride,
) -> Result<WorkerPair, SettingError> {
    let given_spot = given.spot_group_logical_id.as_deref();
    let given_on_demand = given.on_demand_group_logical_id.as_deref();
    let fits = |pair: &&WorkerPair| {
        let ids = ids(pair, deployed);
        given_spot.is_none_or(|given| is_same(given, ids.spot))
            && given_on_demand.is_none_or(|given| is_same(given, ids.on_demand))
    };
    let fitting: Vec<_> = pairs.iter().filter(fits).collect();
    match fitting[..] {
        [pair] => Ok(pair.clone()),
        // Both groups are named, so that nothing is left open.
        [] if given_spot.is_some() && given_on_demand.is_some() => Ok(WorkerPair::of(stack_name)),
        _ => {
            let (field, found) = match (given_spot, given_on_demand) {
                (Some(spot), _) => ("--spot-group-logical-id", spot),
                (None, Some(on_demand)) => ("--on-demand-group-logical-id", on_demand),
                (None, None) => ("--spot-group-logical-id", "missing"),
            };
            let of_pair = |pair: &WorkerPair| {
                let ids = ids(pair, deployed);
                format!("{} with {}", ids.spot, ids.on_demand)
            };
            let listed: Vec<_> = pairs.iter().map(of_pair).collect();
            let expected = format!(
                "a group of one of the pairs {}; or give --spot-group-logical-id and --on-demand-group-logical-id",
                listed.join(", ")
            );
            Err(SettingError::new(field, found, expected))
        }
    }
}

/// A pair's groups by their logical ids.
fn ids<'a>(pair: &'a WorkerPair, deployed: &'a Settings) -> Pair<&'a str> {
    Pair {
        spot: pair.spot_group_logical_id(&deployed.spot_group_logical_id),
        on_demand: pair.on_demand_group_logical_id(&deployed.on_demand_group_logical_id),
    }
}

/// Whether both name one group: a bare id is found in nested stacks too.
fn is_same(one: &str, other: &str) -> bool {
    let ends = |path: &str, id: &str| {
        path.strip_suffix(id)
            .is_some_and(|rest| rest.ends_with('/'))
    };
    one == other || ends(one, other) || ends(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(spot: Option<&str>, on_demand: Option<&str>) -> WorkerPair {
        WorkerPair {
            settings: given(spot, on_demand),
            ..WorkerPair::of("farm")
        }
    }

    fn given(spot: Option<&str>, on_demand: Option<&str>) -> SettingsOverride {
        SettingsOverride {
            spot_group_logical_id: spot.map(str::to_owned),
            on_demand_group_logical_id: on_demand.map(str::to_owned),
            ..SettingsOverride::default()
        }
    }

    fn chosen(spot: Option<&str>, on_demand: Option<&str>) -> Result<Option<String>, String> {
        let pairs = [pair(Some("gpu/bigSpot"), Some("gpu/big")), pair(None, None)];
        choose(
            "farm",
            &pairs,
            &Settings::default(),
            &given(spot, on_demand),
        )
        .map(|pair| pair.settings.spot_group_logical_id)
        .map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_group_that_is_named_brings_its_pair() {
        let big = Some("gpu/bigSpot".to_owned());
        for (spot, on_demand) in [
            (Some("gpu/bigSpot"), None),
            (Some("bigSpot"), None),
            (None, Some("big")),
            (Some("bigSpot"), Some("gpu/big")),
        ] {
            assert_eq!(chosen(spot, on_demand), Ok(big.clone()));
        }
        assert_eq!(chosen(Some("asgGPUSpot"), None), Ok(None));
        assert_eq!(chosen(Some("own"), Some("others")), Ok(None));
    }

    #[test]
    fn what_is_open_or_crosses_pairs_lists_them() {
        let crossed = chosen(Some("other"), None).unwrap_err();
        let open = chosen(None, None).unwrap_err();
        for (refused, found) in [(crossed, "\"other\""), (open, "\"missing\"")] {
            for part in [
                "--spot-group-logical-id",
                found,
                "gpu/bigSpot with gpu/big, asgGPUSpot with asgGPU",
                "--on-demand-group-logical-id",
            ] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }

    #[test]
    fn the_only_pair_is_taken() {
        let pairs = [pair(None, None)];
        let chosen = choose("farm", &pairs, &Settings::default(), &given(None, None));
        assert_eq!(chosen, Ok(pair(None, None)));
    }
}
