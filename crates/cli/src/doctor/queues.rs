//! For how long the queues hide a message that a worker takes, as far as that matters.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::{SdkConfig, queues};
use spotmanager_doctor::{Alarm, Read, WorkerGroup};

use super::unread::found;

/// The visibility timeouts, seconds, of the queues of which an alarm that scales a group down
/// counts only what is visible.
pub(super) async fn visibility_timeouts(
    config: &SdkConfig,
    alarms: &[Alarm],
    groups: [&Option<WorkerGroup>; 2],
) -> BTreeMap<String, Read<i32>> {
    let shrinks = |alarm: &&Alarm| {
        let mut groups = groups.into_iter().flatten();
        groups.any(|group| alarm.shrinks(group))
    };
    let queues: BTreeSet<_> = alarms
        .iter()
        .filter(shrinks)
        .flat_map(Alarm::queues_without_held_jobs)
        .collect();
    let client = queues::Client::new(config);
    let mut timeouts = BTreeMap::new();
    for queue in queues {
        let read = queues::visibility_timeout_seconds(&client, queue).await;
        timeouts.insert(queue.to_owned(), found(read));
    }
    timeouts
}
