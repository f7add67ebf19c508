//! Which pair of groups a spot group belongs to.

use std::collections::BTreeMap;

use spotmanager_contract::{Settings, WorkerPair, WorkerPairs};
use spotmanager_decision::Market;

/// The pairs of groups that the deployment serves.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) pairs: WorkerPairs,
    /// The stack of the workers that needs no entry among the pairs.
    pub(crate) own_stack: String,
    /// The deployment's logical ids, where a pair has none of its own.
    pub(crate) deployed: Settings,
}

impl Managed {
    /// Every pair.
    pub(crate) fn all(&self) -> Vec<WorkerPair> {
        self.pairs.all(&self.own_stack)
    }

    /// The pair whose spot group CloudFormation's own tags tell: of its stack, or of a stack nested
    /// in it, whose name begins with its own and a hyphen.
    pub(crate) fn pair_of_spot_group(&self, tags: &BTreeMap<String, String>) -> Option<WorkerPair> {
        let tag = |key: &str| tags.get(&format!("aws:cloudformation:{key}"));
        let (stack, logical_id) = (tag("stack-name")?, tag("logical-id")?);
        self.all().into_iter().find(|pair| {
            let wanted = pair.logical_id(Market::Spot, &self.deployed);
            wanted.rsplit('/').next() == Some(logical_id)
                && stack
                    .strip_prefix(&pair.stack_name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack_of(stack: &str, logical_id: &str) -> Option<String> {
        let managed = Managed {
            pairs: WorkerPairs::read(
                r#"[{"stack_name": "mill", "settings": {"spot_group_logical_id": "asgSaw"}}]"#,
            )
            .unwrap(),
            own_stack: "farm".into(),
            deployed: Settings {
                spot_group_logical_id: "stackGPU/asgGPUSpot".into(),
                ..Settings::default()
            },
        };
        let tags = [("stack-name", stack), ("logical-id", logical_id)];
        let tags = tags.map(|(key, value)| (format!("aws:cloudformation:{key}"), value.into()));
        let pair = managed.pair_of_spot_group(&tags.into())?;
        Some(pair.stack_name)
    }

    #[test]
    fn the_spot_group_of_a_stack_and_of_its_nested_ones_is_managed() {
        assert_eq!(stack_of("farm", "asgGPUSpot").as_deref(), Some("farm"));
        let nested = stack_of("farm-stackGPU-1A2B", "asgGPUSpot");
        assert_eq!(nested.as_deref(), Some("farm"));
        assert_eq!(stack_of("mill", "asgSaw").as_deref(), Some("mill"));
        assert_eq!(stack_of("farm", "asgGPU"), None);
        assert_eq!(stack_of("mill", "asgGPUSpot"), None);
        assert_eq!(stack_of("farmhouse", "asgGPUSpot"), None);
    }
}
