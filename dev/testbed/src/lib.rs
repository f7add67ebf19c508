//! Deploys SpotManager as it is in `infra/` and `statemachine/`, and looks at what it does.
//!
//! The demo and the end-to-end tests share it: they differ only in what they play.

mod alarm;
mod artifacts;
mod check;
mod checkout;
mod deployed;
#[cfg(test)]
mod events;
mod executions;
mod groups;
mod inbox;
mod local_aws;
mod poll;
mod queue;
mod stacks;
mod stage;
mod suite;

pub use alarm::TestAlarm;
pub use artifacts::{BUCKET, create_bucket, put_object, upload, write_package};
pub use check::{FunctionAnswer, as_json, expect, expect_output, expect_refusal, expect_schema};
pub use checkout::Checkout;
pub use deployed::{SpotManager, Workers};
pub use executions::Executions;
pub use groups::{GroupSize, group_size, wait_for_size};
pub use inbox::Inbox;
pub use local_aws::{local_aws_options, sdk_config};
pub use poll::poll;
pub use queue::Queue;
pub use spotmanager_artifacts::{ARCHITECTURE, FUNCTIONS};
pub use spotmanager_aws::execution_history::ExecutionHistory;
pub use stacks::{Stack, create_stack};
pub use stage::Stage;
pub use suite::{Suite, run, run_at};
