//! A group and what it launches with, for tests.

use spotmanager_domain::resources::{AutoScalingGroup, LaunchTemplate};

use crate::workers::source::Kind;

/// A launch template.
pub(crate) fn template() -> Kind {
    Kind::Template(LaunchTemplate {
        id: "lt-1".into(),
        version: "1".into(),
    })
}

/// A group with these tags.
pub(crate) fn group(tags: &[(&str, &str)]) -> AutoScalingGroup {
    AutoScalingGroup {
        name: "workers".into(),
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
        ..AutoScalingGroup::default()
    }
}
