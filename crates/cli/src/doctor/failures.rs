//! The executions that failed, and whom they are reported to.

use jiff::{SignedDuration, Timestamp};
use spotmanager_aws::{AwsError, SdkConfig, failed_executions, subscriptions};
use spotmanager_doctor::{Email, FailedExecution, Read};

use super::{resources::map, unread::found};

/// How far back executions are looked at.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// For how long an execution may run: `TimeoutSeconds` of the state machine.
const LONGEST_EXECUTION: SignedDuration = SignedDuration::from_hours(16);

/// The subscriptions of the operations topic by e-mail; none if no address is wanted.
pub(super) async fn emails(config: &SdkConfig, topic: &str, address: &str) -> Read<Vec<Email>> {
    let client = subscriptions::Client::new(config);
    if topic.is_empty() || address.is_empty() {
        return Read::Found(Vec::new());
    }
    let listed = match found(subscriptions::of_topic(&client, topic).await) {
        Read::Found(listed) => listed,
        Read::Missing => return Read::Missing,
        Read::NotRead(why) => return Read::NotRead(why),
    };
    let mut emails = Vec::new();
    for one in listed.into_iter().filter(|one| one.protocol == "email") {
        let is_confirmed = match &one.arn {
            None => Read::Found(false),
            Some(arn) => {
                let settings = found(subscriptions::settings(&client, arn).await);
                map(&settings, |settings| !settings.is_pending)
            }
        };
        emails.push(Email {
            address: one.endpoint,
            is_confirmed,
        });
    }
    Read::Found(emails)
}

/// The executions of the last day that did not end well; the newest with its error.
pub(super) async fn executions(
    client: &failed_executions::Client,
    machine: &str,
    now: Timestamp,
) -> Read<Vec<FailedExecution>> {
    let read = failed_since(client, machine, now).await;
    match read {
        Err(error) if error.code == "StateMachineDoesNotExist" => Read::Missing,
        read => found(read.map(Some)),
    }
}

async fn failed_since(
    client: &failed_executions::Client,
    machine: &str,
    now: Timestamp,
) -> Result<Vec<FailedExecution>, AwsError> {
    let since = now.checked_sub(DAY).unwrap_or(Timestamp::MIN);
    let began = since
        .checked_sub(LONGEST_EXECUTION)
        .unwrap_or(Timestamp::MIN);
    let failed = failed_executions::failed_since(client, machine, since, began).await?;
    let mut newest = String::new();
    if let Some(first) = failed.first() {
        // The error's name is worth less than the finding.
        let error = failed_executions::error_of(client, &first.arn).await;
        [newest, _] = error.unwrap_or_default();
    }
    let errors = std::iter::once(newest).chain(std::iter::repeat(String::new()));
    Ok(failed
        .into_iter()
        .zip(errors)
        .map(|(one, error)| FailedExecution {
            arn: one.arn,
            name: one.name,
            status: one.status,
            stopped_at: one.stopped_at.to_string(),
            error,
        })
        .collect())
}
