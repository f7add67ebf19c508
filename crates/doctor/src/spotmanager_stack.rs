//! The stack of SpotManager itself.

use spotmanager_domain::WorkerPairs;
use wildmatch::WildMatch;

use crate::NotRead;

/// What is known of the stack of SpotManager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpotManagerStack {
    /// Nobody asked for it.
    NotAsked,
    /// There is none of this name.
    Missing(String),
    /// There is one, and CloudFormation has not made it, or has not finished.
    NotReady {
        /// Its name.
        stack_name: String,
        /// Its status, such as `REVIEW_IN_PROGRESS`.
        status: String,
    },
    /// It could not be read.
    NotRead {
        /// Its name.
        stack_name: String,
        /// Why not.
        why: NotRead,
    },
    /// It is there.
    Found(Deployment),
}

impl SpotManagerStack {
    /// The deployment, where it is there.
    pub(crate) fn found(&self) -> Option<&Deployment> {
        match self {
            Self::Found(deployment) => Some(deployment),
            Self::NotAsked | Self::Missing(_) | Self::NotReady { .. } | Self::NotRead { .. } => {
                None
            }
        }
    }

    /// The stack's name; empty if nobody asked for it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::NotAsked => "",
            Self::Missing(name) => name,
            Self::NotReady { stack_name, .. } | Self::NotRead { stack_name, .. } => stack_name,
            Self::Found(deployment) => &deployment.stack_name,
        }
    }
}

/// SpotManager as it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its stack's name.
    pub stack_name: String,
    /// Its stack's status, such as `CREATE_COMPLETE`.
    pub status: String,
    /// Its parameter `WorkersStackName`.
    pub workers_stack_name: String,
    /// Its parameter `FurtherStacks`, a pattern.
    pub further_stacks: String,
    /// Its parameter `WorkerPairs`.
    pub pairs: WorkerPairs,
    /// Whether `StackNameFrom` is `alarm-tags`.
    pub reads_tags: bool,
    /// Its parameter `ReturnToSpotRate`, if `ReturnToSpot` is `on`.
    pub return_to_spot_rate: Option<String>,
    /// Whether its parameter `LaunchBy` is `launch-instances`.
    pub launches_instances: bool,
    /// Its parameter `LaunchTemplateArns`, in which `*` stands for anything.
    pub launch_template_arns: Vec<String>,
    /// Its parameter `InstanceRoleArns`, in the same way.
    pub instance_role_arns: Vec<String>,
    /// Its output `JobsTopicArn`.
    pub jobs_topic_arn: Option<String>,
}

impl Deployment {
    /// Whether its roles reach a stack, as the template limits them.
    #[must_use]
    pub fn reaches(&self, stack_name: &str) -> bool {
        let own = &self.workers_stack_name;
        let is_own = stack_name
            .strip_prefix(own.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        is_own || WildMatch::new(&self.further_stacks).matches(stack_name)
    }

    /// Whether it has the stack's pair among those that it serves by itself.
    pub(crate) fn has_pair_of(&self, stack_name: &str) -> bool {
        let pairs = self.pairs.all(&self.workers_stack_name);
        pairs.iter().any(|pair| pair.stack_name == stack_name)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::deployment;

    #[test]
    fn the_roles_reach_the_stack_its_nested_ones_and_the_pattern() {
        let mut deployment = deployment();
        assert!(deployment.reaches("farm"));
        assert!(deployment.reaches("farm-stackGPU-1A2B"));
        assert!(!deployment.reaches("farmhouse"));
        assert!(!deployment.reaches("mill"));
        deployment.further_stacks = "mill*".into();
        assert!(deployment.reaches("mill-stackGPU-1A2B"));
        assert!(!deployment.reaches("windmill"));
    }

    #[test]
    fn no_pattern_reaches_nothing() {
        assert!(!deployment().reaches("other"));
    }
}
