//! The longest chain of each program's calls of which each needs what the one before told. No
//! program can take less than the time of these calls one after the other.

use anyhow::{Result, ensure};

use crate::subject::ORIGINAL;

/// The chains, in the order of a decision. Of calls that run side by side one stands for all.
const CHAINS: [(&str, &[&str]); 6] = [
    ("start", &["StartExecution"]),
    (
        "discover",
        &[
            "ListStackResources",
            "ListStackResources",
            "DescribeAutoScalingGroups",
            "DescribeSubnets",
        ],
    ),
    ("evaluate", &["DescribeSpotPriceHistory"]),
    ("scale", &["DescribeAutoScalingGroups", "ExecutePolicy"]),
    ("verify", &["DescribeAutoScalingGroups"]),
    // It makes one call after the other, also those that could run side by side.
    (
        ORIGINAL,
        &[
            "DescribeStackResource",
            "DescribeStackResource",
            "DescribeAutoScalingGroups",
            "DescribeSpotPriceHistory",
            "ExecutePolicy",
        ],
    ),
];

/// The chain of a program, which must be among the calls that it made.
pub(crate) fn of(program: &str, calls: &[String]) -> Result<&'static [&'static str]> {
    let chain = CHAINS
        .iter()
        .find(|(name, _)| *name == program)
        .map_or(&[][..], |(_, chain)| *chain);
    let mut left = calls.iter();
    for call in chain {
        ensure!(
            left.any(|called| called == call),
            "{program} does not call {call} as its chain says, but {calls:?}"
        );
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_found_among_the_calls_or_refused() {
        let calls = ["DescribeAutoScalingGroups", "Describe…", "ExecutePolicy"];
        let calls = calls.map(str::to_owned);
        assert_eq!(of("scale", &calls).unwrap().len(), 2);
        assert!(of("scale", &calls[1..]).is_err());
        assert!(of("discover", &calls).is_err());
    }
}
