//! What a group launches with, and why it cannot.

/// What a group launches with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaunchKind {
    /// A launch template.
    LaunchTemplate,
    /// A launch configuration, by its name.
    LaunchConfiguration(String),
    /// A mixed instances policy.
    MixedInstancesPolicy,
    /// Nothing.
    Nothing,
}

/// Why a group cannot launch as it is meant to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchProblem {
    /// What decides on the fix.
    pub cause: LaunchCause,
    /// Field, what it is and what it should be, in a sentence.
    pub sentence: String,
}

/// The cause, which has a fix of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaunchCause {
    /// The tag `SpotPrice` is no price.
    PriceTag,
    /// A maximum price that stands elsewhere is none.
    Price,
    /// No launch source is named.
    Nothing,
    /// What is named was deleted.
    Gone,
    /// No instance type is named.
    NoInstanceType,
    /// Auto Scaling chooses the types by their attributes.
    ByAttributes,
    /// A mixed instances policy buys in the other market too: the percentage of on-demand that it
    /// should have.
    Share {
        /// Percent.
        on_demand_percentage: i32,
    },
    /// A launch template has no spot options.
    NoMarketOptions {
        /// The template's id.
        template_id: String,
        /// The version that the group names.
        version: String,
    },
    /// The on-demand group's launch template asks for spot.
    MarketOptions,
    /// A launch configuration buys in the other market.
    Configuration,
}
