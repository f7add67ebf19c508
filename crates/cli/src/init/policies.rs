//! What the names of the scale-up policies have in common.

use convert_case::{Boundary, split};
use spotmanager_discover::workers::{Pair, WorkersError};
use spotmanager_domain::{
    Settings,
    resources::{Policy, StackGroup},
};

use super::assumption::Assumption;
use crate::setting_names::option;

/// Where words of a policy's name begin. Digits begin none, so that what CloudFormation appends to
/// a name stays whole, and is alike in no two names.
const BOUNDARIES: [Boundary; 4] = [
    Boundary::Hyphen,
    Boundary::Underscore,
    Boundary::LowerUpper,
    Boundary::Acronym,
];

const PARAMETER: &str = "ScaleUpPolicyNameContains";

/// What the names of both groups' scale-up policies contain: what is given, else the default where
/// it names the policies, else the most words that name them, else the default with what is wrong
/// with it.
pub(super) fn scale_up(
    spot: Option<&StackGroup>,
    on_demand: Option<&StackGroup>,
    given: Option<&str>,
) -> Assumption {
    if let Some(given) = given {
        return Assumption::given(PARAMETER, given);
    }
    let default = Settings::default().scale_up_policy_name_contains;
    let (Some(spot), Some(on_demand)) = (spot, on_demand) else {
        let because = "a group is gone, so no policy was read";
        return Assumption::default(PARAMETER, default, because);
    };
    let refused = match named(spot, on_demand, &default) {
        Ok(because) => return Assumption::found(PARAMETER, default, because),
        Err(error) => error,
    };
    for text in common(&spot.policies, &on_demand.policies) {
        if let Ok(because) = named(spot, on_demand, text) {
            return Assumption::found(PARAMETER, text, because);
        }
    }
    let because = format!("which does not do: {}", refused.renamed(option));
    Assumption::default(PARAMETER, default, because)
}

/// Which policies have the text in their names.
fn named(spot: &StackGroup, on_demand: &StackGroup, text: &str) -> Result<String, WorkersError> {
    let selected = Pair { spot, on_demand }.scale_up_policies(text)?;
    Ok(format!(
        "{} and {} have it in their names",
        selected.spot.policy_name, selected.on_demand.policy_name
    ))
}

/// Every run of words that a policy's name of each group contains, the longest first.
fn common<'a>(of_one: &'a [Policy], of_other: &[Policy]) -> Vec<&'a str> {
    let mut runs: Vec<_> = of_one
        .iter()
        .flat_map(|policy| runs(&policy.name))
        .filter(|run| of_other.iter().any(|policy| policy.name.contains(run)))
        .collect();
    runs.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
    runs.dedup();
    runs
}

/// Every run of whole words of a name.
fn runs(name: &str) -> Vec<&str> {
    let mut end_of_last = 0;
    let words: Vec<_> = split(&name, &BOUNDARIES)
        .into_iter()
        .filter(|word| !word.is_empty())
        .filter_map(|word| {
            let begin = end_of_last + name[end_of_last..].find(word)?;
            end_of_last = begin + word.len();
            Some((begin, end_of_last))
        })
        .collect();
    let pairs = words
        .iter()
        .enumerate()
        .flat_map(|(first, (begin, _))| words[first..].iter().map(|(_, end)| (*begin, *end)));
    pairs
        .filter_map(|(begin, end)| name.get(begin..end))
        .collect()
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::Market;

    use super::*;
    use crate::init::{
        assumption::Basis,
        testing::{group, policy},
    };

    /// A group whose policies change it by so much.
    fn with(market: Market, policies: &[(&str, i32)]) -> StackGroup {
        let policies = policies.iter().map(|(name, by)| policy(name, *by));
        StackGroup {
            policies: policies.collect(),
            ..group("asg", market)
        }
    }

    fn chosen(spot: &[(&str, i32)], on_demand: &[(&str, i32)]) -> Assumption {
        let spot = with(Market::Spot, spot);
        let on_demand = with(Market::OnDemand, on_demand);
        scale_up(Some(&spot), Some(&on_demand), None)
    }

    #[test]
    fn the_default_is_kept_where_it_names_the_policies() {
        let chosen = chosen(
            &[("farm-spotScaleUp-1A", 1), ("farm-spotScaleDown-2B", -1)],
            &[("farm-asgScaleUp-3C", 1), ("farm-asgScaleDown-4D", -1)],
        );
        assert_eq!(chosen.value, "ScaleUp");
        assert_eq!(chosen.basis, Basis::Found);
    }

    #[test]
    fn the_most_words_are_found_that_name_them_and_no_part_of_what_is_appended() {
        let chosen = chosen(
            &[
                ("farm-spotGrowByOne-1AX", 1),
                ("farm-spotShrinkByOne-2B", -1),
            ],
            &[("farm-asgGrowByOne-1AY", 1), ("farm-asgShrinkByOne-4D", -1)],
        );
        assert_eq!(chosen.value, "GrowByOne");
    }

    #[test]
    fn where_no_words_name_them_the_default_says_why() {
        let chosen = chosen(&[("spotUp", 1)], &[("more", 1)]);
        assert_eq!(chosen.value, "ScaleUp");
        assert_eq!(chosen.basis, Basis::Default);
        let because = &chosen.because;
        assert!(
            because.contains("--scale-up-policy-name-contains"),
            "{because}"
        );
    }

    #[test]
    fn runs_are_of_whole_words() {
        assert_eq!(
            runs("asgGPUUp-1A2"),
            [
                "asg",
                "asgGPU",
                "asgGPUUp",
                "asgGPUUp-1A2",
                "GPU",
                "GPUUp",
                "GPUUp-1A2",
                "Up",
                "Up-1A2",
                "1A2",
            ]
        );
    }
}
