//! AWS, in the terms of the domain: each module wraps the calls of one subject.

mod access;
#[cfg(feature = "sts")]
pub mod account;
#[cfg(feature = "cloudwatch")]
pub mod alarm_tags;
#[cfg(feature = "cloudwatch")]
pub mod alarms;
#[cfg(feature = "autoscaling")]
pub mod auto_scaling;
#[cfg(feature = "cloudformation")]
pub mod change_sets;
mod config;
#[cfg(feature = "sqs")]
pub mod dead_letters;
mod endpoints;
mod error;
#[cfg(feature = "eventbridge")]
pub mod event_rules;
#[cfg(feature = "sfn")]
pub mod execution_history;
#[cfg(feature = "sfn")]
pub mod executions;
#[cfg(feature = "sfn")]
pub mod failed_executions;
#[cfg(feature = "lambda")]
pub mod functions;
mod http_client;
#[cfg(feature = "iam")]
pub mod instance_profiles;
#[cfg(feature = "lambda")]
pub mod invocations;
mod launch_settings;
#[cfg(feature = "ec2")]
pub mod launch_templates;
#[cfg(feature = "ec2")]
pub mod launched_instances;
mod no_message;
#[cfg(feature = "s3")]
pub mod objects;
#[cfg(feature = "pricing")]
pub mod on_demand_prices;
#[cfg(feature = "ec2")]
pub mod placement_scores;
#[cfg(feature = "pricing")]
mod price_list_entry;
mod profiles;
mod proxied;
mod proxy_variables;
#[cfg(feature = "sqs")]
pub mod queue_depth;
#[cfg(feature = "sqs")]
pub mod queues;
#[cfg(feature = "eventbridge")]
pub mod reports;
#[cfg(feature = "iam")]
pub mod role_rights;
#[cfg(feature = "scheduler")]
pub mod schedules;
#[cfg(feature = "ec2")]
pub mod spot_prices;
#[cfg(feature = "cloudformation")]
pub mod stack_events;
#[cfg(feature = "cloudformation")]
pub mod stacks;
#[cfg(feature = "sfn")]
pub mod state_machines;
#[cfg(feature = "ec2")]
pub mod subnets;
#[cfg(feature = "sns")]
pub mod subscriptions;
#[cfg(any(
    feature = "autoscaling",
    feature = "cloudwatch",
    feature = "ec2",
    feature = "sfn"
))]
mod time;
#[cfg(feature = "sns")]
pub mod topics;
#[cfg(feature = "ec2")]
pub mod zones;

pub use access::{Access, AccessError, load_as};
pub use aws_config::SdkConfig;
pub use config::load;
pub use error::AwsError;
pub use http_client::http_client;
pub use launch_settings::LaunchSettings;
pub use profiles::ProfileError;
pub use proxy_variables::ProxyVariableError;
