//! A stack of workers, read: its two groups and its queue by their logical ids, what the groups
//! launch and where, and the policies attached to them.

mod error;
mod groups;
mod images;
mod launch;
mod pair;
mod policy;
mod resources;
mod source;
mod stack_group;
mod stack_tree;
#[cfg(test)]
mod testing;
mod usable;
mod zones;

use spotmanager_aws::{SdkConfig, auto_scaling, launch_templates, stacks};

pub use error::WorkersError;
pub use groups::describe;
pub use images::image_ids;
pub use launch::launch_of;
pub use pair::{Pair, Resources, find, find_each, stack_tree};
pub use policy::{Policies, select};
pub use resources::{AUTO_SCALING_GROUP, ListedResource, NamedResource, QUEUE, ResourceSetting};
pub use stack_group::read_groups;
pub use stack_tree::StackTree;
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
