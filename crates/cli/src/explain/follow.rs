//! An execution told while it runs.

use anyhow::Result;
use spotmanager_aws::{
    execution_history::{ExecutionHistory, read_history},
    executions::Client,
};

use crate::{occasion, pauses::until, steps, title};

/// Reads the execution again and again, each time handing it on, until it has ended.
///
/// # Errors
/// When it cannot be read, also after waiting, or `take` fails.
pub(super) async fn until_it_ends(
    client: &Client,
    execution_arn: &str,
    mut take: impl FnMut(&ExecutionHistory) -> Result<()>,
) -> Result<ExecutionHistory> {
    until(async || {
        let history = read_history(client, execution_arn).await?;
        take(&history)?;
        Ok((history.status != "RUNNING").then_some(history))
    })
    .await
}

/// What has been told of an execution.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    has_begun: bool,
    rows: usize,
}

impl Follower {
    /// What is new since the last look, a line for each step that is done and each attempt that
    /// failed.
    pub(crate) fn news(&mut self, history: &ExecutionHistory) -> String {
        let mut news = String::new();
        if !self.has_begun {
            self.has_begun = true;
            news = format!("{}: {}\n", title::title(history), history.status);
            news = format!("{news}{}\n", occasion::line(history));
        }
        let rows = steps::rows_so_far(history);
        for [at, state, what] in rows.iter().skip(self.rows) {
            let line = format!("    {at:>9}  {state:<17}  {what}");
            news.push_str(line.trim_end());
            news.push('\n');
        }
        self.rows = rows.len();
        news
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use spotmanager_aws::execution_history::StepFailure;

    use super::*;
    use crate::testing::{evaluated, history, step};

    #[test]
    fn each_step_is_told_once_and_when_it_is_done() {
        let mut running = history(vec![step("Evaluate", 1, Value::Null)]);
        running.status = "RUNNING".into();
        running.stopped_at = None;
        let mut follower = Follower::default();
        let first = follower.news(&running);
        let started = "started 1970-01-01 00:00:00 UTC by hand";
        assert_eq!(first, format!("execution jobs-1: RUNNING\n{started}\n"));

        let failure = StepFailure {
            at: running.started_at,
            error: "SpotManager.Throttled".into(),
            cause: "slow down".into(),
        };
        running.steps[0].failures = vec![failure.clone(), failure];
        let retried = follower.news(&running);
        assert_eq!(retried.matches("Throttled: slow down").count(), 2);

        running.steps[0].output = evaluated();
        running.steps[0].exited_at = running.started_at.into();
        running.steps.push(step("CapacityArrived", 9, json!(null)));
        let done = follower.news(&running);
        assert!(done.contains("SPOT_WITHIN_LIMIT"), "{done}");
        assert!(!done.contains("CapacityArrived"), "{done}");

        running.status = "SUCCEEDED".into();
        let last = follower.news(&running);
        assert!(last.ends_with("9.0 s  CapacityArrived\n"), "{last}");
        assert_eq!(last.lines().count(), 1, "{last}");
        assert_eq!(follower.news(&running), "");
    }
}
