//! Whether a group is one that this deployment manages.

use std::collections::BTreeMap;

/// The groups of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    /// The stack of the workers.
    pub(crate) stack_name: String,
    /// Logical id of the spot group, nested stacks' ids before it.
    pub(crate) spot_group_logical_id: String,
}

impl Managed {
    /// Whether CloudFormation's own tags tell the spot group of the stack, or of a stack nested in
    /// it, whose name begins with its own and a hyphen.
    pub(crate) fn has_spot_group(&self, tags: &BTreeMap<String, String>) -> bool {
        let tag = |key: &str| tags.get(&format!("aws:cloudformation:{key}"));
        let logical_id = self.spot_group_logical_id.rsplit('/').next();
        tag("logical-id").map(String::as_str) == logical_id
            && tag("stack-name").is_some_and(|name| {
                name.strip_prefix(&self.stack_name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spot_group_of_the_stack_and_of_its_nested_ones_is_managed() {
        let managed = Managed {
            stack_name: "farm".into(),
            spot_group_logical_id: "stackGPU/asgGPUSpot".into(),
        };
        let has = |stack: &str, logical_id: &str| {
            let tags = [("stack-name", stack), ("logical-id", logical_id)];
            let tags = tags.map(|(key, value)| (format!("aws:cloudformation:{key}"), value.into()));
            managed.has_spot_group(&tags.into())
        };
        assert!(has("farm", "asgGPUSpot"));
        assert!(has("farm-stackGPU-1A2B", "asgGPUSpot"));
        assert!(!has("farm", "asgGPU"));
        assert!(!has("farmhouse", "asgGPUSpot"));
        assert!(!managed.has_spot_group(&BTreeMap::new()));
    }
}
