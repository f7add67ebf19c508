//! The local AWS: an emulator process, and in front of it what the emulator lacks.
//!
//! Everything talks to the [front](LocalAws::endpoint_url): the demo, the tests, the AWS CLI and
//! the functions that the emulator runs. The front serves Auto Scaling's capacity, EC2's spot
//! prices and placement scores, the price list and CloudWatch's alarms on queues; it passes every
//! other call to the emulator. It tells EventBridge's default bus of interruptions and failed
//! launches. It is a test double: nothing of it is deployed or linked into a function.
//!
//! IAM is enforced: a function runs under its role, the services under theirs and what policies of
//! topics, queues and functions let in. The access key `test` is the account's root.
//!
//! Durations of AWS (cooldowns, periods, the time to launch) pass `time_scale` times as fast.

mod control;
mod emulator;
mod error;
mod front;
mod local_aws;
pub mod runtime_api;
mod services;

pub use control::calls::RecordedCall;
pub use control::faults::Fault;
pub use control::launch_rules::{AboveMaxSize, LaunchRules};
pub use control::market::{Market, PriceChange, Purchase};
pub use control::throttling::{RATE_LIMITS, RateLimit, ThrottledCalls};
pub use error::LocalAwsError;
pub use local_aws::{LocalAws, LocalAwsOptions};
