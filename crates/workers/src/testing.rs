//! A group and what it launches with, for tests.

use std::collections::BTreeMap;

use spotmanager_aws::auto_scaling::{AutoScalingGroup, LaunchTemplate};

use crate::source::Kind;

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
        capacity: spotmanager_decision::Capacity {
            min_size: 0,
            max_size: 1,
            desired_capacity: 0,
            in_service: 0,
            pending: 0,
        },
        in_service: BTreeMap::new(),
        default_cooldown_seconds: 300,
        suspended_processes: Vec::new(),
        launch_source: None,
        subnet_ids: vec![],
        availability_zones: vec![],
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
    }
}
