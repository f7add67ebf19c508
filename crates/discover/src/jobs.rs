//! What waits in the queue, and which execution leads already.

use crate::{
    Clients,
    leader::{self, GivesWayTo},
    workers::NamedResource,
};
use jiff::Timestamp;
use spotmanager_aws::{AwsError, executions::Own, queues};
use spotmanager_domain::{Leader, backlog::Queue};

/// The jobs of a stack.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// The queue; `None` if none is named, or it cannot be read.
    pub(crate) queue: Option<Queue>,
    /// Why it cannot be read.
    pub(crate) queue_problem: Option<String>,
    /// The execution that leads the pair of groups.
    pub(crate) leader: Option<Leader>,
    /// Whether a return to spot of the pair runs.
    pub(crate) return_runs: bool,
}

/// Looks at the queue, and for a leader. Without a queue an alarm means one instance each.
pub(crate) async fn look(
    clients: &Clients,
    queue: Option<NamedResource>,
    own: &Own<'_>,
    gives_way: GivesWayTo,
    now: Timestamp,
) -> Result<Jobs, AwsError> {
    let mut jobs = match queue {
        Some(queue) => read(clients, queue, own.execution.round).await?,
        None => Jobs::default(),
    };
    let leads_nothing = match gives_way {
        GivesWayTo::Alarms => jobs.queue.is_none(),
        GivesWayTo::All => false,
        GivesWayTo::Nothing => true,
    };
    if leads_nothing {
        return Ok(jobs);
    }
    match leader::find(&clients.sfn, own, gives_way, now).await {
        Ok(found) => {
            jobs.leader = found.leader;
            jobs.return_runs = found.return_runs;
        }
        // Jobs must not wait for it.
        Err(error) if gives_way == GivesWayTo::Alarms && !error.is_passing() => {
            tracing::warn!(error = %error, "who leads cannot be told");
        }
        Err(error) => return Err(error),
    }
    Ok(jobs)
}

/// Jobs must not wait because the queue cannot be read. After the first round nothing but the
/// queue asks for more, so there it must be told.
async fn read(clients: &Clients, queue: NamedResource, round: u32) -> Result<Jobs, AwsError> {
    match queues::visible_messages(&clients.sqs, &queue.physical_id).await {
        Ok(visible_messages) => Ok(Jobs {
            queue: Some(Queue {
                logical_id: queue.path,
                queue_url: queue.physical_id,
                visible_messages,
            }),
            ..Jobs::default()
        }),
        Err(error) if round > 1 || error.is_passing() => Err(error),
        Err(error) => Ok(Jobs {
            queue_problem: Some(error.to_string()),
            ..Jobs::default()
        }),
    }
}
