//! Which pair of groups a group belongs to.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_domain::{WorkerPair, WorkerPairs, resources::AutoScalingGroup};

/// The pairs of groups that the deployment serves.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) pairs: WorkerPairs,
    /// The stack of the workers that needs no entry among the pairs.
    pub(crate) own_stack: String,
    /// The deployment's spot group, where a pair has none of its own.
    pub(crate) spot_group_logical_id: String,
    /// The deployment's on-demand group, if a pair has none of its own.
    pub(crate) on_demand_group_logical_id: String,
    /// The deployment's queue, if a pair has none of its own; empty for no queue.
    pub(crate) queue_logical_id: String,
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
        self.pair_of_group(tags, |pair, logical_id| {
            last(pair.spot_group_logical_id(&self.spot_group_logical_id)) == logical_id
        })
    }

    /// The logical ids of the on-demand groups, without the nested stacks' ids before them.
    pub(crate) fn on_demand_group_ids(&self) -> BTreeSet<String> {
        let all = self.all();
        all.iter()
            .map(|pair| last(self.on_demand_group_of(pair)).to_owned())
            .collect()
    }

    /// The logical id of a pair's queue; empty for no queue.
    pub(crate) fn queue_of<'a>(&'a self, pair: &'a WorkerPair) -> &'a str {
        pair.queue_logical_id(&self.queue_logical_id)
    }

    /// The pairs whose on-demand group is among these, without an instance that it could give.
    pub(crate) fn idle(&self, groups: &[AutoScalingGroup]) -> Vec<WorkerPair> {
        // Each group's pair is found once, whatever the number of pairs.
        let owned: Vec<_> = groups
            .iter()
            .map(|group| {
                let pair = self.pair_of_group(&group.tags, |pair, logical_id| {
                    last(self.on_demand_group_of(pair)) == logical_id
                });
                (pair, group)
            })
            .collect();
        let mut pairs = self.all();
        pairs.retain(|pair| {
            let mut found = owned.iter().filter(|(of, _)| of.as_ref() == Some(pair));
            let (first, second) = (found.next(), found.next());
            second.is_none() && first.is_some_and(|(_, group)| !group.capacity.can_give())
        });
        pairs
    }

    fn on_demand_group_of<'a>(&'a self, pair: &'a WorkerPair) -> &'a str {
        pair.on_demand_group_logical_id(&self.on_demand_group_logical_id)
    }

    /// The pair whose group of this logical id CloudFormation's own tags name.
    fn pair_of_group(
        &self,
        tags: &BTreeMap<String, String>,
        has: impl Fn(&WorkerPair, &str) -> bool,
    ) -> Option<WorkerPair> {
        let tag = |key: &str| tags.get(&format!("aws:cloudformation:{key}"));
        let (stack, logical_id) = (tag("stack-name")?, tag("logical-id")?);
        self.all()
            .into_iter()
            .filter(|pair| has(pair, logical_id) && is_in(stack, &pair.stack_name))
            // A stack called farm-2 is not nested in farm.
            .max_by_key(|pair| pair.stack_name.len())
    }
}

/// A logical id without the nested stacks' ids before it.
fn last(logical_id: &str) -> &str {
    logical_id.rsplit('/').next().unwrap_or(logical_id)
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
    use spotmanager_domain::Capacity;

    use super::*;

    fn managed() -> Managed {
        Managed {
            pairs: WorkerPairs::read(
                r#"[{"stack_name": "mill", "settings": {"spot_group_logical_id": "asgSaw"}}]"#,
            )
            .unwrap(),
            own_stack: "farm".into(),
            spot_group_logical_id: "stackGPU/asgGPUSpot".into(),
            on_demand_group_logical_id: "stackGPU/asgGPU".into(),
            queue_logical_id: String::new(),
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

    fn group(stack: &str, logical_id: &str, in_service: i32) -> AutoScalingGroup {
        let tags = [("stack-name", stack), ("logical-id", logical_id)];
        let tags = tags.map(|(key, value)| (format!("aws:cloudformation:{key}"), value.into()));
        AutoScalingGroup {
            name: format!("{stack}-{logical_id}"),
            capacity: Capacity {
                max_size: 3,
                desired_capacity: in_service,
                in_service,
                ..Capacity::default()
            },
            tags: tags.into(),
            ..AutoScalingGroup::default()
        }
    }

    #[test]
    fn a_pair_is_idle_only_if_its_one_on_demand_group_is_known_to_have_nothing_to_give() {
        let idle = |groups: &[AutoScalingGroup]| -> Vec<String> {
            let idle = managed().idle(groups).into_iter();
            idle.map(|pair| pair.stack_name).collect()
        };
        let empty = group("farm-stackGPU-1A2B", "asgGPU", 0);
        assert_eq!(idle(std::slice::from_ref(&empty)), ["farm"]);
        assert!(idle(&[group("farm", "asgGPU", 1)]).is_empty());
        // Not found, and found twice.
        assert!(idle(&[]).is_empty());
        assert!(idle(&[group("farm", "asgGPUSpot", 0)]).is_empty());
        assert!(idle(&[empty, group("farm", "asgGPU", 0)]).is_empty());
        let both = [group("farm", "asgGPU", 0), group("mill", "asgGPU", 0)];
        assert_eq!(idle(&both), ["mill", "farm"]);
    }

    #[test]
    fn a_nested_stack_is_the_pair_of_the_one_that_it_is_nested_in() {
        let pair = managed().pair_of_stack("mill-stackGPU-1A2B");
        assert_eq!(pair.stack_name, "mill");
        assert!(!pair.settings.is_empty());
        assert_eq!(managed().pair_of_stack("quarry").stack_name, "quarry");
    }
}
