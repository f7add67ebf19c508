//! Finding resources in a stack and its nested stacks, by logical id or by type.

use std::collections::HashMap;

use spotmanager_aws::{AwsError, stacks::StackResource};
use spotmanager_domain::stack_name_of;

use crate::workers::{
    WorkersError,
    resources::{ListedResource, NamedResource, ResourceSetting},
};

const STACK: &str = "AWS::CloudFormation::Stack";

/// A stack with its nested stacks, each listed when it is first looked into, and once.
pub struct StackTree<'a, L> {
    root: &'a str,
    list: L,
    listed: HashMap<String, Vec<StackResource>>,
}

impl<'a, L> StackTree<'a, L>
where
    L: AsyncFn(&str) -> Result<Option<Vec<StackResource>>, AwsError>,
{
    /// The tree of the stack `root`, by its name or ARN; `list` lists a stack's resources.
    pub fn new(root: &'a str, list: L) -> Self {
        Self {
            root,
            list,
            listed: HashMap::new(),
        }
    }

    /// Finds the resource. A path is walked; a bare logical id is looked for in the stack, then in
    /// its nested stacks, level by level: the level where it first appears counts.
    ///
    /// # Errors
    /// [`WorkersError`] when a stack cannot be listed, or has no such resource.
    pub async fn find(
        &mut self,
        wanted: ResourceSetting<'_>,
    ) -> Result<NamedResource, WorkersError> {
        let (path, resource) = match wanted.logical_id.rsplit_once('/') {
            Some((nested, logical_id)) => self.walk(wanted, nested, logical_id).await?,
            None => self.search(wanted).await?,
        };
        let expected = wanted.resource_type;
        if resource.resource_type != expected {
            return Err(wrong_type(wanted, path, resource, expected));
        }
        Ok(NamedResource {
            field: wanted.field,
            path,
            physical_id: resource.physical_id,
        })
    }

    /// Every resource of a type, in the stack and all of its nested ones, in the order of the paths.
    ///
    /// # Errors
    /// [`WorkersError`] when a stack cannot be listed.
    pub async fn all_of(
        &mut self,
        resource_type: &str,
    ) -> Result<Vec<ListedResource>, WorkersError> {
        let mut stacks = vec![(String::new(), self.root.to_owned())];
        let mut found = Vec::new();
        while let Some((path, stack)) = stacks.pop() {
            for resource in self.resources(&stack).await? {
                let path = join(&path, &resource.logical_id);
                let physical_id = resource.physical_id.clone();
                if resource.resource_type == STACK {
                    stacks.push((path, physical_id));
                } else if resource.resource_type == resource_type {
                    found.push(ListedResource { path, physical_id });
                }
            }
        }
        found.sort();
        Ok(found)
    }

    async fn walk(
        &mut self,
        wanted: ResourceSetting<'_>,
        nested: &str,
        logical_id: &str,
    ) -> Result<(String, StackResource), WorkersError> {
        let (mut stack, mut path) = (self.root.to_owned(), String::new());
        for step in nested.split('/') {
            let resources = self.resources(&stack).await?;
            let resource = pick(resources, step)
                .ok_or_else(|| not_found(wanted, &stack, resources, STACK))?
                .clone();
            path = join(&path, step);
            if resource.resource_type != STACK {
                return Err(wrong_type(wanted, path, resource, STACK));
            }
            stack = resource.physical_id;
        }
        let resources = self.resources(&stack).await?;
        let resource = pick(resources, logical_id)
            .ok_or_else(|| not_found(wanted, &stack, resources, wanted.resource_type))?;
        Ok((join(&path, logical_id), resource.clone()))
    }

    async fn search(
        &mut self,
        wanted: ResourceSetting<'_>,
    ) -> Result<(String, StackResource), WorkersError> {
        let mut level = vec![(String::new(), self.root.to_owned())];
        let mut seen = Vec::new();
        while !level.is_empty() {
            let (mut hits, mut below) = (Vec::new(), Vec::new());
            for (path, stack) in level {
                for resource in self.resources(&stack).await? {
                    let path = join(&path, &resource.logical_id);
                    if resource.logical_id == wanted.logical_id {
                        hits.push((path.clone(), resource.clone()));
                    }
                    if resource.resource_type == STACK {
                        below.push((path, resource.physical_id.clone()));
                    } else if resource.resource_type == wanted.resource_type {
                        seen.push(resource.clone());
                    }
                }
            }
            if hits.len() > 1 {
                let mut paths: Vec<_> = hits.into_iter().map(|(path, _)| path).collect();
                paths.sort();
                return Err(WorkersError::AmbiguousResource {
                    field: wanted.field.into(),
                    found: wanted.logical_id.to_owned(),
                    paths: paths.join(", "),
                });
            }
            if let Some(hit) = hits.pop() {
                return Ok(hit);
            }
            level = below;
        }
        Err(not_found(wanted, self.root, &seen, wanted.resource_type))
    }

    async fn resources(&mut self, stack: &str) -> Result<&[StackResource], WorkersError> {
        if !self.listed.contains_key(stack) {
            let resources =
                (self.list)(stack)
                    .await?
                    .ok_or_else(|| WorkersError::StackNotFound {
                        found: stack.to_owned(),
                    })?;
            self.listed.insert(stack.to_owned(), resources);
        }
        Ok(self.listed.get(stack).map_or(&[], Vec::as_slice))
    }
}

