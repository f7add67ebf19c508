//! *evaluate*: prices against the limit, and the verdict.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotmanager_decision::{price::Window, verdict::Evaluation};

use crate::{Discovery, Execution};

/// The input of *evaluate*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluateInput {
    /// The execution.
    pub execution: Execution,
    /// What was discovered.
    pub discovery: Discovery,
    /// The end of the price window, UTC; absent means now. Lets an old decision be replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_end: Option<Timestamp>,
}

/// The output of *evaluate*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluateOutput {
    /// The verdict, the limit and the price of every pool.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// The time over which prices were averaged.
    pub window: Window,
    /// The product description that prices were asked for.
    pub product_description: String,
    /// Price records that EC2 sent without a credible price.
    pub rejected_samples: usize,
}
