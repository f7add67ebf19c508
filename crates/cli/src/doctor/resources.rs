//! The resources that a stack of SpotManager lists, and what is made of what was read.

use spotmanager_aws::stacks::StackResource;
use spotmanager_doctor::{Named, NotRead, Read};

/// The resources of SpotManager's stack.
pub(super) type Resources = Read<Vec<StackResource>>;

/// What could not be looked for.
pub(super) fn unread<T>(name: &str, why: NotRead) -> Named<T> {
    Named {
        name: name.to_owned(),
        read: Read::NotRead(why),
    }
}

/// What the stack does not list.
pub(super) fn missing<T>(name: &str) -> Named<T> {
    Named {
        name: name.to_owned(),
        read: Read::Missing,
    }
}

/// The resources of a type.
pub(super) fn of_type<'a>(
    resources: &'a Resources,
    resource_type: &str,
) -> Result<Vec<&'a StackResource>, NotRead> {
    match resources {
        Read::NotRead(why) => Err(why.clone()),
        Read::Missing => Err(NotRead::because("SpotManager's stack does not exist")),
        Read::Found(resources) => {
            let resources = resources.iter();
            Ok(resources
                .filter(|resource| resource.resource_type == resource_type)
                .collect())
        }
    }
}

/// The name of a resource.
pub(super) fn named(resources: &Resources, resource_type: &str, logical_id: &str) -> Read<String> {
    match of_type(resources, resource_type) {
        Err(why) => Read::NotRead(why),
        Ok(resources) => {
            let mut resources = resources.into_iter();
            let resource = resources.find(|resource| resource.logical_id == logical_id);
            resource.map_or(Read::Missing, |resource| {
                Read::Found(resource.physical_id.clone())
            })
        }
    }
}

/// A part of what was read.
pub(super) fn map<T, U>(read: &Read<T>, of: impl FnOnce(&T) -> U) -> Read<U> {
    match read {
        Read::Found(found) => Read::Found(of(found)),
        Read::Missing => Read::Missing,
        Read::NotRead(why) => Read::NotRead(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resources() -> Resources {
        Read::Found(vec![StackResource {
            logical_id: "lostCapacityRule".into(),
            physical_id: "sm-lost".into(),
            resource_type: "AWS::Events::Rule".into(),
        }])
    }

    #[test]
    fn a_resource_is_found_by_its_type_and_logical_id() {
        const RULE: &str = "AWS::Events::Rule";
        let name = named(&resources(), RULE, "lostCapacityRule");
        assert_eq!(name, Read::Found("sm-lost".to_owned()));
        assert_eq!(named(&resources(), RULE, "another"), Read::Missing);
        let queue = named(&resources(), "AWS::SQS::Queue", "lostCapacityRule");
        assert_eq!(queue, Read::Missing);
        let why = NotRead::because("refused");
        let refused = named(&Read::NotRead(why.clone()), RULE, "lostCapacityRule");
        assert_eq!(refused, Read::NotRead(why));
    }
}
