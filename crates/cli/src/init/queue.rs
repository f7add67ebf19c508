//! Which queue the jobs wait in.

use std::collections::BTreeSet;

use spotmanager_discover::workers::ListedResource;
use spotmanager_domain::resources::Alarm;

use super::{assumption::Assumption, read::Stack};

const PARAMETER: &str = "QueueLogicalId";

/// The queue that the command line names; otherwise the only one that the alarms watch which scale
/// the groups down, or any alarm of the stack; otherwise the only one of the stack. An alarm on
/// failed jobs watches another queue, and scales nothing.
pub(super) fn choose(stack: &Stack, given: Option<&str>) -> Assumption {
    if let Some(given) = given {
        return Assumption::given(PARAMETER, given);
    }
    let of = |is: fn(&Alarm) -> bool| -> BTreeSet<_> {
        let alarms = stack.alarms.iter().filter(|alarm| is(alarm));
        alarms.flat_map(Alarm::queue_names).collect()
    };
    let scaling = of(scales);
    let watched = if scaling.is_empty() {
        of(|_| true)
    } else {
        scaling
    };
    let is_watched = |queue: &&ListedResource| watched.contains(name_of(&queue.physical_id));
    let mut candidates: Vec<_> = stack.queues.iter().filter(is_watched).collect();
    let mut found = "the queue that the stack's alarms look at";
    if candidates.is_empty() {
        candidates = stack.queues.iter().collect();
        found = "the only queue of the stack";
    }
    match candidates[..] {
        [queue] => {
            let because = format!("{found}; empty for one instance per alarm");
            Assumption::found(PARAMETER, &queue.path, because)
        }
        [] => Assumption::default(
            PARAMETER,
            "",
            "the stack has no queue, so an alarm brings one instance",
        ),
        ref several => {
            let paths: Vec<_> = several.iter().map(|queue| queue.path.as_str()).collect();
            let because = format!(
                "which of {} the jobs wait in is not said; an alarm brings one instance until it is",
                paths.join(", ")
            );
            Assumption::default(PARAMETER, "", because)
        }
    }
}

/// Whether an alarm scales a group itself.
fn scales(alarm: &Alarm) -> bool {
    let mut actions = alarm.alarm_actions.iter();
    actions.any(|arn| arn.contains(":autoscaling:"))
}

/// A queue's name, of its URL.
fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::{
        assumption::Basis,
        testing::{alarm, stack},
    };

    fn listed(name: &str) -> ListedResource {
        ListedResource {
            path: name.into(),
            physical_id: format!("https://sqs.eu-west-1.amazonaws.com/111122223333/{name}"),
        }
    }

    fn chosen(queues: &[&str], watched: &[&str]) -> Assumption {
        let mut stack = stack(&[]);
        stack.queues = queues.iter().map(|name| listed(name)).collect();
        stack.alarms = watched.iter().map(|queue| alarm(&[queue], &[])).collect();
        choose(&stack, None)
    }

    #[test]
    fn the_queue_that_alarms_look_at_comes_before_the_others() {
        assert_eq!(chosen(&["dead", "jobs"], &["jobs", "jobs"]).value, "jobs");
        assert_eq!(chosen(&["jobs"], &[]).value, "jobs");
    }

    #[test]
    fn the_alarm_that_scales_comes_before_one_on_failed_jobs() {
        let mut stack = stack(&[]);
        stack.queues = ["dead", "jobs"].map(listed).into();
        let policy = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1:down";
        stack.alarms = vec![alarm(&["dead"], &[]), alarm(&["jobs", "jobs"], &[policy])];
        assert_eq!(choose(&stack, None).value, "jobs");
    }

    #[test]
    fn what_the_stack_leaves_open_stays_empty_and_is_told() {
        for (queues, watched, told) in [
            (&[][..], &[][..], "no queue"),
            (&["a", "b", "c"], &["a", "b"], "a, b"),
            (&["a", "b"], &[], "a, b"),
        ] {
            let open = chosen(queues, watched);
            assert_eq!((open.value.as_str(), open.basis), ("", Basis::Default));
            assert!(open.because.contains(told), "{told} in {}", open.because);
        }
    }
}