fn pick<'a>(resources: &'a [StackResource], logical_id: &str) -> Option<&'a StackResource> {
    resources
        .iter()
        .find(|resource| resource.logical_id == logical_id)
}

fn join(path: &str, logical_id: &str) -> String {
    if path.is_empty() {
        logical_id.to_owned()
    } else {
        format!("{path}/{logical_id}")
    }
}

fn not_found(
    wanted: ResourceSetting<'_>,
    stack: &str,
    resources: &[StackResource],
    of_type: &'static str,
) -> WorkersError {
    let mut candidates: Vec<_> = resources
        .iter()
        .filter(|resource| resource.resource_type == of_type)
        .map(|resource| resource.logical_id.as_str())
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    WorkersError::ResourceNotFound {
        field: wanted.field.into(),
        found: wanted.logical_id.to_owned(),
        expected: wanted.resource_type,
        stack: stack_name_of(stack).to_owned(),
        candidates: if candidates.is_empty() {
            format!("no {of_type}")
        } else {
            candidates.join(", ")
        },
    }
}

fn wrong_type(
    wanted: ResourceSetting<'_>,
    found: String,
    resource: StackResource,
    expected: &'static str,
) -> WorkersError {
    WorkersError::WrongResourceType {
        field: wanted.field.into(),
        found,
        resource_type: resource.resource_type,
        expected,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::workers::resources::{AUTO_SCALING_GROUP, QUEUE};

    fn resource(logical_id: &str, resource_type: &str) -> StackResource {
        StackResource {
            logical_id: logical_id.into(),
            physical_id: format!("{logical_id}-id"),
            resource_type: resource_type.into(),
        }
    }

    /// A root with `stackGPU` and `stackCPU`; `asgGPU` lies in both and `asgSpot` in one.
    fn stacks(stack: &str) -> Option<Vec<StackResource>> {
        match stack {
            "root" => Some(vec![
                resource("stackGPU", STACK),
                resource("stackCPU", STACK),
                resource("queue", QUEUE),
                resource("asgRoot", AUTO_SCALING_GROUP),
            ]),
            "stackGPU-id" => Some(vec![
                resource("asgGPU", AUTO_SCALING_GROUP),
                resource("asgSpot", AUTO_SCALING_GROUP),
            ]),
            "stackCPU-id" => Some(vec![
                resource("asgGPU", AUTO_SCALING_GROUP),
                resource("asgRoot", AUTO_SCALING_GROUP),
            ]),
            _ => None,
        }
    }

    fn find(root: &str, logical_id: &str) -> (Result<NamedResource, WorkersError>, usize) {
        let calls = RefCell::new(0);
        let mut tree = StackTree::new(root, async |stack: &str| {
            *calls.borrow_mut() += 1;
            Ok(stacks(stack))
        });
        let wanted = ResourceSetting {
            field: "spot_group_logical_id",
            logical_id,
            resource_type: AUTO_SCALING_GROUP,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let found = runtime.block_on(tree.find(wanted));
        drop(tree);
        (found, calls.into_inner())
    }

    #[test]
    fn a_path_is_walked_and_a_bare_id_is_found_at_any_depth() {
        for id in ["asgSpot", "stackGPU/asgSpot"] {
            let found = find("root", id).0.unwrap();
            assert_eq!(found.path, "stackGPU/asgSpot");
            assert_eq!(found.physical_id, "asgSpot-id");
        }
    }

    #[test]
    fn the_level_where_an_id_first_appears_counts_and_no_deeper_stack_is_listed() {
        let (found, calls) = find("root", "asgRoot");
        assert_eq!(found.unwrap().path, "asgRoot");
        assert_eq!(calls, 1);
    }

    #[test]
    fn all_of_a_type_are_found_in_every_stack() {
        let mut tree = StackTree::new("root", async |stack: &str| Ok(stacks(stack)));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let found = runtime.block_on(tree.all_of(AUTO_SCALING_GROUP)).unwrap();
        let paths: Vec<_> = found.iter().map(|one| one.path.as_str()).collect();
        let expected = [
            "asgRoot",
            "stackCPU/asgGPU",
            "stackCPU/asgRoot",
            "stackGPU/asgGPU",
            "stackGPU/asgSpot",
        ];
        assert_eq!(paths, expected);
        assert_eq!(found[4].physical_id, "asgSpot-id");
    }

    #[test]
    fn refusals_name_field_value_and_what_was_expected() {
        for (root, id, parts) in [
            (
                "nowhere",
                "asgSpot",
                ["stack_name", "nowhere", "CloudFormation stack"],
            ),
            (
                "root",
                "asgGone",
                ["asgGone", "asgGPU, asgRoot, asgSpot", AUTO_SCALING_GROUP],
            ),
            (
                "root",
                "stackGPU/asgGone",
                ["asgGone", "asgGPU, asgSpot", "stackGPU-id"],
            ),
            (
                "root",
                "stackGone/asgGPU",
                ["stackGone", "stackCPU, stackGPU", "root"],
            ),
            (
                "root",
                "asgGPU",
                ["asgGPU", "stackCPU/asgGPU, stackGPU/asgGPU", "one of"],
            ),
            ("root", "queue", ["queue", QUEUE, AUTO_SCALING_GROUP]),
            ("root", "queue/asgGPU", ["queue", QUEUE, STACK]),
        ] {
            let error = find(root, id).0.unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{part} in {error}");
            }
        }
    }
}
