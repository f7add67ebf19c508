//! For how long the queues hide a message that a worker takes, as far as that matters.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::{SdkConfig, queues};
use spotmanager_discover::workers::Pair;
use spotmanager_doctor::{Read, WorkerGroup};
use spotmanager_domain::resources::Alarm;

use super::unread::found;

/// The visibility timeouts, seconds, of the queues of which an alarm that scales a group down
/// counts only what is visible.
pub(super) async fn visibility_timeouts(
    config: &SdkConfig,
    alarms: &[Alarm],
    groups: &Pair<Option<WorkerGroup>>,
) -> BTreeMap<String, Read<i32>> {
    let shrinks = |alarm: &&Alarm| {
        let mut groups = groups.spot.iter().chain(&groups.on_demand);
        groups.any(|group| group.is_shrunk_by(alarm))
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
