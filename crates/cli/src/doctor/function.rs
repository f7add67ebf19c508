//! A function of the deployment, as it is.

use spotmanager_aws::functions::{self, FunctionRef};
use spotmanager_doctor::{Function, NotRead, Read, Status};

use super::unread::found;

/// The variable in which *start* finds the state machine.
const STATE_MACHINE_ARN: &str = "STATE_MACHINE_ARN";

/// Its state, its concurrency, and the state machine that it starts.
pub(super) async fn function(
    client: &functions::Client,
    called: FunctionRef<'_>,
) -> Read<Function> {
    let (described, concurrency) = tokio::join!(
        functions::describe_function(client, called),
        functions::reserved_concurrency(client, called.name),
    );
    let described = match found(described) {
        Read::Found(described) => described,
        Read::Missing => return Read::Missing,
        Read::NotRead(why) => return Read::NotRead(why),
    };
    let state_machine_arn = match described.variables_problem {
        Some(problem) => Read::NotRead(NotRead::because(format!(
            "its variables are not shown: {problem}"
        ))),
        None => match described.variables.get(STATE_MACHINE_ARN) {
            Some(arn) => Read::Found(arn.clone()),
            None => Read::Missing,
        },
    };
    Read::Found(Function {
        state: Status {
            status: described.state,
            reason: described.state_reason,
        },
        last_update: Status {
            status: described.last_update_status,
            reason: described.last_update_reason,
        },
        reserved_concurrency: found(concurrency.map(Some)),
        state_machine_arn,
    })
}
