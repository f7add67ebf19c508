//! What of a group's launch source cannot be used: each cause names the field, what it is and what
//! it should be.

use crate::PriceSource;
use thiserror::Error;

/// Why a group cannot launch as it is meant to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LaunchProblem {
    /// The maximum price is no price.
    #[error(
        "the maximum price of {group} is {found:?} in {found_in}; it should be a price above 0 in USD per instance-hour"
    )]
    Price {
        /// The group's name.
        group: String,
        /// What stands there.
        found: String,
        /// The tag, launch template or policy in which it stands.
        found_in: String,
        /// Which of these it is.
        source_kind: PriceSource,
    },
    /// The group names no launch source at all.
    #[error(
        "{group} names no launch template, launch configuration or mixed instances policy; it should name a launch template"
    )]
    Nothing {
        /// The group's name.
        group: String,
    },
    /// The launch template or launch configuration was deleted.
    #[error(
        "{group} launches with {source_label}, which does not exist; it should name one that does"
    )]
    Gone {
        /// The group's name.
        group: String,
        /// Which one.
        source_label: String,
    },
    /// No instance type is named.
    #[error(
        "InstanceType of {source_label}, with which {group} launches, is missing; it should name an instance type, or the tag SpotType should"
    )]
    NoInstanceType {
        /// The group's name.
        group: String,
        /// What it launches with.
        source_label: String,
    },
    /// Auto Scaling chooses the types by their attributes, so that no price can be asked for.
    #[error(
        "{group} launches with {source_label}, which has InstanceRequirements and so names no instance type; the tag SpotType should name those whose prices count"
    )]
    ByAttributes {
        /// The group's name.
        group: String,
        /// What it launches with.
        source_label: String,
    },
    /// A mixed instances policy buys a part, or all, in the other market.
    #[error(
        "{group} launches with {source_label}, whose {field} is {found}; it should be {expected}"
    )]
    Share {
        /// The group's name.
        group: String,
        /// What it launches with.
        source_label: String,
        /// `OnDemandBaseCapacity` or `OnDemandPercentageAboveBaseCapacity`.
        field: &'static str,
        /// What it is: instances, or percent.
        found: i32,
        /// What it should be.
        expected: i32,
    },
    /// The spot group's launch template has no spot options.
    #[error(
        "MarketType in InstanceMarketOptions of {source_label}, with which {group} launches, is missing, so that it buys on-demand; it should be spot"
    )]
    NoMarketOptions {
        /// The group's name.
        group: String,
        /// Which template.
        source_label: String,
        /// The template's id.
        template_id: String,
        /// The version that the group names.
        version: String,
    },
    /// The on-demand group's launch template asks for spot.
    #[error(
        "MarketType in InstanceMarketOptions of {source_label}, with which {group} launches, is spot; an on-demand group's should be missing"
    )]
    MarketOptions {
        /// The group's name.
        group: String,
        /// Which template.
        source_label: String,
    },
    /// The spot group's launch configuration names no price.
    #[error(
        "SpotPrice of {source_label}, with which {group} launches, is missing, so that it buys on-demand; it should be the most that it may pay, in USD per instance-hour"
    )]
    NoSpotPrice {
        /// The group's name.
        group: String,
        /// Which launch configuration.
        source_label: String,
    },
    /// The on-demand group's launch configuration names a price.
    #[error(
        "SpotPrice of {source_label}, with which {group} launches, is {found:?}, so that it buys spot; an on-demand group's should be missing"
    )]
    SpotPrice {
        /// The group's name.
        group: String,
        /// Which launch configuration.
        source_label: String,
        /// What stands there.
        found: String,
    },
}

impl LaunchProblem {
    /// Whether the group buys, all or in part, in the other market.
    #[must_use]
    pub fn is_wrong_market(&self) -> bool {
        match self {
            Self::Share { .. }
            | Self::NoMarketOptions { .. }
            | Self::MarketOptions { .. }
            | Self::NoSpotPrice { .. }
            | Self::SpotPrice { .. } => true,
            Self::Price { .. }
            | Self::Nothing { .. }
            | Self::Gone { .. }
            | Self::NoInstanceType { .. }
            | Self::ByAttributes { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_buys_in_the_other_market_is_told_from_one_that_cannot_be_read() {
        let (group, source_label) = ("farm".to_owned(), "lt-1".to_owned());
        let gone = LaunchProblem::Gone {
            group: group.clone(),
            source_label: source_label.clone(),
        };
        let no_price = LaunchProblem::NoSpotPrice {
            group,
            source_label,
        };
        assert!(no_price.is_wrong_market() && !gone.is_wrong_market());
    }
}
