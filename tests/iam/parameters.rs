//! The parameters under which the templates are rendered.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    place::Place,
    render::{Template, text},
};

pub(crate) type Parameters = BTreeMap<String, String>;

pub(crate) const STACK_NAME: &str = "spotmanager";
pub(crate) const WORKERS: &str = "farm";

/// Which parts of the templates are on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scenario {
    Defaults,
    AllOn,
    AllOff,
}

impl Scenario {
    pub(crate) const ALL: [Self; 3] = [Self::Defaults, Self::AllOn, Self::AllOff];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::AllOn => "all on",
            Self::AllOff => "all off",
        }
    }

    /// A template's parameters: what the scenario sets, and otherwise the default. One without a
    /// value is not there, so that a policy that needs it fails.
    pub(crate) fn parameters(self, template: &Template, place: &Place) -> Parameters {
        let defaults = template.parameters().filter_map(|(name, parameter)| {
            let default = parameter.get("Default").map(text);
            Some((name.to_owned(), default?))
        });
        let mut parameters: Parameters = defaults.collect();
        let required = [
            ("ArtifactBucket", "artifacts".to_owned()),
            ("JobsTopicArn", place.arn("sns", "farm-jobs-to-do")),
            ("WorkersStackName", WORKERS.to_owned()),
        ];
        let set = required.into_iter().chain(self.set(place));
        for (name, value) in set {
            let is_known = template.parameters().any(|(known, _)| known == name);
            if is_known {
                parameters.insert(name.to_owned(), value);
            }
        }
        parameters
    }

    fn set(self, place: &Place) -> Vec<(&'static str, String)> {
        match self {
            Self::Defaults => Vec::new(),
            Self::AllOn => vec![
                ("FurtherStacks", "render-*".to_owned()),
                ("InstanceRoleArns", place.arn("iam", "role/workers")),
                ("LaunchBy", "launch-instances".to_owned()),
                ("LaunchTemplateArns", place.arn("ec2", TEMPLATE)),
                ("KmsKeyArn", place.arn("kms", KEY)),
                ("QueueLogicalId", "queueJobs".to_owned()),
                ("ReplaceLostCapacity", "true".to_owned()),
                ("ReturnToSpot", "on".to_owned()),
            ],
            Self::AllOff => vec![
                ("ReplaceLostCapacity", "false".to_owned()),
                ("ReturnToSpot", "off".to_owned()),
            ],
        }
    }
}

const TEMPLATE: &str = "launch-template/lt-00000000000000001";
/// What `LaunchTemplateArns` is in the first of the places.
pub(crate) const LAUNCH_TEMPLATE: &str =
    "arn:aws:ec2:eu-west-1:000000000000:launch-template/lt-00000000000000001";
const KEY: &str = "key/00000000-0000-0000-0000-000000000000";

/// Every scenario sets only parameters that a template has.
pub(crate) fn unknown(templates: &[Template], place: &Place) -> Vec<&'static str> {
    let set = Scenario::ALL.into_iter().flat_map(|one| one.set(place));
    let is_known = |name: &str| {
        let all = templates.iter().flat_map(Template::parameters);
        all.into_iter()
            .any(|(known, _): (&str, &Value)| known == name)
    };
    set.map(|(name, _)| name)
        .filter(|name| !is_known(name))
        .collect()
}
