//! A stack of workers, read: its two groups and its queue by their logical ids, what the groups
//! launch and where, and the policies that hang on them.

mod error;
mod groups;
mod images;
mod launch;
mod launch_problem;
mod policy;
mod resources;
mod source;
#[cfg(test)]
mod testing;
mod usable;
mod zones;

use spotmanager_aws::{SdkConfig, auto_scaling, launch_templates, stacks};

pub use error::WorkersError;
pub use groups::{check_distinct, describe};
pub use images::image_ids;
pub use launch::{Launch, market, of_on_demand_group, of_spot_group};
pub use launch_problem::LaunchProblem;
pub use policy::{Policies, select, select_scale_down};
pub use resources::{AUTO_SCALING_GROUP, Found, Listed, QUEUE, StackTree, Wanted};
pub use zones::zones_of;

/// The services that are asked.
#[derive(Debug)]
pub struct Clients {
    /// Groups, policies and launch configurations.
    pub auto_scaling: auto_scaling::Client,
    /// Stacks and their resources.
    pub cloud_formation: stacks::Client,
    /// Launch templates and subnets.
    pub ec2: launch_templates::Client,
}

impl Clients {
    /// The services in the account and region of `config`.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            auto_scaling: auto_scaling::Client::new(config),
            cloud_formation: stacks::Client::new(config),
            ec2: launch_templates::Client::new(config),
        }
    }
}
