//! The dead-letter queue.

use serde_json::Value;

use super::queues::take;
use crate::{error::VerifyError, stage::Stage, throwaway::Deployed};

/// Who gave up the jobs alarm's message, if it is there. The queue may have others, such as a tick
/// that *start* did not answer; what is read is taken out.
///
/// # Errors
/// [`VerifyError::Aws`] if SQS fails.
pub(super) async fn of_the_alarm(
    stage: &Stage,
    deployed: &Deployed,
) -> Result<Option<String>, VerifyError> {
    let taken = take(stage, &deployed.dead_letter_queue_url).await?;
    let bodies = taken.into_iter().filter_map(|message| message.body);
    let mut letters = bodies.filter(|body| body.contains(&deployed.jobs_alarm));
    Ok(letters.next().map(|body| sender(&body).to_owned()))
}

/// Lambda keeps the event of a failed invocation, SNS its own envelope.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
fn sender(body: &str) -> &'static str {
    let letter: Value = serde_json::from_str(body).unwrap_or_default();
    if letter.get("Records").is_some() {
        "start failed with it"
    } else {
        "SNS could not invoke start"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_who_gave_it_up() {
        let of_lambda = r#"{"Records": [{"Sns": {"Message": "{}"}}]}"#;
        assert_eq!(sender(of_lambda), "start failed with it");
        let of_sns = r#"{"Type": "Notification", "Message": "{}"}"#;
        assert_eq!(sender(of_sns), "SNS could not invoke start");
    }
}
