//! The settings: one row each. Everything else about a setting follows from its row.
//!
//! A row is a sentence, then `name: type = default, what it may be, which commands have it as an
//! option`. The sentence is the description of the parameter, of the Terraform variable and of the
//! option. `cargo xtask reference` writes what the templates and the reference hold.

use crate::price::HIGHEST_CREDIBLE_PRICE;
use rust_decimal::Decimal;

use super::{
    LaunchBy, MOST_CAPACITY_TIMEOUT_SECONDS,
    declare::settings,
    setting::{Unit, Values, above_zero, at_least, between, seconds},
};

settings! {
    Workers {
        /// Logical id of the spot group; ids of nested stacks may precede it (stackGPU/asgGPUSpot),
        /// a bare id is looked for in nested stacks too.
        spot_group_logical_id: String = "asgGPUSpot", Values::LogicalId, Everywhere;
        /// Logical id of the on-demand group, in the same form.
        on_demand_group_logical_id: String = "asgGPU", Values::LogicalId, Everywhere;
        /// What the name of each group's scale-up policy contains.
        scale_up_policy_name_contains: String = "ScaleUp", Values::PartOf("the scale-up policy's name"), Everywhere;
        /// Logical id of the SQS queue that the jobs wait in, in the same form; empty for one
        /// instance per alarm.
        queue_logical_id: String = "", Values::LogicalIdOrEmpty, Everywhere;
    }
    Decision {
        /// How far below the maximum price the average spot price must be, percent.
        // At 100 no price above 0 would be within the limit.
        safety_margin_percent: Decimal = 15, between(Unit::Percent, 0..=99), Everywhere;
        /// The most that spot may cost, percent of the on-demand price of the same instance type.
        maximum_percent_of_on_demand: Option<Decimal> = None, above_zero(Unit::Percent, Decimal::ONE_HUNDRED), Everywhere;
        /// The lowest spot placement score of a zone, 1 to 10; 0 for not asking. EC2 gives fewer
        /// than three instance types a low score.
        minimum_placement_score: u8 = 0, between(Unit::Score, 0..=10), Run;
        /// How far back spot prices are averaged, seconds.
        // EC2 keeps 90 days of prices.
        price_window_seconds: u32 = 3_600, seconds(60..=7_776_000), Run;
        /// EC2's product description of the spot price.
        product_description: String = "Linux/UNIX", Values::Text, Everywhere;
        /// For how long a failed spot launch excludes its Availability Zone, seconds; 0 for never.
        launch_failure_window_seconds: u32 = 900, seconds(0..=86_400), Run;
    }
    Scaling {
        /// How an alarm asks a group for capacity: scaling-policy executes its scale-up policy once;
        /// desired-capacity raises its DesiredCapacity by what the queue needs, or by one without a
        /// queue; automatic does the second with a queue, and the first otherwise; launch-instances
        /// launches as many instances by LaunchInstances, zone by zone, if the group allows it and the
        /// rights are granted, and otherwise raises DesiredCapacity. Whatever it is, a return to spot
        /// raises DesiredCapacity.
        launch_by: LaunchBy = LaunchBy::Automatic, Values::OneOf(LaunchBy::WORDS), Run;
        /// The most instances that both groups may have together, units if they weigh their instance
        /// types.
        maximum_capacity_of_both_groups: Option<u32> = None, between(Unit::Instances, 1..=1_000_000), Run;
        /// Whether a scale-up by a policy waits until the group's cooldown is over.
        honor_cooldown: bool = true, Values::Flag, Everywhere;
        /// Whether nothing is scaled, and executions only say which call they would have made.
        dry_run: bool = false, Values::Flag, Nowhere;
        /// How long to wait between two checks for capacity, seconds; at most 2,000 checks fit into
        /// both timeouts.
        verify_interval_seconds: u32 = 15, seconds(1..=600), Run;
        /// How long spot may take to bring capacity into service, seconds.
        spot_capacity_timeout_seconds: u32 = 300, seconds(1..=MOST_CAPACITY_TIMEOUT_SECONDS), Run;
        /// How long on-demand may take, seconds.
        on_demand_capacity_timeout_seconds: u32 = 600, seconds(1..=MOST_CAPACITY_TIMEOUT_SECONDS), Run;
    }
    Rounds {
        /// How many jobs may wait for each instance; above it more instances are asked for.
        target_backlog_per_instance: Decimal = 10, at_least(Unit::Jobs, Decimal::from_parts(1, 0, 0, false, 2)), Nowhere;
        /// How often one alarm may ask for instances.
        max_rounds: u32 = 10, between(Unit::Rounds, 1..=1_000), Nowhere;
        /// For how long after the first time more instances may be asked for, seconds.
        rounds_timeout_seconds: u32 = 3_600, seconds(0..=86_400), Nowhere;
    }
    Execution {
        /// The maximum spot price, USD per instance-hour, over the group's own.
        maximum_spot_price_usd: Option<Decimal> = None, above_zero(Unit::Usd, HIGHEST_CREDIBLE_PRICE), Run;
    }
}
