//! The letters of a queue: received to the last, replayed, and put back.

use std::time::Duration;

use anyhow::Result;
use serde_json::Value;
use spotmanager_aws::{
    AwsError, SdkConfig,
    dead_letters::{self, ReceivedMessage},
    invocations, queue_depth,
};
use spotmanager_domain::StartOutput;

use super::{
    letter::{Content, DeadLetter},
    report::Fate,
    target::Target,
};

/// For how long nobody else receives a letter: the time to read the list and to answer. What the
/// command leaves behind when it is killed comes back after it.
const HIDDEN_FOR: Duration = Duration::from_secs(15 * 60);

/// The letters of a deployment's dead-letter queue.
#[derive(Debug)]
pub(super) struct Letters {
    sqs: dead_letters::Client,
    lambda: invocations::Client,
    target: Target,
    pub(super) all: Vec<(DeadLetter, Fate)>,
    /// About how many more SQS counts; absent until the queue is read.
    pub(super) more_messages: Option<u64>,
}

impl Letters {
    pub(super) fn new(config: &SdkConfig, target: Target) -> Self {
        Self {
            sqs: dead_letters::Client::new(config),
            lambda: invocations::Client::new(config),
            target,
            all: Vec::new(),
            more_messages: None,
        }
    }

    /// Receives every letter, the oldest first. Those that come meanwhile may be left for the next
    /// time, so that a queue that fills again and again has an end.
    ///
    /// # Errors
    /// [`AwsError`] when a call fails; what was received is kept.
    pub(super) async fn receive(&mut self) -> Result<(), AwsError> {
        let queue = &self.target.queue_url;
        let at_first = self.counted().await?;
        loop {
            let messages = dead_letters::receive(&self.sqs, queue, HIDDEN_FOR).await?;
            // A long read outlasts the time for which the first are hidden.
            let new = messages
                .iter()
                .filter(|message| keep(&mut self.all, message))
                .count();
            let has_all = self.received() >= at_first && messages.len() < dead_letters::MOST;
            if new == 0 || has_all {
                break;
            }
        }
        self.all.sort_by_key(|(letter, _)| letter.message.sent_at);
        let counted = self.counted().await?;
        self.more_messages = Some(counted.saturating_sub(self.received()));
        Ok(())
    }

    fn received(&self) -> u64 {
        u64::try_from(self.all.len()).unwrap_or(u64::MAX)
    }

    /// About how many messages the queue holds, hidden ones included.
    async fn counted(&self) -> Result<u64, AwsError> {
        let counted = queue_depth::messages(&self.sqs, &self.target.queue_url).await?;
        Ok(counted.unwrap_or_default())
    }

    /// Replays every letter, and deletes those that *start* accepts.
    ///
    /// # Errors
    /// [`AwsError`] when a call fails, as it would for the letters that follow.
    pub(super) async fn replay(&mut self, discards_notices: bool) -> Result<(), AwsError> {
        for (letter, fate) in &mut self.all {
            let accepted = match &letter.content {
                Content::Notice(_) if discards_notices => Fate::Discarded,
                Content::Notice(_) => continue,
                Content::Unreadable(problem) => {
                    *fate = Fate::Failed(problem.clone());
                    continue;
                }
                Content::Event { event, .. } => {
                    // So that it is told if no answer comes.
                    *fate = Fate::Failed("start was invoked, and no answer came".to_owned());
                    let name = &self.target.start_function;
                    let answer = invocations::invoke(&self.lambda, name, event).await;
                    let answer = answer.inspect_err(|error| {
                        *fate = Fate::Failed(error.to_string());
                    })?;
                    match read_answer(answer) {
                        Ok(output) => Fate::Accepted(output.records),
                        Err(problem) => {
                            *fate = Fate::Failed(problem);
                            continue;
                        }
                    }
                }
            };
            let (queue, handle) = (&self.target.queue_url, &letter.message.receipt_handle);
            let deleted = dead_letters::delete(&self.sqs, queue, handle).await;
            deleted.inspect_err(|error| {
                let what = match accepted {
                    Fate::Accepted(_) => "start accepted it, but it could not be deleted",
                    _ => "it could not be deleted",
                };
                *fate = Fate::Failed(format!("{what}: {error}"));
            })?;
            *fate = accepted;
        }
        Ok(())
    }

    /// Shows everybody again what is not deleted; gives the number of letters that stay hidden for
    /// a while, and why.
    pub(super) async fn put_back(&self) -> Option<(usize, AwsError)> {
        let mut hidden = 0;
        let mut why = None;
        for (letter, fate) in &self.all {
            if fate.is_deleted() {
                continue;
            }
            let (queue, handle) = (&self.target.queue_url, &letter.message.receipt_handle);
            match dead_letters::hide(&self.sqs, queue, handle, Duration::ZERO).await {
                Ok(()) => {}
                // Nobody waits for one that is visible already.
                Err(error) if error.code.ends_with("MessageNotInflight") => {}
                Err(error) => {
                    hidden += 1;
                    why = Some(error);
                }
            }
        }
        why.map(|why| (hidden, why))
    }
}

/// Keeps a message, and says whether it is a new one; one that is received again has a new handle.
fn keep(all: &mut Vec<(DeadLetter, Fate)>, message: &ReceivedMessage) -> bool {
    let known = all
        .iter_mut()
        .find(|(letter, _)| letter.message.id == message.id);
    if let Some((letter, _)) = known {
        letter
            .message
            .receipt_handle
            .clone_from(&message.receipt_handle);
        return false;
    }
    all.push((DeadLetter::read(message.clone()), Fate::NotReplayed));
    true
}

/// What *start* did, or why it did nothing.
fn read_answer(answer: Result<Value, invocations::FunctionError>) -> Result<StartOutput, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    serde_json::from_value(answer.clone()).map_err(|error| {
        format!("the function answered {answer}, which is no answer of start: {error}")
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_letter_that_is_received_again_is_one_letter_with_its_new_handle() {
        let message = |handle: &str| ReceivedMessage {
            id: "m-1".to_owned(),
            receipt_handle: handle.to_owned(),
            sent_at: Timestamp::UNIX_EPOCH,
            body: "{}".to_owned(),
            attributes: [].into(),
        };
        let mut all = Vec::new();
        assert!(keep(&mut all, &message("r-1")));
        assert!(!keep(&mut all, &message("r-2")));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].0.message.receipt_handle, "r-2");
    }

    #[test]
    fn only_an_answer_of_start_accepts_a_letter() {
        let ignored = json!({"records": [{"outcome": "ignored", "reason": "no alarm"}]});
        assert_eq!(read_answer(Ok(ignored)).unwrap().records.len(), 1);
        let problem = read_answer(Ok(json!("pong"))).unwrap_err();
        assert!(problem.contains("no answer of start"), "{problem}");
        let failed = invocations::FunctionError {
            error_type: "SpotManager.Throttled".into(),
            error_message: "slow".into(),
        };
        let problem = read_answer(Err(failed)).unwrap_err();
        assert_eq!(problem, "SpotManager.Throttled: slow");
    }
}
