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

mod alarm_metrics;
mod alarms;
mod authorization;
mod auto_scaling;
mod calls;
mod cbor_reply;
mod empty_page;
mod emulator;
mod error;
mod error_reply;
mod exchanges;
mod faults;
mod front;
mod functions;
mod json_reply;
mod local_aws;
mod market;
mod page;
mod placement_scores;
mod price_list;
mod price_list_entry;
mod reply;
mod request;
pub mod runtime_api;
mod service_event;
mod spot_price_history;
mod throttling;
mod wire;
mod xml;

pub use calls::RecordedCall;
pub use error::LocalAwsError;
pub use faults::Fault;
pub use local_aws::{LocalAws, LocalAwsOptions};
pub use market::{Market, PriceChange, Purchase};
pub use throttling::{RATE_LIMITS, RateLimit, ThrottledCalls};
