//! What an event is about, for the log, also where the event is malformed.

use serde_json::Value;

/// The execution, stack and group of an event, as far as it names them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) execution: Option<String>,
    pub(crate) stack_name: Option<String>,
    pub(crate) auto_scaling_group_name: Option<String>,
}

impl Subject {
    pub(crate) fn of(event: &Value) -> Self {
        let first = |pointers: &[&str]| {
            pointers
                .iter()
                .find_map(|pointer| Some(event.pointer(pointer)?.as_str()?.to_owned()))
        };
        Self {
            execution: first(&["/execution/name"]),
            stack_name: first(&["/stack_name", "/input/stack_name", "/discovery/stack_name"]),
            auto_scaling_group_name: first(&[
                "/group/auto_scaling_group_name",
                "/discovery/spot_group/auto_scaling_group_name",
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_event_names_is_found_and_the_rest_is_absent() {
        let event = json!({"execution": {"name": "jobs-1"}, "input": {"stack_name": 17}});
        let subject = Subject {
            execution: Some("jobs-1".into()),
            ..Subject::default()
        };
        assert_eq!(Subject::of(&event), subject);
        let event = json!({"discovery": {"stack_name": "farm", "spot_group": {"auto_scaling_group_name": "spot"}}});
        let subject = Subject::of(&event);
        assert_eq!(subject.stack_name.as_deref(), Some("farm"));
        assert_eq!(subject.auto_scaling_group_name.as_deref(), Some("spot"));
    }
}
