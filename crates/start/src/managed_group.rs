//! Which pair of groups a spot group belongs to.

use std::collections::BTreeMap;

use spotmanager_contract::{WorkerPair, WorkerPairs};

/// The pairs of groups that the deployment serves.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) pairs: WorkerPairs,
    /// The stack of the workers that needs no entry among the pairs.
    pub(crate) own_stack: String,
    /// The deployment's spot group, where a pair has none of its own.
    pub(crate) spot_group_logical_id: String,
}

impl Managed {
    /// Every pair.
    pub(crate) fn all(&self) -> Vec<WorkerPair> {
        self.pairs.all(&self.own_stack)
    }

    /// The pair of a stack, or of the stack that it is nested in; where there is none, the stack
    /// itself.
    pub(crate) fn pair_of_stack(&self, stack_name: &str) -> WorkerPair {
        let all = self.all();
        let outer = all
            .iter()
            .filter(|pair| is_in(stack_name, &pair.stack_name))
            .max_by_key(|pair| pair.stack_name.len())
            .map_or(stack_name, |pair| pair.stack_name.as_str());
        self.pairs.of_stack(outer)
    }

    /// The pair whose spot group CloudFormation's own tags tell: of its stack, or of a stack nested
    /// in it.
    pub(crate) fn pair_of_spot_group(&self, tags: &BTreeMap<String, String>) -> Option<WorkerPair> {
        let tag = |key: &str| tags.get(&format!("aws:cloudformation:{key}"));
        let (stack, logical_id) = (tag("stack-name")?, tag("logical-id")?);
        self.all()
            .into_iter()
            .filter(|pair| {
                let wanted = pair.spot_group_logical_id(&self.spot_group_logical_id);
                wanted.rsplit('/').next() == Some(logical_id) && is_in(stack, &pair.stack_name)
            })
            // A stack called farm-2 is not nested in farm.
            .max_by_key(|pair| pair.stack_name.len())
    }
}

/// Whether a stack is the one of that name, or nested in it: CloudFormation names a nested stack
/// after its outer one, its logical id and what makes the name unique, with hyphens between.
fn is_in(stack: &str, outer: &str) -> bool {
    stack.strip_prefix(outer).is_some_and(|rest| {
        rest.is_empty() || (rest.starts_with('-') && rest.matches('-').count() >= 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn managed() -> Managed {
        Managed {
            pairs: WorkerPairs::read(
                r#"[{"stack_name": "mill", "settings": {"spot_group_logical_id": "asgSaw"}}]"#,
            )
            .unwrap(),
            own_stack: "farm".into(),
            spot_group_logical_id: "stackGPU/asgGPUSpot".into(),
        }
    }

    fn stack_of(stack: &str, logical_id: &str) -> Option<String> {
        let tags = [("stack-name", stack), ("logical-id", logical_id)];
        let tags = tags.map(|(key, value)| (format!("aws:cloudformation:{key}"), value.into()));
        let pair = managed().pair_of_spot_group(&tags.into())?;
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
        assert_eq!(stack_of("farm-2", "asgGPUSpot"), None);
    }

    #[test]
    fn a_nested_stack_is_the_pair_of_the_one_that_it_is_nested_in() {
        let pair = managed().pair_of_stack("mill-stackGPU-1A2B");
        assert_eq!(pair.stack_name, "mill");
        assert!(!pair.settings.is_empty());
        assert_eq!(managed().pair_of_stack("quarry").stack_name, "quarry");
    }
}
